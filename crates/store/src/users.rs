//! Users and their passwords.

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{Status, Timestamp, User, UserId};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
    query_builder::Sql,
};

fn user(row: &AnyRow) -> Result<User> {
    Ok(User { id: UserId(row.id("id")?), name: row.text("name")?, status: row.word("status")? })
}

/// A new user with the columns that only the database holds.
pub struct New<'a> {
    /// The user's id, name and status.
    pub user: &'a User,
    /// The name, folded for searching and sorting.
    pub name_key: &'a str,
    /// Hash of the password; `None` for a user without one, who can't sign in.
    pub password_hash: Option<&'a str>,
    /// Time of the creation.
    pub now: Timestamp,
}

/// Inserts a user. Returns false if the id or the name is taken.
///
/// # Errors
/// Fails if the database does.
pub async fn insert(connection: &mut Connection, new: New<'_>) -> Result<bool> {
    Ok(sqlx::query(
        "INSERT INTO users (id, name, name_key, status, password_hash, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(from_id(new.user.id))
    .bind(&new.user.name)
    .bind(new.name_key)
    .bind(new.user.status.name())
    .bind(new.password_hash)
    .bind(new.now.micros())
    .fetch_optional(connection)
    .await
    .map(|row| row.is_some())?)
}

/// Returns the user with this id.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_id(connection: &mut Connection, id: UserId) -> Result<Option<User>> {
    let row = sqlx::query("SELECT * FROM users WHERE id = $1").bind(from_id(id)).fetch_optional(connection).await?;
    row.as_ref().map(user).transpose()
}

/// Returns the user with this name.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_name(connection: &mut Connection, name: &str) -> Result<Option<User>> {
    let row = sqlx::query("SELECT * FROM users WHERE name = $1").bind(name).fetch_optional(connection).await?;
    row.as_ref().map(user).transpose()
}

/// Returns those of `ids` that exist.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_ids(connection: &mut Connection, ids: impl IntoIterator<Item = UserId>) -> Result<Vec<User>> {
    let mut sql = Sql::new("SELECT * FROM users WHERE id IN ");
    sql.bind_ids(ids)?;
    sql.fetch_all(connection).await?.iter().map(user).collect()
}

/// Returns the users with these names.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_names(connection: &mut Connection, names: impl IntoIterator<Item = &str>) -> Result<Vec<User>> {
    let mut sql = Sql::new("SELECT * FROM users WHERE name IN ");
    sql.bind_texts(names)?;
    sql.fetch_all(connection).await?.iter().map(user).collect()
}

/// Returns whether there is any user at all.
///
/// # Errors
/// Fails if the database does.
pub async fn any(connection: &mut Connection) -> Result<bool> {
    Ok(sqlx::query("SELECT id FROM users LIMIT 1").fetch_optional(connection).await.map(|row| row.is_some())?)
}

/// A page, in the order of ids.
pub struct Page {
    /// Restricts to users that come after this one in the order.
    pub after: Option<UserId>,
    /// True for descending ids.
    pub descending: bool,
    /// Number of users to skip.
    pub offset: i64,
    /// Maximum number of users.
    pub limit: i64,
}

/// Returns a page of users.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn list(connection: &mut Connection, page: &Page) -> Result<Vec<User>> {
    let mut sql = Sql::new("SELECT * FROM users");
    if let Some(after) = page.after {
        sql.push(if page.descending { " WHERE id < " } else { " WHERE id > " }).bind(from_id(after))?;
    }
    sql.push(if page.descending { " ORDER BY id DESC LIMIT " } else { " ORDER BY id LIMIT " }).bind(page.limit)?;
    sql.push(" OFFSET ").bind(page.offset)?;
    sql.fetch_all(connection).await?.iter().map(user).collect()
}

/// Returns the stored hash of a user's password; `None` if the user has none or doesn't exist.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn password_hash(connection: &mut Connection, id: UserId) -> Result<Option<String>> {
    let row = sqlx::query("SELECT password_hash FROM users WHERE id = $1")
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
    let query =
        sqlx::query("SELECT DISTINCT substr(password_hash, 1, 7) AS form FROM users WHERE password_hash LIKE $1");
    query.bind("$2%").fetch_all(connection).await?.iter().map(|row| row.text("form")).collect()
}

/// Replaces the hash of a user's unchanged password by one of another kind, if it is still `old`.
///
/// # Errors
/// Fails if the database does.
pub async fn replace_password_hash(connection: &mut Connection, id: UserId, old: &str, new: &str) -> Result<()> {
    let query = sqlx::query("UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2")
        .bind(from_id(id))
        .bind(old)
        .bind(new);
    connection.execute(query).await?;
    Ok(())
}

/// Stores the hash of a user's password.
///
/// # Errors
/// Fails if the database does.
pub async fn set_password_hash(connection: &mut Connection, id: UserId, hash: &str, now: Timestamp) -> Result<()> {
    let query = sqlx::query("UPDATE users SET password_hash = $2, updated_at = $3 WHERE id = $1")
        .bind(from_id(id))
        .bind(hash)
        .bind(now.micros());
    connection.execute(query).await?;
    Ok(())
}

/// Stores a user's status.
///
/// # Errors
/// Fails if the database does.
pub async fn set_status(connection: &mut Connection, id: UserId, status: Status, now: Timestamp) -> Result<()> {
    let query = sqlx::query("UPDATE users SET status = $2, updated_at = $3 WHERE id = $1")
        .bind(from_id(id))
        .bind(status.name())
        .bind(now.micros());
    connection.execute(query).await?;
    Ok(())
}

/// Renames a user. `name_key`: the name, folded.
///
/// # Errors
/// Fails if the database does.
pub async fn set_name(
    connection: &mut Connection,
    id: UserId,
    name: &str,
    name_key: &str,
    now: Timestamp,
) -> Result<()> {
    let query = sqlx::query("UPDATE users SET name = $2, name_key = $3, updated_at = $4 WHERE id = $1")
        .bind(from_id(id))
        .bind(name)
        .bind(name_key)
        .bind(now.micros());
    connection.execute(query).await?;
    Ok(())
}

/// Records a sign-in.
///
/// # Errors
/// Fails if the database does.
pub async fn signed_in(connection: &mut Connection, id: UserId, now: Timestamp) -> Result<()> {
    let query = sqlx::query("UPDATE users SET last_sign_in_at = $2 WHERE id = $1").bind(from_id(id)).bind(now.micros());
    connection.execute(query).await?;
    Ok(())
}

/// Deletes a user's row.
///
/// # Errors
/// Fails if the database does.
pub async fn delete(connection: &mut Connection, id: UserId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM users WHERE id = $1").bind(from_id(id))).await?;
    Ok(())
}
