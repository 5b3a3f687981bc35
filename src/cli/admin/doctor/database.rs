//! The database, its locks and the audit log.

use secrecy::ExposeSecret as _;

use jeton_model::Timestamp;
use jeton_service::{
    AuditKey,
    audit::verify::{check, has_earlier_key, has_key},
};
use jeton_store::{Backend, OpenError, Store, diagnosis::Locks};

use crate::{
    cli::admin::audit::summary,
    config::{Config, Storage},
    server::{
        data_dir::{DataError, find_keys, keys_of},
        data_files,
        given_key::given_key,
        key_file::Keys,
    },
};

use super::finding::Finding;

const DATABASE: &str = "database";
const LOCKS: &str = "locks";
const AUDIT: &str = "audit log";

/// The results of the examination of the database.
pub(super) struct Examined {
    /// The findings.
    pub(super) findings: Vec<Finding>,
    /// The time of the newest entry of the audit log.
    pub(super) last_entry: Option<Timestamp>,
    /// The audit key, if it was found.
    pub(super) key: Option<AuditKey>,
}

/// Examines the database, its locks and the audit log.
pub(super) async fn examine(config: &Config) -> Examined {
    let storage = &config.storage;
    let given = given_key(storage.audit_key.as_ref(), storage.audit_key_file.as_ref());
    let is_given = matches!(given, Ok(Some(_)));
    let (keys, key_finding) = match given.and_then(|given| find_keys(&storage.data, given.as_ref())) {
        Ok(Some(keys)) => (Some(keys), None),
        Ok(None) => (None, Some(Finding::failed(AUDIT, DataError::NoKey(storage.data.clone()).to_string()))),
        Err(error) => (None, Some(Finding::failed(AUDIT, error.to_string()))),
    };
    let key = keys.as_ref().map(Keys::audit_key);
    let mut examined = Examined { findings: Vec::new(), last_entry: None, key };
    match open(storage).await {
        Err(sentence) => examined.findings.push(Finding::failed(DATABASE, sentence)),
        Ok(store) => {
            examined.findings.push(structure(&store).await);
            examined.findings.push(locks(&store, storage).await);
            if let Some(found) = keys
                && let Ok(keys) = keys_of(&store, &storage.data, is_given, found).await
            {
                examined.key = Some(keys.audit_key());
            }
            if let Some(key) = &examined.key {
                let (finding, last_entry) = audit_log(&store, key).await;
                examined.findings.push(finding);
                examined.last_entry = last_entry;
            }
            store.close().await;
        }
    }
    examined.findings.extend(key_finding);
    examined
}

/// Opens the database to read it; an error is a sentence.
async fn open(storage: &Storage) -> Result<Store, String> {
    let file = data_files::database(&storage.data);
    let opened = match &storage.database_url {
        Some(url) => Store::postgres_read_only(url.expose_secret()).await,
        None if !file.exists() => return Err(DataError::NoDatabase(storage.data.clone()).to_string()),
        None => Store::sqlite_read_only(&file).await,
    };
    opened.map_err(|error| match error {
        OpenError::OtherVersion => {
            "the database has the schema of another version of Jeton; use that version, or back it \
                                    up and start this version once, which updates it"
                .into()
        }
        other => other.to_string(),
    })
}

async fn structure(store: &Store) -> Finding {
    let name = store.backend().name();
    let damage = match store.backend() {
        Backend::Sqlite => store.damage().await,
        Backend::Postgres => Ok(None),
    };
    match damage {
        Ok(None) => Finding::ok(DATABASE, format!("the {name} database has the schema of this version")),
        Ok(Some(fault)) => Finding::failed(
            DATABASE,
            format!("the {name} database is damaged ({fault}); stop the server and restore a backup"),
        ),
        Err(error) => {
            Finding::failed(DATABASE, format!("the {name} database fails: {error}; see its disk and its log"))
        }
    }
}

async fn locks(store: &Store, storage: &Storage) -> Finding {
    match store.backend() {
        Backend::Postgres => match store.locks().await {
            Ok(Locks { waiting: 0, idle: 0 }) => Finding::ok(LOCKS, "no statement waits for a lock"),
            Ok(Locks { waiting, idle }) => Finding::failed(
                LOCKS,
                format!(
                    "statements that wait for a lock: {waiting}, open transactions that do nothing: {idle}; end them \
                     with pg_terminate_backend (see pg_stat_activity)"
                ),
            ),
            Err(error) => Finding::warning(LOCKS, format!("the locks can't be read: {error}; see pg_stat_activity")),
        },
        Backend::Sqlite => sqlite_locks(storage).await,
    }
}

async fn sqlite_locks(storage: &Storage) -> Finding {
    let (directory, file) = (storage.data.display(), data_files::database(&storage.data));
    match data_files::are_in_use(&storage.data) {
        Ok(false) => return Finding::ok(LOCKS, format!("no server uses the directory {directory}")),
        Err(error) => {
            return Finding::failed(LOCKS, format!("the lock of {directory} can't be read: {error}; run as its user"));
        }
        Ok(true) => {}
    }
    match Store::sqlite_lock_is_free(&file).await {
        Ok(true) => {
            Finding::ok(LOCKS, format!("a server uses the directory {directory}, and nobody keeps it from writing"))
        }
        Ok(false) => {
            let file = file.display();
            Finding::failed(
                LOCKS,
                format!("another process keeps the write lock of {file}; find it with: fuser {file}"),
            )
        }
        Err(error) => Finding::failed(LOCKS, error.to_string()),
    }
}

async fn audit_log(store: &Store, key: &AuditKey) -> (Finding, Option<Timestamp>) {
    let failed = |sentence: String| (Finding::failed(AUDIT, sentence), None);
    match has_key(store, key).await {
        Err(error) => return failed(format!("the audit log can't be read: {error}")),
        Ok(None) => return (Finding::ok(AUDIT, "there is no audit log yet"), None),
        Ok(Some(false)) => {
            if matches!(has_earlier_key(store, key).await, Ok(true)) {
                let sentence = "the audit log ends with an earlier key: the database is a copy from before the rotation, \
                                or somebody undid the rotation; compare it with your backups";
                return failed(sentence.into());
            }
            let sentence = "the audit log was written with another key; put its audit.key back, or set JETON_AUDIT_KEY";
            return failed(sentence.into());
        }
        Ok(Some(true)) => {}
    }
    match check(store, key, &[]).await {
        Err(error) => failed(format!("the audit log can't be read: {error}")),
        Ok(checked) => match &checked.fault {
            Some(fault) if !fault.is_tampering() => {
                (Finding::failed(AUDIT, format!("a part of the audit log was not verified: {fault}")), checked.last_at)
            }
            Some(fault) => {
                let sentence =
                    format!("the audit log is NOT intact: {fault}; compare it with your copy and with backups");
                (Finding::failed(AUDIT, sentence), checked.last_at)
            }
            None => (Finding::ok(AUDIT, summary(&checked)), checked.last_at),
        },
    }
}
