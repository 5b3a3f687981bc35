//! `jeton audit`: verification of the audit log and rotation of its key, without a server.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use secrecy::SecretString;

use jeton_service::{
    Error,
    audit::verify::{Checked, check, has_earlier_key, has_key},
};
use jeton_store::audit::Head;

use crate::{
    config::gates::CredentialFile,
    server::{
        data_dir::{DataError, ReadOnly},
        given_key::given_key,
    },
};

use super::rotate_key::RotateKey;

/// The commands for the audit log.
#[derive(Subcommand)]
pub enum Audit {
    /// Verify that no entry was changed, removed or added, and report the first that was
    ///
    /// The command only reads, so it may run while the server is running.
    Verify(Verify),
    /// Replace the key of the audit log
    ///
    /// The log goes on with a new key. The earlier keys stay in the file of the key and verify what they signed. With
    /// SQLite the server must be stopped; with PostgreSQL, stop every node before, and give each the new file.
    RotateKey(Box<RotateKey>),
}

/// The database of the log, its key and a known head.
#[derive(Args)]
pub struct Verify {
    /// Directory of the database and the audit key
    #[arg(long, env = "JETON_DATA", default_value = "data", value_name = "DIR")]
    data: PathBuf,

    /// URL of a PostgreSQL database, used instead of the SQLite file in the data directory
    #[arg(long, env = "JETON_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<SecretString>,

    /// Key of the audit log, in hex; by default the one in the data directory
    #[arg(long, env = "JETON_AUDIT_KEY", hide = true, hide_env_values = true)]
    audit_key: Option<SecretString>,

    /// File with the key of the audit log, in hex, and earlier keys below it: a path that begins with /, ./ or ../, or
    /// the name of a credential of systemd; by default audit.key in the data directory
    #[arg(long, env = "JETON_AUDIT_KEY_FILE", value_name = "FILE", value_parser = CredentialFile::parse)]
    audit_key_file: Option<CredentialFile>,

    /// Sequence number and hash of a head that the server logged; detects entries that were cut off at the end
    #[arg(long, value_name = "SEQ:HASH", value_parser = head)]
    head: Option<Head>,
}

fn head(text: &str) -> Result<Head, String> {
    let parts = text.split_once(':').and_then(|(seq, hash)| Some((seq.parse::<i64>().ok()?, hash)));
    match parts {
        Some((seq, hash)) if seq > 0 && hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Ok(Head { seq, hash: hash.to_ascii_lowercase() })
        }
        _ => Err("give seq and hash as they were logged, with a colon between them".into()),
    }
}

/// The reason why the log is broken, or could not be verified.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("there is no audit log yet; start the server once")]
    Empty,
    #[error(
        "this is not the key that the audit log was written with; give the right one with --data or JETON_AUDIT_KEY"
    )]
    OtherKey,
    #[error(
        "the audit log ends with an earlier audit key: the database is a copy from before the rotation, or somebody undid the rotation; compare it with your backups"
    )]
    EarlierKey,
    #[error("the audit log can't be read: {0}")]
    Unreadable(Error),
    #[error("the audit log is NOT intact: {0}")]
    Broken(String),
    #[error("a part of the audit log was not verified: {0}")]
    NotVerified(String),
}

/// Runs the command; an error is one sentence on standard error.
pub async fn run(command: Audit) -> ExitCode {
    let done = match command {
        Audit::Verify(verify) => verify.run().await.map_err(|refused| refused.to_string()),
        Audit::RotateKey(rotate) => rotate.run().await.map_err(|refused| refused.to_string()),
    };
    match done {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("jeton: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Verify {
    async fn run(self) -> Result<String, Refused> {
        let Self { data, database_url, audit_key, audit_key_file, head } = self;
        let audit_key = given_key(audit_key.as_ref(), audit_key_file.as_ref())?;
        let ReadOnly { store, audit_key } = ReadOnly::open(&data, database_url.as_ref(), audit_key.as_ref()).await?;
        match has_key(&store, &audit_key).await.map_err(Refused::Unreadable)? {
            None => return Err(Refused::Empty),
            Some(false) => {
                let is_earlier = has_earlier_key(&store, &audit_key).await.map_err(Refused::Unreadable)?;
                return Err(if is_earlier { Refused::EarlierKey } else { Refused::OtherKey });
            }
            Some(true) => {}
        }
        let logged: Vec<&Head> = head.iter().collect();
        let checked = check(&store, &audit_key, &logged).await.map_err(Refused::Unreadable)?;
        store.close().await;
        match &checked.fault {
            Some(fault) if !fault.is_tampering() => Err(Refused::NotVerified(fault.to_string())),
            Some(fault) => Err(Refused::Broken(fault.to_string())),
            None => Ok(summary(&checked)),
        }
    }
}

/// Returns the sentence about an intact log.
pub(super) fn summary(checked: &Checked) -> String {
    let Checked { entries, last, trimmed, .. } = checked;
    let before = trimmed.map_or_else(String::new, |(seq, at)| {
        format!(" Entries up to {seq} were deleted because of their age, most recently on {}.", at.date())
    });
    format!("The audit log is intact: {entries} entries, the last is {}:{}.{before}", last.seq, last.hash)
}
