//! InfluxDB's error codes and their HTTP status.

/// InfluxDB's error codes (docs/influxdb-compatibility.md §1.5), each with its HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    Internal,
    NotFound,
    Conflict,
    Invalid,
    Unprocessable,
    EmptyValue,
    Unavailable,
    Forbidden,
    TooManyRequests,
    Unauthorized,
    MethodNotAllowed,
    TooLarge,
    TooSlow,
}

impl Code {
    /// Returns the text of the member `code` and of the header `X-Platform-Error-Code`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Internal => "internal error",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::Invalid => "invalid",
            Self::Unprocessable => "unprocessable entity",
            Self::EmptyValue => "empty value",
            Self::Unavailable => "unavailable",
            Self::Forbidden => "forbidden",
            Self::TooManyRequests => "too many requests",
            Self::Unauthorized => "unauthorized",
            Self::MethodNotAllowed => "method not allowed",
            Self::TooLarge => "request too large",
            Self::TooSlow => "request timeout",
        }
    }

    /// Returns the HTTP status: 422 for a conflict, 401 for a missing permission.
    pub const fn status(self) -> u16 {
        match self {
            Self::Internal => 500,
            Self::NotFound => 404,
            Self::Conflict | Self::Unprocessable => 422,
            Self::Invalid | Self::EmptyValue => 400,
            Self::Unavailable => 503,
            Self::Forbidden => 403,
            Self::TooManyRequests => 429,
            Self::Unauthorized => 401,
            Self::MethodNotAllowed => 405,
            Self::TooLarge => 413,
            Self::TooSlow => 408,
        }
    }
}
