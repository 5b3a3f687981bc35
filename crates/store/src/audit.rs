//! The audit log and its head.

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{Id, Timestamp};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
    query_builder::Sql,
};

/// Maximum number of entries in one statement.
pub(super) const ENTRIES_AT_ONCE: usize = 64;

/// The last entry of the log; `seq` 0 and an empty hash before the first entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Sequence number of the entry.
    pub seq: i64,
    /// Signature of the entry, in hexadecimal digits.
    pub hash: String,
}

/// An entry with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Sequence number, from 1 and without gaps.
    pub seq: i64,
    /// Time of the event.
    pub at: Timestamp,
    /// Name of the event, such as `bucket created`.
    pub action: String,
    /// The user who acted; `None` if unknown, or for the server itself.
    pub actor_user: Option<Id>,
    /// The token or 1.x credential that was used; `None` for a session.
    pub actor_authorization: Option<Id>,
    /// Name of the session among its user's sessions.
    pub actor_session: Option<String>,
    /// IP address of the client, as text; `None` if unknown, or without a client.
    pub address: Option<String>,
    /// The organization that the entry is about; `None` if it is about none.
    pub org: Option<Id>,
    /// Type of the subject, such as `buckets`; `audit` for the log itself.
    pub subject_type: String,
    /// Id of the subject; `None` if it has none.
    pub subject: Option<Id>,
    /// Details as a JSON object, without secrets.
    pub detail: String,
    /// The `hash` of the previous entry; empty for the first.
    pub prev: String,
    /// Signature of the other columns with the audit key: an HMAC-SHA256 in hexadecimal digits.
    pub hash: String,
}

/// Returns the head.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn head(connection: &mut Connection) -> Result<Head> {
    let row = sqlx::query("SELECT seq, hash FROM audit_head WHERE id = 1").fetch_one(connection).await?;
    Ok(Head { seq: row.number("seq")?, hash: row.text("hash")? })
}

/// Appends the statement that moves the head.
pub(super) fn push_head(sql: &mut Sql, head: &Head) -> Result<()> {
    sql.push("UPDATE audit_head SET seq = ").bind(head.seq)?;
    sql.push(", hash = ").bind(head.hash.as_str())?.push(" WHERE id = 1");
    Ok(())
}

/// Inserts entries and moves the head to the last one, with one statement of PostgreSQL. Without entries, which were
/// inserted before, only the head is moved.
pub(super) async fn insert_and_advance(connection: &mut Connection, rows: &[Stored], head: &Head) -> Result<()> {
    let mut sql = Sql::default();
    if !rows.is_empty() {
        sql.push("WITH entries AS (");
        push_entries(&mut sql, rows)?;
        sql.push(") ");
    }
    push_head(&mut sql, head)?;
    sql.execute(connection).await
}

/// Inserts entries with one statement.
pub(super) async fn insert_all(connection: &mut Connection, rows: &[Stored]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::default();
    push_entries(&mut sql, rows)?;
    sql.execute(connection).await
}

/// Appends the statement that inserts entries, of which there must be some.
pub(super) fn push_entries(sql: &mut Sql, rows: &[Stored]) -> Result<()> {
    sql.push(
        "INSERT INTO audit_log (seq, at, action, actor_user_id, actor_authorization_id, address, org_id, subject_type, \
         subject_id, detail, prev, hash, actor_session) VALUES ",
    );
    for (index, row) in rows.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" }).bind(row.seq)?;
        sql.push(", ").bind(row.at.micros())?;
        sql.push(", ").bind(row.action.as_str())?;
        sql.push(", ").bind(row.actor_user.map(from_id))?;
        sql.push(", ").bind(row.actor_authorization.map(from_id))?;
        sql.push(", ").bind(row.address.as_deref())?;
        sql.push(", ").bind(row.org.map(from_id))?;
        sql.push(", ").bind(row.subject_type.as_str())?;
        sql.push(", ").bind(row.subject.map(from_id))?;
        sql.push(", ").bind(row.detail.as_str())?;
        sql.push(", ").bind(row.prev.as_str())?;
        sql.push(", ").bind(row.hash.as_str())?;
        sql.push(", ").bind(row.actor_session.as_deref())?.push(")");
    }
    Ok(())
}

