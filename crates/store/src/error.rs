//! Errors of the database.

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] pub(crate) sqlx::Error);

/// Logs the cause, which callers do not get to see.
impl From<Error> for jeton_model::Error {
    fn from(error: Error) -> Self {
        if matches!(error.0, sqlx::Error::PoolTimedOut) {
            tracing::warn!(%error, "no database connection was free");
            return Self::Busy;
        }
        tracing::error!(%error, "the database failed");
        Self::Internal
    }
}
