//! `jeton backup`: copies the database of a running or stopped server into one file.

mod pg_dump;

use std::path::PathBuf;

use clap::Args;

use jeton_client::{
    error::{Failure, Outcome},
    output::print,
};
use jeton_service::{Clock, audit::verify::has_key};
use jeton_store::Store;

use crate::{
    config::Storage,
    server::{
        backup::{self, Backup as Written, Manifest, UNFINISHED},
        data_dir::{DataError, find_keys, keys_of, open_to_copy},
        given_key::given_key,
    },
};

use super::contents::contents;

/// The file of the backup, and the location of the data.
#[derive(Args)]
pub struct Backup {
    /// File to write, which must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write the audit key to FILE.key; whoever has it and the backup can forge the audit log
    #[arg(long)]
    with_key: bool,
    #[command(flatten)]
    storage: Storage,
}

impl Backup {
    /// Runs the command.
    pub async fn run(&self) -> Outcome {
        if let Some(url) = &self.storage.database_url {
            return Err(Failure::new("the data are in PostgreSQL, which jeton backup does not copy")
                .hint(pg_dump::advice(url, &self.file)));
        }
        super::offline::log();
        let refused = |error: DataError| Failure::new(error.to_string());
        let store = open_to_copy(&self.storage.data).await.map_err(refused)?;
        let taken = self.take(&store).await;
        store.close().await;
        print(&self.summary(&taken?))
    }

    async fn take(&self, store: &Store) -> Outcome<Manifest> {
        let key = if self.with_key { Some(self.key(store).await?) } else { None };
        let written = Written {
            file: &self.file,
            at: Clock::System.now(),
            key: key.as_deref(),
            data: &self.storage.data,
            unfinished: UNFINISHED,
        };
        backup::take(store, &written).await.map_err(|error| Failure::new(error.to_string()))
    }

    /// Returns the audit key in hex, with those of earlier parts of the log. Another key than that of the database would
    /// be useless when it is needed.
    async fn key(&self, store: &Store) -> Outcome<String> {
        let directory = &self.storage.data;
        let given = given_key(self.storage.audit_key.as_ref(), self.storage.audit_key_file.as_ref());
        let is_given = matches!(given, Ok(Some(_)));
        let refused = |error: DataError| Failure::new(error.to_string());
        let found = given.and_then(|given| find_keys(directory, given.as_ref()));
        let found = found.and_then(|keys| keys.ok_or_else(|| DataError::NoKey(directory.clone()))).map_err(refused)?;
        let keys = keys_of(store, directory, is_given, found).await.map_err(refused)?;
        match has_key(store, &keys.audit_key()).await.map_err(super::operation_failed)? {
            Some(true) => Ok(keys.to_text()),
            Some(false) => Err(Failure::new("this is not the key that the audit log was written with")
                .hint("give the right one with --data or JETON_AUDIT_KEY")),
            None => Err(Failure::new("the database has no audit key yet; start the server once")),
        }
    }

    fn summary(&self, manifest: &Manifest) -> String {
        let file = self.file.display();
        let key = match (self.with_key, &self.storage.audit_key, &self.storage.audit_key_file) {
            (true, ..) => format!(
                "The audit key is in {}: keep it apart from the backup, because both together can forge the audit log.",
                backup::key_of(&self.file).display()
            ),
            (false, Some(_), _) => "The audit key is not part of it: keep JETON_AUDIT_KEY in another place.".into(),
            (false, None, Some(_)) => {
                "The audit key is not part of it: keep a copy of its file in another place.".into()
            }
            (false, None, None) => format!(
                "The audit key is not part of it: keep a copy of {} in another place.",
                self.storage.data.join("audit.key").display()
            ),
        };
        format!(
            "The backup is in {file}, described in {}: {}.\n{key}\n",
            backup::manifest_of(&self.file).display(),
            contents(&manifest.counts, &manifest.audit_head)
        )
    }
}
