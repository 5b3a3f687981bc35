//! The tree of descendants of an authorization, tokens and 1.x credentials alike.

use sqlx::any::AnyRow;

use jeton_model::{Authorization, AuthorizationId, Timestamp};

use crate::{
    Connection, Result,
    authorizations::authorization,
    columns::{Columns, from_id},
    query_builder::Sql,
    visibility::{Visible, push_visible},
};

/// An authorization that was created with another one, directly or through others.
#[derive(Clone, Debug)]
pub struct Descendant {
    /// The record of the token or 1.x credential.
    pub authorization: Authorization,
    /// The user name of a 1.x credential; `None` for a token.
    pub username: Option<String>,
}

/// A page of descendants.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Restricts the page to those that a caller may read.
    pub visible: Option<&'a Visible>,
    /// Restricts the page to those that are live according to their own record.
    pub only_live: bool,
    /// Start and order of the page.
    pub start: PageStart,
    /// Maximum number of descendants.
    pub limit: i64,
}

/// Start and order of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageStart {
    /// From the first one; those that are live come first.
    Live,
    /// After this one, by ascending ids.
    After(Option<AuthorizationId>),
}

/// Number of descendants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Number of all descendants, live or not.
    pub total: u64,
    /// Number of those that are live according to their own record.
    pub live: u64,
}

/// Begins a statement about the descendants of an authorization. `UNION` drops duplicates, so the recursion terminates.
fn begin(of: AuthorizationId) -> Result<Sql> {
    let mut sql =
        Sql::new("WITH RECURSIVE descendants (id) AS (SELECT id FROM authorizations WHERE created_with_id = ");
    sql.bind(from_id(of))?.push(
        " UNION SELECT child.id FROM authorizations AS child JOIN descendants ON child.created_with_id = descendants.id) ",
    );
    Ok(sql)
}

fn push_live(sql: &mut Sql, now: Timestamp) -> Result<()> {
    sql.push("(status = 'active' AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > ");
    sql.bind(now.micros())?.push("))");
    Ok(())
}

/// Counts the descendants of an authorization.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn count(connection: &mut Connection, of: AuthorizationId, now: Timestamp) -> Result<Count> {
    let mut sql = begin(of)?;
    sql.push("SELECT COUNT(*) AS total, CAST(COALESCE(SUM(CASE WHEN ");
    push_live(&mut sql, now)?;
    sql.push(" THEN 1 ELSE 0 END), 0) AS BIGINT) AS live FROM authorizations WHERE id IN (SELECT id FROM descendants)");
    let row = sql.fetch_one(connection).await?;
    Ok(Count { total: row.number("total")?.cast_unsigned(), live: row.number("live")?.cast_unsigned() })
}

/// Returns a page of the descendants of an authorization.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn list(
    connection: &mut Connection,
    of: AuthorizationId,
    part: Page<'_>,
    now: Timestamp,
) -> Result<Vec<Descendant>> {
    let mut sql = begin(of)?;
    sql.push("SELECT * FROM authorizations WHERE id IN (SELECT id FROM descendants)");
    if let Some(visible) = part.visible {
        push_visible(&mut sql, visible, None)?;
    }
    if part.only_live {
        sql.push(" AND ");
        push_live(&mut sql, now)?;
    }
    match part.start {
        PageStart::Live => {
            sql.push(" ORDER BY CASE WHEN ");
            push_live(&mut sql, now)?;
            sql.push(" THEN 0 ELSE 1 END, id");
        }
        PageStart::After(None) => _ = sql.push(" ORDER BY id"),
        PageStart::After(Some(id)) => _ = sql.push(" AND id > ").bind(from_id(id))?.push(" ORDER BY id"),
    }
    sql.push(" LIMIT ").bind(part.limit)?;
    sql.fetch_all(connection).await?.iter().map(descendant).collect()
}

fn descendant(row: &AnyRow) -> Result<Descendant> {
    Ok(Descendant { authorization: authorization(row)?, username: row.optional_text("username")? })
}
