//! Headers that every response has.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use leptos::nonce::Nonce;

use crate::settings::Settings;

/// The InfluxDB version whose wire format this is; clients derive the supported features from it.
pub const INFLUXDB_VERSION: &str = "v2.9.1";

/// HSTS: browsers that connected with https use nothing else for a year (in seconds).
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The policy of responses that are no pages: they load and run nothing.
const NO_PAGE: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

/// The headers with the same value on every response.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("x-influxdb-build"), HeaderValue::from_static("OSS")),
    (HeaderName::from_static("x-influxdb-version"), HeaderValue::from_static(INFLUXDB_VERSION)),
];
/// Number of headers that are added, and some of the handler's own: the map is allocated once.
const EXPECTED: usize = 12;

/// The security headers of a response, as its request determines them: among them a strict Content-Security-Policy.
/// That of pages has a nonce per request, for their inline script and the inline style of `/docs`.
pub struct SecurityHeaders {
    nonce: Option<Nonce>,
    /// True if a public URL with https is configured for the host of the request. A TLS listener alone does not
    /// suffice: HSTS applies to every port of the host, of which others may be served without TLS.
    is_https: bool,
}

impl SecurityHeaders {
    /// Determines the headers of the response to a request, and adds the nonce to the request's extensions if the
    /// response may be a page.
    pub fn of(settings: &Settings, request: &mut Request) -> Self {
        let nonce = may_be_page(request.uri().path()).then(Nonce::new);
        if let Some(nonce) = &nonce {
            request.extensions_mut().insert(nonce.clone());
        }
        Self { nonce, is_https: settings.public_urls.is_https(request.headers()) }
    }

    /// Omits HSTS, for a listener without TLS that no reverse proxy with TLS precedes.
    pub fn without_strict_transport(self) -> Self {
        Self { is_https: false, ..self }
    }

    /// Adds the headers to the response.
    pub fn add_to(self, response: &mut Response) {
        let nonce = self.nonce.filter(|_| is_page(response));
        let policy = nonce.and_then(|nonce| HeaderValue::try_from(policy_of_pages(&nonce)).ok());
        let headers = response.headers_mut();
        headers.reserve(EXPECTED);
        headers.insert(header::CONTENT_SECURITY_POLICY, policy.unwrap_or(NO_PAGE));
        for (name, value) in ALWAYS {
            headers.insert(name, value);
        }
        if self.is_https {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
        }
        // Not cached unless a handler says otherwise: pages contain names of tokens, and one of them shows a token.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}

/// True if the path may be that of a page. The responses of the API and to monitors are needed fast and never are.
fn may_be_page(path: &str) -> bool {
    !["/api/", "/private/", "/gate/", "/ping", "/health", "/ready", "/metrics"]
        .iter()
        .any(|start| path.starts_with(start))
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

fn policy_of_pages(nonce: &Nonce) -> String {
    let reload = if option_env!("LEPTOS_WATCH").is_some() { " ws://127.0.0.1:3001" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self'; font-src 'self'; connect-src 'self'{reload}; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn has_nonce(path: &str) -> bool {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = path.parse().unwrap();
        let headers = SecurityHeaders::of(&Settings::reached_at(&[]), &mut request);
        let in_request = request.extensions().get::<Nonce>().is_some();
        assert_eq!(headers.nonce.is_some(), in_request, "{path}");
        in_request
    }

    #[test]
    fn a_nonce_is_generated_for_pages_only() {
        for path in
            ["/api/v2", "/api/v2/me", "/private/legacy/authorizations", "/ping", "/health", "/ready", "/metrics"]
        {
            assert!(!has_nonce(path), "{path}");
        }
        for path in ["/", "/sign-in", "/setup", "/docs", "/orgs/0000000000000001/load-data/tokens", "/fn/submit"] {
            assert!(has_nonce(path), "{path}");
        }
    }
}
