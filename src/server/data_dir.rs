//! The data directory: locked by one process, unreadable for other users.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};

use jeton_service::{AuditKey, random};
use jeton_store::{OpenError, Store};

use crate::config::Storage;

use super::private_files;

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
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// The purpose for which data are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To answer requests. Missing files are created.
    Serve,
    /// To import from another server. Missing files are created.
    Import,
    /// To repair the data. Missing files are not created: an empty database in a mistyped directory would repair
    /// nothing.
    Recover,
}

/// The opened data. The lock is held until this is dropped.
pub struct Data {
    /// The database.
    pub store: Store,
    /// The key with which the entries of the audit log are authenticated.
    pub audit_key: AuditKey,
    _lock: Option<File>,
}

impl Data {
    /// Opens the database, and reads or creates the audit key. A SQLite database is never shared with another process;
    /// a PostgreSQL database is.
    pub async fn open(storage: &Storage, purpose: Purpose) -> Result<Self, DataError> {
        let given_key = given_key(storage.audit_key.as_ref())?;
        let key_is_there = given_key.is_some() || storage.data.join(KEY).exists();
        if purpose == Purpose::Recover {
            check_there(storage, key_is_there)?;
        }
        // With PostgreSQL and the audit key in the environment, nothing here needs a lock. With a key that is only
        // read, a command may run beside a server.
        let shares = given_key.is_some() || (key_is_there && purpose != Purpose::Serve);
        let lock = if storage.database_url.is_some() && shares { None } else { Some(lock(&storage.data).await?) };
        close_to_others(&storage.data);
        let key = match given_key {
            Some(key) => key,
            None => {
                stored_key(&storage.data).map_err(|error| DataError::Directory { path: storage.data.clone(), error })?
            }
        };
        let store = match &storage.database_url {
            Some(url) => Store::postgres(url.expose_secret()).await?,
            None => {
                let file = storage.data.join(DATABASE);
                if !file.exists() {
                    private_files::open(&file)
                        .map_err(|error| DataError::Directory { path: storage.data.clone(), error })?;
                }
                Store::sqlite(&file).await?
            }
        };
        Ok(Self { store, audit_key: AuditKey::new(key), _lock: lock })
    }

    /// Returns whether there is anything to open yet, as far as this directory shows.
    pub fn exists(storage: &Storage) -> bool {
        storage.database_url.is_some() || storage.data.join(DATABASE).exists()
    }
}

/// Removes the access of other users from files of an earlier version or of a copy. Files of another owner stay as they
/// are.
fn close_to_others(directory: &Path) {
    for name in [DATABASE, KEY, LOCK].into_iter().chain(BESIDE_DATABASE) {
        let path = directory.join(name);
        if let Err(error) = private_files::tighten(&path) {
            let path = path.display();
            tracing::warn!("other users of this machine have access to {path} ({error}); run: chmod 600 {path}");
        }
    }
}

fn check_there(storage: &Storage, key_is_there: bool) -> Result<(), DataError> {
    if !Data::exists(storage) {
        return Err(DataError::NoDatabase(storage.data.clone()));
    }
    if key_is_there { Ok(()) } else { Err(DataError::NoKey(storage.data.clone())) }
}

/// Files in the data directory.
const DATABASE: &str = "jeton.db";
const KEY: &str = "audit.key";
const LOCK: &str = "jeton.lock";
/// Files that SQLite creates beside the database, with the database's mode.
const BESIDE_DATABASE: [&str; 3] = ["jeton.db-wal", "jeton.db-shm", "jeton.db-journal"];

/// Number of attempts to get the lock, over one second in total, as in influxd: a server that is stopping still holds
/// it.
const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// The data, opened for reading only: takes no lock and writes nothing, so that a server may run beside it.
pub struct ReadOnly {
    /// The database.
    pub store: Store,
    /// The key with which the entries of the audit log are authenticated.
    pub audit_key: AuditKey,
}

impl ReadOnly {
    /// Opens the data for reading.
    pub async fn open(
        directory: &Path,
        database_url: Option<&SecretString>,
        audit_key: Option<&SecretString>,
    ) -> Result<Self, DataError> {
        let file = directory.join(DATABASE);
        if database_url.is_none() && !file.exists() {
            return Err(DataError::NoDatabase(directory.into()));
        }
        let key = match given_key(audit_key)? {
            Some(key) => key,
            None => {
                let refuse = |error| DataError::Directory { path: directory.into(), error };
                known_key(directory).map_err(refuse)?.ok_or_else(|| DataError::NoKey(directory.into()))?
            }
        };
        let store = match database_url {
            Some(url) => Store::postgres_read_only(url.expose_secret()).await?,
            None => Store::sqlite_read_only(&file).await?,
        };
        Ok(Self { store, audit_key: AuditKey::new(key) })
    }
}

fn given_key(key: Option<&SecretString>) -> Result<Option<Vec<u8>>, DataError> {
    key.map(|key| from_hex(key.expose_secret()).ok_or(DataError::AuditKey)).transpose()
}

async fn lock(directory: &Path) -> Result<File, DataError> {
    let refuse = |error| DataError::Directory { path: directory.into(), error };
    private_files::create_directory(directory).map_err(refuse)?;
    let file = private_files::open(&directory.join(LOCK)).map_err(refuse)?;
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN_TRIES).await,
            Err(TryLockError::Error(error)) => return Err(refuse(error)),
        }
    }
    Err(DataError::Held(directory.into()))
}

/// Returns the audit key in the data directory, which the first start creates.
fn stored_key(directory: &Path) -> io::Result<Vec<u8>> {
    if let Some(key) = known_key(directory)? {
        return Ok(key);
    }
    let key = random::<32>().to_vec();
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = private_files::open(&directory.join(KEY))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(key)
}

/// Returns the audit key in the data directory, if there is one.
fn known_key(directory: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read_to_string(directory.join(KEY)) {
        Ok(text) => {
            let key = from_hex(text.trim());
            key.map(Some).ok_or_else(|| io::Error::other("audit.key does not hold a key in hex"))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() < 32 || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
