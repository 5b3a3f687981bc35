//! The id of a request, in its span of the log and in its answer.

use axum::{
    http::{HeaderMap, HeaderValue},
    response::Response,
};
use jeton_service::request_trace::RequestTrace;
use tracing::Span;

const REQUEST_ID: &str = "x-request-id";
const TRACEPARENT: &str = "traceparent";

/// A request with its span, and the id that its answer names.
pub struct NamedRequest {
    span: Span,
    id: Option<HeaderValue>,
}

impl NamedRequest {
    /// Begins the span of a request with these headers.
    pub fn begin(headers: &HeaderMap) -> Self {
        let values = |name: &'static str| headers.get_all(name).iter().map(HeaderValue::as_bytes);
        let trace = RequestTrace::begin(values(REQUEST_ID), values(TRACEPARENT));
        let id = match trace.new_id() {
            Some(id) => HeaderValue::from_str(id).ok(),
            None if trace.has_id() => headers.get(REQUEST_ID).cloned(),
            None => None,
        };
        Self { span: trace.span(), id }
    }

    /// Returns the span in which the request is handled.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// Adds the id to the answer.
    pub fn add_to(self, response: &mut Response) {
        if let Some(id) = self.id {
            response.headers_mut().insert(REQUEST_ID, id);
        }
    }
}
