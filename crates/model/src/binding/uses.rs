//! The use of tokens through gates.

use serde::{Deserialize, Serialize};

use crate::{Action, BucketId, Timestamp};

/// Maximum number of uses of a token that are shown, the most recent ones.
pub const MAX_GATE_USES: usize = 1000;

/// The last use of a token through a gate, for one action on one bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateUse {
    /// The name of the gate.
    pub gate: String,
    /// The bucket.
    pub bucket: BucketId,
    /// The name of the bucket; `None` if the bucket was deleted, or the caller may not read it.
    pub bucket_name: Option<String>,
    /// The action that was permitted.
    pub action: Action,
    /// The time of the last request.
    pub at: Timestamp,
}
