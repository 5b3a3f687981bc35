//! Backups of a SQLite database: a copy of it in one file, with a manifest beside it.

mod files;
mod manifest;
mod restore;
mod schedule;

use std::{
    io,
    path::{Path, PathBuf},
};

use jeton_model::Timestamp;
use jeton_store::Store;

use super::private_files::sync_directory;

use files::{beside, persist, private_file};

pub use manifest::{AuditHead, Counts, Manifest};
pub use restore::{GivenKey, RestoreError, Restored, restore};
pub use schedule::{Schedule, ScheduleError, Taken, last};

/// The reason why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file of the backup exists; it may be an earlier backup.
    #[error("{} exists already; give another name, or delete it", .0.display())]
    Exists(PathBuf),
    /// The backup would be lost with the data directory, or taken for a file of the database.
    #[error("{} is in the data directory, with which it would be lost; choose another directory", .0.display())]
    InDataDirectory(PathBuf),
    /// A file of the backup cannot be written.
    #[error("the backup {} can't be written: {error}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The database fails while it is copied.
    #[error("the database can't be copied: {0}")]
    Copy(#[from] jeton_store::Error),
    /// The database, or its copy, cannot be opened.
    #[error("the database can't be copied: {0}")]
    Open(#[from] jeton_store::OpenError),
}

/// The files of a backup to take.
pub struct Backup<'a> {
    /// The file of the copy, which must not exist; the names of its manifest and key begin with this name.
    pub file: &'a Path,
    /// Time of the backup.
    pub at: Timestamp,
    /// The audit key in hex, if it is backed up too.
    pub key: Option<&'a str>,
    /// The data directory, which is no place for a backup.
    pub data: &'a Path,
    /// Beginning of the names of unfinished files.
    pub unfinished: &'static str,
}

/// Beginning of the names of files that `jeton backup` has not finished.
pub const UNFINISHED: &str = ".jeton-backup-";

/// Copies the database of a store, and describes the copy in the manifest. All files are readable for their owner only,
/// and have their names only once they are whole; the copy gets its name last.
///
/// # Errors
/// See [`BackupError`]; nothing is left behind then.
pub async fn take(store: &Store, backup: &Backup<'_>) -> Result<Manifest, BackupError> {
    let write = |error| BackupError::Write { path: backup.file.into(), error };
    let file = std::path::absolute(backup.file).map_err(write)?;
    let directory = file.parent().ok_or_else(|| write(io::ErrorKind::IsADirectory.into()))?;
    refuse_place(directory, backup)?;
    let (manifest_file, key_file) = (manifest_of(&file), key_of(&file));
    for path in [&file, &manifest_file].into_iter().chain(backup.key.map(|_| &key_file)) {
        refuse_existing(path)?;
    }
    let copy = private_file(directory, backup.unfinished, &[]).map_err(write)?;
    store.copy_into(copy.path()).await?;
    copy.as_file().sync_all().map_err(write)?;
    let copied = Store::sqlite_copy(copy.path()).await?;
    let contents = copied.contents().await;
    copied.close().await;
    let manifest = Manifest::new(backup.at, &contents?);
    let text = manifest.to_text();
    let mut written = Written::default();
    if let Some(key) = backup.key {
        let key = private_file(directory, backup.unfinished, key.as_bytes()).map_err(write)?;
        written.name(key, &key_file)?;
    }
    let described = private_file(directory, backup.unfinished, text.as_bytes()).map_err(write)?;
    written.name(described, &manifest_file)?;
    written.name(copy, &file)?;
    sync_directory(directory).map_err(write)?;
    written.0.clear();
    Ok(manifest)
}

/// Returns the file of a backup's manifest.
pub fn manifest_of(file: &Path) -> PathBuf {
    beside(file, "json")
}

/// Returns the file of the key that belongs to a backup.
pub fn key_of(file: &Path) -> PathBuf {
    beside(file, "key")
}

fn refuse_place(directory: &Path, backup: &Backup<'_>) -> Result<(), BackupError> {
    if is_same(directory, backup.data) { Err(BackupError::InDataDirectory(backup.file.into())) } else { Ok(()) }
}

/// Returns whether two paths lead to one directory.
fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn refuse_existing(path: &Path) -> Result<(), BackupError> {
    // A link that leads nowhere counts too.
    if path.symlink_metadata().is_ok() { Err(BackupError::Exists(path.into())) } else { Ok(()) }
}

/// The files that have their names; removed again unless all of them got theirs.
#[derive(Default)]
struct Written(Vec<PathBuf>);

impl Written {
    fn name(&mut self, file: tempfile::NamedTempFile, path: &Path) -> Result<(), BackupError> {
        persist(file, path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists(path.into()),
            _ => BackupError::Write { path: path.into(), error },
        })?;
        self.0.push(path.into());
        Ok(())
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        for path in &self.0 {
            drop(std::fs::remove_file(path));
        }
    }
}
