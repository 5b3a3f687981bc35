//! Usage of tokens: the last use, and the number of uses on each day.

use sqlx::Executor as _;

use jeton_model::{AuthorizationId, LastUse, console::lineage::DayUse};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
    query_builder::Sql,
};

/// Usage of a token since it was last stored.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The authorization of the token.
    pub id: AuthorizationId,
    /// The last time that the token was accepted, if it was.
    pub last: Option<LastUse>,
    /// Numbers of uses and denials on each day, which are added to the stored ones.
    pub days: Vec<DayUse>,
}

/// Stores usage of at most a few thousand tokens, because databases limit the number of bound values. Several nodes may
/// report the same token: the last use never moves backwards, and counts add up. Deleted tokens are left out.
///
/// # Errors
/// Fails if the database does.
pub async fn add(connection: &mut Connection, seen: &[Seen]) -> Result<()> {
    set_last(connection, seen).await?;
    count(connection, seen).await
}

async fn set_last(connection: &mut Connection, seen: &[Seen]) -> Result<()> {
    let used: Vec<(AuthorizationId, &LastUse)> =
        seen.iter().filter_map(|seen| Some((seen.id, seen.last.as_ref()?))).collect();
    if used.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("WITH seen (id, used_at, used_from, used_agent) AS (VALUES ");
    for (index, (id, last)) in used.into_iter().enumerate() {
        sql.push(if index == 0 { "(CAST(" } else { ", (CAST(" }).bind(from_id(id))?;
        sql.push(" AS BIGINT), CAST(").bind(last.at.micros())?;
        sql.push(" AS BIGINT), CAST(").bind(last.from.clone())?;
        sql.push(" AS TEXT), CAST(").bind(last.agent.clone())?.push(" AS TEXT))");
    }
    sql.push(
        ") UPDATE authorizations SET last_used_at = seen.used_at, last_used_from = seen.used_from, \
         last_used_agent = seen.used_agent FROM seen WHERE authorizations.id = seen.id \
         AND (authorizations.last_used_at IS NULL OR authorizations.last_used_at < seen.used_at)",
    );
    sql.execute(connection).await
}

async fn count(connection: &mut Connection, seen: &[Seen]) -> Result<()> {
    let counts: Vec<(AuthorizationId, DayUse)> =
        seen.iter().flat_map(|seen| seen.days.iter().map(|day| (seen.id, *day))).collect();
    if counts.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("WITH seen (id, day, uses, refused) AS (VALUES ");
    for (index, (id, day)) in counts.into_iter().enumerate() {
        sql.push(if index == 0 { "(CAST(" } else { ", (CAST(" }).bind(from_id(id))?;
        sql.push(" AS BIGINT), CAST(").bind(day.day)?;
        sql.push(" AS BIGINT), CAST(").bind(day.uses.cast_signed())?;
        sql.push(" AS BIGINT), CAST(").bind(day.refused.cast_signed())?.push(" AS BIGINT))");
    }
    sql.push(
        ") INSERT INTO token_uses (authorization_id, day, uses, refused) \
         SELECT seen.id, seen.day, seen.uses, seen.refused FROM seen WHERE seen.id IN (SELECT id FROM authorizations) \
         ON CONFLICT (authorization_id, day) DO UPDATE SET uses = token_uses.uses + excluded.uses, \
         refused = token_uses.refused + excluded.refused",
    );
    sql.execute(connection).await
}

/// Deletes the counts of days before this one; days since 1970, UTC.
///
/// # Errors
/// Fails if the database does.
pub async fn forget_before(connection: &mut Connection, day: i64) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM token_uses WHERE day < $1").bind(day)).await?;
    Ok(())
}

/// Returns the days on which a token was used or denied, from `first` on, in their order; days since 1970, UTC.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of(connection: &mut Connection, id: AuthorizationId, first: i64) -> Result<Vec<DayUse>> {
    let rows =
        sqlx::query("SELECT day, uses, refused FROM token_uses WHERE authorization_id = $1 AND day >= $2 ORDER BY day")
            .bind(from_id(id))
            .bind(first)
            .fetch_all(connection)
            .await?;
    rows.iter()
        .map(|row| {
            Ok(DayUse {
                day: row.number("day")?,
                uses: row.number("uses")?.cast_unsigned(),
                refused: row.number("refused")?.cast_unsigned(),
            })
        })
        .collect()
}
