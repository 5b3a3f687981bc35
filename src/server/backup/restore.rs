//! Restoring a backup into an empty directory.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use jeton_service::{
    Error,
    audit::verify::{Checked, Fault, check, has_earlier_key, has_key},
};
use jeton_store::{Contents, OpenError, Store};

use crate::server::{
    data_dir::{DATABASE, DataError, lock},
    directory_lock::LOCK,
    key_file::{KEY, Keys},
    private_files::sync_directory,
};

use super::{
    files::{persist, private_file},
    manifest::Manifest,
};

/// Beginning of the names of files that were not finished.
const UNFINISHED: &str = ".jeton-restore-";

/// The reason why nothing was restored, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The directory contains something.
    #[error("the directory {} is not empty; restore into a new one", .0.display())]
    NotEmpty(PathBuf),
    /// The file cannot be read.
    #[error("the backup {} can't be read: {error}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The manifest cannot be read.
    #[error("the manifest of the backup {} can't be read: {error}", .path.display())]
    Manifest {
        /// The file of the backup.
        path: PathBuf,
        /// The error of the operating system, or of JSON.
        error: io::Error,
    },
    /// The file was copied from a running server.
    #[error("{} was copied from a running server, and part of its data is in the file {}-wal; restore a file that jeton backup made", .0.display(), .0.display())]
    Live(PathBuf),
    /// The file is damaged.
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    /// The file is not the one that the manifest describes.
    #[error(
        "the backup does not hold what its manifest says; it was changed, or the manifest belongs to another backup"
    )]
    OtherThanManifest,
    /// The key is not the one that the audit log was written with.
    #[error("this is not the key that the backup's audit log was written with")]
    OtherKey,
    /// The audit log ends with one of the earlier keys.
    #[error("the backup is older than the rotation of the audit key: its audit log ends with an earlier key")]
    EarlierKey,
    /// The audit log is broken.
    #[error("the backup's audit log is NOT intact: {0}")]
    Broken(Fault),
    /// The key of a part of the audit log is missing.
    #[error("a part of the backup's audit log was not verified: {0}")]
    NotVerified(Fault),
    /// The file is no database of Jeton, or one of a newer version.
    #[error("the backup can't be opened: {0}")]
    Open(#[from] OpenError),
    /// The database failed.
    #[error("the backup can't be read: {0}")]
    Database(#[from] jeton_store::Error),
    /// The database failed while the audit log was verified.
    #[error("the audit log can't be read: {0}")]
    Unreadable(Error),
    /// The directory cannot be locked.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The directory cannot be written.
    #[error("the directory {} can't be written: {error}", .path.display())]
    Write {
        /// The directory.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
}

/// The audit key, with which the backup is verified.
pub struct GivenKey {
    /// The key, with those of earlier parts of the log.
    pub keys: Keys,
    /// True if it becomes the `audit.key` of the directory; false if the environment holds it.
    pub is_installed: bool,
}

/// The result of a restore.
pub struct Restored {
    /// The manifest, if it was beside the backup.
    pub manifest: Option<Manifest>,
    /// The content of the database.
    pub contents: Contents,
    /// The result of the verification; `None` without a key.
    pub checked: Option<Checked>,
}

/// Restores a backup into an empty or new directory. The database gets its name once everything is verified; after an
/// error the directory is as it was. Sessions are not restored: one that was ended after the backup would work again.
///
/// # Errors
/// See [`RestoreError`].
pub async fn restore(file: &Path, directory: &Path, key: Option<&GivenKey>) -> Result<Restored, RestoreError> {
    let unreadable = |error| RestoreError::Read { path: file.into(), error };
    let mut source = File::open(file).map_err(unreadable)?;
    if !source.metadata().map_err(unreadable)?.is_file() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    refuse_live(file)?;
    let manifest = Manifest::beside(file).map_err(|error| RestoreError::Manifest { path: file.into(), error })?;
    let place = Place::claim(directory).await?;
    let write = |error| RestoreError::Write { path: directory.into(), error };
    let mut copy = private_file(directory, UNFINISHED, &[]).map_err(write)?;
    io::copy(&mut source, &mut copy).map_err(write)?;
    let (contents, checked) = examine(copy.path(), manifest.as_ref(), key).await?;
    Store::sqlite_end_sessions(copy.path()).await?;
    copy.as_file().sync_all().map_err(write)?;
    place.keep(copy, key.filter(|key| key.is_installed)).map_err(write)?;
    Ok(Restored { manifest, contents, checked })
}

/// Refuses a database file with a write-ahead log beside it: the file alone is not whole.
fn refuse_live(file: &Path) -> Result<(), RestoreError> {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    let is_live = fs::metadata(log).is_ok_and(|log| log.len() > 0);
    if is_live { Err(RestoreError::Live(file.into())) } else { Ok(()) }
}

/// Checks the copy before it is used: its structure, its contents and, with a key, its audit log.
async fn examine(
    copy: &Path,
    manifest: Option<&Manifest>,
    key: Option<&GivenKey>,
) -> Result<(Contents, Option<Checked>), RestoreError> {
    let store = Store::sqlite_copy(copy).await?;
    let found = examine_store(&store, manifest, key).await;
    store.close().await;
    found
}

async fn examine_store(
    store: &Store,
    manifest: Option<&Manifest>,
    key: Option<&GivenKey>,
) -> Result<(Contents, Option<Checked>), RestoreError> {
    if let Some(damage) = store.damage().await? {
        return Err(RestoreError::Damaged(damage));
    }
    let contents = store.contents().await?;
    if manifest.is_some_and(|manifest| !manifest.describes(&contents)) {
        return Err(RestoreError::OtherThanManifest);
    }
    let Some(key) = key else { return Ok((contents, None)) };
    let key = key.keys.audit_key();
    if has_key(store, &key).await.map_err(RestoreError::Unreadable)? == Some(false) {
        let is_earlier = has_earlier_key(store, &key).await.map_err(RestoreError::Unreadable)?;
        return Err(if is_earlier { RestoreError::EarlierKey } else { RestoreError::OtherKey });
    }
    let mut checked = check(store, &key, &[]).await.map_err(RestoreError::Unreadable)?;
    match checked.fault.take() {
        Some(fault) if !fault.is_tampering() => Err(RestoreError::NotVerified(fault)),
        Some(fault) => Err(RestoreError::Broken(fault)),
        None => Ok((contents, Some(checked))),
    }
}

/// An empty directory, locked. When this is dropped, it is as it was before, unless something was kept in it.
struct Place {
    directory: PathBuf,
    /// True if the directory did not exist.
    is_new: bool,
    /// True if the audit key was written.
    has_key: bool,
    is_kept: bool,
    _lock: File,
}

impl Place {
    async fn claim(directory: &Path) -> Result<Self, RestoreError> {
        let is_new = is_missing(directory)?;
        let lock = lock(directory).await?;
        // While the lock was awaited, its holder may have created files.
        refuse_files(directory)?;
        Ok(Self { directory: directory.into(), is_new, has_key: false, is_kept: false, _lock: lock })
    }

    /// Puts the key and then the database in their places.
    fn keep(mut self, database: NamedTempFile, key: Option<&GivenKey>) -> io::Result<()> {
        if let Some(key) = key {
            let key = private_file(&self.directory, UNFINISHED, key.keys.to_text().as_bytes())?;
            persist(key, &self.directory.join(KEY))?;
            self.has_key = true;
        }
        persist(database, &self.directory.join(DATABASE))?;
        self.is_kept = true;
        sync_directory(&self.directory)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        let written = self.has_key.then_some(KEY);
        for name in written.into_iter().chain([LOCK]) {
            drop(fs::remove_file(self.directory.join(name)));
        }
        if self.is_new {
            drop(fs::remove_dir(&self.directory));
        }
    }
}

/// Refuses a locked directory that has other files than the lock.
fn refuse_files(directory: &Path) -> Result<(), RestoreError> {
    let unreadable = |error| RestoreError::Write { path: directory.into(), error };
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        if entry.map_err(unreadable)?.file_name() != LOCK {
            return Err(RestoreError::NotEmpty(directory.into()));
        }
    }
    Ok(())
}

/// Returns whether the directory is missing; refuses one that is not empty.
fn is_missing(directory: &Path) -> Result<bool, RestoreError> {
    match fs::read_dir(directory).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(false),
        Ok(false) => Err(RestoreError::NotEmpty(directory.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(RestoreError::Write { path: directory.into(), error }),
    }
}