/// Returns the value by which the nodes of one database check that they share the audit key; empty before the first
/// start.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn key_check(connection: &mut Connection) -> Result<String> {
    sqlx::query("SELECT key_check FROM audit_head WHERE id = 1").fetch_one(connection).await?.text("key_check")
}

/// Stores the value that [`key_check`] returns.
///
/// # Errors
/// Fails if the database does.
pub async fn set_key_check(connection: &mut Connection, key_check: &str) -> Result<()> {
    connection.execute(sqlx::query("UPDATE audit_head SET key_check = $1 WHERE id = 1").bind(key_check)).await?;
    Ok(())
}

/// Returns up to `limit` entries after `seq`, oldest first.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn after(connection: &mut Connection, seq: i64, limit: i64) -> Result<Vec<Stored>> {
    let rows = sqlx::query("SELECT * FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT $2")
        .bind(seq)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(stored).collect()
}

pub(super) fn stored(row: &AnyRow) -> Result<Stored> {
    Ok(Stored {
        seq: row.number("seq")?,
        at: row.time("at")?,
        action: row.text("action")?,
        actor_user: row.optional_id("actor_user_id")?,
        actor_authorization: row.optional_id("actor_authorization_id")?,
        actor_session: row.optional_text("actor_session")?,
        address: row.optional_text("address")?,
        org: row.optional_id("org_id")?,
        subject_type: row.text("subject_type")?,
        subject: row.optional_id("subject_id")?,
        detail: row.text("detail")?,
        prev: row.text("prev")?,
        hash: row.text("hash")?,
    })
}

/// The last of the entries that were deleted for their age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Sequence number of the entry.
    pub seq: i64,
    /// Signature of the entry, which is the `prev` of the first one that is kept.
    pub hash: String,
    /// Time of the deletion.
    pub at: Timestamp,
    /// Signature of the other columns with the audit key, in hexadecimal digits.
    pub signature: String,
}

/// Returns the anchor that the chain begins after, if its first entries were deleted.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn anchor(connection: &mut Connection) -> Result<Option<Anchor>> {
    let row = sqlx::query("SELECT * FROM audit_anchor WHERE id = 1").fetch_optional(connection).await?;
    let anchor = |row: AnyRow| {
        Ok(Anchor {
            seq: row.number("seq")?,
            hash: row.text("hash")?,
            at: row.time("at")?,
            signature: row.text("signature")?,
        })
    };
    row.map(anchor).transpose()
}

/// Replaces the anchor.
///
/// # Errors
/// Fails if the database does.
pub async fn set_anchor(connection: &mut Connection, anchor: &Anchor) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO audit_anchor (id, seq, hash, at, signature) VALUES (1, $1, $2, $3, $4) ON CONFLICT (id) DO UPDATE \
         SET seq = excluded.seq, hash = excluded.hash, at = excluded.at, signature = excluded.signature",
    )
    .bind(anchor.seq)
    .bind(&anchor.hash)
    .bind(anchor.at.micros())
    .bind(&anchor.signature);
    connection.execute(query).await?;
    Ok(())
}

/// Returns the last of the first `limit` entries that are all older than `before`; `None` if the first is not.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn last_of_old(connection: &mut Connection, before: Timestamp, limit: i64) -> Result<Option<Stored>> {
    // Clocks may have been turned back: entries that precede an old one in the chain are not always older.
    let row = sqlx::query(
        "SELECT * FROM audit_log WHERE seq < COALESCE((SELECT MIN(seq) FROM audit_log WHERE at >= $1), 9223372036854775807) \
         AND seq < (SELECT MIN(seq) FROM audit_log) + $2 ORDER BY seq DESC LIMIT 1",
    )
    .bind(before.micros())
    .bind(limit)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(stored).transpose()
}

/// Deletes every entry up to and including `seq`, and returns their number.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_up_to(connection: &mut Connection, seq: i64) -> Result<u64> {
    let query = sqlx::query("DELETE FROM audit_log WHERE seq <= $1").bind(seq);
    Ok(connection.execute(query).await?.rows_affected())
}
