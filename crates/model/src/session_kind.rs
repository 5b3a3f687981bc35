//! The two kinds of sessions.

use serde::{Deserialize, Serialize};

/// The origin of a session, which decides how use renews it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionKind {
    Console,
    Api,
}
