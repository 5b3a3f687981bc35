//! Errors in InfluxDB's envelope (docs/influxdb-compatibility.md §1.4).

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_model::{Error, Permission};

use crate::json_response;

static CODE_HEADER: HeaderName = HeaderName::from_static("x-platform-error-code");

/// An error: the reason why a request was refused.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorBody {
    /// Error code as in InfluxDB; also in the header `X-Platform-Error-Code`.
    #[schema(examples("invalid", "unauthorized", "not found", "conflict"))]
    code: &'static str,
    /// What is wrong and how to correct it.
    message: String,
}

/// The missing permission that caused a response. It is an extension of the response, from which the denial is
/// recorded.
#[derive(Clone, Copy)]
pub struct MissingPermission(pub Permission);

/// An error as the response to a client.
#[derive(Debug)]
pub struct ApiError(pub Error);

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<jeton_model::id::IdError> for ApiError {
    fn from(error: jeton_model::id::IdError) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        refuse(&self.0, json_response::indented)
    }
}

/// Returns an error as compact JSON, as influxd's outer layers do.
pub fn refuse_compactly(error: &Error) -> Response {
    refuse(error, json_response::compact)
}

fn refuse(error: &Error, write_as: fn(StatusCode, &ErrorBody) -> Response) -> Response {
    let code = error.code();
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = write_as(status, &ErrorBody { code: code.name(), message: error.to_string() });
    response.headers_mut().insert(CODE_HEADER.clone(), HeaderValue::from_static(code.name()));
    if let Error::Unauthorized(permission) | Error::NotGrantable(permission) = error {
        response.extensions_mut().insert(MissingPermission(*permission));
    }
    if let Error::TooManyAttempts { seconds } = error
        && let Ok(seconds) = HeaderValue::try_from(seconds.to_string())
    {
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}
