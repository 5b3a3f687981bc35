//! InfluxDB's error codes and their HTTP status.

/// InfluxDB's error codes (docs/influxdb-compatibility.md §1.5), each with its HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// 500: the server failed; its log has the cause.
    Internal,
    /// 404: the path or resource does not exist, or the caller may not read it.
    NotFound,
    /// 422: the stored state contradicts the request, such as a name that is taken.
    Conflict,
    /// 400: the request is malformed, or a value in it is invalid.
    Invalid,
    /// 422: a value breaks a rule or a limit.
    Unprocessable,
    /// 400: a required value is empty.
    EmptyValue,
    /// 503: the server is busy or its database fails; a later attempt may succeed.
    Unavailable,
    /// 403: for example an inactive user, a request from another site, or more than the caller may delegate.
    Forbidden,
    /// 429: a rate limit was reached.
    TooManyRequests,
    /// 401: the credential is missing or not accepted, or lacks a permission.
    Unauthorized,
    /// 413: the request exceeds a limit on its size.
    TooLarge,
    /// 408: the request took too long.
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
            Self::TooLarge => 413,
            Self::TooSlow => 408,
        }
    }
}
