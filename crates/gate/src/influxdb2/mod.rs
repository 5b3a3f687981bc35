//! InfluxDB 2.x. Jeton's ids of organizations and buckets are the database's, so that a request that names a bucket
//! goes on with its id. Any token of the database reads any bucket by id in Flux: every Flux text is inspected before.

mod pages;
mod query;
mod records;

use jeton_model::Action;
use serde_json::json;

use crate::{
    answer::Answer,
    content_type::{JSON, TEXT},
    demand::{Demand, OperatorOnly, Place, Policy, Target, Targets},
    influxdb1,
    plan::{Context, Outcome, Step},
    refusal::Reason,
    request::{CanonicalRequest, Malformed, Method, Path},
    upstream::{Scope, UpstreamRequest},
};

pub use pages::{RecordPage, RecordPages, Records};
pub use records::{BucketBody, OrgBody};

/// The path of Flux queries.
pub(crate) const FLUX: &str = "/api/v2/query";

/// The content type of the database's own answers.
const OWN_JSON: &str = "application/json; charset=utf-8";

/// The parts of the API that are Jeton's own.
const OWN: [&str; 10] = [
    "/api/v2/authorizations",
    "/api/v2/buckets",
    "/api/v2/dbrps",
    "/api/v2/me",
    "/api/v2/orgs",
    "/api/v2/resources",
    "/api/v2/signin",
    "/api/v2/signout",
    "/api/v2/telegrafs",
    "/api/v2/users",
];

/// The path of the initial set-up. Jeton's is done at its own address alone: clients of a database may reach the gate
/// before an operator has set Jeton up.
const SET_UP: &str = "/api/v2/setup";

/// Returns the plan of a listed request.
pub(crate) fn classify(context: &Context) -> Result<Option<Step>, Reason> {
    let request = &context.request;
    if is_own(request.path()) {
        return Ok(Some(context.plan(Demand::Nothing, Outcome::Jeton)));
    }
    if let Some(answer) = set_up(request) {
        return Ok(Some(context.plan(Demand::Nothing, Outcome::SetUp(answer))));
    }
    let step = match (request.method(), request.path().as_str()) {
        (Method::Post, "/api/v2/write") => write(context),
        (Method::Post, "/write") => write_by_mapping(context),
        (Method::Post, "/api/v2/delete") => delete(context),
        (Method::Post, "/api/v2/query") => query::flux(context),
        (Method::Post, path @ ("/api/v2/query/ast" | "/api/v2/query/analyze")) => syntax(context, path),
        (Method::Get, path @ "/api/v2/query/suggestions") => syntax(context, path),
        (Method::Get | Method::Post, "/query") => {
            let org = org(context)?;
            influxdb1::statements(context).map(|step| step.of_org(org.as_deref()))
        }
        (Method::Get | Method::Head, "/ping" | "/health" | "/ready") => Ok(context.pass()),
        _ => return Ok(None),
    };
    step.map(Some)
}

/// Returns whether Jeton's own API serves the path.
pub(crate) fn is_own(path: &Path) -> bool {
    OWN.iter().any(|own| path.is_within(own))
}

/// Returns the answer of a server that is set up to a request for the initial set-up, whether or not Jeton is.
pub(crate) fn set_up(request: &CanonicalRequest) -> Option<Answer> {
    let path = request.path();
    if !path.is_within(SET_UP) {
        return None;
    }
    Some(match request.method() {
        _ if path.as_str() != SET_UP => error(404, "not found", "path not found"),
        Method::Get => Answer::text(200, OWN_JSON, json!({ "allowed": false }).to_string()),
        Method::Post => error(422, "conflict", "onboarding has already been completed"),
        _ => Answer::empty(405),
    })
}

/// Returns an error in the shape of the database.
fn error(status: u16, code: &'static str, message: &str) -> Answer {
    let body = json!({ "code": code, "message": message }).to_string();
    Answer::text(status, OWN_JSON, body).with("x-platform-error-code", code)
}

/// Returns the organization that a request names: `orgID` wins over `org`, as in the database.
fn org(context: &Context) -> Result<Option<String>, Reason> {
    let query = context.request.query();
    let (id, name) = (query.filled("orgID")?, query.filled("org")?);
    Ok(id.or(name).map(str::to_owned))
}

fn write(context: &Context) -> Result<Step, Reason> {
    let request = &context.request;
    let demand = Demand::Targets(Targets::one(Action::Write, bucket(context)?));
    let sent = UpstreamRequest::new(request, Method::Post, "/api/v2/write")
        .query(request.query().pick(&["precision"])?)
        .streamed(request, TEXT);
    Ok(context.send(demand, sent, Scope::Bucket).of_org(org(context)?.as_deref()))
}

fn bucket(context: &Context) -> Result<Place, Reason> {
    let bucket = context.request.query().filled("bucket")?;
    bucket.map(|bucket| Place::Bucket(bucket.to_owned())).ok_or(Reason::UnknownDatabase(String::new()))
}

/// Returns the plan of a 1.x write, which goes on as a write to the bucket that Jeton's mapping leads to: the
/// database's own mapping has no say.
fn write_by_mapping(context: &Context) -> Result<Step, Reason> {
    let request = &context.request;
    let database = request.query().filled("db")?.ok_or(Malformed::Missing("db"))?;
    let policy = Policy::given(request.query().filled("rp")?);
    let precision = precision(request.query().filled("precision")?)?;
    let sent = UpstreamRequest::new(request, Method::Post, "/api/v2/write")
        .query(vec![("precision".to_owned(), precision.to_owned())])
        .streamed(request, TEXT);
    let demand = Demand::database(Action::Write, database, policy);
    Ok(context.send(demand, sent, Scope::Bucket).of_org(org(context)?.as_deref()))
}

/// Returns version 2's name of a precision of 1.x.
fn precision(name: Option<&str>) -> Result<&'static str, Malformed> {
    match name {
        None | Some("n" | "ns") => Ok("ns"),
        Some("u" | "us") => Ok("us"),
        Some("ms") => Ok("ms"),
        Some("s") => Ok("s"),
        Some(_) => Err(Malformed::Value("precision")),
    }
}

/// Returns the plan to delete data, for which a writer must be able to read as well.
fn delete(context: &Context) -> Result<Step, Reason> {
    let request = &context.request;
    let place = bucket(context)?;
    let both = Action::ALL.map(|action| Target { action, place: place.clone() });
    let sent = UpstreamRequest::new(request, Method::Post, "/api/v2/delete").streamed(request, JSON);
    let Some(targets) = Targets::of(both).filter(|_| context.settings.writers_delete) else {
        let sent = sent.query(request.query().pick(&["orgID", "org", "bucket", "bucketID"])?);
        return Ok(context.send(Demand::Operator(OperatorOnly::Deletion), sent, Scope::None));
    };
    Ok(context.send(Demand::Deletion(targets), sent, Scope::Bucket).of_org(org(context)?.as_deref()))
}

/// Returns the plan of a request about syntax, which reads no data. The database reads the whole body for every caller.
fn syntax(context: &Context, path: &str) -> Result<Step, Reason> {
    let (org, path) = (org(context)?, path.to_owned());
    let step = context.body(Demand::Member, query::LIMIT, move |context, body| {
        let sent = UpstreamRequest::new(&context.request, context.request.method(), path);
        let sent = if body.is_empty() { sent } else { sent.built(JSON, body) };
        Ok(context.send(Demand::Member, sent, Scope::None))
    })?;
    Ok(step.of_org(org.as_deref()))
}
