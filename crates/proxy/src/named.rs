//! The id of a request, in its span of the log, in the request for the database and in the answer.

use http::{HeaderMap, HeaderValue, Response};
use jeton_service::request_trace::RequestTrace;
use tracing::Span;

use crate::body::AnyBody;

const REQUEST_ID: &str = "x-request-id";
const TRACEPARENT: &str = "traceparent";

/// A request with its span, and the id that its answer names.
pub(crate) struct Named {
    span: Span,
    id: Option<HeaderValue>,
}

impl Named {
    /// Begins the span of a request with these headers. An id that it gets here replaces one that is not valid.
    pub(crate) fn begin(headers: &mut HeaderMap) -> Self {
        let trace = trace(headers);
        let id = match trace.new_id() {
            Some(id) => HeaderValue::from_str(id).ok(),
            None if trace.has_id() => headers.get(REQUEST_ID).cloned(),
            None => None,
        };
        if let Some(id) = id.as_ref().filter(|_| !trace.has_id()) {
            headers.insert(REQUEST_ID, id.clone());
        }
        Self { span: trace.span(), id }
    }

    /// Returns the span in which the request is handled.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Adds the id to the answer, unless the database has named one.
    pub(crate) fn add_to(self, response: &mut Response<AnyBody>) {
        if let Some(id) = self.id {
            response.headers_mut().entry(REQUEST_ID).or_insert(id);
        }
    }
}

fn trace(headers: &HeaderMap) -> RequestTrace {
    let values = |name: &'static str| headers.get_all(name).iter().map(HeaderValue::as_bytes);
    RequestTrace::begin(values(REQUEST_ID), values(TRACEPARENT))
}
