//! SQL conditions of [`Attention`], for counts and lists.
//!
//! They agree with [`Attention::of`]; a test checks that.

use jeton_model::{
    OrgId, Timestamp,
    attention::Attention,
    console::attention_filter::{AttentionCounts, AttentionFilter},
    org_rules::OrgRules,
};

use crate::{
    Connection, Result,
    attention_sql::{Conditions, State},
    columns::Columns,
    org_rules,
    query_builder::Sql,
};

/// Conditions on a list at a moment, all of which must hold.
#[derive(Clone, Copy, Debug)]
pub struct Attending {
    /// Time at which the conditions must hold.
    pub now: Timestamp,
    /// Restricts to tokens with one of these reasons for attention.
    pub attention: Option<AttentionFilter>,
    /// Restricts to live tokens that expire by then.
    pub expiring_until: Option<Timestamp>,
    /// Restricts to live tokens that were last used by then or, if never used, created by then.
    pub unused_since: Option<Timestamp>,
}

/// Counts an organization's tokens by reason, whoever may read them: in one pass over those that are live, and one
/// subquery for each other state.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
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
    // A token is in one state: those that aren't live were not counted above.
    let others = kinds.iter().filter(|(kind, _)| kind.is_pressing() && !works(*kind)).map(|(_, count)| count);
    Ok(AttentionCounts::new(number("pressing")? + others.sum::<u64>(), kinds))
}

/// Counts an organization's tokens that break its rules, or would break `rules` instead, whoever may read them.
///
/// # Errors
/// Fails if the database does.
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

/// Returns whether only live tokens give a reason.
fn works(kind: Attention) -> bool {
    State::of(kind) == State::Live
}

/// Appends the count for a reason: over the live tokens that the statement scans anyway, or else as a subquery.
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

/// Restricts a statement by its column `id`. `org`: the only organization that the rest of the condition allows, if
/// any.
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
