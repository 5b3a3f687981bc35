//! InfluxDB 1.x. A bucket is a database, or a retention policy of one. The classifier of InfluxQL decides in every
//! mode, because the database's own grants end at the database and leave statements out.

mod query;
mod users;

pub(crate) use query::statements;
pub use users::{GateUsers, Statements, UserState};

use jeton_model::Action;

use crate::{
    content_type::{PROTOBUF, TEXT},
    demand::{Demand, Policy},
    plan::{Context, Step},
    refusal::Reason,
    request::{Malformed, Media, Method},
    upstream::{Scope, UpstreamRequest},
};

/// Returns the plan of a listed request.
pub(crate) fn classify(context: &Context) -> Result<Option<Step>, Reason> {
    let request = &context.request;
    let step = match (request.method(), request.path().as_str()) {
        (Method::Post, "/write") => by_database(context, Action::Write, TEXT),
        (Method::Post, "/api/v2/write") => by_bucket(context),
        (Method::Post, "/api/v1/prom/write") => by_database(context, Action::Write, PROTOBUF),
        (Method::Post, "/api/v1/prom/read") if *request.content().media() == Media::Form => Err(Reason::Media),
        (Method::Post, "/api/v1/prom/read") => by_database(context, Action::Read, PROTOBUF),
        (Method::Get | Method::Post, "/query") => statements(context),
        (Method::Get | Method::Head, "/ping" | "/health" | "/status") => Ok(context.pass()),
        _ => return Ok(None),
    };
    step.map(Some)
}

/// Returns the plan of a request that names its database with `db` and `rp`, in the URL.
fn by_database(context: &Context, action: Action, content_type: &str) -> Result<Step, Reason> {
    let request = &context.request;
    let database = request.query().filled("db")?.ok_or(Malformed::Missing("db"))?;
    let policy = request.query().filled("rp")?;
    let mut query = vec![("db".to_owned(), database.to_owned())];
    query.extend(policy.map(|policy| ("rp".to_owned(), policy.to_owned())));
    query.extend(request.query().pick(&["precision", "consistency"])?);
    let demand = Demand::database(action, database, Policy::given(policy));
    Ok(sent(context, demand, query, content_type))
}

/// Returns the plan of a write that names its database as `bucket=db/rp`, split as the database splits it.
fn by_bucket(context: &Context) -> Result<Step, Reason> {
    let request = &context.request;
    let bucket = request.query().filled("bucket")?.ok_or(Malformed::Missing("bucket"))?;
    let (database, policy) = bucket.split_once('/').unwrap_or((bucket, ""));
    if database.is_empty() {
        return Err(Malformed::Value("bucket").into());
    }
    let mut query = vec![("bucket".to_owned(), bucket.to_owned())];
    query.extend(request.query().pick(&["precision"])?);
    let policy = (!policy.is_empty()).then_some(policy);
    let demand = Demand::database(Action::Write, database, Policy::given(policy));
    Ok(sent(context, demand, query, TEXT))
}

fn sent(context: &Context, demand: Demand, query: Vec<(String, String)>, content_type: &str) -> Step {
    let request = &context.request;
    let sent = UpstreamRequest::new(request, Method::Post, request.path().as_str())
        .query(query)
        .streamed(request, content_type);
    context.send(demand, sent, Scope::None)
}
