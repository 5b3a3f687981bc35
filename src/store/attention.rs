//! What deserves attention: the conditions of [`Attention`], for counting and for lists.
//!
//! They say what [`Attention::of`] says, and a test holds them to it.

use crate::model::{
    OrgId, Timestamp,
    attention::{Attention, AttentionCounts, AttentionFilter},
    org_rules::OrgRules,
};

use super::{
    Connection, Result,
    attention_sql::{Conditions, State},
    columns::Columns,
    org_rules,
    query_builder::Sql,
};

/// What a list is narrowed to, at a moment; all conditions together.
#[derive(Clone, Copy, Debug)]
pub struct Attending {
    pub now: Timestamp,
    pub attention: Option<AttentionFilter>,
    /// Only what works and ends until then.
    pub expiring_until: Option<Timestamp>,
    /// Only what works and was not used since then, or was never used and is older than that.
    pub unused_since: Option<Timestamp>,
}

/// How many tokens of an organization give each reason, whoever may see them: in one pass over those that work, and a look
/// at those of each other state.
pub async fn counts(connection: &mut Connection, org: OrgId, now: Timestamp) -> Result<AttentionCounts> {
    let rules = org_rules::of_org(connection, org).await?.unwrap_or_default();
    let conditions = Conditions { org: Some(org), now, rules: Some(&rules) };
    let mut sql = Sql::new("SELECT ");
    for kind in Attention::ALL {
        push_number(&mut sql, &conditions, kind)?;
        sql.push(" AS ").push(column(kind)).push(", ");
    }
    sql.push("COUNT(*) FILTER (WHERE ");
    conditions.push_any(&mut sql, AttentionFilter::Any.kinds())?;
    sql.push(") AS pressing FROM ");
    conditions.push_tokens(&mut sql, State::Live)?;
    let row = sql.fetch_one(connection).await?;
    let number = |name| row.number(name).map(i64::cast_unsigned);
    let kinds = Attention::ALL.into_iter().map(|kind| Ok((kind, number(column(kind))?))).collect::<Result<Vec<_>>>()?;
    // A token is in one state: what does not work was not among those above.
    let others = kinds.iter().filter(|(kind, _)| kind.is_pressing() && !works(*kind)).map(|(_, count)| count);
    Ok(AttentionCounts::new(number("pressing")? + others.sum::<u64>(), kinds))
}

/// How many tokens of an organization break its rules, or would break `rules` in their place; whoever may see them.
pub async fn out_of_line(
    connection: &mut Connection,
    org: OrgId,
    rules: Option<&OrgRules>,
    now: Timestamp,
) -> Result<u64> {
    let conditions = Conditions { org: Some(org), now, rules };
    let mut sql = Sql::new("SELECT COUNT(*) AS count FROM ");
    conditions.push_tokens(&mut sql, State::Live)?;
    sql.push(" AND ");
    conditions.push_any(&mut sql, [Attention::OutOfLine])?;
    sql.fetch_one(connection).await?.number("count").map(i64::cast_unsigned)
}

/// Whether a reason is one that only what works gives.
fn works(kind: Attention) -> bool {
    State::of(kind) == State::Live
}

/// Of what works, as the statement counts that anyway; of another state by a statement of its own.
fn push_number(sql: &mut Sql, conditions: &Conditions<'_>, kind: Attention) -> Result<()> {
    if works(kind) {
        sql.push("COUNT(*) FILTER (WHERE ");
        conditions.push_any(sql, [kind])?;
    } else {
        sql.push("(SELECT COUNT(*) FROM ");
        conditions.push_tokens(sql, State::of(kind))?;
    }
    sql.push(")");
    Ok(())
}

/// Narrows a statement's `id`. `org`: the only organization that is listed anyway.
pub(super) fn push_attending(sql: &mut Sql, attending: &Attending, org: Option<OrgId>) -> Result<()> {
    let Attending { now, attention, expiring_until, unused_since } = *attending;
    let conditions = Conditions { org, now, rules: None };
    sql.push(" AND id IN (SELECT id FROM ");
    conditions.push_tokens(sql, State::Live)?;
    if let Some(filter) = attention {
        sql.push(" AND ");
        conditions.push_any(sql, filter.kinds())?;
    }
    if let Some(end) = expiring_until {
        sql.push(" AND expires_at <= ").bind(end.micros())?;
    }
    if let Some(since) = unused_since {
        sql.push(" AND COALESCE(last_used_at, created_at) <= ").bind(since.micros())?;
    }
    let only_what_works = expiring_until.is_some() || unused_since.is_some();
    for kind in attention.into_iter().flat_map(AttentionFilter::kinds).filter(|kind| !works(*kind) && !only_what_works)
    {
        sql.push(" UNION ALL SELECT id FROM ");
        conditions.push_tokens(sql, State::of(kind))?;
    }
    sql.push(")");
    Ok(())
}

const fn column(kind: Attention) -> &'static str {
    match kind {
        Attention::Expiring => "expiring",
        Attention::Expired => "expired",
        Attention::Unused => "unused",
        Attention::NeverUsed => "never_used",
        Attention::Orphaned => "orphaned",
        Attention::OwnerInactive => "owner_inactive",
        Attention::OutOfLine => "out_of_line",
        Attention::Operator => "operator",
        Attention::NoExpiry => "no_expiry",
    }
}
