//! Export of audit entries to sinks outside of the database, where nobody with access to the database can change them.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use serde_json::{Map, Value, json};

use jeton_model::Timestamp;
use jeton_store::audit::{Stored, after};

use crate::{Error, Service};

/// An exported entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedEntry {
    /// Sequence number in the chain, from 1.
    pub seq: i64,
    /// The hash of the entry.
    pub hash: String,
    /// The time of the entry.
    pub at: Timestamp,
    /// The entry as JSON in one line, without a line break.
    pub line: String,
    /// The entry with the length of the detail in bytes in its place, for messages of limited length.
    pub brief: String,
}

/// True while changes are refused because their entries cannot be exported.
#[derive(Debug, Default)]
pub(crate) struct Blocked(AtomicBool);

/// The sequence number of the last entry that retention may delete: later ones are not exported yet.
#[derive(Debug)]
pub(crate) struct Deletable(AtomicI64);

/// Without a sink, every entry may be deleted.
impl Default for Deletable {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MAX))
    }
}

impl Service {
    /// Returns up to `limit` entries after the sequence number `seq`, oldest first.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn entries_for_export(&self, seq: i64, limit: i64) -> Result<Vec<ExportedEntry>, Error> {
        let entries = after(&mut *self.read().await?, seq, limit).await?;
        Ok(entries.into_iter().map(exported).collect())
    }

    /// Sets whether changes are refused because their entries cannot be exported.
    pub fn refuse_changes(&self, refuses: bool) {
        self.0.blocked.0.store(refuses, Ordering::SeqCst);
    }

    /// Excludes the entries after this one from retention: they are not exported yet.
    pub fn keep_entries_after(&self, seq: i64) {
        self.0.deletable.0.store(seq, Ordering::SeqCst);
    }

    /// Returns whether retention may delete an entry and those before it.
    pub(crate) fn may_delete_up_to(&self, seq: i64) -> bool {
        seq <= self.0.deletable.0.load(Ordering::SeqCst)
    }

    /// Checks that changes are accepted.
    ///
    /// # Errors
    /// [`Error::AuditBlocked`] if they are not.
    pub(crate) fn check_accepts_changes(&self) -> Result<(), Error> {
        if self.0.blocked.0.load(Ordering::SeqCst) { Err(Error::AuditBlocked) } else { Ok(()) }
    }
}

fn exported(entry: Stored) -> ExportedEntry {
    let text = |value: Option<String>| value.map(Value::String);
    let id = |value: Option<jeton_model::Id>| value.map(|id| Value::String(id.to_string()));
    let object = |members: Vec<(&str, Option<Value>)>| {
        let given = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(given.collect::<Map<String, Value>>())
    };
    let detail = serde_json::from_str(&entry.detail).unwrap_or(Value::Null);
    let actor = object(vec![
        ("user", id(entry.actor_user)),
        ("token", id(entry.actor_authorization)),
        ("session", text(entry.actor_session)),
    ]);
    let target = object(vec![("type", Some(entry.subject_type.into())), ("id", id(entry.subject))]);
    let mut members = vec![
        ("seq", Some(json!(entry.seq))),
        ("at", Some(entry.at.to_string().into())),
        ("action", Some(entry.action.into())),
        ("actor", Some(actor)),
        ("address", text(entry.address)),
        ("orgID", id(entry.org)),
        ("target", Some(target)),
        ("hash", Some(entry.hash.clone().into())),
    ];
    let brief = object([members.clone(), vec![("detailBytes", Some(json!(entry.detail.len())))]].concat());
    members.push(("detail", Some(detail)));
    let line = object(members);
    ExportedEntry { seq: entry.seq, hash: entry.hash, at: entry.at, line: line.to_string(), brief: brief.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_one_line_without_what_is_unknown() {
        let entry = Stored {
            seq: 7,
            at: Timestamp::from_micros(1_800_000_000_000_000),
            action: "bucket created".into(),
            actor_user: None,
            actor_authorization: None,
            actor_session: None,
            address: Some("10.0.0.1".into()),
            org: None,
            subject_type: "buckets".into(),
            subject: None,
            detail: "{\"name\":\"a\\nb\"}".into(),
            prev: String::new(),
            hash: "of 7".into(),
        };
        let left = exported(entry);
        assert!(!left.line.contains('\n'), "{}", left.line);
        let read: Value = serde_json::from_str(&left.line).unwrap();
        assert_eq!((&read["seq"], &read["target"]), (&json!(7), &json!({"type": "buckets"})));
        assert_eq!((&read["actor"], &read["detail"]["name"]), (&json!({}), &json!("a\nb")));
        assert!(read.get("orgID").is_none());
        let brief: Value = serde_json::from_str(&left.brief).unwrap();
        assert_eq!((&brief["seq"], &brief["hash"], &brief["detailBytes"]), (&json!(7), &json!("of 7"), &json!(15)));
        assert!(brief.get("detail").is_none());
    }
}
