//! VictoriaMetrics. It knows no tokens: every row carries the label `db`, which the gate adds to writes and requires in
//! reads. The client's values of the parameters that do this are left out.

mod routes;

use jeton_model::Action;

use crate::{
    demand::{Demand, Policy},
    plan::{BODY_LIMIT, Context, Step},
    refusal::Reason,
    request::{Media, Method, Parameters},
    upstream::{Scope, UpstreamRequest},
};
use routes::{READ_PARAMETERS, Write};

/// Returns the plan of a listed request.
pub(crate) fn classify(context: &Context) -> Result<Option<Step>, Reason> {
    let path = canonical(context.request.path().as_str());
    if let Some(route) = routes::write(path) {
        return write(context, path, route);
    }
    if routes::is_read(path) {
        return read(context, path);
    }
    Ok(None)
}

/// Returns whether a path is listed as one that writes.
pub(crate) fn is_write(path: &str) -> bool {
    routes::write(canonical(path)).is_some()
}

/// Removes the prefix of a second spelling of the same rows.
fn canonical(path: &str) -> &str {
    let rest = path.strip_prefix("/prometheus").or_else(|| path.strip_prefix("/influx"));
    rest.filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

fn write(context: &Context, path: &str, route: &Write) -> Result<Option<Step>, Reason> {
    let request = &context.request;
    if request.method() != Method::Post {
        return Ok(None);
    }
    let demand = match request.query().filled(route.named_by)? {
        Some(name) => Demand::database(Action::Write, name, Policy::All),
        None => Demand::OnlyWritable,
    };
    let content_type = route.content_type(request.content().media()).ok_or(Reason::Media)?;
    let sent = UpstreamRequest::new(request, Method::Post, path)
        .query(request.query().pick(route.parameters)?)
        .streamed(request, content_type);
    Ok(Some(context.send(demand, sent, Scope::Label)))
}

fn read(context: &Context, path: &str) -> Result<Option<Step>, Reason> {
    let path = path.to_owned();
    match (context.request.method(), context.request.content().media()) {
        (Method::Get, _) => Ok(Some(selected(context, &path, context.request.query())?)),
        (Method::Post, Media::Form | Media::Missing) => {
            let read = move |context: &Context, body: &[u8]| selected(context, &path, &context.query_and_form(body)?);
            context.body(Demand::AnyReadable, BODY_LIMIT, read).map(Some)
        }
        (Method::Post, _) => Err(Reason::Media),
        _ => Err(Reason::Method),
    }
}

/// Returns the plan of a read with the parameters of the query string and the form. The filters stand in the query
/// string, where the database reads them whatever the body is.
fn selected(context: &Context, path: &str, given: &Parameters) -> Result<Step, Reason> {
    let mut sent = given.pick(&READ_PARAMETERS)?;
    for name in ["match[]", "match"] {
        sent.extend(given.all(name).map(|value| (name.to_owned(), value.to_owned())));
    }
    let method = context.request.method();
    let request = UpstreamRequest::new(&context.request, method, path);
    let request = if method == Method::Post { request.form(&sent) } else { request.query(sent) };
    Ok(context.send(Demand::AnyReadable, request, Scope::Filters))
}
