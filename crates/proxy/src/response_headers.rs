//! The headers of the database's answers that clients see.

use http::{HeaderMap, HeaderName, header::CONNECTION};

/// The headers that stay behind: those of the connection, credentials, and those that speak for the gate's address.
const REMOVED: [&str; 13] = [
    "alt-svc",
    "authorization",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "server",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The begin of the headers with which a database permits pages of other sites to read its answers.
const CROSS_ORIGIN: &str = "access-control-";

/// Removes the headers that clients do not see.
pub(crate) fn filter(headers: &mut HeaderMap) {
    for name in hidden(headers) {
        headers.remove(name);
    }
    for name in REMOVED {
        headers.remove(name);
    }
}

/// Returns the headers that the answer's `Connection` names, and those of cross-origin requests.
fn hidden(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let named = values.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse::<HeaderName>().ok());
    named.chain(headers.keys().filter(|name| name.as_str().starts_with(CROSS_ORIGIN)).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_belongs_to_the_connection_or_speaks_for_the_gate_stays_behind() {
        let mut headers = HeaderMap::new();
        let hidden = [
            ("connection", "close, X-Hop"),
            ("x-hop", "1"),
            ("keep-alive", "timeout=5"),
            ("transfer-encoding", "chunked"),
            ("authorization", "Bearer secret"),
            ("set-cookie", "a=b"),
            ("server", "x"),
            ("alt-svc", "h3=\":443\""),
            ("access-control-allow-origin", "*"),
            ("access-control-allow-credentials", "true"),
        ];
        for (name, value) in hidden {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        for (name, value) in [("content-type", "text/csv"), ("content-length", "3"), ("x-influxdb-version", "1.6.7")] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        filter(&mut headers);
        let mut left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["content-length", "content-type", "x-influxdb-version"]);
    }
}
