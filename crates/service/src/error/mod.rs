//! Errors of operations, grouped by what they are about. Every message is defined here or in
//! [`ValidationError`]: what was denied, why, and what to do.
//!
//! The messages that InfluxDB's clients see are influxd's own, except where
//! [compatibility](../../../docs/influxdb-compatibility.md) states a difference.

mod auth;
mod bucket;
mod creation;
mod dbrp;
mod delegation;
mod gate;
mod org;
mod quota;
mod rotation;
mod setup;
mod telegraf;
mod token;
mod user;

use jeton_model::{Code, ValidationError};

pub use auth::AuthError;
pub use bucket::BucketError;
pub use creation::CreationError;
pub use dbrp::DbrpError;
pub use delegation::DelegationError;
pub use gate::GateError;
pub use org::OrgError;
pub use quota::QuotaError;
pub use rotation::RotationError;
pub use setup::SetupError;
pub use telegraf::TelegrafError;
pub use token::TokenError;
pub use user::UserError;

/// The reason why an operation was denied or failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The caller is not authenticated or lacks a permission.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// A value is not accepted.
    #[error(transparent)]
    Validation(#[from] ValidationError),
    /// The caller may not give a token what was requested.
    #[error(transparent)]
    Delegation(#[from] DelegationError),
    /// An authorization is not created.
    #[error(transparent)]
    Creation(#[from] CreationError),
    /// An authorization is not found or not changed.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A token is not rotated.
    #[error(transparent)]
    Rotation(#[from] RotationError),
    /// A quota is used up.
    #[error(transparent)]
    Quota(#[from] QuotaError),
    /// A user is not found or not changed.
    #[error(transparent)]
    User(#[from] UserError),
    /// An organization or its members are not found or not changed.
    #[error(transparent)]
    Org(#[from] OrgError),
    /// A bucket is not found or not changed.
    #[error(transparent)]
    Bucket(#[from] BucketError),
    /// A DBRP mapping is not found or not changed.
    #[error(transparent)]
    Dbrp(#[from] DbrpError),
    /// A bucket is not bound to a database behind a gate, or the binding forbids the change.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// The set-up is refused.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A telegraf configuration is not found or not stored.
    #[error(transparent)]
    Telegraf(#[from] TelegrafError),
    /// No database connection was free in time.
    #[error("the server is busy; try again in a moment")]
    Busy,
    /// The database, or what it runs on, fails: a full disk, a lost connection. The server's log has the cause.
    #[error("the database is unavailable; try again in a moment")]
    Unavailable,
    /// The database was lost during a commit, which it may have done. The server's log has the cause.
    #[error(
        "the database failed during the commit; it is unknown whether the change was made: look before you repeat it"
    )]
    OutcomeUnknown,
    /// Entries of the audit log can't be exported, and a setting requires that. The server's log has the cause.
    #[error("changes are refused while entries of the audit log can't be exported; try again later")]
    AuditBlocked,
    /// The server's log has the cause; the caller learns nothing about internals.
    #[error("An internal error has occurred - check server logs")]
    Internal,
}

impl Error {
    /// Returns an error about one field of a form.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Validation(ValidationError::field(field, message))
    }

    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::Auth(error) => error.code(),
            Self::Validation(error) => error.code(),
            Self::Delegation(error) => error.code(),
            Self::Creation(error) => error.code(),
            Self::Token(error) => error.code(),
            Self::Rotation(error) => error.code(),
            Self::Quota(error) => error.code(),
            Self::User(error) => error.code(),
            Self::Org(error) => error.code(),
            Self::Bucket(error) => error.code(),
            Self::Dbrp(error) => error.code(),
            Self::Gate(error) => error.code(),
            Self::Setup(error) => error.code(),
            Self::Telegraf(error) => error.code(),
            Self::Busy | Self::Unavailable | Self::OutcomeUnknown | Self::AuditBlocked => Code::Unavailable,
            Self::Internal => Code::Internal,
        }
    }
}

/// Logs the cause, which callers do not get to see.
impl From<jeton_store::Error> for Error {
    fn from(error: jeton_store::Error) -> Self {
        if error.is_pool_timeout() {
            tracing::warn!(%error, "no database connection was free");
            return Self::Busy;
        }
        tracing::error!(%error, "the database failed");
        if error.is_outcome_unknown() {
            return Self::OutcomeUnknown;
        }
        if error.is_unavailable() { Self::Unavailable } else { Self::Internal }
    }
}
