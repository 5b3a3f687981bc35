//! The frame around the pages of an organization.

use serde::{Deserialize, Serialize};

use crate::model::UserId;

use super::{
    capabilities::{Counts, May},
    tokens::Place,
};

/// What every page of an organization shows around its own content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    pub user: String,
    pub user_id: UserId,
    pub org: Place,
    pub counts: Counts,
    /// What the user may do here.
    pub may: May,
    /// Where else the user can go.
    pub places: Vec<Place>,
    /// How programs reach this server.
    pub origin: String,
}
