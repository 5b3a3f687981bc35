//! The last use of tokens through gates.

use sqlx::Executor as _;

use jeton_model::{AuthorizationId, BucketId, binding::GateUse};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
    query_builder::Sql,
};

/// Stores uses, at most a few thousand, because databases limit the number of bound values. Several nodes may report the
/// same one: a last use never moves backwards. Uses of deleted tokens are left out.
///
/// # Errors
/// Fails if the database does.
pub async fn add(connection: &mut Connection, uses: &[(AuthorizationId, GateUse)]) -> Result<()> {
    if uses.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("WITH seen (authorization_id, gate, bucket_id, action, used_at) AS (VALUES ");
    for (index, (token, used)) in uses.iter().enumerate() {
        sql.push(if index == 0 { "(CAST(" } else { ", (CAST(" }).bind(from_id(*token))?;
        sql.push(" AS BIGINT), CAST(").bind(used.gate.clone())?;
        sql.push(" AS TEXT), CAST(").bind(from_id(used.bucket))?;
        sql.push(" AS BIGINT), CAST(").bind(used.action.name().to_owned())?;
        sql.push(" AS TEXT), CAST(").bind(used.at.micros())?.push(" AS BIGINT))");
    }
    sql.push(
        ") INSERT INTO gate_uses (authorization_id, gate, bucket_id, action, used_at) \
         SELECT seen.authorization_id, seen.gate, seen.bucket_id, seen.action, seen.used_at FROM seen \
         WHERE seen.authorization_id IN (SELECT id FROM authorizations) \
         ON CONFLICT (authorization_id, gate, bucket_id, action) DO UPDATE SET used_at = excluded.used_at \
         WHERE gate_uses.used_at < excluded.used_at",
    );
    sql.execute(connection).await
}

/// Returns the uses of a token, the last one first, at most `most`, without the names of their buckets.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of(connection: &mut Connection, token: AuthorizationId, most: usize) -> Result<Vec<GateUse>> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = sqlx::query(
        "SELECT gate, bucket_id, action, used_at FROM gate_uses WHERE authorization_id = $1 \
         ORDER BY used_at DESC, gate, bucket_id, action LIMIT $2",
    )
    .bind(from_id(token))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(GateUse {
                gate: row.text("gate")?,
                bucket: BucketId(row.id("bucket_id")?),
                bucket_name: None,
                action: row.word("action")?,
                at: row.time("used_at")?,
            })
        })
        .collect()
}

/// Deletes the uses of a token.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_of(connection: &mut Connection, token: AuthorizationId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM gate_uses WHERE authorization_id = $1").bind(from_id(token))).await?;
    Ok(())
}
