//! The credentials of 1.x clients: authorizations with a user name and a password instead of a token.

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{Authorization, AuthorizationId, V1Authorization};

use crate::{
    Connection, Result,
    authorization_filter::Filter,
    authorization_list::{Bookmark, Sort, Start, portion_rows},
    authorizations::{Kind, authorization},
    columns::{Columns, from_id},
};

fn v1_authorization(row: &AnyRow) -> Result<V1Authorization> {
    Ok(V1Authorization { authorization: authorization(row)?, username: row.text("username")? })
}

/// Returns the 1.x credential with this id.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_id(connection: &mut Connection, id: AuthorizationId) -> Result<Option<V1Authorization>> {
    let row = sqlx::query("SELECT * FROM authorizations WHERE id = $1 AND kind = 'v1'")
        .bind(from_id(id))
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(v1_authorization).transpose()
}

/// Returns the 1.x credential with this user name.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_username(connection: &mut Connection, username: &str) -> Result<Option<V1Authorization>> {
    let row = sqlx::query("SELECT * FROM authorizations WHERE username = $1")
        .bind(username)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(v1_authorization).transpose()
}

/// Returns a part of the 1.x credentials that match a filter, in the order of ids; see
/// [`super::authorization_list::portion`].
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn portion(
    connection: &mut Connection,
    filter: &Filter,
    start: Start<'_>,
    limit: i64,
) -> Result<(Vec<V1Authorization>, Option<Bookmark>)> {
    let filter = Filter { kind: Kind::V1, candidates: None, ..filter.clone() };
    let (rows, end) = portion_rows(connection, &filter, Sort::Id, start, limit).await?;
    Ok((rows.iter().map(v1_authorization).collect::<Result<_>>()?, end))
}

/// Returns the hash of a 1.x credential's password; `None` if it has none or doesn't exist.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn password_hash(connection: &mut Connection, id: AuthorizationId) -> Result<Option<String>> {
    let row = sqlx::query("SELECT password_hash FROM authorizations WHERE id = $1 AND kind = 'v1'")
        .bind(from_id(id))
        .fetch_optional(connection)
        .await?;
    row.map_or(Ok(None), |row| row.optional_text("password_hash"))
}

/// Returns the first characters of the bcrypt hashes of all passwords, such as `$2a$10$`, each once.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn bcrypt_forms(connection: &mut Connection) -> Result<Vec<String>> {
    let query = sqlx::query(
        "SELECT DISTINCT substr(password_hash, 1, 7) AS form FROM authorizations \
         WHERE kind = 'v1' AND password_hash LIKE $1",
    );
    query.bind("$2%").fetch_all(connection).await?.iter().map(|row| row.text("form")).collect()
}

/// Stores the hash of a 1.x credential's password, the time of the change and the authorization that made it.
///
/// # Errors
/// Fails if the database does.
pub async fn set_password_hash(connection: &mut Connection, changed: &Authorization, hash: &str) -> Result<()> {
    let query =
        sqlx::query("UPDATE authorizations SET password_hash = $2, updated_at = $3, created_with_id = $4 WHERE id = $1 AND kind = 'v1'")
            .bind(from_id(changed.id))
            .bind(hash)
            .bind(changed.updated_at.micros())
            .bind(changed.created_with.map(from_id));
    connection.execute(query).await?;
    Ok(())
}

/// Replaces the hash of a 1.x credential's unchanged password by one of another kind, if it is still `old`.
///
/// # Errors
/// Fails if the database does.
pub async fn replace_password_hash(
    connection: &mut Connection,
    id: AuthorizationId,
    old: &str,
    new: &str,
) -> Result<()> {
    let query = sqlx::query(
        "UPDATE authorizations SET password_hash = $3 WHERE id = $1 AND kind = 'v1' AND password_hash = $2",
    )
    .bind(from_id(id))
    .bind(old)
    .bind(new);
    connection.execute(query).await?;
    Ok(())
}
