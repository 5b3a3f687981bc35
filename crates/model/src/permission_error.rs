//! The errors of parsing a permission.

use serde::{Deserialize, Serialize};

/// The reason why a text is no type, action or permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum PermissionError {
    #[error("unknown resource type for permission")]
    UnknownType,
    #[error("unknown action for permission")]
    UnknownAction,
    #[error("not a permission: write it as <action>:<type>, <action>:orgs/<org ID>/<type> or with /<ID> after it")]
    Form,
}
