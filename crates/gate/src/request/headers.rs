//! The headers of a request: which may occur once, and which go on to the database.

use jeton_model::{
    token::contains_token,
    trace_context::{TraceParent, request_id},
};

use super::Malformed;

/// The headers that decide or frame. Each occurs at most once.
const SINGLE: [(&str, &str); 6] = [
    ("authorization", "Authorization"),
    ("content-encoding", "Content-Encoding"),
    ("content-length", "Content-Length"),
    ("content-type", "Content-Type"),
    ("host", "Host"),
    ("transfer-encoding", "Transfer-Encoding"),
];

/// The headers that go on to the database, besides `Content-Type`, which the gate sets itself. Nothing else does: no
/// credential, cookie, forwarding header, method override or hop-by-hop header.
const FORWARDED: [&str; 5] = [
    "accept",
    "accept-encoding",
    "user-agent",
    "x-prometheus-remote-write-version",
    "x-victoriametrics-remote-write-version",
];

/// Maximum number of characters of `tracestate`.
const MAX_TRACE_STATE: usize = 512;

/// The headers of a request by lower-case name.
pub(super) struct Headers<'a>(Vec<(String, &'a [u8])>);

impl<'a> Headers<'a> {
    pub(super) fn parse(headers: &[(&str, &'a [u8])]) -> Result<Self, Malformed> {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), *value)).collect();
        for (name, shown) in SINGLE {
            if headers.iter().filter(|(one, _)| one == name).count() > 1 {
                return Err(Malformed::RepeatedHeader(shown));
            }
        }
        Ok(Self(headers))
    }

    /// Returns the value of one of [`SINGLE`], without white space around it.
    pub(super) fn single(&self, name: &str) -> Result<Option<&'a str>, Malformed> {
        let shown = SINGLE.iter().find(|(one, _)| *one == name).map_or("", |(_, shown)| shown);
        let value = self.0.iter().find(|(one, _)| one == name).map(|(_, value)| *value);
        value.map(|value| visible(value).ok_or(Malformed::HeaderValue(shown))).transpose()
    }

    /// Returns the headers that go on to the database.
    pub(super) fn forwarded(&self) -> Vec<(&'static str, String)> {
        let values = |name: &'static str| {
            let values = self.0.iter().filter(move |(one, _)| one == name);
            values.filter_map(move |(_, value)| Some((name, visible(value)?.to_owned())))
        };
        let mut forwarded: Vec<_> = FORWARDED.into_iter().flat_map(values).collect();
        self.add_trace(&mut forwarded);
        forwarded
    }

    /// Adds the headers that name the request in logs and traces, as far as they are valid and contain no token. The gate
    /// is no part of the trace: it passes the headers on unchanged.
    fn add_trace(&self, forwarded: &mut Vec<(&'static str, String)>) {
        if let Some(id) = self.only("x-request-id").and_then(request_id) {
            forwarded.push(("x-request-id", id.to_owned()));
        }
        let parent = self.only("traceparent").and_then(TraceParent::parse);
        let Some(parent) = parent.filter(|parent| !contains_token(parent.as_str())) else { return };
        forwarded.push(("traceparent", parent.as_str().to_owned()));
        let states: Option<Vec<&str>> = self.all("tracestate").map(visible).collect();
        let states = states.unwrap_or_default();
        let is_short = states.iter().map(|state| state.len()).sum::<usize>() <= MAX_TRACE_STATE;
        if is_short && !states.iter().any(|state| contains_token(state)) {
            forwarded.extend(states.into_iter().map(|state| ("tracestate", state.to_owned())));
        }
    }

    /// Returns the values of a header.
    fn all(&self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().filter(move |(one, _)| one == name).map(|(_, value)| *value)
    }

    /// Returns the value of a header that occurs once.
    fn only(&self, name: &'static str) -> Option<&'a [u8]> {
        let mut values = self.all(name);
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }
}

/// Returns the value if it is visible ASCII and spaces.
fn visible(value: &[u8]) -> Option<&str> {
    let value = std::str::from_utf8(value).ok()?.trim_matches([' ', '\t']);
    value.bytes().all(|byte| matches!(byte, b' '..=b'~')).then_some(value)
}
