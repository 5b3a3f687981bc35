//! InfluxDB 3 Core. Every token of its own is an admin token, so that the gate decides alone. A database is one name:
//! `a/week` is a database beside `a`.

mod query;
mod sql;

use jeton_model::Action;

use crate::{
    content_type::TEXT,
    demand::{Demand, Policy},
    plan::{Context, ListForm, Listed, Listing, Outcome, Step},
    refusal::Reason,
    request::{Malformed, Method},
    upstream::{Scope, UpstreamRequest},
};
use query::{Endpoint, Language};

/// Paths that hand out, change or list tokens, in every edition. Nobody reaches them.
const TOKENS: [&str; 2] = ["/api/v3/configure/token", "/api/v3/enterprise/configure/token"];

/// Returns the plan of a listed request.
pub(crate) fn classify(context: &Context) -> Result<Option<Step>, Reason> {
    let request = &context.request;
    if TOKENS.iter().any(|path| request.path().is_within(path)) {
        let never = UpstreamRequest::new(request, request.method(), request.path().as_str());
        return Ok(Some(context.send(Demand::Never, never, Scope::None)));
    }
    let step = match (request.method(), request.path().as_str()) {
        (Method::Post, "/api/v3/write_lp") => {
            let database = required(context, "db")?;
            write(context, "db", &database, &["precision", "accept_partial", "no_sync"])
        }
        (Method::Post, "/api/v2/write") => {
            let database = required(context, "bucket")?;
            write(context, "bucket", &database, &["precision"])
        }
        (Method::Post, "/write") => {
            let database = with_policy(&required(context, "db")?, request.query().filled("rp")?);
            write(context, "db", &database, &["precision", "consistency"])
        }
        (Method::Get | Method::Post, "/api/v3/query_sql") => query::classify(context, Language::Sql, Endpoint::V3),
        (Method::Get | Method::Post, "/api/v3/query_influxql") => {
            query::classify(context, Language::InfluxQl, Endpoint::V3)
        }
        (Method::Get | Method::Post, "/query") => query::classify(context, Language::InfluxQl, Endpoint::V1),
        (Method::Get, "/api/v3/configure/database") => databases(context),
        (Method::Get | Method::Head, "/ping" | "/health") => Ok(context.pass()),
        _ => return Ok(None),
    };
    step.map(Some)
}

fn required(context: &Context, name: &'static str) -> Result<String, Reason> {
    Ok(context.request.query().filled(name)?.ok_or(Malformed::Missing(name))?.to_owned())
}

/// Returns the database that Core writes for `db` and `rp`. The parameter `rp` is not passed on: reads ignore it.
fn with_policy(database: &str, policy: Option<&str>) -> String {
    match policy {
        None | Some("autogen") => database.to_owned(),
        Some(policy) => format!("{database}/{policy}"),
    }
}

/// Returns the demand for an action on a database, whose name is one whole.
fn whole(action: Action, database: &str) -> Demand {
    Demand::database(action, database, Policy::All)
}

fn write(
    context: &Context,
    named_by: &'static str,
    database: &str,
    parameters: &[&'static str],
) -> Result<Step, Reason> {
    let request = &context.request;
    let mut query = vec![(named_by.to_owned(), database.to_owned())];
    query.extend(request.query().pick(parameters)?);
    let sent =
        UpstreamRequest::new(request, Method::Post, request.path().as_str()).query(query).streamed(request, TEXT);
    Ok(context.send(whole(Action::Write, database), sent, Scope::None))
}

/// Returns the plan to list the databases, which Jeton answers.
fn databases(context: &Context) -> Result<Step, Reason> {
    is_json(context.request.query().filled("format")?)?;
    let list = Listing { of: Listed::Databases, form: ListForm::Configured };
    Ok(context.plan(Demand::Token, Outcome::List(list)))
}

/// Refuses formats of lists that Jeton does not write.
fn is_json(format: Option<&str>) -> Result<(), Reason> {
    if matches!(format, None | Some("json")) { Ok(()) } else { Err(Malformed::Value("format").into()) }
}
