//! The frame around the pages of an organization.

use serde::{Deserialize, Serialize};

use crate::UserId;

use super::{
    capabilities::{Capabilities, Counts},
    tokens::OrgRef,
};

/// The content of every page of an organization around the page's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    pub user: String,
    pub user_id: UserId,
    pub org: OrgRef,
    pub counts: Counts,
    /// The operations that the user may perform here.
    pub may: Capabilities,
    /// Other organizations that the user can switch to.
    pub places: Vec<OrgRef>,
    /// The URL under which programs reach this server.
    pub origin: String,
}
