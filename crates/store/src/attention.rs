//! SQL conditions of [`Attention`], for counts and lists.
//!
//! They agree with [`Attention::of`]; a test checks that.

use jeton_model::{
    OrgId, Timestamp,
    attention::Attention,
    console::attention_filter::{AttentionCounts, AttentionFilter},
    org_rules::OrgRules,
    tally::Tally,
};

use crate::{
    Connection, Result,
    attention_parts::Part,
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

/// Counts an organization's tokens by reason, whatever the caller may read: in one pass over those that are live, and
/// one subquery for each other state.
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
    let pressing = number("pressing")? + others.sum::<u64>();
    Ok(AttentionCounts::new(Tally::exact(pressing), kinds.into_iter().map(|(kind, count)| (kind, Tally::exact(count)))))
}

/// Counts an organization's tokens by reason as [`counts`] does, but each number only up to `limit`, which costs the
/// same however many tokens there are.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn counts_up_to(
    connection: &mut Connection,
    org: OrgId,
    now: Timestamp,
    limit: u64,
) -> Result<AttentionCounts> {
    let rules = org_rules::of_org(connection, org).await?.unwrap_or_default();
    let conditions = Conditions { org: Some(org), now, rules: Some(&rules) };
    let mut kinds = Vec::new();
    let mut sql = Sql::new("SELECT 0 AS zero");
    for kind in Attention::ALL {
        sql.push(", ");
        push_union(&mut sql, &conditions, &Part::of(kind, &rules, now), limit)?;
        sql.push(" AS ").push(column(kind));
    }
    let row = sql.fetch_one(connection).await?;
    for kind in Attention::ALL {
        kinds.push((kind, Tally::up_to(limit, row.number(column(kind))?.cast_unsigned())));
    }
    let found: Vec<(Attention, Tally)> =
        kinds.iter().copied().filter(|(kind, count)| kind.is_pressing() && !count.is_none()).collect();
    // One reason with more than the limit is enough to know.
    let more = found.iter().map(|(_, count)| *count).find(|count| count.is_more());
    let pressing = match more {
        Some(more) => more,
        None => pressing_up_to(connection, &conditions, &rules, &found, limit).await?,
    };
    Ok(AttentionCounts::new(pressing, kinds))
}

/// Counts the tokens with any of some reasons, each once.
async fn pressing_up_to(
    connection: &mut Connection,
    conditions: &Conditions<'_>,
    rules: &OrgRules,
    found: &[(Attention, Tally)],
    limit: u64,
) -> Result<Tally> {
    let parts: Vec<Part> = found.iter().flat_map(|(kind, _)| Part::of(*kind, rules, conditions.now)).collect();
    let mut sql = Sql::new("SELECT ");
    push_union(&mut sql, conditions, &parts, limit)?;
    sql.push(" AS count");
    let found = sql.fetch_one(connection).await?.number("count")?;
    Ok(Tally::up_to(limit, found.cast_unsigned()))
}

/// Appends a subquery that counts the tokens in any of some parts, each once, up to a number above `limit`.
fn push_union(sql: &mut Sql, conditions: &Conditions<'_>, parts: &[Part], limit: u64) -> Result<()> {
    let limit = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    if parts.is_empty() {
        sql.push("CAST(0 AS BIGINT)");
        return Ok(());
    }
    sql.push("(SELECT COUNT(*) FROM (");
    for (index, part) in parts.iter().enumerate() {
        sql.push(if index == 0 { "SELECT id FROM (" } else { " UNION SELECT id FROM (" });
        part.push(sql, conditions)?;
        sql.push(" LIMIT ").bind(limit)?.push(") AS part");
    }
    sql.push(" LIMIT ").bind(limit)?.push(") AS found)");
    Ok(())
}

/// Counts an organization's tokens that break its rules, or would break `rules` instead, whatever the caller may read.
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

/// Restricts a statement about authorizations. `org`: the only organization that the rest of the condition allows, if
/// any.
pub(super) fn push_attending(sql: &mut Sql, attending: &Attending, org: Option<OrgId>) -> Result<()> {
    let Attending { now, attention, expiring_until, unused_since } = *attending;
    let conditions = Conditions { org, now, rules: None };
    let form = Form::of(org);
    sql.push(form.begin());
    form.push_state(sql, &conditions, State::Live)?;
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
        sql.push(form.or());
        form.push_state(sql, &conditions, State::of(kind))?;
    }
    sql.push(form.end());
    Ok(())
}

/// The form of the condition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Examines each token that the statement comes to. `CASE` keeps the planner of SQLite from the attention index,
    /// which would lead to every token with the reasons before the first one of the list's order is known; where they
    /// are few, `Filter::narrow` finds them.
    Each,
    /// Reads the ids from the index: the list is of all organizations.
    Ids,
}

impl Form {
    const fn of(org: Option<OrgId>) -> Self {
        if org.is_some() { Self::Each } else { Self::Ids }
    }

    const fn begin(self) -> &'static str {
        match self {
            Self::Each => " AND CASE WHEN (kind = 'v2'",
            Self::Ids => " AND id IN (SELECT id FROM ",
        }
    }

    const fn or(self) -> &'static str {
        match self {
            Self::Each => ") OR (kind = 'v2'",
            Self::Ids => " UNION ALL SELECT id FROM ",
        }
    }

    const fn end(self) -> &'static str {
        match self {
            Self::Each => ") THEN 1 ELSE 0 END = 1",
            Self::Ids => ")",
        }
    }

    fn push_state(self, sql: &mut Sql, conditions: &Conditions<'_>, state: State) -> Result<()> {
        match self {
            Self::Each => conditions.push_state(sql, state),
            Self::Ids => conditions.push_tokens(sql, state),
        }
    }
}

pub(super) const fn column(kind: Attention) -> &'static str {
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
