//! Tombstones of deleted things and removed members; they outlive the audit log's retention.

use sqlx::Executor as _;

use jeton_model::{Id, OrgId, UserId};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
};

/// Records the deletion of something.
///
/// # Errors
/// Fails if the database does.
pub async fn insert(connection: &mut Connection, subject_type: &str, subject: Id) -> Result<()> {
    let query = sqlx::query("INSERT INTO tombstones (subject_type, subject_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(subject_type)
        .bind(from_id(subject));
    connection.execute(query).await?;
    Ok(())
}

/// Returns whether something of this type was deleted under this id.
///
/// # Errors
/// Fails if the database does.
pub async fn contains(connection: &mut Connection, subject_type: &str, subject: Id) -> Result<bool> {
    let query = sqlx::query("SELECT subject_id FROM tombstones WHERE subject_type = $1 AND subject_id = $2")
        .bind(subject_type)
        .bind(from_id(subject));
    Ok(query.fetch_optional(connection).await.map(|row| row.is_some())?)
}

/// Records the removal of a user from an organization.
///
/// # Errors
/// Fails if the database does.
pub async fn insert_removed_member(connection: &mut Connection, org: OrgId, user: UserId) -> Result<()> {
    let query = sqlx::query("INSERT INTO removed_members (org_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(from_id(org))
        .bind(from_id(user));
    connection.execute(query).await?;
    Ok(())
}

/// Returns whether a role in the organization, or in something of it, was taken from the user.
///
/// # Errors
/// Fails if the database does.
pub async fn contains_removed_member(connection: &mut Connection, org: OrgId, user: UserId) -> Result<bool> {
    let query = sqlx::query("SELECT user_id FROM removed_members WHERE org_id = $1 AND user_id = $2")
        .bind(from_id(org))
        .bind(from_id(user));
    Ok(query.fetch_optional(connection).await.map(|row| row.is_some())?)
}

/// Returns the audit log's details, in JSON, of removals in an organization that precede the table of removed members.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn earlier_removals(connection: &mut Connection, org: OrgId) -> Result<Vec<String>> {
    let query = sqlx::query("SELECT detail FROM earlier_removals WHERE org_id = $1").bind(from_id(org));
    query.fetch_all(connection).await?.iter().map(|row| row.text("detail")).collect()
}
