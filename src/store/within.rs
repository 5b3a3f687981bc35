//! Which things of an organization a caller sees, as part of a condition.

use super::{Result, sql::Sql};
use crate::model::Id;

/// Everything of its kind in the organization, or only some things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Within {
    All,
    Only(Vec<Id>),
}

impl Within {
    /// Restricts a statement's `id`; without effect where everything is seen.
    pub(super) fn push(&self, sql: &mut Sql) -> Result<()> {
        if let Self::Only(ids) = self {
            sql.push(" AND id IN ").bind_ids(ids.iter().copied())?;
        }
        Ok(())
    }
}
