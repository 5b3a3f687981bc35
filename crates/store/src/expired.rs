//! Authorizations that expired, or ended with their owner or organization.

use jeton_model::{Authorization, Timestamp};

use crate::{Connection, Result, authorizations::authorization, columns::Columns};

/// Returns at most `limit` tokens and 1.x credentials that expired or ended at `before` or earlier, the latter with
/// their user names.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn expired_or_ended(
    connection: &mut Connection,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(Authorization, Option<String>)>> {
    let rows =
        sqlx::query("SELECT * FROM authorizations WHERE expires_at <= $1 OR ended_at <= $1 ORDER BY id LIMIT $2")
            .bind(before.micros())
            .bind(limit)
            .fetch_all(connection)
            .await?;
    rows.iter().map(|row| Ok((authorization(row)?, row.optional_text("username")?))).collect()
}
