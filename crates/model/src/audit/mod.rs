//! The audit log as readers see it: actions, actors and targets.

pub mod facts;
pub mod query;
pub mod sentence;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AuthorizationId, Id, OrgId, Timestamp, UserId};

pub use facts::{Fact, facts};
pub use query::{ActionGroup, AuditQuery, Span, parse_time};
pub use sentence::{Sentence, sentence};

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// Time of the action.
    pub at: Timestamp,
    /// The action, such as "bucket created".
    pub action: String,
    /// The user, token or session that acted.
    pub actor: Actor,
    /// The address of the client.
    pub address: Option<String>,
    /// The organization that the action concerns; `None` for actions outside of organizations.
    pub org: Option<OrgId>,
    /// The thing that the action was done to.
    pub target: Target,
    /// The values before and after, or those at creation; never a secret.
    #[serde(with = "super::json_string")]
    pub detail: Value,
    /// The signature over this entry and all before it.
    pub hash: String,
}

/// The actor. Empty if a stranger or Jeton itself did it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The user who acted: the one who signed in, or the owner of the token.
    pub user: Option<ActingUser>,
    /// The token that was presented, or the 1.x credential.
    pub token: Option<ActingToken>,
    /// Name of the session among its user's sessions.
    pub session: Option<String>,
}

/// The user of an actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActingUser {
    /// The user's id, which remains after the user is deleted.
    pub id: UserId,
    /// The current name; `None` if the user was deleted.
    pub name: Option<String>,
}

/// The token or 1.x credential of an actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActingToken {
    /// Id of its authorization, which remains after the token is deleted.
    pub id: AuthorizationId,
    /// The current description; `None` if the token was deleted, or if the reader may not see it.
    pub description: Option<String>,
    /// The beginning of the token, `jtn_` and four characters, if the token has that form.
    pub prefix: Option<String>,
}

/// The thing that an action was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The type, as in permissions: "buckets", "authorizations"; "audit" for the log itself.
    pub kind: String,
    /// `None` if there is no such thing, as with an unknown token.
    pub id: Option<Id>,
    /// The current name; `None` if it was deleted or has no name.
    pub name: Option<String>,
}

/// The result of the last check of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// The last entry that is in order.
    pub seq: i64,
    /// Time of that entry.
    pub at: Option<Timestamp>,
    /// The fault of the next entry.
    pub fault: Option<String>,
    /// True if the fault is only that a key is missing, with which a part was signed.
    pub is_unverified: bool,
}

/// A page of the log, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The entries, newest first.
    pub rows: Vec<AuditRow>,
    /// Number of entries that match the filter; at most [`COUNTED`] and one.
    pub total: u64,
    /// Number of these that are newer than the first of `rows`; at most [`COUNTED`] and one.
    pub before: u64,
    /// True if there are newer entries.
    pub newer: bool,
    /// True if there are older entries.
    pub older: bool,
    /// Only for readers of the whole log.
    pub chain: Option<Chain>,
    /// Time at which the page was read.
    pub now: Timestamp,
}

/// Maximum number of entries that are counted exactly; beyond it, the console shows "more than".
pub const COUNTED: u64 = 10_000;

/// The file format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header line.
    Csv,
    /// One JSON object per line.
    JsonLines,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Csv, Self::JsonLines];

    /// Returns the file name's extension.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }
}
