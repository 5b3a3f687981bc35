//! Flux queries: the request is read, the text inspected, and a new request sent.

use serde_json::{Value, json};

use super::org;
use crate::{
    content_type::JSON,
    demand::{Demand, OrgName},
    flux::FluxText,
    plan::{Context, NeedsSyntax, Step},
    refusal::Reason,
    request::{Malformed, Media, Method},
    strict_json::Members,
    upstream::UpstreamRequest,
};

/// Maximum number of bytes of a query.
pub(super) const LIMIT: usize = 1024 * 1024;

/// The members of `dialect`.
const DIALECT: [&str; 5] = ["annotations", "commentPrefix", "dateTimeFormat", "delimiter", "header"];

pub(super) fn flux(context: &Context) -> Result<Step, Reason> {
    let org = org(context)?.ok_or(Malformed::NoOrg)?;
    let name = org.clone();
    let step = context.body(Demand::AnyReadable, LIMIT, move |context, body| {
        let query = match context.request.content().media() {
            Media::Flux => Query::of_text(body)?,
            Media::Json | Media::Missing => Query::of_json(body)?,
            Media::Form | Media::Grpc | Media::Other(_) => return Err(Reason::Media),
        };
        let request =
            UpstreamRequest::new(&context.request, Method::Post, "/api/v2/query").built(JSON, query.body.to_string());
        let org = OrgName(Some(name));
        let text = FluxText(query.text);
        Ok(Step::Syntax(NeedsSyntax { shape: context.shape, org, text, request: Box::new(request) }))
    })?;
    Ok(step.of_org(Some(&org)))
}

struct Query {
    text: String,
    body: Value,
}

impl Query {
    fn of_text(body: &[u8]) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(body).map_err(|_| Malformed::Body)?;
        Self::new(text.to_owned(), None, None)
    }

    /// Reads the one JSON object. Go compares names without case and takes the last of several; here a name is exact
    /// and occurs once. `ast` and `extern` would run what the text does not say.
    fn of_json(body: &[u8]) -> Result<Self, Malformed> {
        let mut members = Members::parse(body)?;
        let text = members.text("query")?.ok_or(Malformed::Missing("query"))?;
        let dialect = members.object("dialect")?;
        let now = members.text("now")?;
        if members.text("type")?.is_some_and(|language| language != "flux") {
            return Err(Malformed::Value("type"));
        }
        members.finish()?;
        let known = |name: &String| DIALECT.contains(&name.as_str());
        let strange = dialect.as_ref().and_then(Value::as_object).and_then(|one| one.keys().find(|name| !known(name)));
        if let Some(name) = strange {
            return Err(Malformed::Unknown(name.clone()));
        }
        Self::new(text, dialect, now)
    }

    fn new(text: String, dialect: Option<Value>, now: Option<String>) -> Result<Self, Malformed> {
        if text.is_empty() {
            return Err(Malformed::Missing("query"));
        }
        // A parser with NUL-terminated strings would stop there, and another one would not.
        if text.contains('\0') {
            return Err(Malformed::Value("query"));
        }
        let mut body = json!({ "query": text, "type": "flux" });
        if let Some(dialect) = dialect {
            body["dialect"] = dialect;
        }
        if let Some(now) = now {
            body["now"] = now.into();
        }
        Ok(Self { text, body })
    }
}
