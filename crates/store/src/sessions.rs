//! Sessions, by the hash of their key.

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{Timestamp, UserId, session_kind::SessionKind};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
};

/// A stored session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 hash of the session's key, in the form of a token's hash.
    pub key_hash: String,
    /// The user who signed in.
    pub user: UserId,
    /// The origin of the session: console or API.
    pub kind: SessionKind,
    /// Time of the sign-in.
    pub created_at: Timestamp,
    /// Time of the last recorded use.
    pub seen_at: Timestamp,
    /// Time at which the session ends unless a use renews it.
    pub expires_at: Timestamp,
    /// Time beyond which no use renews the session.
    pub ends_at: Timestamp,
    /// Time at which its user was deleted. Nothing reactivates it.
    pub ended_at: Option<Timestamp>,
    /// IP address of the client that signed in, as text; `None` if unknown.
    pub address: Option<String>,
    /// `User-Agent` of the client that signed in; `None` if it sent none.
    pub agent: Option<String>,
}

fn session(row: &AnyRow) -> Result<Session> {
    Ok(Session {
        key_hash: row.text("key_hash")?,
        user: UserId(row.id("user_id")?),
        kind: row.word("kind")?,
        created_at: row.time("created_at")?,
        seen_at: row.time("seen_at")?,
        expires_at: row.time("expires_at")?,
        ends_at: row.time("ends_at")?,
        ended_at: row.optional_time("ended_at")?,
        address: row.optional_text("address")?,
        agent: row.optional_text("agent")?,
    })
}

/// Inserts a session.
///
/// # Errors
/// Fails if the database does.
pub async fn insert(connection: &mut Connection, session: &Session) -> Result<()> {
    let kind = match session.kind {
        SessionKind::Console => "console",
        SessionKind::Api => "api",
    };
    let query = sqlx::query(
        "INSERT INTO sessions (key_hash, user_id, kind, created_at, seen_at, expires_at, ends_at, address, agent) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&session.key_hash)
    .bind(from_id(session.user))
    .bind(kind)
    .bind(session.created_at.micros())
    .bind(session.seen_at.micros())
    .bind(session.expires_at.micros())
    .bind(session.ends_at.micros())
    .bind(session.address.as_deref())
    .bind(session.agent.as_deref());
    connection.execute(query).await?;
    Ok(())
}

/// Returns the session whose key has this hash.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_key_hash(connection: &mut Connection, key_hash: &str) -> Result<Option<Session>> {
    let row =
        sqlx::query("SELECT * FROM sessions WHERE key_hash = $1").bind(key_hash).fetch_optional(connection).await?;
    row.as_ref().map(session).transpose()
}

/// Returns a user's sessions that are live at `now`: the one with the hash `first` leads, then the most recently used.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn live_of_user(
    connection: &mut Connection,
    user: UserId,
    first: &str,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Session>> {
    let rows = sqlx::query(
        "SELECT * FROM sessions WHERE user_id = $1 AND expires_at > $2 AND ended_at IS NULL \
         ORDER BY CASE WHEN key_hash = $3 THEN 0 ELSE 1 END, seen_at DESC, created_at DESC, key_hash LIMIT $4",
    )
    .bind(from_id(user))
    .bind(now.micros())
    .bind(first)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(session).collect()
}

/// Returns the key hashes of a user's sessions that are live at `now`.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn live_hashes_of_user(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<Vec<String>> {
    let rows = sqlx::query("SELECT key_hash FROM sessions WHERE user_id = $1 AND expires_at > $2 AND ended_at IS NULL")
        .bind(from_id(user))
        .bind(now.micros())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| row.text("key_hash")).collect()
}

/// Counts a user's sessions that are live at `now`.
///
/// # Errors
/// Fails if the database does.
pub async fn count_live_of_user(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<i64> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS count FROM sessions WHERE user_id = $1 AND expires_at > $2 AND ended_at IS NULL",
    )
    .bind(from_id(user))
    .bind(now.micros())
    .fetch_one(connection)
    .await?;
    row.number("count")
}

/// Records a use of a session and moves its expiry.
///
/// # Errors
/// Fails if the database does.
pub async fn renew(
    connection: &mut Connection,
    key_hash: &str,
    seen_at: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    let query = sqlx::query("UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE key_hash = $1")
        .bind(key_hash)
        .bind(seen_at.micros())
        .bind(expires_at.micros());
    connection.execute(query).await?;
    Ok(())
}

/// Deletes a session.
///
/// # Errors
/// Fails if the database does.
pub async fn delete(connection: &mut Connection, key_hash: &str) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM sessions WHERE key_hash = $1").bind(key_hash)).await?;
    Ok(())
}

/// Deletes a user's sessions, except the one with the hash `except`.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_of_user(connection: &mut Connection, user: UserId, except: Option<&str>) -> Result<()> {
    let query = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND key_hash <> $2")
        .bind(from_id(user))
        .bind(except.unwrap_or_default());
    connection.execute(query).await?;
    Ok(())
}

/// Ends a deleted user's sessions.
///
/// # Errors
/// Fails if the database does.
pub async fn end_of_user(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<()> {
    let query = sqlx::query("UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL")
        .bind(from_id(user))
        .bind(now.micros());
    connection.execute(query).await?;
    Ok(())
}

/// Deletes sessions that expired before `time`.
///
/// # Errors
/// Fails if the database does.
pub async fn forget_before(connection: &mut Connection, time: Timestamp) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM sessions WHERE expires_at < $1").bind(time.micros())).await?;
    Ok(())
}
