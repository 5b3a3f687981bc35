//! Errors of authentication and of the caller's permissions.

use jeton_model::{Code, Permission};

/// The reason why a caller is not authenticated or lacks a permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// No credential, or none that is known.
    #[error("unauthorized access")]
    Unauthenticated,
    /// The user was deactivated.
    #[error("User is inactive")]
    UserInactive,
    /// The token was deactivated.
    #[error("token is inactive")]
    TokenInactive,
    /// Credentials of a 1.x client, known or not, that are not accepted (docs/influxdb-compatibility.md §6.4).
    #[error("Unauthorized")]
    V1Unauthorized,
    /// The caller lacks this permission.
    #[error("{0} is unauthorized")]
    Unauthorized(Permission),
    /// A token with an expiry or networks would change what a session may do, and sessions have neither limit.
    #[error(
        "a token with an expiry or networks cannot set passwords or change memberships, roles or the status of users; use a token without these limits, or sign in"
    )]
    LimitedTokenEmpowers,
    /// A token with an expiry would allow self-rotation, and so its own renewal.
    #[error(
        "a token with an expiry cannot allow self-rotation, by which it could renew itself; use a token without an expiry, or sign in as an owner of the organization"
    )]
    ExpiringTokenAllowsSelfRotation,
    /// A token would change a user whose session holds more than the token.
    #[error("this token lacks {0}, which the user's session has or would get; use a token that has it, or sign in")]
    TokenEmpowersMore(Permission),
    /// The caller would change or delete an authorization that holds more than they do.
    #[error(
        "this authorization has {0}, which you lack; only its owner, signed in, or a caller with all of its permissions may change it"
    )]
    HoldsMore(Permission),
    /// A sign-in with a password that the current policy denies.
    #[error("password change required\npasswords must be between 8 and 72 characters long")]
    PasswordChangeRequired,
    /// The present password is wrong.
    #[error("your username or password is incorrect")]
    WrongPassword,
    /// A password is set for a user that does not exist.
    #[error("your userID is incorrect")]
    UnknownUserForPassword,
    /// A session would set its own user's password without the current one.
    #[error(
        "to change your own password in a session, send the present one as Basic authentication to PUT /api/v2/me/password"
    )]
    OldPasswordRequired,
    /// A rate limit; the next attempt is possible in this many seconds.
    #[error("too many attempts; try again in {seconds} seconds")]
    TooManyAttempts {
        /// Number of seconds until the next attempt is possible.
        seconds: u64,
    },
    /// The session does not exist or has ended.
    #[error("session not found")]
    SessionNotFound,
}

impl AuthError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::Unauthenticated | Self::TokenInactive | Self::V1Unauthorized | Self::Unauthorized(..) => {
                Code::Unauthorized
            }
            Self::UserInactive
            | Self::LimitedTokenEmpowers
            | Self::ExpiringTokenAllowsSelfRotation
            | Self::TokenEmpowersMore(..)
            | Self::HoldsMore(..)
            | Self::PasswordChangeRequired
            | Self::WrongPassword
            | Self::UnknownUserForPassword
            | Self::OldPasswordRequired => Code::Forbidden,
            Self::TooManyAttempts { .. } => Code::TooManyRequests,
            Self::SessionNotFound => Code::NotFound,
        }
    }
}
