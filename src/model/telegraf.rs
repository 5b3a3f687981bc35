//! Telegraf configurations (contract §5.6).

use serde::{Deserialize, Serialize};

use super::{OrgId, TelegrafId};

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
    pub metadata: Option<serde_json::Value>,
}
