//! Limits on the duration and the size of every request. Bodies have limits of their own.

use std::time::Duration;

use axum::{
    extract::Request,
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::error::ApiError;

/// Maximum duration of a request, its body included.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Maximum number of bytes of headers, names and values together.
const MAX_HEADERS: usize = 64 * 1024;

/// Refuses requests with too many bytes of headers, and times out slow ones.
pub async fn hold(request: Request, next: Next) -> Response {
    if size(request.headers()) > MAX_HEADERS {
        return ApiError::TooLarge { what: "the request's headers".into(), limit: MAX_HEADERS }.into_response();
    }
    let answer = tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await;
    answer.unwrap_or_else(|_| ApiError::TooSlow { seconds: ANSWER_WITHIN.as_secs() }.into_response())
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}
