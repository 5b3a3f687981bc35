//! Answers to people that need no page of the console.

use axum::{
    http::{StatusCode, header},
    response::IntoResponse,
};

use crate::model::Error;

/// A refusal in one sentence, without the console around it.
pub fn plain_refusal(error: &Error) -> impl IntoResponse + use<> {
    let status = StatusCode::from_u16(error.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], format!("{error}\n"))
}
