//! The operations that a caller may perform in an organization; the console offers no others.

use serde::{Deserialize, Serialize};

use crate::tally::Tally;

/// The operations that pages offer. The service checks permissions again for each request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// To create buckets in this organization.
    pub create_buckets: bool,
    /// To create telegraf configurations in this organization.
    pub create_telegrafs: bool,
    /// To create tokens that belong to the caller.
    pub create_tokens: bool,
    /// To change this organization and its memberships.
    pub change_org: bool,
    /// To create organizations.
    pub create_orgs: bool,
    /// To read every user.
    pub read_users: bool,
    /// To create, change and delete every user.
    pub change_users: bool,
}

/// Numbers of an organization's resources that a caller may read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Number of buckets.
    pub buckets: u64,
    /// Number of telegraf configurations.
    pub telegrafs: u64,
    /// Number of tokens, live or not.
    pub tokens: Tally,
}
