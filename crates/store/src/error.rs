//! Errors of the database.

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] pub(crate) sqlx::Error);

impl Error {
    /// True if no connection was free in time.
    pub const fn is_pool_timeout(&self) -> bool {
        matches!(self.0, sqlx::Error::PoolTimedOut)
    }
}
