//! How InfluxDB names and numbers what went wrong.

/// InfluxDB's error codes (contract §1.5), each with its HTTP status.
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
    /// The text in the `code` member and in `X-Platform-Error-Code`.
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

    /// The HTTP status: a conflict is 422, a missing permission 401.
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
