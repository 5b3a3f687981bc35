//! Errors of requests, in InfluxDB's envelope (docs/influxdb-compatibility.md §1.4).

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use jeton_model::{Code, Permission, ValidationError, id::IdError};
use jeton_service::{
    Error,
    error::{AuthError, DelegationError, GateError},
};

use crate::json_response;

static CODE_HEADER: HeaderName = HeaderName::from_static("x-platform-error-code");

/// The body of a refusal.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorBody {
    /// InfluxDB's error code; also in the header `X-Platform-Error-Code`.
    #[schema(examples("invalid", "unauthorized", "not found", "conflict"))]
    code: &'static str,
    /// The problem and its remedy.
    message: String,
}

/// The reason why a request was refused: an error of the service, or of the request itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The operation was denied or failed.
    #[error(transparent)]
    Service(#[from] Error),

    /// An id in the query or the body is malformed.
    #[error("{0}")]
    Id(#[from] IdError),
    /// An id in the path of a 1.x authorization is malformed.
    #[error("corrupt ID provided: {0}")]
    CorruptId(IdError),
    /// A malformed form.
    #[error("{0}")]
    Form(String),
    /// A malformed JSON body.
    #[error("{0}")]
    Json(String),
    /// A malformed JSON body, in the words of influxd's handlers of authorizations and DBRP mappings.
    #[error("invalid json structure: {0}")]
    JsonStructure(String),
    /// A malformed JSON body, in the words of influxd's handlers of organizations and buckets.
    #[error("failed to unmarshal json: {0}")]
    JsonResource(String),
    /// A malformed query.
    #[error("{0}")]
    Query(String),
    /// A password is changed without the present one in an `Authorization: Basic` header.
    #[error("error decoding password reset request: invalid basic auth")]
    OldPasswordMissing,
    /// There are no labels.
    #[error("label not found")]
    LabelNotFound,
    /// A label is added without its id.
    #[error("label id is required")]
    LabelMissing,

    /// A body, a form or the headers are larger than `limit` bytes.
    #[error("{what} must not be larger than {limit} bytes")]
    TooLarge {
        /// The part of the request that is too large, for the message.
        what: String,
        /// Maximum size in bytes.
        limit: usize,
    },
    /// The request was not answered in time.
    #[error("the request took longer than {seconds} seconds; try again, or ask for less at once")]
    TooSlow {
        /// Time limit in seconds.
        seconds: u64,
    },
    /// A browser sent the request from a page of another site.
    #[error("this request comes from another site; open Jeton itself and try again")]
    ForeignOrigin,
    /// The name in `Host` is not known to belong to this server.
    #[error(
        "{what} answers only under localhost, an IP address or a public URL; open Jeton under one of these, or set --public-url (JETON_PUBLIC_URL) to the URL that you open, such as http://jeton:8086"
    )]
    ForeignHost {
        /// The refused function, for the message: `set-up` or `signing in`.
        what: &'static str,
    },
    /// The path belongs to no endpoint.
    #[error("path not found")]
    PathNotFound,
}

impl ApiError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::Service(error) => error.code(),
            Self::Id(_)
            | Self::CorruptId(_)
            | Self::Form(_)
            | Self::Json(_)
            | Self::JsonStructure(_)
            | Self::JsonResource(_)
            | Self::Query(_)
            | Self::OldPasswordMissing
            | Self::LabelMissing => Code::Invalid,
            Self::TooLarge { .. } => Code::TooLarge,
            Self::TooSlow { .. } => Code::TooSlow,
            Self::ForeignOrigin | Self::ForeignHost { .. } => Code::Forbidden,
            Self::LabelNotFound | Self::PathNotFound => Code::NotFound,
        }
    }

    /// Returns an error about one field of a form.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Service(Error::field(field, message))
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<ValidationError> for ApiError {
    fn from(error: ValidationError) -> Self {
        Self::Service(error.into())
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        Self::Service(error.into())
    }
}

/// The missing permission that caused a response. It is an extension of the response, from which the denial is
/// recorded.
#[derive(Clone, Copy)]
pub struct MissingPermission(pub Permission);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        refuse(&self, json_response::indented)
    }
}

/// Returns an error as compact JSON, as influxd's outer layers do.
pub fn refuse_compactly(error: impl Into<ApiError>) -> Response {
    refuse(&error.into(), json_response::compact)
}

fn refuse(error: &ApiError, write_as: fn(StatusCode, &ErrorBody) -> Response) -> Response {
    let code = error.code();
    let mut response = write_as(error.status(), &ErrorBody { code: code.name(), message: error.to_string() });
    response.headers_mut().insert(CODE_HEADER.clone(), HeaderValue::from_static(code.name()));
    match error {
        ApiError::Service(
            Error::Auth(AuthError::Unauthorized(permission))
            | Error::Delegation(DelegationError::NotGrantable(permission)),
        ) => {
            response.extensions_mut().insert(MissingPermission(*permission));
        }
        ApiError::Service(Error::Auth(AuthError::TooManyAttempts { seconds })) => {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        // Not for a change that may have been made: a client that repeats it by itself might make it twice.
        ApiError::Service(
            Error::Busy | Error::Unavailable | Error::AuditBlocked | Error::Gate(GateError::NoList { .. }),
        ) => {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        _ => {}
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_asked_to_repeat_what_failed_and_not_what_may_have_been_done() {
        for (error, is_repeated) in [(Error::Unavailable, true), (Error::OutcomeUnknown, false)] {
            let response = ApiError::from(error).into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers().contains_key(header::RETRY_AFTER), is_repeated);
        }
    }
}
