//! Lists of users for the console: with role, organizations and number of live tokens.

use sqlx::any::AnyRow;

use jeton_model::{OrgId, Status, Timestamp, User, UserId, org::Role};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
    query_builder::{Sql, contains},
    visibility::{Visible, push_visible},
};

/// A user in a list.
#[derive(Clone, Debug)]
pub struct Found {
    /// The user's id, name and status.
    pub user: User,
    /// Time of the last sign-in; `None` if there was none.
    pub last_sign_in: Option<Timestamp>,
    /// The role in the organization that the search names.
    pub role: Option<Role>,
}

/// Conditions on users, all of which must hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search<'a> {
    /// Restricts to users with a role in this organization.
    pub org: Option<OrgId>,
    /// Restricts to users with this role in `org`; ignored without `org`.
    pub role: Option<Role>,
    /// Restricts to this status: active or inactive.
    pub status: Option<Status>,
    /// A folded part of the name; empty for all.
    pub part: &'a str,
}

/// A part of a list that is sorted by name.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// True if names are sorted from Z to A.
    pub descending: bool,
    /// Number of users to skip.
    pub offset: i64,
    /// Maximum number of users.
    pub limit: i64,
}

fn found(row: &AnyRow) -> Result<Found> {
    Ok(Found {
        user: User { id: UserId(row.id("id")?), name: row.text("name")?, status: row.word("status")? },
        last_sign_in: row.optional_time("last_sign_in_at")?,
        role: match row.optional_text("role")? {
            Some(_) => Some(row.word("role")?),
            None => None,
        },
    })
}

/// Returns a part of the users that a search finds.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn list(connection: &mut Connection, search: &Search<'_>, part: Part) -> Result<Vec<Found>> {
    let mut sql = Sql::new("SELECT u.id, u.name, u.status, u.last_sign_in_at, ");
    sql.push(if search.org.is_some() { "m.role" } else { "CAST(NULL AS TEXT) AS role" });
    push_search(&mut sql, search)?;
    sql.push(if part.descending { " ORDER BY u.name_key DESC, u.id DESC" } else { " ORDER BY u.name_key, u.id" });
    sql.push(" LIMIT ").bind(part.limit)?.push(" OFFSET ").bind(part.offset)?;
    sql.fetch_all(connection).await?.iter().map(found).collect()
}

/// Counts the users that a search finds.
///
/// # Errors
/// Fails if the database does.
pub async fn count(connection: &mut Connection, search: &Search<'_>) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) AS count");
    push_search(&mut sql, search)?;
    sql.fetch_one(connection).await?.number("count")
}

fn push_search(sql: &mut Sql, search: &Search<'_>) -> Result<()> {
    match search.org {
        Some(org) => {
            sql.push(" FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.resource_type = 'orgs' AND m.resource_id = ");
            sql.bind(from_id(org))?;
            if let Some(role) = search.role {
                sql.push(" AND m.role = ").bind(role.name())?;
            }
        }
        None => _ = sql.push(" FROM users u WHERE 1 = 1"),
    }
    if let Some(status) = search.status {
        sql.push(" AND u.status = ").bind(status.name())?;
    }
    if !search.part.is_empty() {
        sql.push(" AND u.name_key LIKE ").bind(contains(search.part))?.push(" ESCAPE '\\'");
    }
    Ok(())
}

/// Returns the names of users without a role in an organization.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn strangers(connection: &mut Connection, org: OrgId, part: &str, limit: i64) -> Result<Vec<String>> {
    let mut sql = Sql::new("SELECT u.name");
    push_search(&mut sql, &Search { part, ..Search::default() })?;
    sql.push(" AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.resource_type = 'orgs' AND m.resource_id = ");
    sql.bind(from_id(org))?.push(" AND m.user_id = u.id) ORDER BY u.name_key, u.id LIMIT ").bind(limit)?;
    sql.fetch_all(connection).await?.iter().map(|row| row.text("name")).collect()
}

