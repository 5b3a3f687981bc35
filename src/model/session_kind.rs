//! The two kinds of sessions.

use serde::{Deserialize, Serialize};

/// Where a session was begun, which decides how use renews it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionKind {
    Console,
    Api,
}
