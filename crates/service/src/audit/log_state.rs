//! The state of a database's audit log, which decides whether the log may get a new key.

use jeton_store::Store;

/// The state of a database's audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogState {
    /// No server was started on the database yet.
    New,
    /// The log belongs to a key, but has no entry: nothing was set up.
    Empty,
    /// The log has had entries, even if all were deleted because of their age.
    Written,
}

/// Returns the state of a database's audit log.
///
/// # Errors
/// The database may fail.
pub async fn log_state(store: &Store) -> jeton_store::Result<LogState> {
    let mut reader = store.read().await?;
    if jeton_store::audit::head(&mut reader).await?.seq > 0 {
        return Ok(LogState::Written);
    }
    let key_check = jeton_store::audit::key_check(&mut reader).await?;
    Ok(if key_check.is_empty() { LogState::New } else { LogState::Empty })
}
