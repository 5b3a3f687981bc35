//! The data directory: one process holds it, and nobody else reads it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use secrecy::ExposeSecret;

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
        let given_key = config
            .audit_key
            .as_ref()
            .map(|key| from_hex(key.expose_secret()).ok_or(DataError::AuditKey))
            .transpose()?;
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
    let path = directory.join("audit.key");
    match fs::read_to_string(&path) {
        Ok(text) => from_hex(text.trim()).ok_or_else(|| io::Error::other("audit.key does not hold a key in hex")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = random::<32>().to_vec();
            let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            let mut file = private().open(&path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            Ok(key)
        }
        Err(error) => Err(error),
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() < 32 || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
