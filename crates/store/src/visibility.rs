//! The authorizations that a caller may read, as an SQL condition.

use jeton_model::{AuthorizationId, OrgId, UserId};

use crate::{Result, query_builder::Sql};

/// The authorizations that a caller may read, derived from their permissions, so that the database filters the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visible {
    /// Restricts by the authorization's own id and organization.
    pub authorizations: Reach,
    /// Restricts by the authorization's owner.
    pub owners: OwnerReach,
    /// Organizations that the caller owns. Authorizations that reach one of these, or a bucket or telegraf
    /// configuration in one, are visible too.
    pub owned_orgs: Vec<OrgId>,
}

/// The authorizations that the caller's permissions on authorizations cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every authorization.
    All,
    /// Authorizations of the organizations `orgs`, and those with one of `ids`.
    Only {
        /// Organizations whose authorizations are covered.
        orgs: Vec<OrgId>,
        /// Ids of single authorizations that are covered.
        ids: Vec<AuthorizationId>,
    },
}

impl Default for Reach {
    fn default() -> Self {
        Self::Only { orgs: Vec::new(), ids: Vec::new() }
    }
}

/// The owners that the caller's permissions on users cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerReach {
    /// Every owner.
    All,
    /// The owners with these ids.
    Only(Vec<UserId>),
}

impl Default for OwnerReach {
    fn default() -> Self {
        Self::Only(Vec::new())
    }
}

impl Visible {
    fn is_everything(&self) -> bool {
        self.authorizations == Reach::All && self.owners == OwnerReach::All
    }
}

/// Restricts a statement to visible authorizations. `org`: the only organization that the rest of the condition allows,
/// if any.
pub(super) fn push_visible(sql: &mut Sql, visible: &Visible, org: Option<OrgId>) -> Result<()> {
    let owns_all_of_it = org.is_some_and(|org| visible.owned_orgs.contains(&org));
    if visible.is_everything() || owns_all_of_it {
        return Ok(());
    }
    sql.push(" AND ((1 = 1");
    if let Reach::Only { orgs, ids } = &visible.authorizations {
        sql.push(" AND (org_id IN ").bind_ids(orgs.iter().copied())?;
        sql.push(" OR id IN ").bind_ids(ids.iter().copied())?.push(")");
    }
    if let OwnerReach::Only(users) = &visible.owners {
        sql.push(" AND user_id IN ").bind_ids(users.iter().copied())?;
    }
    sql.push(")");
    if !visible.owned_orgs.is_empty() {
        push_reaching(sql, &visible.owned_orgs)?;
    }
    sql.push(")");
    Ok(())
}

/// Adds the authorizations that reach one of `orgs`. Permissions on a whole organization only occur in authorizations
/// of that organization.
fn push_reaching(sql: &mut Sql, orgs: &[OrgId]) -> Result<()> {
    let ids = || orgs.iter().copied();
    sql.push(" OR org_id IN ").bind_ids(ids())?;
    sql.push(" OR id IN (SELECT authorization_id FROM grants WHERE resource_type = 'orgs' AND resource_id IN ");
    sql.bind_ids(ids())?;
    sql.push(" UNION ALL SELECT authorization_id FROM grants WHERE resource_type = 'buckets' AND resource_id IN ");
    sql.push("(SELECT id FROM buckets WHERE org_id IN ").bind_ids(ids())?;
    sql.push(") UNION ALL SELECT authorization_id FROM grants WHERE resource_type = 'telegrafs' AND resource_id IN ");
    sql.push("(SELECT id FROM telegrafs WHERE org_id IN ").bind_ids(ids())?.push("))");
    Ok(())
}
