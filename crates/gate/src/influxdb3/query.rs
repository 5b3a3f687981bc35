//! Queries of InfluxDB 3. A body's `db` wins over the URL's there, whatever the method and the content type, so that
//! each parameter is accepted once and in one place, and the request is rebuilt.

use jeton_model::Action;
use serde_json::{Value, json};

use super::{is_json, sql, whole, with_policy};
use crate::{
    content_type::JSON,
    demand::{Demand, OperatorOnly, Place, Policy, Target, Targets},
    influxql::{Need, RequestDefaults, need},
    plan::{BODY_LIMIT, Context, ListForm, Listed, Listing, Outcome, Step},
    refusal::Reason,
    request::{Malformed, Media, Method, Parameters},
    strict_json::Members,
    upstream::{Scope, UpstreamRequest},
};

/// The language of a query.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Sql,
    InfluxQl,
}

/// The paths of version 3, whose bodies are JSON, and `/query`, whose bodies are forms.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Endpoint {
    V3,
    V1,
}

/// A query with its parameters, each of which was given once.
struct Query {
    database: Option<String>,
    text: String,
    format: Option<String>,
    /// The values of the text's placeholders (version 3).
    values: Option<Value>,
    /// Parameters that affect only the format of the response (`/query`).
    others: Vec<(String, String)>,
}

pub(super) fn classify(context: &Context, language: Language, endpoint: Endpoint) -> Result<Step, Reason> {
    if context.request.method() == Method::Get {
        return plan(context, language, endpoint, from_parameters(context.request.query(), endpoint)?);
    }
    let first = if language == Language::Sql { Demand::AnyReadable } else { Demand::Token };
    context.body(first, BODY_LIMIT, move |context, body| {
        let query = match endpoint {
            Endpoint::V3 => from_json(context, body)?,
            Endpoint::V1 => from_parameters(&context.query_and_form(body)?, endpoint)?,
        };
        plan(context, language, endpoint, query)
    })
}

fn from_parameters(given: &Parameters, endpoint: Endpoint) -> Result<Query, Reason> {
    let others: &[&str] = match endpoint {
        Endpoint::V3 => &[],
        Endpoint::V1 => &["epoch", "pretty", "chunked", "chunk_size"],
    };
    let values = given.filled("params")?.map(|text| Members::parse(text.as_bytes()).map(Members::into_value));
    let policy = given.filled("rp")?;
    Ok(Query {
        database: given.filled("db")?.map(|database| with_policy(database, policy)),
        text: given.filled("q")?.ok_or(Malformed::Missing("q"))?.to_owned(),
        format: given.filled("format")?.map(str::to_owned),
        values: values.transpose()?,
        others: given.pick(others)?,
    })
}

/// Reads the body of a version 3 query: one JSON object. A parameter in the URL beside it would decide twice.
fn from_json(context: &Context, body: &[u8]) -> Result<Query, Reason> {
    if let Some((name, _)) = context.request.query().pairs().first() {
        return Err(Malformed::Unknown(name.clone()).into());
    }
    if !matches!(context.request.content().media(), Media::Json | Media::Missing) {
        return Err(Reason::Media);
    }
    let mut members = Members::parse(body)?;
    let query = Query {
        database: members.text("db")?.filter(|database| !database.is_empty()),
        text: members.text("q")?.ok_or(Malformed::Missing("q"))?,
        format: members.text("format")?,
        values: members.object("params")?,
        others: Vec::new(),
    };
    members.finish()?;
    Ok(query)
}

fn plan(context: &Context, language: Language, endpoint: Endpoint, query: Query) -> Result<Step, Reason> {
    let need = match language {
        Language::Sql => Need::Demand(sql_demand(&query)?),
        Language::InfluxQl => influxql_need(context, &query)?,
    };
    match need {
        Need::Demand(demand) => {
            let database = query.database.clone().ok_or(Malformed::Missing("db"))?;
            Ok(context.send(demand, rebuilt(context, endpoint, &database, query), Scope::None))
        }
        Need::Created(demand) => Ok(context.plan(demand, Outcome::Created)),
        Need::Databases => list(context, endpoint, &query, Listed::Databases),
        Need::Policies(name) => list(context, endpoint, &query, Listed::Policies(name)),
    }
}

fn sql_demand(query: &Query) -> Result<Demand, Reason> {
    let database = query.database.as_deref().ok_or(Malformed::Missing("db"))?;
    let stays = sql::stays_in_database(&query.text);
    Ok(if stays { whole(Action::Read, database) } else { Demand::Operator(OperatorOnly::System) })
}

/// Returns what an InfluxQL text needs. Names of databases in it are demanded as well; Core refuses those that differ
/// from the request's. It ignores retention policies in the text.
fn influxql_need(context: &Context, query: &Query) -> Result<Need, Reason> {
    let defaults = RequestDefaults { database: query.database.as_deref(), policy: None };
    match need(&query.text, defaults, &context.settings)? {
        Need::Demand(Demand::Targets(targets)) => Ok(Need::Demand(flat(&targets, Demand::Targets))),
        Need::Demand(Demand::Deletion(targets)) => Ok(Need::Demand(flat(&targets, Demand::Deletion))),
        Need::Created(Demand::Targets(targets)) => Ok(Need::Created(flat(&targets, Demand::Targets))),
        other => Ok(other),
    }
}

/// Returns the demand for the targets with the names of databases alone.
fn flat(targets: &Targets, demand: fn(Targets) -> Demand) -> Demand {
    let named = targets.iter().any(|target| matches!(target.place, Place::Database(_, Policy::Named(_))));
    let whole = targets.iter().filter_map(|target| match &target.place {
        Place::Database(name, _) => {
            Some(Target { action: target.action, place: Place::Database(name.clone(), Policy::All) })
        }
        Place::Bucket(_) | Place::BucketId(_) => None,
    });
    match Targets::of(whole) {
        Some(targets) if !named => demand(targets),
        _ => Demand::Operator(OperatorOnly::Policy),
    }
}

fn list(context: &Context, endpoint: Endpoint, query: &Query, of: Listed) -> Result<Step, Reason> {
    is_json(query.format.as_deref())?;
    let form = match endpoint {
        Endpoint::V3 => ListForm::Rows,
        Endpoint::V1 => ListForm::Results,
    };
    Ok(context.plan(Demand::Token, Outcome::List(Listing { of, form })))
}

fn rebuilt(context: &Context, endpoint: Endpoint, database: &str, query: Query) -> UpstreamRequest {
    let (method, path) = (context.request.method(), context.request.path().as_str());
    let request = UpstreamRequest::new(&context.request, method, path);
    if endpoint == Endpoint::V3 && method == Method::Post {
        return request.built(JSON, body(database, &query));
    }
    let mut pairs = vec![("db".to_owned(), database.to_owned()), ("q".to_owned(), query.text)];
    pairs.extend(query.format.map(|format| ("format".to_owned(), format)));
    pairs.extend(query.values.map(|values| ("params".to_owned(), values.to_string())));
    pairs.extend(query.others);
    if method == Method::Post { request.form(&pairs) } else { request.query(pairs) }
}

fn body(database: &str, query: &Query) -> String {
    let mut body = json!({ "db": database, "q": query.text });
    if let Some(format) = &query.format {
        body["format"] = format.as_str().into();
    }
    if let Some(values) = &query.values {
        body["params"] = values.clone();
    }
    body.to_string()
}
