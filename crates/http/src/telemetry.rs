//! Logs and metrics of requests: method, route, status, duration. Never the query: people put secrets there.

use std::{
    cell::RefCell,
    collections::HashMap,
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    http::Method,
    response::Response,
};
use metrics::{Counter, Histogram};
use tower::{Layer, Service};

/// Layer of a router that adds the matched route to the response, where [`Observation::finish`] reads it.
#[derive(Clone, Copy, Debug)]
pub struct RememberRoute;

impl<S> Layer<S> for RememberRoute {
    type Service = RememberingRoute<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RememberingRoute(inner)
    }
}

/// The service of [`RememberRoute`].
#[derive(Clone, Debug)]
pub struct RememberingRoute<S>(S);

impl<S> Service<Request> for RememberingRoute<S>
where
    S: Service<Request, Response = Response> + 'static,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let path = request.extensions().get::<MatchedPath>().cloned();
        let answered = self.0.call(request);
        Box::pin(async move {
            let mut response = answered.await?;
            if let Some(path) = path {
                response.extensions_mut().insert(path);
            }
            Ok(response)
        })
    }
}

/// The route of a response that no route of a router has answered.
#[derive(Clone, Copy)]
struct Mount(&'static str);

/// Adds the path below which the request was handled to the response, unless a route has matched.
pub fn remember_mount(response: &mut Response, mount: &'static str) {
    let extensions = response.extensions_mut();
    if extensions.get::<MatchedPath>().is_none() {
        extensions.insert(Mount(mount));
    }
}

fn route(response: &Response) -> &str {
    let extensions = response.extensions();
    let matched = extensions.get::<MatchedPath>().map(MatchedPath::as_str);
    matched.or_else(|| extensions.get::<Mount>().map(|mount| mount.0)).unwrap_or("unmatched")
}

/// A request that is being handled, for its line in the log and its metrics.
pub struct Observation {
    method: Method,
    /// The path, if it will be logged.
    path: Option<String>,
    begun: Instant,
}

impl Observation {
    /// Begins to observe a request.
    pub fn begin(request: &Request) -> Self {
        let is_logged = tracing::enabled!(tracing::Level::DEBUG);
        let path = is_logged.then(|| request.uri().path().to_owned());
        Self { method: request.method().clone(), path, begun: Instant::now() }
    }

    /// Logs and counts the request, which is answered with this response.
    pub fn finish(self, response: &Response) {
        let (status, elapsed) = (response.status().as_u16(), self.begun.elapsed());
        if let Some(path) = self.path {
            let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
            tracing::debug!(method = %self.method, path, status, milliseconds, "answered a request");
        }
        count(route(response), label(&self.method), status, elapsed.as_secs_f64());
    }
}

/// Returns a method's label in the metrics. Clients can invent methods, and each label would be kept for ever.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

thread_local! {
    /// The series that this thread has used, by route. The recorder would allocate and hash the labels of each request.
    static SERIES: RefCell<HashMap<String, Vec<Series>>> = RefCell::default();
}

fn count(route: &str, method: &'static str, status: u16, seconds: f64) {
    SERIES.with_borrow_mut(|routes| {
        let mut known = routes.get(route).into_iter().flatten();
        if let Some(series) = known.find(|series| series.method == method && series.status == status) {
            series.record(seconds);
            return;
        }
        let series = Series::register(route, method, status);
        series.record(seconds);
        routes.entry(route.to_owned()).or_default().push(series);
    });
}

/// The metrics of the requests with one route, method and status.
struct Series {
    method: &'static str,
    status: u16,
    requests: Counter,
    durations: Histogram,
}

impl Series {
    fn register(route: &str, method: &'static str, status: u16) -> Self {
        let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
        let requests = metrics::counter!("jeton_http_requests_total", &labels);
        let durations = metrics::histogram!("jeton_http_request_seconds", &labels[..2]);
        Self { method, status, requests, durations }
    }

    fn record(&self, seconds: f64) {
        self.requests.increment(1);
        self.durations.record(seconds);
    }
}
