//! The manifest: what a backup holds, in JSON beside it.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

use jeton_model::Timestamp;
use jeton_store::Contents;

use super::manifest_of;

/// The description of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The version of Jeton that made the backup.
    pub version: String,
    /// Time of the backup: everything that was acknowledged before it is in it.
    pub created_at: Timestamp,
    /// Number of the last migration of the database.
    pub schema_step: i64,
    /// The last entry of the audit log.
    pub audit_head: AuditHead,
    /// Numbers of records.
    pub counts: Counts,
}

/// The last entry of the audit log; `seq` 0 and an empty hash before the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// Sequence number of the entry.
    pub seq: i64,
    /// Signature of the entry, in hexadecimal digits.
    pub hash: String,
}

/// The number of records of each type in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Number of users.
    pub users: i64,
    /// Number of organizations.
    pub organizations: i64,
    /// Number of buckets.
    pub buckets: i64,
    /// Number of tokens and 1.x credentials.
    pub authorizations: i64,
    /// Number of telegraf configurations.
    pub telegrafs: i64,
    /// Number of DBRP mappings.
    pub dbrps: i64,
    /// Number of entries of the audit log.
    pub audit_entries: i64,
}

impl Manifest {
    /// Describes a copy that this version made.
    pub fn new(at: Timestamp, contents: &Contents) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            created_at: at,
            schema_step: contents.schema_step,
            audit_head: contents.into(),
            counts: contents.into(),
        }
    }

    /// Returns whether a database holds what this manifest says.
    pub fn describes(&self, contents: &Contents) -> bool {
        self.schema_step == contents.schema_step
            && self.audit_head == AuditHead::from(contents)
            && self.counts == Counts::from(contents)
    }

    /// Writes the manifest as its file holds it.
    pub fn to_text(&self) -> String {
        // Numbers and texts have no form that JSON lacks.
        format!("{}\n", serde_json::to_string_pretty(self).unwrap_or_default())
    }

    /// Reads the manifest beside a backup, if there is one.
    pub fn beside(file: &Path) -> io::Result<Option<Self>> {
        match fs::read_to_string(manifest_of(file)) {
            Ok(text) => Ok(Some(serde_json::from_str(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl From<&Contents> for AuditHead {
    fn from(contents: &Contents) -> Self {
        Self { seq: contents.head.seq, hash: contents.head.hash.clone() }
    }
}

impl From<&Contents> for Counts {
    fn from(contents: &Contents) -> Self {
        Self {
            users: contents.users,
            organizations: contents.orgs,
            buckets: contents.buckets,
            authorizations: contents.authorizations,
            telegrafs: contents.telegrafs,
            dbrps: contents.dbrps,
            audit_entries: contents.audit_entries,
        }
    }
}
