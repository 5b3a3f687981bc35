//! Which authorizations a caller sees, as a condition.

use super::{Result, sql::Sql};
use crate::model::{AuthorizationId, OrgId, UserId};

/// What a caller may see: derived from their permissions, so that the database drops the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visible {
    pub authorizations: Reach,
    pub owners: OwnerReach,
}

/// The authorizations within reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    All,
    /// Those of these organizations, and these themselves.
    Only {
        orgs: Vec<OrgId>,
        ids: Vec<AuthorizationId>,
    },
}

impl Default for Reach {
    fn default() -> Self {
        Self::Only { orgs: Vec::new(), ids: Vec::new() }
    }
}

/// The owners within reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerReach {
    All,
    Only(Vec<UserId>),
}

impl Default for OwnerReach {
    fn default() -> Self {
        Self::Only(Vec::new())
    }
}

/// Only what is visible.
pub(super) fn push_visible(sql: &mut Sql, visible: &Visible) -> Result<()> {
    if let Reach::Only { orgs, ids } = &visible.authorizations {
        sql.push(" AND (org_id IN ").bind_ids(orgs.iter().copied())?;
        sql.push(" OR id IN ").bind_ids(ids.iter().copied())?.push(")");
    }
    if let OwnerReach::Only(users) = &visible.owners {
        sql.push(" AND user_id IN ").bind_ids(users.iter().copied())?;
    }
    Ok(())
}
