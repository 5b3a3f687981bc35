//! Requests that Jeton's own API answers: tokens, users, organizations and buckets are Jeton's, not the database's.

use http::{HeaderMap, HeaderName, Request, Response, header};

use crate::{body::AnyBody, gate::ProxyGate, received::Received};

/// The headers that are not passed on: those of the connection, and those that name the client's address or override
/// the method.
const REMOVED: [&str; 15] = [
    "connection",
    "expect",
    "forwarded",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-http-method-override",
    "x-real-ip",
];

/// Prefixes of further headers that are not passed on.
const REMOVED_BEGINS: [&str; 4] = ["x-forwarded-", "x-original-", "x-jeton-", "x-gate-"];

/// Passes the request to Jeton's own API; `None` if the gate has none.
pub(crate) async fn answer(gate: &ProxyGate, received: &mut Received) -> Option<Response<AnyBody>> {
    let influxdb2 = gate.influxdb2()?;
    let canonical = &received.canonical;
    let request = Request::builder().method(canonical.method().name()).uri(canonical.target());
    let mut request = request.body(received.stream()).ok()?;
    *request.headers_mut() = passed_on(received.take_headers());
    Some(influxdb2.api.answer(&received.client, request).await)
}

fn passed_on(mut headers: HeaderMap) -> HeaderMap {
    let named = named_by_connection(&headers);
    let removed: Vec<HeaderName> = headers.keys().filter(|name| is_removed(name)).cloned().chain(named).collect();
    for name in removed {
        headers.remove(name);
    }
    headers
}

fn is_removed(name: &HeaderName) -> bool {
    let name = name.as_str();
    REMOVED.contains(&name) || REMOVED_BEGINS.iter().any(|begin| name.starts_with(begin))
}

/// Returns the headers that `Connection` names, except those that affect authentication and framing.
fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let names = values.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse::<HeaderName>().ok());
    names.filter(|name| ![header::AUTHORIZATION, header::HOST, header::CONTENT_LENGTH].contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn what_says_where_a_request_comes_from_stays_behind() {
        let mut headers = HeaderMap::new();
        for name in [
            "authorization",
            "content-type",
            "cookie",
            "x-forwarded-for",
            "x-original-uri",
            "forwarded",
            "x-hop",
            "x-gate-args",
            "transfer-encoding",
        ] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static("1"));
        }
        headers.append(header::CONNECTION, HeaderValue::from_static("close, X-Hop, Authorization"));
        let left = passed_on(headers);
        let mut left: Vec<_> = left.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["authorization", "content-type", "cookie"]);
    }
}
