//! Predecessors and successors of rotated authorizations.

use sqlx::Executor as _;

use jeton_model::AuthorizationId;

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
    query_builder::Sql,
};

/// Returns the successor of an authorization, if it was rotated and the successor still exists.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn successor(connection: &mut Connection, id: AuthorizationId) -> Result<Option<AuthorizationId>> {
    let row = sqlx::query("SELECT id FROM authorizations WHERE replaces_id = $1")
        .bind(from_id(id))
        .fetch_optional(connection)
        .await?;
    row.map(|row| row.id("id").map(AuthorizationId)).transpose()
}

/// Returns whether an authorization is meant to end, so that it does not renew itself: its expiry was set to an earlier
/// time, by a change or by its rotation, or [`set_cut_short`] said so.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn is_cut_short(connection: &mut Connection, id: AuthorizationId) -> Result<bool> {
    let row = sqlx::query("SELECT cut_short FROM authorizations WHERE id = $1")
        .bind(from_id(id))
        .fetch_optional(connection)
        .await?;
    row.map_or(Ok(false), |row| Ok(row.number("cut_short")? == 1))
}

/// Sets whether an authorization is meant to end.
///
/// # Errors
/// Fails if the database does.
pub async fn set_cut_short(connection: &mut Connection, id: AuthorizationId, cut_short: bool) -> Result<()> {
    let query = sqlx::query("UPDATE authorizations SET cut_short = $2 WHERE id = $1")
        .bind(from_id(id))
        .bind(i64::from(cut_short));
    connection.execute(query).await?;
    Ok(())
}

/// Returns each of `ids` that was rotated, with its successor. Takes at most 10,000 ids, because databases limit the
/// number of bound values.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn successors(
    connection: &mut Connection,
    ids: impl IntoIterator<Item = AuthorizationId>,
) -> Result<Vec<(AuthorizationId, AuthorizationId)>> {
    let mut sql = Sql::new("SELECT replaces_id, id FROM authorizations WHERE replaces_id IN ");
    sql.bind_ids(ids)?;
    let rows = sql.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((AuthorizationId(row.id("replaces_id")?), AuthorizationId(row.id("id")?)))).collect()
}
