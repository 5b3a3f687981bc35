//! Predecessors and successors of rotated authorizations.

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
