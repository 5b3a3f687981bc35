//! The span in which a request is handled: log lines within it name the request and its trace.

use jeton_model::trace_context::{TraceParent, request_id};
use tracing::Span;

use crate::random;

/// The names of a request in the log.
///
/// A request that names itself has a span whenever anything is logged. Any other one gets an id if requests are logged,
/// that is, from the level `debug` on. Otherwise nothing is allocated.
#[derive(Clone, Debug)]
pub struct RequestTrace {
    span: Span,
    new_id: Option<String>,
    has_id: bool,
}

impl RequestTrace {
    /// Begins the span of a request. `request_ids`, `traceparents`: the values of these headers. A header that occurs
    /// twice, or whose value is not valid, is ignored.
    pub fn begin<'a>(
        request_ids: impl Iterator<Item = &'a [u8]>,
        traceparents: impl Iterator<Item = &'a [u8]>,
    ) -> Self {
        let id = only(request_ids).and_then(request_id);
        let trace = only(traceparents).and_then(TraceParent::parse);
        let is_named = id.is_some() || trace.is_some();
        let is_logged = tracing::enabled!(tracing::Level::DEBUG);
        let new_id = (id.is_none() && is_logged).then(new_id);
        let span = if is_named || is_logged { span(id.or(new_id.as_deref()), trace) } else { Span::none() };
        Self { span, new_id, has_id: id.is_some() }
    }

    /// Returns the span, which is disabled if nothing is logged.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// Returns the id that the request got here, if it has none of its own.
    pub fn new_id(&self) -> Option<&str> {
        self.new_id.as_deref()
    }

    /// Returns whether the request has a valid id of its own.
    pub fn has_id(&self) -> bool {
        self.has_id
    }
}

/// Returns the only value.
fn only<'a>(mut values: impl Iterator<Item = &'a [u8]>) -> Option<&'a [u8]> {
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

/// The level is the highest, so that warnings of a request name it too, whatever is logged besides.
fn span(request_id: Option<&str>, trace: Option<TraceParent<'_>>) -> Span {
    let trace_id = trace.map(|trace| trace.trace_id());
    tracing::error_span!("request", request_id, trace_id)
}

fn new_id() -> String {
    format!("{:032x}", u128::from_be_bytes(random()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACEPARENT: &[u8] = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn begin(request_ids: &[&'static [u8]], traceparents: &[&'static [u8]]) -> RequestTrace {
        RequestTrace::begin(request_ids.iter().copied(), traceparents.iter().copied())
    }

    #[test]
    fn a_header_counts_if_it_is_the_only_one_and_valid() {
        assert!(begin(&[b"a-1"], &[]).has_id());
        let ignored: [&[&'static [u8]]; 3] = [&[], &[b"a-1", b"a-1"], &[b"a 1"]];
        for ids in ignored {
            assert!(!begin(ids, &[TRACEPARENT]).has_id(), "{ids:?}");
        }
    }

    #[test]
    fn without_a_log_a_request_gets_neither_span_nor_id() {
        let trace = begin(&[], &[]);
        assert!(trace.span().is_none() && trace.new_id().is_none());
    }
}
