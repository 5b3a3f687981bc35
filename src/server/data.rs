//! The data directory: one process holds it, and nobody else reads it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::Config,
    service::{AuditKey, random},
    store::{OpenError, Store},
};

/// Why the data can't be used, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    #[error("the data directory {} can't be used: {error}; choose another with --data or give this user the right to write there", .path.display())]
    Directory { path: PathBuf, error: io::Error },
    #[error("another Jeton is using the data directory {}; stop it or choose another with --data", .0.display())]
    Held(PathBuf),
    #[error("there is no Jeton data in {}; give its data directory with --data", .0.display())]
    Nothing(PathBuf),
    #[error("there is no audit key in {}; give the data directory with --data, or the key in JETON_AUDIT_KEY", .0.display())]
    NoKey(PathBuf),
    #[error("the audit key must be at least 32 hex digits")]
    AuditKey,
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// What was opened. The lock lasts as long as this does.
pub struct Data {
    pub store: Store,
    pub audit_key: AuditKey,
    _lock: Option<File>,
}

impl Data {
    pub async fn open(config: &Config) -> Result<Self, DataError> {
        let given_key = given_key(config.audit_key.as_ref())?;
        // With a database elsewhere and a key from the environment there is nothing to keep here.
        let lock = match (&config.database_url, &given_key) {
            (Some(_), Some(_)) => None,
            _ => Some(lock(&config.data)?),
        };
        let key = match given_key {
            Some(key) => key,
            None => {
                stored_key(&config.data).map_err(|error| DataError::Directory { path: config.data.clone(), error })?
            }
        };
        let store = match &config.database_url {
            Some(url) => Store::postgres(url.expose_secret()).await?,
            None => Store::sqlite(&config.data.join("jeton.db")).await?,
        };
        Ok(Self { store, audit_key: AuditKey::new(key), _lock: lock })
    }
}

/// What is there, to be read alone: no lock is taken and nothing is written, so a server may run beside it.
pub struct ReadOnly {
    pub store: Store,
    pub audit_key: AuditKey,
}

impl ReadOnly {
    pub async fn open(
        directory: &Path,
        database_url: Option<&SecretString>,
        audit_key: Option<&SecretString>,
    ) -> Result<Self, DataError> {
        let file = directory.join("jeton.db");
        if database_url.is_none() && !file.exists() {
            return Err(DataError::Nothing(directory.into()));
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

fn lock(directory: &Path) -> Result<File, DataError> {
    let refuse = |error| DataError::Directory { path: directory.into(), error };
    create_private_directory(directory).map_err(refuse)?;
    let file = private().open(directory.join("jeton.lock")).map_err(refuse)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DataError::Held(directory.into())),
        Err(TryLockError::Error(error)) => Err(refuse(error)),
    }
}

#[cfg(unix)]
fn create_private_directory(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private_directory(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// A file that only its owner reads.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The key in the data directory, made at the first start.
fn stored_key(directory: &Path) -> io::Result<Vec<u8>> {
    if let Some(key) = known_key(directory)? {
        return Ok(key);
    }
    let key = random::<32>().to_vec();
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = private().open(directory.join(KEY_FILE))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(key)
}

const KEY_FILE: &str = "audit.key";

/// The key in the data directory, if there is one.
fn known_key(directory: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read_to_string(directory.join(KEY_FILE)) {
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
