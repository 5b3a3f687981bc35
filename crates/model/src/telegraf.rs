//! Telegraf configurations. See [compatibility §5.6](../../docs/influxdb-compatibility.md#s5-6).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{OrgId, TelegrafId, Timestamp};

/// Maximum number of bytes in a configuration's text.
pub const MAX_CONFIG: usize = 512 * 1024;

/// A configuration that Telegraf agents fetch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telegraf {
    /// Its id, by which permissions refer to it.
    pub id: TelegrafId,
    /// The organization that it belongs to.
    pub org: OrgId,
    /// Its name; several configurations may share it.
    pub name: String,
    /// A text for people; it may be empty.
    pub description: String,
    /// The text, in TOML, as the user wrote it.
    pub config: String,
    /// JSON that InfluxDB's console stores with a configuration.
    #[serde(with = "super::json_string")]
    pub metadata: Option<serde_json::Value>,
    /// Time of the last change, at first that of its creation.
    pub updated_at: Timestamp,
}

impl Telegraf {
    /// Returns the name under which the text is downloaded, short enough for a response header.
    pub fn file_name(&self) -> String {
        let safe = |letter: &char| letter.is_ascii_alphanumeric() || "-_. ".contains(*letter);
        format!("{}.toml", self.name.chars().filter(safe).collect::<String>())
    }
}

/// A row of the console's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelegrafRow {
    /// Id of the configuration.
    pub id: TelegrafId,
    /// Name of the configuration.
    pub name: String,
    /// The bucket that its text writes to.
    pub bucket: Option<String>,
    /// Number of live tokens with a permission on exactly this configuration.
    pub tokens: u64,
}

/// The details of a configuration in the console, without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelegrafFacts {
    /// The facts that its row in the list shows.
    pub row: TelegrafRow,
    /// A text for people; it may be empty.
    pub description: String,
    /// Time of the last change, at first that of its creation.
    pub updated_at: Timestamp,
    /// Time at which these facts were read.
    pub now: Timestamp,
    /// True if the caller may change and delete it.
    pub may_change: bool,
}

/// The text of a configuration for the editor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelegrafText {
    /// The text with `\n` line breaks, as browsers edit it.
    pub text: String,
    /// The reason why it isn't valid TOML, if it isn't.
    pub flaw: Option<Flaw>,
    /// True if the caller may change and delete the configuration.
    pub may_change: bool,
}

/// A syntax error in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// The line, from 1.
    pub line: usize,
    /// The fault and how to fix it.
    pub message: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}: {}", self.line, self.message)
    }
}
