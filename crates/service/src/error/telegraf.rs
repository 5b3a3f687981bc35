//! Errors of telegraf configurations.

use jeton_model::{Code, telegraf::Flaw};

/// The reason why a telegraf configuration is not found or not stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TelegrafError {
    /// The configuration does not exist.
    #[error("telegraf configuration not found")]
    NotFound,
    /// The text is not TOML.
    #[error("the configuration is not valid TOML. {0}")]
    NotToml(Flaw),
    /// A plugin is neither an input nor an output.
    #[error("unsupported telegraf plugin type {kind}")]
    PluginType {
        /// The refused type.
        kind: String,
    },
    /// An output that InfluxDB does not offer, or a plugin without a name.
    #[error("unsupported telegraf plugin {name}, type {kind}")]
    Plugin {
        /// Name of the plugin.
        name: String,
        /// Its type, `input` or `output`.
        kind: String,
    },
    /// The settings of a plugin are not an object.
    #[error("the config of telegraf plugin {name} must be an object")]
    PluginConfig {
        /// Name of the plugin.
        name: String,
    },
}

impl TelegrafError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::NotToml(_) | Self::PluginType { .. } | Self::Plugin { .. } | Self::PluginConfig { .. } => {
                Code::Invalid
            }
        }
    }
}
