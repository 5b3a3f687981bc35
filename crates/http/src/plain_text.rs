//! Plain-text responses outside the console.

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};

use crate::error::ApiError;

/// Returns an error as one sentence of plain text, without a page of the console.
pub fn plain_refusal(error: impl Into<ApiError>) -> Response {
    let error = error.into();
    let content_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (error.status(), content_type, format!("{error}\n")).into_response()
}
