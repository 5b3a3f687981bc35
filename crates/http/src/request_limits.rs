//! Limits on the duration and the size of every request. Bodies have limits of their own.

use std::{pin::pin, task::Poll, time::Duration};

use axum::{
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};

use crate::error::ApiError;

/// Maximum duration of a request, its body included.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Maximum number of bytes of headers, names and values together.
const MAX_HEADERS: usize = 64 * 1024;

/// Refuses requests with too many bytes of headers.
///
/// # Errors
/// [`ApiError::TooLarge`].
pub fn check_headers(headers: &HeaderMap) -> Result<(), ApiError> {
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > MAX_HEADERS {
        return Err(ApiError::TooLarge { what: "the request's headers".into(), limit: MAX_HEADERS });
    }
    Ok(())
}

/// Times out a slow response.
pub async fn in_time(answer: impl Future<Output = Response>) -> Response {
    let mut answer = pin!(answer);
    // Most answers are there at once, and need no timer.
    if let Poll::Ready(response) = futures_util::poll!(answer.as_mut()) {
        return response;
    }
    let answer = tokio::time::timeout(ANSWER_WITHIN, answer).await;
    answer.unwrap_or_else(|_| ApiError::TooSlow { seconds: ANSWER_WITHIN.as_secs() }.into_response())
}
