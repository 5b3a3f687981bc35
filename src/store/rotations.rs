//! Which authorization took over from which.

use crate::model::AuthorizationId;

use super::{
    Connection, Result,
    columns::{Columns, from_id},
    query_builder::Sql,
};

/// The successor of an authorization, if it was rotated and the successor is still there.
pub async fn successor(connection: &mut Connection, id: AuthorizationId) -> Result<Option<AuthorizationId>> {
    let row = sqlx::query("SELECT id FROM authorizations WHERE replaces_id = $1")
        .bind(from_id(id))
        .fetch_optional(connection)
        .await?;
    row.map(|row| row.id("id").map(AuthorizationId)).transpose()
}

/// Of each of these that was rotated: it, and its successor. At most ten thousand, as a statement takes so many values.
pub async fn successors(
    connection: &mut Connection,
    ids: impl IntoIterator<Item = AuthorizationId>,
) -> Result<Vec<(AuthorizationId, AuthorizationId)>> {
    let mut sql = Sql::new("SELECT replaces_id, id FROM authorizations WHERE replaces_id IN ");
    sql.bind_ids(ids)?;
    let rows = sql.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((AuthorizationId(row.id("replaces_id")?), AuthorizationId(row.id("id")?)))).collect()
}
