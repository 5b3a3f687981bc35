//! Telegraf configurations (contract §5.6).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{OrgId, TelegrafId, Timestamp};

/// At most so many bytes in a configuration's text.
pub const MAX_CONFIG: usize = 512 * 1024;

/// A configuration that Telegraf agents fetch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telegraf {
    pub id: TelegrafId,
    pub org: OrgId,
    pub name: String,
    pub description: String,
    /// TOML, as written.
    pub config: String,
    /// JSON that the original console keeps beside a configuration.
    #[serde(with = "super::json_string")]
    pub metadata: Option<serde_json::Value>,
    pub updated_at: Timestamp,
}

impl Telegraf {
    /// What its text is called as a file; never more than a browser's header takes.
    pub fn file_name(&self) -> String {
        let safe = |letter: &char| letter.is_ascii_alphanumeric() || "-_. ".contains(*letter);
        format!("{}.toml", self.name.chars().filter(safe).collect::<String>())
    }
}

/// One row of the console's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelegrafRow {
    pub id: TelegrafId,
    pub name: String,
    /// Where its text writes to.
    pub bucket: Option<String>,
    /// How many live tokens have a permission on exactly this configuration.
    pub tokens: u64,
}

/// What the console says about one configuration, its text apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelegrafFacts {
    pub row: TelegrafRow,
    pub description: String,
    pub updated_at: Timestamp,
    pub now: Timestamp,
    /// Whether the caller may change and delete it.
    pub may_change: bool,
}

/// The text of a configuration, to be edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelegrafText {
    /// With plain line breaks, as a browser edits it.
    pub text: String,
    /// Why it is no TOML, if it is none.
    pub flaw: Option<Flaw>,
    pub may_change: bool,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// From 1.
    pub line: usize,
    /// What to do about it.
    pub message: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}: {}", self.line, self.message)
    }
}
