//! The client's request, from the headers in which reverse proxies describe it.

use http::{HeaderMap, HeaderValue};
use jeton_gate::Head;

/// The headers with the method: nginx's and the one of other reverse proxies.
const METHOD: [&str; 2] = ["x-original-method", "x-forwarded-method"];
/// The headers with the request target: nginx's and the one of other reverse proxies.
const TARGET: [&str; 2] = ["x-original-uri", "x-forwarded-uri"];
/// The headers of framing, each with the one that has the client's value: the reverse proxy does not send the client's
/// body.
const FRAMING: [(&str, &str); 2] =
    [("content-length", "x-original-content-length"), ("transfer-encoding", "x-original-transfer-encoding")];
/// The methods whose requests have no body, unless the headers declare one.
const WITHOUT_BODY: [&str; 3] = ["GET", "HEAD", "OPTIONS"];

/// The head of the client's request.
pub(super) struct Original<'a> {
    method: &'a str,
    target: &'a str,
    headers: Vec<(&'a str, &'a [u8])>,
}

/// The reason why the headers describe no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OriginalError {
    /// The method or the request target is missing.
    Missing,
    /// There are two different values, one of which may come from the client.
    Contradictory(&'static str),
}

impl<'a> Original<'a> {
    /// Reads the headers of a question.
    pub(super) fn read(headers: &'a HeaderMap) -> Result<Self, OriginalError> {
        let method = one(headers, METHOD, "X-Original-Method")?;
        let target = one(headers, TARGET, "X-Original-URI")?;
        let others = headers.iter().filter(|(name, _)| !is_framing(name.as_str()));
        let mut all: Vec<(&str, &[u8])> = others.map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        for (name, original) in FRAMING {
            let values = headers.get_all(original).iter().map(HeaderValue::as_bytes);
            all.extend(values.filter(|value| !value.is_empty()).map(|value| (name, value)));
        }
        let is_framed = all.iter().any(|(name, _)| is_framing(name));
        if !is_framed && !WITHOUT_BODY.contains(&method) {
            all.push(("transfer-encoding", b"chunked"));
        }
        Ok(Self { method, target, headers: all })
    }

    /// Returns the head.
    pub(super) fn head(&self) -> Head<'_> {
        Head { method: self.method, target: self.target, headers: &self.headers }
    }
}

fn is_framing(name: &str) -> bool {
    FRAMING.iter().any(|(own, _)| *own == name)
}

/// Returns the single value of headers with the same meaning. Two different values are refused: a client may have sent
/// the header that the reverse proxy does not set.
fn one<'a>(headers: &'a HeaderMap, names: [&str; 2], shown: &'static str) -> Result<&'a str, OriginalError> {
    let mut values = names.into_iter().flat_map(|name| headers.get_all(name)).filter(|value| !value.is_empty());
    let first = values.next().ok_or(OriginalError::Missing)?;
    let text = first.to_str().map_err(|_| OriginalError::Contradictory(shown))?;
    if values.all(|value| value == first) { Ok(text) } else { Err(OriginalError::Contradictory(shown)) }
}

#[cfg(test)]
mod tests {
    use http::HeaderName;
    use jeton_gate::CanonicalRequest;

    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value);
        }
        headers
    }

    #[test]
    fn the_headers_of_every_reverse_proxy_are_read() {
        let nginx = headers(&[("x-original-method", "GET"), ("x-original-uri", "/api/v1/labels?a=b")]);
        let caddy = headers(&[("x-forwarded-method", "GET"), ("x-forwarded-uri", "/api/v1/labels?a=b")]);
        for given in [nginx, caddy] {
            let original = Original::read(&given).unwrap();
            assert_eq!((original.head().method, original.head().target), ("GET", "/api/v1/labels?a=b"));
        }
    }

    #[test]
    fn what_the_client_says_beside_the_reverse_proxy_does_not_count() {
        let target = "x-original-uri";
        let both = headers(&[("x-original-method", "GET"), (target, "/ping"), ("x-forwarded-uri", "/write?db=a")]);
        assert_eq!(Original::read(&both).err(), Some(OriginalError::Contradictory("X-Original-URI")));
        let twice = headers(&[("x-original-method", "GET"), ("x-original-method", "POST"), (target, "/ping")]);
        assert_eq!(Original::read(&twice).err(), Some(OriginalError::Contradictory("X-Original-Method")));
        assert_eq!(Original::read(&headers(&[(target, "/ping")])).err(), Some(OriginalError::Missing));
    }

    #[test]
    fn the_body_is_that_of_the_request_and_not_of_the_question() {
        let has_body = |method, more: &[(&'static str, &'static str)]| {
            let question = [("x-original-method", method), ("x-original-uri", "/write"), ("content-length", "0")];
            let headers = headers(&[&question[..], more].concat());
            CanonicalRequest::parse(&Original::read(&headers).unwrap().head()).map(|one| one.content().has_body())
        };
        assert_eq!(has_body("POST", &[("x-original-content-length", "5")]), Ok(true));
        assert_eq!(has_body("POST", &[("x-original-content-length", "0")]), Ok(false));
        assert_eq!(has_body("POST", &[("x-original-content-length", "")]), Ok(true), "nobody says that there is none");
        assert_eq!(has_body("GET", &[]), Ok(false));
        assert!(has_body("GET", &[("x-original-content-length", "5")]).is_err());
        assert!(has_body("GET", &[("x-original-transfer-encoding", "chunked")]).is_err());
        let both = [("x-original-content-length", "5"), ("x-original-transfer-encoding", "chunked")];
        assert!(has_body("POST", &both).is_err());
    }
}
