//! Details of entries about exports, backups and the audit log itself.

use serde::Serialize;

use jeton_model::Timestamp;

/// An export of a list or of the audit log.
#[derive(Serialize)]
pub(crate) struct Exported<'a> {
    /// The file's extension.
    pub format: &'a str,
    /// The query parameters of the filter.
    pub filter: Vec<String>,
}

/// A deletion of old entries of the audit log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogTrimmed<'a> {
    /// The number of deleted entries.
    pub entries: u64,
    /// The last deleted entry.
    pub up_to: i64,
    /// The signature of that entry.
    pub hash: &'a str,
    /// The time before which entries were old.
    pub older_than: Timestamp,
}

/// The end of the part of the log that one audit key signs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyRotated<'a> {
    /// The check value of the key that signs what follows.
    pub new_key: &'a str,
}

/// The begin of the part of the log that another audit key signs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyAdopted<'a> {
    /// The check value of the key that signed what precedes.
    pub old_key: &'a str,
}

/// A backup of the whole database.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackupTaken<'a> {
    /// The file's name.
    pub file: &'a str,
    /// The last entry of the audit log that it contains.
    pub last_entry: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::detail::tests::{NOW, check};

    #[test]
    fn the_texts_are_exact() {
        check(
            Exported { format: "csv", filter: vec!["status=active".into()] },
            r#"{"filter":["status=active"],"format":"csv"}"#,
        );
        check(
            LogTrimmed { entries: 12, up_to: 40, hash: "00ff", older_than: NOW },
            r#"{"entries":12,"hash":"00ff","olderThan":"2027-01-15T08:00:00Z","upTo":40}"#,
        );
        check(KeyRotated { new_key: "00ff" }, r#"{"newKey":"00ff"}"#);
        check(KeyAdopted { old_key: "00ff" }, r#"{"oldKey":"00ff"}"#);
        check(BackupTaken { file: "jeton.db", last_entry: 40 }, r#"{"file":"jeton.db","lastEntry":40}"#);
    }
}
