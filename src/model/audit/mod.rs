//! The audit log as it is read: what was done, by whom and to what.

mod facts;
pub mod query;
mod sentence;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AuthorizationId, Id, OrgId, Timestamp, UserId};

pub use facts::{Fact, facts};
pub use query::{ActionGroup, AuditQuery, Span, parse_time};
pub use sentence::{Sentence, sentence};

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Its place in the chain, from 1.
    pub seq: i64,
    pub at: Timestamp,
    /// What was done, as in "bucket created".
    pub action: String,
    pub actor: Actor,
    /// Where the request came from.
    pub address: Option<String>,
    pub org: Option<OrgId>,
    pub target: Target,
    /// What it was before and after, or what it was created with; never a secret.
    #[serde(with = "super::json_string")]
    pub detail: Value,
    /// The signature over it and all that came before it.
    pub hash: String,
}

/// Who did it. All of it is missing where a stranger or Jeton itself did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub user: Option<ActingUser>,
    /// The token that was shown, or the 1.x credential.
    pub token: Option<ActingToken>,
    /// What names the session among its user's.
    pub session: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActingUser {
    pub id: UserId,
    /// As it is today; `None` if the user was deleted.
    pub name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActingToken {
    pub id: AuthorizationId,
    /// As it is today; `None` if the token was deleted, or is another user's and not for the reader.
    pub description: Option<String>,
    pub prefix: Option<String>,
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// As in permissions: "buckets", "authorizations"; "audit" for the log itself.
    pub kind: String,
    /// `None` where there is no such thing, as with an unknown token.
    pub id: Option<Id>,
    /// As it is today; `None` if it is gone, or has no name.
    pub name: Option<String>,
}

/// What the last check of the chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// The last entry that is in order.
    pub seq: i64,
    /// When that was written.
    pub at: Option<Timestamp>,
    /// What is wrong with the next one.
    pub fault: Option<String>,
}

/// Part of the log, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditPage {
    pub rows: Vec<AuditRow>,
    /// How many entries the filter lets through; at most [`COUNTED`] and one.
    pub total: u64,
    /// How many of them are newer than the first of these; at most [`COUNTED`] and one.
    pub before: u64,
    /// Whether there are newer entries than these.
    pub newer: bool,
    /// Whether there are older ones.
    pub older: bool,
    /// For those who read all of the log.
    pub chain: Option<Chain>,
    pub now: Timestamp,
}

/// So many entries are counted; more are "more than".
pub const COUNTED: u64 = 10_000;

/// What the log is saved as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    pub const ALL: [Self; 2] = [Self::Csv, Self::JsonLines];

    /// As its file's name ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }
}
