//! The things a caller may see, as part of an SQL condition.

use crate::model::{Id, OrgId};

use super::{Result, query_builder::Sql};

/// Everything of its kind in the organization, or only some things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceScope {
    All,
    Only(Vec<Id>),
}

impl ResourceScope {
    /// Restricts a statement's `id`; without effect where everything is seen.
    pub(super) fn push(&self, sql: &mut Sql) -> Result<()> {
        if let Self::Only(ids) = self {
            sql.push(" AND id IN ").bind_ids(ids.iter().copied())?;
        }
        Ok(())
    }
}

/// The things of one kind that a caller sees across all organizations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Across {
    All,
    /// Those of these organizations, and these themselves.
    Only {
        orgs: Vec<OrgId>,
        ids: Vec<Id>,
    },
}

impl Across {
    /// Restricts a statement's `id` and `org_id`; without effect where everything is seen.
    pub(super) fn push(&self, sql: &mut Sql) -> Result<()> {
        if let Self::Only { orgs, ids } = self {
            sql.push(" AND (org_id IN ").bind_ids(orgs.iter().copied())?;
            sql.push(" OR id IN ").bind_ids(ids.iter().copied())?.push(")");
        }
        Ok(())
    }
}
