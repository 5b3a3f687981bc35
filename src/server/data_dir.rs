//! The data directory: locked by one process, unreadable for other users.

use std::{
    fs::{self, File},
    path::Path,
};

use secrecy::{ExposeSecret, SecretString};

use jeton_service::{
    AuditKey,
    audit::log_state::{LogState, log_state},
};
use jeton_store::Store;

use crate::config::Storage;

use super::{
    data_error::unusable,
    directory_lock::{self, LOCK},
    given_key::given_key,
    key_file::{KEY, KeyMark, Keys, MARK, PREPARED, has_signed, install_prepared, known_keys, new_key, taken_over},
    private_files,
};

pub use super::data_error::DataError;

/// The purpose for which data are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To answer requests. Missing files are created.
    Serve {
        /// True if an empty database is accepted where data were lost.
        fresh: bool,
    },
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
    /// The mark that the key has signed entries; `None` for a key that is not in the directory.
    pub key_mark: Option<KeyMark>,
    _lock: Option<File>,
}

impl Data {
    /// Opens the database, and reads or creates the audit key. A SQLite database is never shared with another process;
    /// a PostgreSQL database is. An empty database is refused where there were data before.
    pub async fn open(storage: &Storage, purpose: Purpose) -> Result<Self, DataError> {
        let directory = &storage.data;
        let given = given_key(storage.audit_key.as_ref(), storage.audit_key_file.as_ref())?;
        let given = parsed(given.as_ref())?;
        let key_is_there = given.is_some() || directory.join(KEY).exists();
        if purpose == Purpose::Recover {
            check_there(storage, key_is_there)?;
        }
        // With PostgreSQL and the audit key in the environment, nothing here needs a lock. With a key that is only
        // read, a command may run beside a server.
        let shares = given.is_some() || (key_is_there && !matches!(purpose, Purpose::Serve { .. }));
        let lock = if storage.database_url.is_some() && shares { None } else { Some(lock(directory).await?) };
        close_to_others(directory);
        let is_stored = given.is_none();
        let known = if is_stored { known_keys(directory).map_err(|error| unusable(directory, error))? } else { given };
        let mark_of = |keys: &Keys| KeyMark::of(directory, &keys.audit_key());
        let mark = known.as_ref().filter(|_| is_stored).map(mark_of);
        if !matches!(purpose, Purpose::Serve { fresh: true }) {
            check_not_lost(storage, mark.as_ref()).await?;
        }
        let store = open_store(storage).await?;
        let keyed = async {
            let (known, mark) = match known {
                Some(known) if is_stored => finish_rotation(&store, directory, known, mark).await?,
                known => (known, mark),
            };
            key_of(&store, directory, known.map(|keys| keys.audit_key()), mark, purpose).await
        };
        let keyed = match keyed.await {
            Ok(keyed) => keyed,
            Err(error) => {
                store.close().await;
                return Err(error);
            }
        };
        Ok(Self { store, audit_key: keyed.0, key_mark: keyed.1, _lock: lock })
    }

    /// Marks the key as used, if it has signed entries; a failure is logged.
    pub async fn mark_key(&self) {
        let Some(mark) = &self.key_mark else { return };
        if has_signed(&self.store).await
            && let Err(error) = mark.set()
        {
            tracing::warn!(%error, "could not mark the audit key as used");
        }
    }

    /// Returns whether there is anything to open yet, as far as this directory shows.
    pub fn exists(storage: &Storage) -> bool {
        storage.database_url.is_some() || storage.data.join(DATABASE).exists()
    }
}

