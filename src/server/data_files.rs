//! The files of a data directory, for commands that examine it while a server runs.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use crate::config::ACME_CACHE;

use super::{
    acme,
    audit_out::POSITIONS,
    data_dir::{BESIDE_DATABASE, DATABASE},
    directory_lock::LOCK,
    instance,
    key_file::{KEY, MARK, PREPARED},
};

/// Returns the path of the SQLite database.
pub fn database(directory: &Path) -> PathBuf {
    directory.join(DATABASE)
}

/// Returns the paths of all files that Jeton may have in a data directory.
pub fn all(directory: &Path) -> Vec<PathBuf> {
    let names = [DATABASE, KEY, MARK, PREPARED, LOCK, POSITIONS, instance::FILE];
    let files = names.into_iter().chain(BESIDE_DATABASE).map(|name| directory.join(name));
    files.chain(acme::files(&acme_cache(directory))).collect()
}

/// Returns the directory of the account and the certificate of ACME in a data directory.
pub fn acme_cache(directory: &Path) -> PathBuf {
    directory.join(ACME_CACHE)
}

/// Returns whether a server, or a command that changes the data, uses the directory.
///
/// # Errors
/// Fails if the lock can't be opened.
pub fn are_in_use(directory: &Path) -> io::Result<bool> {
    let file = match File::open(directory.join(LOCK)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
