//! Organizations.

use sqlx::{Executor as _, any::AnyRow};

use super::{
    Connection, Result,
    column::{Columns, from_id},
    sql::Sql,
};
use crate::model::{Org, OrgId, UserId};

fn org(row: &AnyRow) -> Result<Org> {
    Ok(Org {
        id: OrgId(row.id("id")?),
        name: row.text("name")?,
        description: row.text("description")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// False if the id or the trimmed name is taken.
pub async fn insert(connection: &mut Connection, org: &Org, name_key: &str) -> Result<bool> {
    sqlx::query(
        "INSERT INTO organizations (id, name, name_trimmed, name_key, description, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(from_id(org.id))
    .bind(&org.name)
    .bind(org.name.trim())
    .bind(name_key)
    .bind(&org.description)
    .bind(org.created_at.micros())
    .bind(org.updated_at.micros())
    .fetch_optional(connection)
    .await
    .map(|row| row.is_some())
}

pub async fn update(connection: &mut Connection, org: &Org, name_key: &str) -> Result<()> {
    let query = sqlx::query(
        "UPDATE organizations SET name = $2, name_trimmed = $3, name_key = $4, description = $5, updated_at = $6 WHERE id = $1",
    )
    .bind(from_id(org.id))
    .bind(&org.name)
    .bind(org.name.trim())
    .bind(name_key)
    .bind(&org.description)
    .bind(org.updated_at.micros());
    connection.execute(query).await.map(drop)
}

pub async fn by_id(connection: &mut Connection, id: OrgId) -> Result<Option<Org>> {
    let row =
        sqlx::query("SELECT * FROM organizations WHERE id = $1").bind(from_id(id)).fetch_optional(connection).await?;
    row.as_ref().map(org).transpose()
}

/// By its name, trimmed.
pub async fn by_name(connection: &mut Connection, name: &str) -> Result<Option<Org>> {
    let row = sqlx::query("SELECT * FROM organizations WHERE name_trimmed = $1")
        .bind(name.trim())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(org).transpose()
}

/// Those of `ids` that exist.
pub async fn by_ids(connection: &mut Connection, ids: impl IntoIterator<Item = OrgId>) -> Result<Vec<Org>> {
    let mut sql = Sql::new("SELECT * FROM organizations WHERE id IN ");
    sql.bind_ids(ids)?;
    sql.fetch_all(connection).await?.iter().map(org).collect()
}

/// Whether there is any organization at all.
pub async fn any(connection: &mut Connection) -> Result<bool> {
    sqlx::query("SELECT id FROM organizations LIMIT 1").fetch_optional(connection).await.map(|row| row.is_some())
}

/// Whose organizations are listed.
pub enum Whose {
    Everyones,
    /// Those the user is a member or owner of.
    Of(UserId),
}

/// A page, in the order of ids.
pub async fn list(connection: &mut Connection, whose: &Whose, offset: i64, limit: i64) -> Result<Vec<Org>> {
    let mut sql = Sql::new("SELECT * FROM organizations");
    if let Whose::Of(user) = whose {
        sql.push(" WHERE id IN (SELECT resource_id FROM memberships WHERE resource_type = 'orgs' AND user_id = ");
        sql.bind(from_id(*user))?.push(")");
    }
    sql.push(" ORDER BY id LIMIT ").bind(limit)?;
    sql.push(" OFFSET ").bind(offset)?;
    sql.fetch_all(connection).await?.iter().map(org).collect()
}

pub async fn delete(connection: &mut Connection, id: OrgId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM organizations WHERE id = $1").bind(from_id(id))).await.map(drop)
}