/// Removes the access of other users from files of an earlier version or of a copy. Files of another owner stay as they
/// are.
fn close_to_others(directory: &Path) {
    for name in [DATABASE, KEY, MARK, PREPARED, LOCK].into_iter().chain(BESIDE_DATABASE) {
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

/// Refuses an empty or missing SQLite database where there were data before, and leaves everything as it is.
async fn check_not_lost(storage: &Storage, mark: Option<&KeyMark>) -> Result<(), DataError> {
    if storage.database_url.is_some() {
        return Ok(());
    }
    let file = storage.data.join(DATABASE);
    let has_content = fs::metadata(&file).is_ok_and(|file| file.len() > 0);
    if has_content && !Store::sqlite_is_blank(&file).await? {
        return Ok(());
    }
    if is_used(mark, &storage.data)? {
        return Err(DataError::DataLost(storage.data.clone()));
    }
    if has_content { Err(DataError::WriteAheadLogMissing(storage.data.clone())) } else { Ok(()) }
}

fn is_used(mark: Option<&KeyMark>, directory: &Path) -> Result<bool, DataError> {
    mark.map_or(Ok(false), KeyMark::is_set).map_err(|error| unusable(directory, error))
}

async fn open_store(storage: &Storage) -> Result<Store, DataError> {
    if let Some(url) = &storage.database_url {
        return Ok(Store::postgres(url.expose_secret()).await?);
    }
    let file = storage.data.join(DATABASE);
    if !file.exists() {
        private_files::open(&file).map_err(|error| unusable(&storage.data, error))?;
    }
    Ok(Store::sqlite(&file).await?)
}

/// Finishes a rotation of the key that was interrupted after the database had taken the new key.
async fn finish_rotation(
    store: &Store,
    directory: &Path,
    known: Keys,
    mark: Option<KeyMark>,
) -> Result<(Option<Keys>, Option<KeyMark>), DataError> {
    let refuse = |error| unusable(directory, error);
    let file = directory.join(KEY);
    let Some(taken) = taken_over(store, &file, &known).await.map_err(refuse)? else { return Ok((Some(known), mark)) };
    install_prepared(&file).map_err(refuse)?;
    let mark = KeyMark::of(directory, &taken.audit_key());
    Ok((Some(taken), Some(mark)))
}

/// Returns the key of the opened database, which is created only for a new database, and its mark. `known`: the key
/// that was given or found, with its mark if it was found.
async fn key_of(
    store: &Store,
    directory: &Path,
    known: Option<AuditKey>,
    mark: Option<KeyMark>,
    purpose: Purpose,
) -> Result<(AuditKey, Option<KeyMark>), DataError> {
    let state = log_state(store).await?;
    let Some(key) = known else {
        if state != LogState::New {
            return Err(DataError::KeyLost(directory.into()));
        }
        let key = new_key(directory).map_err(|error| unusable(directory, error))?.audit_key();
        let mark = KeyMark::of(directory, &key);
        return Ok((key, Some(mark)));
    };
    if state != LogState::Written && is_used(mark.as_ref(), directory)? {
        if purpose != (Purpose::Serve { fresh: true }) {
            return Err(DataError::DataLost(directory.into()));
        }
        // The next signature of the key sets the mark again.
        mark.as_ref().map_or(Ok(()), KeyMark::clear).map_err(|error| unusable(directory, error))?;
    }
    Ok((key, mark))
}

/// Files in the data directory.
pub(super) const DATABASE: &str = "jeton.db";
/// Files that SQLite creates beside the database, with the database's mode.
pub(super) const BESIDE_DATABASE: [&str; 3] = ["jeton.db-wal", "jeton.db-shm", "jeton.db-journal"];

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
        let keys = find_keys(directory, audit_key)?.ok_or_else(|| DataError::NoKey(directory.into()))?;
        let store = match database_url {
            Some(url) => Store::postgres_read_only(url.expose_secret()).await?,
            None => Store::sqlite_read_only(&file).await?,
        };
        let keys = keys_of(&store, directory, audit_key.is_some(), keys).await?;
        Ok(Self { store, audit_key: keys.audit_key() })
    }
}

/// Opens the SQLite database in a directory to copy it: takes no lock and writes nothing, so that a server may run
/// beside it.
pub async fn open_to_copy(directory: &Path) -> Result<Store, DataError> {
    let file = directory.join(DATABASE);
    if !file.exists() {
        return Err(DataError::NoDatabase(directory.into()));
    }
    Ok(Store::sqlite_to_copy(&file).await?)
}

/// Returns the given audit keys, else those in the directory, if there are any.
pub fn find_keys(directory: &Path, given: Option<&SecretString>) -> Result<Option<Keys>, DataError> {
    match parsed(given)? {
        Some(keys) => Ok(Some(keys)),
        None => known_keys(directory).map_err(|error| unusable(directory, error)),
    }
}

/// Returns the keys that were found, or those of an interrupted rotation that the database has already. `is_given`: true
/// for keys that are not in the directory.
pub async fn keys_of(store: &Store, directory: &Path, is_given: bool, found: Keys) -> Result<Keys, DataError> {
    if is_given {
        return Ok(found);
    }
    let taken = taken_over(store, &directory.join(KEY), &found).await;
    Ok(taken.map_err(|error| unusable(directory, error))?.unwrap_or(found))
}

fn parsed(keys: Option<&SecretString>) -> Result<Option<Keys>, DataError> {
    keys.map(|keys| Keys::parse(keys.expose_secret()).ok_or(DataError::AuditKey)).transpose()
}

/// Locks a data directory, and creates it if it is missing.
pub(super) async fn lock(directory: &Path) -> Result<File, DataError> {
    let lock = directory_lock::lock(directory).await.map_err(|error| unusable(directory, error))?;
    lock.ok_or_else(|| DataError::Held(directory.into()))
}
