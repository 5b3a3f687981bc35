//! Protection against cross-site request forgery (CSRF).

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{error::ApiError, plain_text, settings::Settings, state::AppState};

/// Refuses cross-site requests with an unsafe method that carry a cookie, or that need none (set-up and signing in).
/// Clients that are not browsers send neither `Sec-Fetch-Site` nor `Origin` and are allowed.
pub async fn refuse_foreign(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let path = request.uri().path();
    let begins =
        ["/api/v2/setup", "/api/v2/signin", "/setup", "/sign-in", "/fn/"].iter().any(|start| path.starts_with(start));
    let concerned = !harmless && (begins || request.headers().contains_key(header::COOKIE));
    if concerned && is_foreign(request.headers(), &state.settings) {
        tracing::warn!(%path, "denied a cross-site request");
        return if ["/api/", "/private/", "/fn/"].iter().any(|start| path.starts_with(start)) {
            ApiError::ForeignOrigin.into_response()
        } else {
            plain_text::plain_refusal(ApiError::ForeignOrigin)
        };
    }
    next.run(request).await
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
