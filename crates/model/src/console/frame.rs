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
    /// Name of the user who is signed in.
    pub user: String,
    /// Id of the user who is signed in.
    pub user_id: UserId,
    /// The organization that the page belongs to.
    pub org: OrgRef,
    /// Numbers of its resources, for the navigation.
    pub counts: Counts,
    /// The operations that the user may perform here.
    pub may: Capabilities,
    /// Other organizations that the user can switch to.
    pub places: Vec<OrgRef>,
    /// The URL under which programs reach this server.
    pub base_url: String,
}
