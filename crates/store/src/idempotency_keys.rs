//! Idempotency keys.

use sqlx::Executor as _;

use jeton_model::{Timestamp, UserId};

use crate::{Connection, Result, columns::from_id};

/// Consumes an idempotency key. Returns false if it was consumed before.
///
/// # Errors
/// Fails if the database does.
pub async fn spend(connection: &mut Connection, id: &str, user: UserId, now: Timestamp) -> Result<bool> {
    Ok(sqlx::query(
        "INSERT INTO form_ids (id, user_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(id)
    .bind(from_id(user))
    .bind(now.micros())
    .fetch_optional(connection)
    .await
    .map(|row| row.is_some())?)
}

/// Deletes the keys consumed before `time`.
///
/// # Errors
/// Fails if the database does.
pub async fn forget_before(connection: &mut Connection, time: Timestamp) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM form_ids WHERE created_at < $1").bind(time.micros())).await?;
    Ok(())
}
