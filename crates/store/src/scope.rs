//! The resources that a caller may read, as part of an SQL condition.

use jeton_model::{Id, OrgId};

use crate::{Result, query_builder::Sql};

/// The resources of one type in an organization that a caller may read: all, or some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceScope {
    /// Every resource of the type in the organization.
    All,
    /// Only the resources with these ids.
    Only(Vec<Id>),
}

impl ResourceScope {
    /// Restricts a statement by its column `id`, unless the scope is [`Self::All`].
    pub(super) fn push(&self, sql: &mut Sql) -> Result<()> {
        if let Self::Only(ids) = self {
            sql.push(" AND id IN ").bind_ids(ids.iter().copied())?;
        }
        Ok(())
    }
}

/// The resources of one type that a caller may read across all organizations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Across {
    /// Every resource of the type.
    All,
    /// Resources of the organizations `orgs`, and those with one of `ids`.
    Only {
        /// Organizations in which the caller may read every resource of the type.
        orgs: Vec<OrgId>,
        /// Ids of single resources that the caller may read.
        ids: Vec<Id>,
    },
}

impl Across {
    /// Restricts a statement by its columns `id` and `org_id`, unless the scope is [`Self::All`].
    pub(super) fn push(&self, sql: &mut Sql) -> Result<()> {
        if let Self::Only { orgs, ids } = self {
            sql.push(" AND (org_id IN ").bind_ids(orgs.iter().copied())?;
            sql.push(" OR id IN ").bind_ids(ids.iter().copied())?.push(")");
        }
        Ok(())
    }
}