/// Restricts a statement to the live tokens of the user `u`.
const LIVE: &str = " FROM authorizations JOIN users u ON u.id = user_id AND u.status = 'active' WHERE kind = 'v2' \
    AND authorizations.status = 'active' AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > ";

/// Counts the live tokens of each of these users, in one organization or anywhere. Users without any are left out.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn live_tokens(
    connection: &mut Connection,
    users: impl IntoIterator<Item = UserId>,
    org: Option<OrgId>,
    now: Timestamp,
) -> Result<Vec<(UserId, i64)>> {
    let mut sql = Sql::new("SELECT user_id, COUNT(*) AS count");
    sql.push(LIVE).bind(now.micros())?.push(") AND user_id IN ").bind_ids(users)?;
    if let Some(org) = org {
        sql.push(" AND org_id = ").bind(from_id(org))?;
    }
    sql.push(" GROUP BY user_id");
    let rows = sql.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((UserId(row.id("user_id")?), row.number("count")?))).collect()
}

/// Returns descriptions and prefixes of a user's live tokens that a caller may read.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn live_token_names(
    connection: &mut Connection,
    user: UserId,
    visible: &Visible,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(String, Option<String>)>> {
    // No join: `push_visible` names columns without their table.
    let mut sql =
        Sql::new("SELECT description, token_prefix FROM authorizations WHERE kind = 'v2' AND status = 'active'");
    sql.push(" AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > ").bind(now.micros())?;
    sql.push(") AND EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND u.status = 'active') AND user_id = ");
    sql.bind(from_id(user))?;
    push_visible(&mut sql, visible, None)?;
    sql.push(" ORDER BY description_key, id LIMIT ").bind(limit)?;
    let rows = sql.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.text("description")?, row.optional_text("token_prefix")?))).collect()
}

/// Returns the first organizations, by name, of each of these users, each with the number of all of that user's.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn orgs_of(
    connection: &mut Connection,
    users: impl IntoIterator<Item = UserId>,
    at_most: i64,
) -> Result<Vec<(UserId, String, i64)>> {
    let mut sql = Sql::new(
        "SELECT user_id, name, count FROM (SELECT m.user_id, o.name, \
         ROW_NUMBER() OVER (PARTITION BY m.user_id ORDER BY o.name_key, o.id) AS place, \
         COUNT(*) OVER (PARTITION BY m.user_id) AS count \
         FROM memberships m JOIN organizations o ON o.id = m.resource_id WHERE m.resource_type = 'orgs' AND m.user_id IN ",
    );
    sql.bind_ids(users)?.push(") AS ranked WHERE place <= ").bind(at_most)?.push(" ORDER BY user_id, place");
    let rows = sql.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((UserId(row.id("user_id")?), row.text("name")?, row.number("count")?))).collect()
}

/// Returns the names of organizations whose only owner is this user.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn only_owner_of(connection: &mut Connection, user: UserId, limit: i64) -> Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT o.name FROM memberships m JOIN organizations o ON o.id = m.resource_id \
         WHERE m.resource_type = 'orgs' AND m.role = 'owner' AND m.user_id = $1 AND NOT EXISTS (SELECT 1 FROM memberships other \
         WHERE other.resource_type = 'orgs' AND other.resource_id = m.resource_id AND other.role = 'owner' AND other.user_id <> $1) \
         ORDER BY o.name_key, o.id LIMIT $2",
    )
    .bind(from_id(user))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.text("name")).collect()
}

/// Returns the active user who owns the instance, if there is exactly one.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn only_operator(connection: &mut Connection) -> Result<Option<UserId>> {
    let rows = sqlx::query(
        "SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id AND u.status = 'active' \
         WHERE m.resource_type = 'instance' AND m.role = 'owner' LIMIT 2",
    )
    .fetch_all(connection)
    .await?;
    match rows.as_slice() {
        [row] => row.id("user_id").map(|id| Some(UserId(id))),
        _ => Ok(None),
    }
}
