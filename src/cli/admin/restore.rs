//! `jeton restore`: puts a backup into an empty data directory.

use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};

use jeton_client::{
    error::{Failure, Outcome},
    output::print,
};

use crate::server::{
    backup::{AuditHead, Counts, GivenKey, RestoreError, Restored, restore},
    data_dir::DataError,
    key_file::{Keys, keys_in},
};

use super::{audit::summary, contents::contents};

/// The backup, the directory to restore into, and the audit key.
#[derive(Args)]
pub struct Restore {
    /// File that jeton backup made
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Directory to restore into, which is empty or does not exist
    #[arg(long, env = "JETON_DATA", default_value = "data", value_name = "DIR")]
    data: PathBuf,
    /// File of the audit key, which becomes the audit.key of the directory; or set JETON_AUDIT_KEY
    #[arg(long = "audit-key", value_name = "FILE")]
    audit_key_file: Option<PathBuf>,
    /// Key of the audit log, in hex
    #[arg(long = "audit-key-hex", env = "JETON_AUDIT_KEY", hide = true, hide_env_values = true)]
    audit_key: Option<SecretString>,
}

impl Restore {
    /// Runs the command.
    pub async fn run(&self) -> Outcome {
        super::offline::log();
        let key = self.key()?;
        let restored = restore(&self.file, &self.data, key.as_ref()).await.map_err(failed)?;
        print(&self.summary(&restored, key.as_ref()))
    }

    fn key(&self) -> Outcome<Option<GivenKey>> {
        if let Some(file) = &self.audit_key_file {
            return Ok(Some(GivenKey { keys: keys_of_file(file)?, is_installed: true }));
        }
        let Some(given) = &self.audit_key else { return Ok(None) };
        let keys = Keys::parse(given.expose_secret()).ok_or_else(|| Failure::new(DataError::AuditKey.to_string()))?;
        Ok(Some(GivenKey { keys, is_installed: false }))
    }

    fn summary(&self, restored: &Restored, key: Option<&GivenKey>) -> String {
        let (file, data) = (self.file.display(), self.data.display());
        let Restored { manifest, contents: found, checked } = restored;
        let origin = match manifest {
            Some(manifest) => format!(
                "The directory {data} holds the backup of {}, made by version {}",
                manifest.created_at, manifest.version
            ),
            None => format!("The directory {data} holds the backup {file}, which has no manifest"),
        };
        let found = contents(&Counts::from(found), &AuditHead::from(found));
        let log: String = match checked {
            None => {
                "The audit log was not verified: its key was given neither with --audit-key nor in JETON_AUDIT_KEY."
                    .into()
            }
            Some(checked) if checked.entries == 0 => "The audit log is empty.".into(),
            Some(checked) => summary(checked),
        };
        let next = match key {
            Some(key) if key.is_installed => "",
            Some(_) => "The server needs JETON_AUDIT_KEY too.\n",
            None => "The server needs the key: copy audit.key into the directory, or set JETON_AUDIT_KEY.\n",
        };
        format!(
            "{origin}: {found}.\n{log}\n{next}Nobody is signed in. What was revoked or changed after the backup is as it \
             was before: revoke it again.\n"
        )
    }
}

/// Reads the key; one that was given in place of a file is not repeated.
fn keys_of_file(file: &Path) -> Outcome<Keys> {
    if file.to_str().and_then(Keys::parse).is_some() && !file.exists() {
        return Err(Failure::new("--audit-key takes the file of the key; set JETON_AUDIT_KEY to give the key itself"));
    }
    let unreadable = |error| Failure::new(format!("the audit key can't be read from {}: {error}", file.display()));
    keys_in(file).map_err(unreadable)
}

/// Returns the failure of a restore, with a hint about what to do next.
fn failed(error: RestoreError) -> Failure {
    let failure = Failure::new(error.to_string());
    match error {
        RestoreError::OtherKey => failure.hint("give the right key, or none to restore without verifying"),
        RestoreError::EarlierKey => failure.hint(
            "give a file that begins with the key of that time, and rotate the key after the restore; if others may have \
             read that key, compare the log with your copy of it",
        ),
        RestoreError::NotVerified(_) => {
            failure.hint("give a file with this key too; without a key, the backup is restored without being verified")
        }
        RestoreError::Broken(_) => {
            failure.hint("use an earlier backup; without a key, this one is restored without being verified")
        }
        RestoreError::OtherThanManifest => {
            failure.hint("use another backup; without its manifest, this one is restored without being compared")
        }
        _ => failure,
    }
}
