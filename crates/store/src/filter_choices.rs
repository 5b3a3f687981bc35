//! Queries of the console's list of tokens: the users to filter by, and the type of tokens that were stored before
//! types existed.

use sqlx::Executor as _;

use jeton_model::{Authorization, AuthorizationId, grant::TokenKind};

use crate::{
    Connection, Result,
    authorization_filter::{Filter, Whose, push_filter},
    authorizations::authorization,
    columns::{Columns, from_id},
    query_builder::Sql,
};

/// Returns the names of users who own, or created, an authorization that matches a filter: the first ones by name.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn user_names(connection: &mut Connection, filter: &Filter, whose: Whose, limit: i64) -> Result<Vec<String>> {
    // One look into an index for each user: there are far fewer users than tokens.
    let mut sql = Sql::new("SELECT name FROM users WHERE EXISTS (SELECT 1 FROM authorizations WHERE ");
    sql.push(whose.column()).push(" = users.id AND kind = ");
    push_filter(&mut sql, filter)?;
    sql.push(") ORDER BY name_key LIMIT ").bind(limit)?;
    sql.fetch_all(connection).await?.iter().map(|row| row.text("name")).collect()
}

/// Returns up to `limit` authorizations, of any kind, whose type is not stored yet.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn without_type(connection: &mut Connection, limit: i64) -> Result<Vec<Authorization>> {
    let query = sqlx::query("SELECT * FROM authorizations WHERE breadth IS NULL ORDER BY id LIMIT $1").bind(limit);
    query.fetch_all(connection).await?.iter().map(authorization).collect()
}

/// Stores an authorization's type.
///
/// # Errors
/// Fails if the database does.
pub async fn set_type(connection: &mut Connection, id: AuthorizationId, kind: TokenKind) -> Result<()> {
    let query = sqlx::query("UPDATE authorizations SET breadth = $2 WHERE id = $1").bind(from_id(id)).bind(kind.name());
    connection.execute(query).await?;
    Ok(())
}
