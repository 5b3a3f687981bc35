//! A received request: its head in canonical form, and its body.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Request, Version, header, request::Parts};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use jeton_gate::{CanonicalRequest, Head, Malformed, Reason};
use jeton_service::Client;

use crate::body::{self, AnyBody};

/// Maximum time for a body that decides.
const BODY_WITHIN: Duration = Duration::from_secs(10);
/// Maximum number of characters that are kept of a `User-Agent`.
const MAX_AGENT: usize = 255;

/// A received request.
pub(crate) struct Received {
    /// The head in canonical form.
    pub(crate) canonical: CanonicalRequest,
    /// The origin of the request.
    pub(crate) client: Client,
    /// The headers as they were received.
    headers: HeaderMap,
    body: Option<Incoming>,
    version: Version,
    is_unread: bool,
    is_cut: Arc<AtomicBool>,
}

impl Received {
    /// Parses the head of a request. `origin`: the addresses that it comes from.
    pub(crate) fn parse(request: Request<Incoming>, origin: Client) -> Result<Self, Malformed> {
        let (parts, body) = request.into_parts();
        let is_unread = !body.is_end_stream();
        let canonical = canonical(&parts, is_unread)?;
        let client = Client { agent: agent(&parts.headers), ..origin };
        let version = parts.version;
        let headers = headers(parts);
        Ok(Self { canonical, client, headers, body: Some(body), version, is_unread, is_cut: Arc::default() })
    }

    /// Returns the headers as they were received.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the headers as they were received, for Jeton's own API.
    pub(crate) fn take_headers(&mut self) -> HeaderMap {
        std::mem::take(&mut self.headers)
    }

    /// Returns whether the client may still be sending a body that is not read.
    pub(crate) fn is_unread(&self) -> bool {
        self.is_unread
    }

    /// Returns whether the body was read for the decision, which takes as long as the client takes to send it.
    pub(crate) fn was_read(&self) -> bool {
        self.body.is_none()
    }

    /// Reads the whole body, which decides.
    pub(crate) async fn read(&mut self, limit: usize) -> Result<Bytes, Reason> {
        let Some(body) = self.body.take() else { return Ok(Bytes::new()) };
        let body = body::uploaded(body, self.version, self.is_cut.clone());
        let read = tokio::time::timeout(BODY_WITHIN, whole(body, limit)).await.unwrap_or(Err(Reason::Late))?;
        self.is_unread = false;
        Ok(read)
    }

    /// Returns the body as it arrives.
    pub(crate) fn stream(&mut self) -> AnyBody {
        let (version, is_cut) = (self.version, self.is_cut.clone());
        self.body.take().map_or_else(body::empty, |body| body::uploaded(body, version, is_cut))
    }

    /// Becomes true if the client does not send its body to the end.
    pub(crate) fn is_cut(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_cut)
    }
}

/// Reads a body of at most this many bytes.
async fn whole(mut body: AnyBody, limit: usize) -> Result<Bytes, Reason> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(Malformed::Body.into()) };
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > limit - read.len() {
            return Err(Reason::TooLarge);
        }
        read.extend_from_slice(&data);
    }
    Ok(read.freeze())
}

fn canonical(parts: &Parts, has_body: bool) -> Result<CanonicalRequest, Malformed> {
    let target = target(parts);
    let mut headers: Vec<(&str, &[u8])> =
        parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    // HTTP/2 frames bodies without a header.
    if parts.version == Version::HTTP_2 && has_body && !parts.headers.contains_key(header::CONTENT_LENGTH) {
        headers.push(("transfer-encoding", b"chunked"));
    }
    CanonicalRequest::parse(&Head { method: parts.method.as_str(), target: &target, headers: &headers })
}

/// Returns the request target as it was received. In HTTP/2 scheme and authority are no part of it.
fn target(parts: &Parts) -> String {
    let uri = &parts.uri;
    let is_absolute = parts.version != Version::HTTP_2 && uri.scheme().is_some();
    match uri.path_and_query().filter(|_| !is_absolute) {
        Some(target) => target.as_str().to_owned(),
        None => uri.to_string(),
    }
}

/// Returns the headers; in HTTP/2, where the authority stands for it, with `Host`.
fn headers(parts: Parts) -> HeaderMap {
    let authority = parts.uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    let mut headers = parts.headers;
    if let Some(authority) = authority {
        headers.entry(header::HOST).or_insert(authority);
    }
    headers
}

fn agent(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(agent.chars().take(MAX_AGENT).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(version: Version, target: &str) -> Parts {
        Request::builder().method("POST").version(version).uri(target).body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_absolute_form_is_refused_and_no_form_of_http_2_is_absolute() {
        let refused = canonical(&parts(Version::HTTP_11, "http://other/write?db=a"), false);
        assert_eq!(refused, Err(Malformed::TargetForm));
        let read = canonical(&parts(Version::HTTP_2, "http://other/write?db=a"), false).unwrap();
        assert_eq!(read.path().as_str(), "/write");
    }

    #[test]
    fn a_body_of_http_2_needs_no_header() {
        let framed = |version| canonical(&parts(version, "/write?db=a"), true).unwrap().content().has_body();
        assert!(framed(Version::HTTP_2));
        assert!(!framed(Version::HTTP_11), "HTTP/1.1 has the header");
    }
}
