//! The frame around the pages of an organization.

use serde::{Deserialize, Serialize};

use crate::model::UserId;

use super::{
    capabilities::{Capabilities, Counts},
    tokens::OrgRef,
};

/// What every page of an organization shows around its own content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    pub user: String,
    pub user_id: UserId,
    pub org: OrgRef,
    pub counts: Counts,
    /// What the user may do here.
    pub may: Capabilities,
    /// Where else the user can go.
    pub places: Vec<OrgRef>,
    /// How programs reach this server.
    pub origin: String,
}
