//! Plain-text responses outside the console.

use axum::{
    http::{StatusCode, header},
    response::IntoResponse,
};

use jeton_model::Error;

/// Returns an error as one sentence of plain text, without a page of the console.
pub fn plain_refusal(error: &Error) -> impl IntoResponse + use<> {
    let status = StatusCode::from_u16(error.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{error}\n"))
}
