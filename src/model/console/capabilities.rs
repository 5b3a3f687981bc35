//! What a caller may do in an organization, so that what they may not do is not offered.

use serde::{Deserialize, Serialize};

/// What pages offer. The service decides again when it is asked to do it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    pub create_buckets: bool,
    pub create_telegrafs: bool,
    /// Create tokens that belong to the caller.
    pub create_tokens: bool,
    /// Change this organization, and who belongs to it.
    pub change_org: bool,
    pub create_orgs: bool,
    /// See every user there is.
    pub read_users: bool,
    /// Create, change and delete every user there is.
    pub change_users: bool,
}

/// How many things of an organization a caller sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub buckets: u64,
    pub telegrafs: u64,
    pub tokens: u64,
}
