//! Headers that every response has.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use leptos::nonce::Nonce;

use crate::state::AppState;

/// The InfluxDB version whose wire format this is; clients derive the supported features from it.
pub const INFLUXDB_VERSION: &str = "v2.9.1";

/// HSTS: browsers that connected with https use nothing else for a year (in seconds).
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds security headers, among them a strict Content-Security-Policy with a nonce per request, for the inline script
/// of pages and the inline style of `/docs`.
pub async fn secure(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self'; font-src 'self'; \
         connect-src 'self'{}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        if option_env!("LEPTOS_WATCH").is_some() { " ws://127.0.0.1:3001" } else { "" },
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("x-influxdb-build"), "OSS"),
        (HeaderName::from_static("x-influxdb-version"), INFLUXDB_VERSION),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if state.settings.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    // Not cached unless a handler says otherwise: pages contain names of tokens, and one of them shows a token.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
