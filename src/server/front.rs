//! The layers before every route and after every response. They are one service in front of the
//! routers: a layer around each route would copy all layers within it for every request.

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    BoxError, Router,
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderValue, Version, header},
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use tower::Service;
use tower_http::catch_panic::{DefaultResponseForPanic, ResponseForPanic as _};
use tracing::Instrument as _;

use jeton_api::Api;
use jeton_http::{
    client_info, csrf, request_limits,
    request_trace::NamedRequest,
    security_headers::SecurityHeaders,
    state::AppState,
    telemetry::{self, Observation},
};

use super::forward_auth::ForwardAuthGates;

/// The service of a listener. A clone copies one pointer.
#[derive(Clone)]
pub struct Front(Arc<Parts>);

struct Parts {
    state: AppState,
    /// The API; none on the listeners of the metrics and of the redirect, whose requests are not counted either.
    api: Option<Api>,
    /// The gates with forward auth; none on the listener of the metrics.
    forward_auth: Option<ForwardAuthGates>,
    others: Router,
}

impl Front {
    /// Returns the service of the API, of forward auth, and of other routes.
    pub fn new(state: AppState, forward_auth: ForwardAuthGates, others: Router) -> Self {
        let api = Some(Api::new(&state));
        Self(Arc::new(Parts { state, api, forward_auth: Some(forward_auth), others }))
    }

    /// Returns the service of the metrics alone, or of the redirect to https.
    pub fn of_metrics(state: AppState, metrics: Router) -> Self {
        Self(Arc::new(Parts { state, api: None, forward_auth: None, others: metrics }))
    }
}

impl<B> Service<Request<B>> for Front
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, request) = (self.0.clone(), request.map(Body::new));
        Box::pin(async move { Ok(parts.answer(request).await) })
    }
}

impl Parts {
    /// Answers a request in its span of the log.
    async fn answer(&self, request: Request) -> Response {
        let named = NamedRequest::begin(request.headers());
        let mut response = self.observed(request).instrument(named.span()).await;
        named.add_to(&mut response);
        response
    }

    /// Observes a request, adds the security headers to its response, and responds to a panic.
    async fn observed(&self, mut request: Request) -> Response {
        like_http1(&mut request);
        let observation = self.api.is_some().then(|| Observation::begin(&request));
        let mut security_headers = SecurityHeaders::of(&self.state.settings, &mut request);
        if self.api.is_none() {
            security_headers = security_headers.without_strict_transport();
        }
        let answered = AssertUnwindSafe(self.answer_within_limits(request)).catch_unwind().await;
        let mut response = answered
            .unwrap_or_else(|panic| DefaultResponseForPanic::default().response_for_panic(panic).map(Body::new));
        security_headers.add_to(&mut response);
        if let Some(observation) = observation {
            observation.finish(&response);
        }
        response
    }

    async fn answer_within_limits(&self, request: Request) -> Response {
        if let Err(refused) = request_limits::check_headers(request.headers()) {
            return refused.into_response();
        }
        request_limits::in_time(self.route(request)).await
    }

    async fn route(&self, mut request: Request) -> Response {
        let settings = &self.state.settings;
        client_info::identify(settings, self.state.service.now(), &mut request);
        let requested = self.forward_auth.as_ref().and_then(|forward_auth| forward_auth.parse(settings, &request));
        if let Some(requested) = requested {
            let mut response = requested.answer().await;
            telemetry::remember_mount(&mut response, "/gate");
            return response;
        }
        if let Some(refused) = csrf::refusal(settings, &request) {
            return refused;
        }
        let mount = jeton_api::mount(request.uri().path());
        if let (Some(api), Some(mount)) = (&self.api, mount) {
            // The future is large, and those around it are moved.
            let mut response = Box::pin(api.answer(request)).await;
            telemetry::remember_mount(&mut response, mount);
            return response;
        }
        let Ok(response) = self.others.clone().call(request).await;
        response
    }
}

/// Converts an HTTP/2 request to the form of HTTP/1, which all layers read: the host is in `Host`, not in the target.
fn like_http1(request: &mut Request) {
    if request.version() != Version::HTTP_2 {
        return;
    }
    let host = request.uri().authority().map(|authority| HeaderValue::from_str(authority.as_str()));
    if let Some(Ok(host)) = host {
        request.headers_mut().insert(header::HOST, host);
    }
    if let Some(target) = request.uri().path_and_query().cloned() {
        *request.uri_mut() = target.into();
    }
}
