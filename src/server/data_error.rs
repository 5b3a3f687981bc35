//! The reasons why the data cannot be opened.

use std::{
    io,
    path::{Path, PathBuf},
};

use jeton_store::OpenError;

/// The reason why the data cannot be opened, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The directory, or a file in it, cannot be created, opened or written.
    #[error("the data directory {} can't be used: {error}; choose another with --data or give this user write access", .path.display())]
    Directory {
        /// The data directory.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// Another process holds the lock of this directory.
    #[error("another Jeton is using the data directory {}; stop it or choose another with --data", .0.display())]
    Held(PathBuf),
    /// This directory contains no database, and the command must not create one.
    #[error("there is no Jeton database in the directory {}; set --data to the directory of the server, or start the server once", .0.display())]
    NoDatabase(PathBuf),
    /// This directory contains no audit key, and the command must not create one.
    #[error("there is no audit key in the directory {}; set --data to the directory of the server, or set JETON_AUDIT_KEY", .0.display())]
    NoKey(PathBuf),
    /// The given audit key is too short or is not hexadecimal.
    #[error("the audit key must be at least 32 hex digits")]
    AuditKey,
    /// The file of the audit key cannot be read.
    #[error("the file {} of the audit key can't be read: {error}", .path.display())]
    AuditKeyFile {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The file of the audit key is a credential of systemd, and there are none.
    #[error(
        "the audit key \"{0}\" is a credential of systemd, but CREDENTIALS_DIRECTORY is not set; add LoadCredential={0}:FILE to the service, or give the path of a file, beginning with / or ./"
    )]
    NoCredentials(String),
    /// The database belongs to a key that is not in this directory; a new one could not continue its audit log.
    #[error("the database has an audit log, but its key is not in the directory {}; put its audit.key back there, or set JETON_AUDIT_KEY", .0.display())]
    KeyLost(PathBuf),
    /// The database is empty, although the key in this directory has signed entries: the data were lost.
    #[error("the database is empty, but the audit.key in the directory {} has signed entries before; restore a backup, or begin anew with jeton serve --fresh", .0.display())]
    DataLost(PathBuf),
    /// The file of the database has no tables: it was copied without its write-ahead log.
    #[error("the database in the directory {} has no tables, like a copy of jeton.db without its jeton.db-wal; restore a backup, or begin anew with jeton serve --fresh", .0.display())]
    WriteAheadLogMissing(PathBuf),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed after it was opened.
    #[error("the database failed: {0}")]
    Failed(#[from] jeton_store::Error),
}

/// Returns the error for a data directory, or a file in it, that the operating system refuses.
pub(super) fn unusable(directory: &Path, error: io::Error) -> DataError {
    DataError::Directory { path: directory.into(), error }
}
