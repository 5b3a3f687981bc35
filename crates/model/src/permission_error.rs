//! The errors of parsing a permission.

use serde::{Deserialize, Serialize};

/// The reason why a text is no type, action or permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum PermissionError {
    /// No type of resources has this name.
    #[error("unknown resource type for permission")]
    UnknownType,
    /// The action is neither `read` nor `write`.
    #[error("unknown action for permission")]
    UnknownAction,
    /// The text is not in the form of a permission, or contains a malformed id.
    #[error("not a permission: write it as <action>:<type>, <action>:orgs/<org ID>/<type> or with /<ID> after it")]
    Form,
}
