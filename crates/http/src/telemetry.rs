//! Logs and metrics of requests: method, route, status, duration. Never the query: people put secrets there.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    middleware::Next,
    response::Response,
};

/// The matched route, as an extension of the response.
#[derive(Clone)]
struct Route(String);

/// Adds the matched route to the response; a layer of each router.
pub async fn remember_route(path: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(path) = path
        && response.extensions().get::<Route>().is_none()
    {
        response.extensions_mut().insert(Route(path.as_str().to_owned()));
    }
    response
}

/// Returns a method's label in the metrics. Clients can invent methods, and each label would be kept for ever.
fn counted(method: &Method) -> &str {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    if known.contains(method) { method.as_str() } else { "other" }
}

/// Logs and counts requests; the outermost layer.
pub async fn observe(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let route = response.extensions().get::<Route>().map_or_else(|| String::from("unmatched"), |route| route.0.clone());
    let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(%method, path, status, milliseconds, "answered a request");
    let labels = [("method", counted(&method).to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!("jeton_http_requests_total", &labels).increment(1);
    metrics::histogram!("jeton_http_request_seconds", &labels[..2]).record(begun.elapsed().as_secs_f64());
    response
}
