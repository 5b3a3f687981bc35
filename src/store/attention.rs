//! What deserves attention: the conditions of [`Attention`], for counting and for lists.
//!
//! They say what [`Attention::of`] says, and a test holds them to it.

use super::{
    Connection, Result,
    column::{Columns, from_id},
    sql::Sql,
};
use crate::model::{
    OrgId, Timestamp,
    attention::{Attention, AttentionCounts, AttentionFilter, EXPIRING_DAYS, NEVER_USED_DAYS, UNUSED_DAYS},
    org_rules::OrgRules,
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

/// How many tokens of an organization give each reason, whoever may see them: in one pass over one index.
pub async fn counts(connection: &mut Connection, org: OrgId, now: Timestamp) -> Result<AttentionCounts> {
    let mut sql = Sql::new("SELECT ");
    for kind in Attention::ALL {
        push_sum(&mut sql, AttentionFilter::Only(kind), org, now)?;
        sql.push(" AS ").push(column(kind)).push(", ");
    }
    push_sum(&mut sql, AttentionFilter::Any, org, now)?;
    sql.push(" AS pressing FROM ");
    push_states(&mut sql, Some(org), now)?;
    let row = sql.fetch_one(connection).await?;
    let number = |name| row.number(name).map(i64::cast_unsigned);
    let kinds = Attention::ALL.into_iter().map(|kind| Ok((kind, number(column(kind))?)));
    Ok(AttentionCounts::new(number("pressing")?, kinds.collect::<Result<Vec<_>>>()?))
}

/// How many tokens of an organization break its rules, or would break `rules` in their place; whoever may see them.
pub async fn out_of_line(
    connection: &mut Connection,
    org: OrgId,
    rules: Option<&OrgRules>,
    now: Timestamp,
) -> Result<u64> {
    let mut sql = Sql::new("SELECT COUNT(*) AS count FROM ");
    push_states(&mut sql, Some(org), now)?;
    sql.push(" WHERE ");
    push_out_of_line(&mut sql, Some(org), rules)?;
    sql.fetch_one(connection).await?.number("count").map(i64::cast_unsigned)
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

fn push_sum(sql: &mut Sql, filter: AttentionFilter, org: OrgId, now: Timestamp) -> Result<()> {
    sql.push("CAST(COALESCE(SUM(CASE WHEN ");
    push_any_of(sql, filter, Some(org), now)?;
    sql.push(" THEN 1 ELSE 0 END), 0) AS BIGINT)");
    Ok(())
}

/// Narrows a statement's `id`. `org`: the only organization that is listed anyway.
pub(super) fn push_attending(sql: &mut Sql, attending: &Attending, org: Option<OrgId>) -> Result<()> {
    let Attending { now, attention, expiring_until, unused_since } = *attending;
    sql.push(" AND id IN (SELECT id FROM ");
    push_states(sql, org, now)?;
    sql.push(" WHERE 1 = 1");
    if let Some(filter) = attention {
        sql.push(" AND ");
        push_any_of(sql, filter, org, now)?;
    }
    if let Some(end) = expiring_until {
        sql.push(" AND state = 'live' AND expires_at <= ").bind(end.micros())?;
    }
    if let Some(since) = unused_since {
        sql.push(" AND state = 'live' AND COALESCE(last_used_at, created_at) <= ").bind(since.micros())?;
    }
    sql.push(")");
    Ok(())
}

/// The tokens under their own name, with a `state` that is found out once for each: LIMIT keeps both databases from
/// putting the expression wherever the state is asked for.
fn push_states(sql: &mut Sql, org: Option<OrgId>, now: Timestamp) -> Result<()> {
    sql.push(
        "(SELECT id, org_id, created_at, expires_at, last_used_at, breadth, \
         CASE WHEN ended_at IS NOT NULL OR user_id NOT IN (SELECT id FROM users) THEN 'orphaned' WHEN expires_at <= ",
    );
    sql.bind(now.micros())?.push(
        " THEN 'expired' WHEN status <> 'active' THEN 'inactive' \
         WHEN user_id IN (SELECT id FROM users WHERE status <> 'active') THEN 'owner inactive' ELSE 'live' END AS state \
         FROM authorizations WHERE kind = 'v2'",
    );
    if let Some(org) = org {
        sql.push(" AND org_id = ").bind(from_id(org))?;
    }
    sql.push(" LIMIT 9223372036854775807) AS authorizations");
    Ok(())
}

/// One of the reasons of a filter.
fn push_any_of(sql: &mut Sql, filter: AttentionFilter, org: Option<OrgId>, now: Timestamp) -> Result<()> {
    for (index, kind) in filter.kinds().enumerate() {
        sql.push(if index == 0 { "((" } else { ") OR (" });
        push_kind(sql, kind, org, now)?;
    }
    sql.push("))");
    Ok(())
}

fn push_kind(sql: &mut Sql, kind: Attention, org: Option<OrgId>, now: Timestamp) -> Result<()> {
    let days = |days: i64| now.plus_seconds(days * 86_400).micros();
    match kind {
        Attention::Orphaned => sql.push("state = 'orphaned'"),
        Attention::Expired => sql.push("state = 'expired'"),
        Attention::OwnerInactive => sql.push("state = 'owner inactive'"),
        Attention::Unused => sql.push("state = 'live' AND last_used_at <= ").bind(days(-UNUSED_DAYS))?,
        Attention::NeverUsed => {
            sql.push("state = 'live' AND last_used_at IS NULL AND created_at <= ").bind(days(-NEVER_USED_DAYS))?
        }
        Attention::Expiring => sql.push("state = 'live' AND expires_at <= ").bind(days(EXPIRING_DAYS))?.push(
            " AND NOT EXISTS (SELECT 1 FROM authorizations AS successor WHERE successor.replaces_id = authorizations.id)",
        ),
        Attention::Operator => sql.push("state = 'live' AND breadth = 'operator'"),
        Attention::NoExpiry => sql.push("state = 'live' AND expires_at IS NULL"),
        Attention::OutOfLine => return push_out_of_line(sql, org, None),
    };
    Ok(())
}

/// What breaks a rule of its organization, or one of `rules` in their place. Where one organization is meant, its rules
/// are read once and not for each token.
fn push_out_of_line(sql: &mut Sql, org: Option<OrgId>, rules: Option<&OrgRules>) -> Result<()> {
    let held = Held { org, rules };
    sql.push("state = 'live' AND (expires_at - created_at > ");
    held.push(sql, "longest_life * 1000000")?;
    sql.push(" OR (expires_at IS NULL AND ");
    held.push(sql, "CASE WHEN longest_life IS NULL THEN expiry_required ELSE 1 END")?;
    sql.push(" = 1) OR (");
    held.push(sql, "description_required")?;
    // Their ids come from the index of descriptions: the one that is walked here does not hold them.
    sql.push(" = 1 AND id IN (SELECT nameless.id FROM authorizations AS nameless WHERE nameless.kind = 'v2' AND nameless.description_key = ''");
    if let Some(org) = org {
        sql.push(" AND nameless.org_id = ").bind(from_id(org))?;
    }
    sql.push(")))");
    Ok(())
}

/// The rules that a token is held against.
struct Held<'a> {
    org: Option<OrgId>,
    rules: Option<&'a OrgRules>,
}

impl Held<'_> {
    /// `rule`: over the columns of `org_rules`. NULL, which nothing is greater than and nothing equals, where there are
    /// no rules.
    fn push(&self, sql: &mut Sql, rule: &'static str) -> Result<()> {
        sql.push("(SELECT ").push(rule).push(" FROM ");
        match (self.rules, self.org) {
            (Some(rules), _) => {
                sql.push("(SELECT CAST(").bind(rules.longest_life)?.push(" AS BIGINT) AS longest_life, CAST(");
                sql.bind(i64::from(rules.expiry_required))?.push(" AS BIGINT) AS expiry_required, CAST(");
                sql.bind(i64::from(rules.description_required))?.push(" AS BIGINT) AS description_required) AS given");
            }
            (None, Some(org)) => _ = sql.push("org_rules WHERE org_rules.org_id = ").bind(from_id(org))?,
            (None, None) => _ = sql.push("org_rules WHERE org_rules.org_id = authorizations.org_id"),
        }
        sql.push(")");
        Ok(())
    }
}
