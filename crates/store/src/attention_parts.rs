//! The tokens of one organization that need attention, in parts of which each is one range of an index: what a count up
//! to a limit, or a list of few tokens, reads instead of every token.

use jeton_model::{
    Timestamp,
    attention::{Attention, EXPIRING_DAYS, NEVER_USED_DAYS, UNUSED_DAYS},
    org_rules::OrgRules,
};

use crate::{
    Result,
    attention_sql::{Conditions, State},
    query_builder::Sql,
};

/// Tokens that one range of an index holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Live ones that expire by then and have no successor.
    Expiring(Timestamp),
    /// Live ones that expire by then.
    ExpiringBy(Timestamp),
    /// Live ones that were last used by then.
    Unused(Timestamp),
    /// Live ones that were never used, and created by then.
    NeverUsed(Timestamp),
    /// Live ones that reach every organization.
    Operator,
    /// Live ones that never expire.
    NoExpiry,
    /// Live ones whose life in microseconds is longer.
    LongLife(i64),
    /// Live ones without a description.
    Nameless,
    /// Expired ones.
    Expired,
    /// Active ones of an inactive owner.
    OwnerInactive,
    /// Those that ended with their owner or organization.
    Ended,
    /// Those of an owner who does not exist, without having ended.
    Ownerless,
}

impl Part {
    /// Returns the parts of the tokens with a reason. They may overlap.
    pub(super) fn of(kind: Attention, rules: &OrgRules, now: Timestamp) -> Vec<Self> {
        let days = |days: i64| now.plus_seconds(days * 86_400);
        match kind {
            Attention::Expiring => vec![Self::Expiring(days(EXPIRING_DAYS))],
            Attention::Expired => vec![Self::Expired],
            Attention::Unused => vec![Self::Unused(days(-UNUSED_DAYS))],
            Attention::NeverUsed => vec![Self::NeverUsed(days(-NEVER_USED_DAYS))],
            Attention::Orphaned => vec![Self::Ended, Self::Ownerless],
            Attention::OwnerInactive => vec![Self::OwnerInactive],
            Attention::OutOfLine => Self::out_of_line(rules),
            Attention::Operator => vec![Self::Operator],
            Attention::NoExpiry => vec![Self::NoExpiry],
        }
    }

    fn out_of_line(rules: &OrgRules) -> Vec<Self> {
        let life = rules.longest_life.map(|seconds| Self::LongLife(seconds.saturating_mul(1_000_000)));
        let endless = (rules.longest_life.is_some() || rules.expiry_required).then_some(Self::NoExpiry);
        let nameless = rules.description_required.then_some(Self::Nameless);
        [life, endless, nameless].into_iter().flatten().collect()
    }

    const fn state(self) -> State {
        match self {
            Self::Expired => State::Expired,
            Self::OwnerInactive => State::OwnerInactive,
            Self::Ended | Self::Ownerless => State::Orphaned,
            _ => State::Live,
        }
    }

    /// Appends the statement that reads the ids. `conditions`: those of one organization.
    pub(super) fn push(self, sql: &mut Sql, conditions: &Conditions<'_>) -> Result<()> {
        sql.push("SELECT id FROM ");
        match self {
            Self::Ended => {
                conditions.push_all(sql)?;
                // The index holds only those that ended; the comparison is what leads SQLite to it.
                sql.push(" AND ended_at > 0");
            }
            Self::Ownerless => return push_ownerless(sql, conditions),
            _ => {
                conditions.push_tokens(sql, self.state())?;
                self.push_reason(sql, conditions.now)?;
            }
        }
        Ok(())
    }

    fn push_reason(self, sql: &mut Sql, now: Timestamp) -> Result<()> {
        match self {
            Self::Expiring(by) => {
                push_expiry(sql, now, by)?;
                sql.push(
                    " AND NOT EXISTS (SELECT 1 FROM authorizations AS successor WHERE successor.replaces_id = authorizations.id)",
                );
            }
            Self::ExpiringBy(by) => push_expiry(sql, now, by)?,
            Self::Unused(by) => _ = sql.push(" AND last_used_at <= ").bind(by.micros())?,
            Self::NeverUsed(by) => _ = sql.push(" AND last_used_at IS NULL AND created_at <= ").bind(by.micros())?,
            Self::Operator => _ = sql.push(" AND breadth = 'operator'"),
            Self::NoExpiry => _ = sql.push(" AND expires_at IS NULL"),
            Self::LongLife(life) => _ = sql.push(" AND expires_at - created_at > ").bind(life)?,
            Self::Nameless => _ = sql.push(" AND description_key = ''"),
            Self::Expired | Self::OwnerInactive | Self::Ended | Self::Ownerless => {}
        }
        Ok(())
    }
}

/// Both ends of the range are stated: tokens that expired are not looked at.
fn push_expiry(sql: &mut Sql, now: Timestamp, by: Timestamp) -> Result<()> {
    sql.push(" AND expires_at > ").bind(now.micros())?.push(" AND expires_at <= ").bind(by.micros())?;
    Ok(())
}

/// Appends the tokens of owners who do not exist. The owners are read one by one from the index, each with one step
/// from the one before, because there are far fewer of them than tokens.
fn push_ownerless(sql: &mut Sql, conditions: &Conditions<'_>) -> Result<()> {
    conditions.push_all(sql)?;
    sql.push(
        " AND status IN ('active', 'inactive') AND ended_at IS NULL AND user_id IN (WITH RECURSIVE owners (id) AS (SELECT MIN(user_id) FROM ",
    );
    conditions.push_all(sql)?;
    sql.push(" UNION ALL SELECT (SELECT MIN(user_id) FROM ");
    conditions.push_all(sql)?;
    sql.push(" AND user_id > owners.id) FROM owners WHERE owners.id IS NOT NULL) SELECT id FROM owners WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM users))");
    Ok(())
}
