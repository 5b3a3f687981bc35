//! The lock of a directory, which one process at a time holds.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
    time::Duration,
};

use super::private_files;

/// The name of the file.
pub const LOCK: &str = "jeton.lock";

/// Number of attempts to get the lock, over one second in total, as in influxd: a server that is stopping still holds
/// it.
const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Locks a directory, and creates it if it is missing; `None` if another process holds the lock. The lock is held until
/// the file is dropped.
///
/// # Errors
/// Fails if the directory or the file can't be created or opened.
pub async fn lock(directory: &Path) -> io::Result<Option<File>> {
    private_files::create_directory(directory)?;
    let file = private_files::open(&directory.join(LOCK))?;
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN_TRIES).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(None)
}
