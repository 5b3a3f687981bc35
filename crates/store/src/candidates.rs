//! Candidates: the authorizations that a list examines, where an index told beforehand which can match.

use jeton_model::OrgId;

use crate::{Backend, Result, authorizations::Kind, columns::from_id, query_builder::Sql};

/// Maximum number of candidates that are read. Above [`jeton_model::tally::COUNTED_UP_TO`], so that even a part of them
/// can show that a count exceeds it.
pub(super) const MOST: i64 = 12_000;

/// Authorizations that match one condition of a filter, or a part of them.
#[derive(Clone, Debug)]
pub struct Candidates {
    pub(super) backend: Backend,
    /// Their ids, as a JSON array of the columns' numbers.
    pub(super) ids: String,
    pub(super) count: i64,
}

impl Candidates {
    /// Returns whether these are all that match the condition, or else a part of them.
    pub(super) const fn is_complete(&self) -> bool {
        self.count < MOST
    }

    /// Restricts a statement to the candidates.
    pub(super) fn push(&self, sql: &mut Sql) -> Result<()> {
        match self.backend {
            Backend::Sqlite => {
                sql.push(" AND id IN (SELECT value FROM json_each(").bind(self.ids.clone())?.push("))");
            }
            Backend::Postgres => {
                sql.push(" AND id IN (SELECT CAST(candidate AS BIGINT) FROM json_array_elements_text(CAST(");
                sql.bind(self.ids.clone())?.push(" AS JSON)) AS candidates (candidate))");
            }
        }
        Ok(())
    }
}

/// Begins a query of the ids of a kind of authorizations, of one organization or of all.
pub(super) fn push_base(sql: &mut Sql, kind: Kind, org: Option<OrgId>) -> Result<()> {
    sql.push("SELECT id FROM authorizations WHERE kind = ").bind(kind.name())?;
    if let Some(org) = org {
        sql.push(" AND org_id = ").bind(from_id(org))?;
    }
    Ok(())
}
