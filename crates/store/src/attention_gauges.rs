//! Counts of the tokens of all organizations that deserve attention, for the metrics.

use jeton_model::{Timestamp, attention::Attention};

use crate::{
    Connection, Result,
    attention::column,
    attention_sql::{Conditions, State},
    columns::Columns,
    query_builder::Sql,
};

/// The reasons for attention that are counted. `Expiring` has periods of its own, see [`PERIODS`]; the rules that make a
/// token out of line differ between organizations.
pub const REASONS: [Attention; 7] = [
    Attention::Unused,
    Attention::NeverUsed,
    Attention::Operator,
    Attention::NoExpiry,
    Attention::Orphaned,
    Attention::OwnerInactive,
    Attention::Expired,
];

/// The periods for which expiring tokens are counted: a name, and the number of days.
pub const PERIODS: [(&str, i64); 2] = [("7d", 7), ("30d", 30)];

/// Restricts tokens to those of existing organizations, which excludes only ended tokens. The attention index begins
/// with the organization: without this, SQLite reads every token.
const IN_ORGS: &str = " AND org_id IN (SELECT id FROM organizations)";

/// Numbers of tokens in all organizations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenGauges {
    /// Tokens that work, expire within a period and have no successor, by the names of [`PERIODS`].
    pub expiring: Vec<(&'static str, u64)>,
    /// Tokens with a reason for attention.
    pub reasons: Vec<(Attention, u64)>,
}

/// Counts the tokens of all organizations in one pass over those that work, and one subquery for each other state.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn gauges(connection: &mut Connection, now: Timestamp) -> Result<TokenGauges> {
    let conditions = Conditions { org: None, now, rules: None };
    let mut sql = Sql::new("SELECT ");
    for kind in REASONS {
        push_reason(&mut sql, &conditions, kind)?;
        sql.push(" AS ").push(column(kind)).push(", ");
    }
    for (at, (_, days)) in PERIODS.into_iter().enumerate() {
        sql.push("COUNT(*) FILTER (WHERE expires_at <= ").bind(now.plus_seconds(days * 86_400).micros())?;
        sql.push(
            " AND NOT EXISTS (SELECT 1 FROM authorizations AS successor WHERE successor.replaces_id = authorizations.id)) AS ",
        );
        sql.push(EXPIRING[at]).push(if at + 1 < PERIODS.len() { ", " } else { " FROM " });
    }
    conditions.push_tokens(&mut sql, State::Live)?;
    sql.push(IN_ORGS);
    let row = sql.fetch_one(connection).await?;
    let number = |name| row.number(name).map(i64::cast_unsigned);
    let reasons = REASONS.into_iter().map(|kind| Ok((kind, number(column(kind))?))).collect::<Result<Vec<_>>>()?;
    let periods = PERIODS.into_iter().zip(EXPIRING);
    let expiring = periods.map(|((name, _), column)| Ok((name, number(column)?))).collect::<Result<Vec<_>>>()?;
    Ok(TokenGauges { expiring, reasons })
}

/// The columns of [`PERIODS`].
const EXPIRING: [&str; PERIODS.len()] = ["expiring_first", "expiring_second"];

fn push_reason(sql: &mut Sql, conditions: &Conditions<'_>, kind: Attention) -> Result<()> {
    if State::of(kind) == State::Live {
        sql.push("COUNT(*) FILTER (WHERE ");
        conditions.push_any(sql, [kind])?;
    } else {
        sql.push("(SELECT COUNT(*) FROM ");
        conditions.push_tokens(sql, State::of(kind))?;
        if State::of(kind) != State::Orphaned {
            sql.push(IN_ORGS);
        }
    }
    sql.push(")");
    Ok(())
}
