//! Protection against cross-site request forgery (CSRF).

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    response::{IntoResponse, Response},
};

use crate::{error::ApiError, plain_text, settings::Settings};

/// Returns the refusal of a cross-site request with an unsafe method that carries a cookie, or that needs none (set-up
/// and signing in). Clients that are not browsers send neither `Sec-Fetch-Site` nor `Origin` and are allowed.
pub fn refusal(settings: &Settings, request: &Request) -> Option<Response> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return None;
    }
    let path = request.uri().path();
    let is_below = |starts: &[&str]| starts.iter().any(|start| path.starts_with(start));
    let concerned = request.headers().contains_key(header::COOKIE)
        || is_below(&["/api/v2/setup", "/api/v2/signin", "/setup", "/sign-in", "/fn/"]);
    if !concerned || !is_foreign(request.headers(), settings) {
        return None;
    }
    tracing::warn!(%path, "denied a cross-site request");
    Some(if is_below(&["/api/", "/private/", "/fn/"]) {
        ApiError::ForeignOrigin.into_response()
    } else {
        plain_text::plain_refusal(ApiError::ForeignOrigin)
    })
}

fn is_foreign(headers: &HeaderMap, settings: &Settings) -> bool {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    if let Some(site) = headers.get("sec-fetch-site") {
        return !matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    if !headers.contains_key(header::ORIGIN) {
        return false;
    }
    text(header::ORIGIN) != settings.origin(headers).as_deref()
}
