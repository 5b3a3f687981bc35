//! `jeton audit rotate-key`: replaces the key of the audit log, without a server.

use std::{
    io,
    path::{Path, PathBuf},
};

use clap::Args;

use jeton_service::{
    Clock, Offline,
    audit::{KeyError, key_rotation::KeyRotationError},
};

use crate::{
    config::{Storage, gates::CredentialFile},
    server::{
        data_dir::{Data, DataError, Purpose},
        data_files,
        key_file::{KEY, KeyMark, Keys, install_prepared, keys_in, prepare_keys, taken_over},
    },
};

/// The location of the data and of the key.
#[derive(Args)]
pub struct RotateKey {
    #[command(flatten)]
    storage: Storage,
}

/// The reason why the key was not replaced, in one sentence.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    /// The key is in a variable.
    #[error(
        "the audit key is in JETON_AUDIT_KEY, which this command can't change; unset it, give the key in a file with --audit-key-file, and set the variable to what the file contains afterwards"
    )]
    Variable,
    /// The key is in a copy of systemd.
    #[error(
        "the audit key \"{0}\" is a credential of systemd, which is a copy; give the path of the file that it is loaded from, beginning with / or ./"
    )]
    Credential(String),
    /// The file of the key can't be read or written.
    #[error("the file {} of the audit key can't be replaced: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The data can't be opened.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The database belongs to another key, or fails.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The rotation fails.
    #[error(transparent)]
    Rotation(#[from] KeyRotationError),
}

impl RotateKey {
    /// Replaces the key; returns a sentence about it.
    pub(super) async fn run(self) -> Result<String, Refused> {
        super::offline::log();
        let storage = &self.storage;
        let file = file(storage)?;
        let unusable = |error| Refused::File { path: file.clone(), error };
        // Behind a lock of its own, a server with PostgreSQL does not keep commands from the database.
        if storage.database_url.is_some() && data_files::are_in_use(&storage.data).map_err(unusable)? {
            return Err(DataError::Held(storage.data.clone()).into());
        }
        let before = keys_if_there(&file).map_err(unusable)?;
        let data = Data::open(storage, Purpose::Recover).await?;
        let rotated = rotate(&data, storage, &file, before).await;
        data.store.close().await;
        drop(data);
        rotated
    }
}

/// Returns the file of the key, which will be replaced.
fn file(storage: &Storage) -> Result<PathBuf, Refused> {
    match (&storage.audit_key, &storage.audit_key_file) {
        (Some(_), _) => Err(Refused::Variable),
        (None, None) => Ok(storage.data.join(KEY)),
        (None, Some(CredentialFile::Path(path))) => Ok(path.clone()),
        (None, Some(CredentialFile::Systemd(name))) => Err(Refused::Credential(name.clone())),
    }
}

/// Returns the keys of a file; a missing file is reported when the data are opened.
fn keys_if_there(file: &Path) -> io::Result<Option<Keys>> {
    if file.exists() { keys_in(file).map(Some) } else { Ok(None) }
}

/// Lets the database have the next keys, which are prepared just before, and puts them in place. What is interrupted
/// between these steps is finished by the next run, and in the data directory by the next start.
async fn rotate(data: &Data, storage: &Storage, file: &Path, before: Option<Keys>) -> Result<String, Refused> {
    let unusable = |error| Refused::File { path: file.into(), error };
    let known = keys_in(file).map_err(unusable)?;
    let is_taken = taken_over(&data.store, file, &known).await.map_err(unusable)?.is_some();
    if is_taken {
        install_prepared(file).map_err(unusable)?;
    }
    if is_taken || before.is_some_and(|before| before != known) {
        return Ok(format!("A rotation that was interrupted is finished. {}", advice(file)));
    }
    let next = known.rotated();
    let offline = Offline::start(data.store.clone(), Clock::System, data.audit_key.clone()).await?;
    offline.rotate_audit_key(&next.audit_key(), || prepare_keys(file, &next)).await.map_err(|error| match error {
        KeyRotationError::NotKept(error) => unusable(error),
        error => error.into(),
    })?;
    // A node that starts now may have put them in place.
    if keys_in(file).map_err(unusable)? != next {
        install_prepared(file).map_err(unusable)?;
    }
    if storage.audit_key_file.is_none() {
        KeyMark::of(&storage.data, &next.audit_key()).set().map_err(unusable)?;
    }
    Ok(format!("The audit log goes on with a new key. {}", advice(file)))
}

fn advice(file: &Path) -> String {
    format!(
        "{} contains it, and below it the earlier keys, which only verify: keep a copy of the file, and give it to every \
         node.",
        file.display()
    )
}
