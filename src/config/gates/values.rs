//! The values of a gate's settings.

use std::fmt;

use serde::Deserialize;

use jeton_model::{ValidationError, binding::check_gate_name};

/// The name of a gate: letters, digits and `- _ .`, because it is a part of metrics and of descriptions upstream.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct GateName(String);

impl GateName {
    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for GateName {
    type Error = ValidationError;

    fn try_from(text: String) -> Result<Self, ValidationError> {
        check_gate_name(&text).map(|()| Self(text))
    }
}

impl fmt::Display for GateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The effect of a refusal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// They are refused.
    #[default]
    Enforce,
    /// They are recorded and still sent.
    Observe,
}

/// The second check of a request, by the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// The gate gives the database a credential with at most the rights of the caller.
    Delegate,
    /// Jeton decides alone.
    Classify,
}
