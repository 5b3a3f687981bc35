//! The two kinds of sessions.

use serde::{Deserialize, Serialize};

/// The origin of a session, which decides how use renews it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionKind {
    /// Begun by the console's sign-in: each use extends it to an hour from then.
    Console,
    /// Begun with `POST /api/v2/signin`: use extends it only in its last five minutes, to five minutes from then.
    Api,
}
