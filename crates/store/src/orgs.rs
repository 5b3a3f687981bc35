//! Organizations.

use std::collections::{BTreeSet, HashMap};

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{Id, Org, OrgId, Permission, ResourceType, UserId, org::Holdings};

use crate::{
    Connection, ResourceScope, Result,
    columns::{Columns, from_id},
    query_builder::{Sql, contains},
};

fn org(row: &AnyRow) -> Result<Org> {
    Ok(Org {
        id: OrgId(row.id("id")?),
        name: row.text("name")?,
        description: row.text("description")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Inserts an organization. Returns false if the id or the trimmed name is taken.
///
/// # Errors
/// Fails if the database does.
pub async fn insert(connection: &mut Connection, org: &Org, name_key: &str) -> Result<bool> {
    Ok(sqlx::query(
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
    .map(|row| row.is_some())?)
}

/// Updates what can change of an organization: name and description.
///
/// # Errors
/// Fails if the database does.
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
    connection.execute(query).await?;
    Ok(())
}

/// Returns the organization with this id.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_id(connection: &mut Connection, id: OrgId) -> Result<Option<Org>> {
    let row =
        sqlx::query("SELECT * FROM organizations WHERE id = $1").bind(from_id(id)).fetch_optional(connection).await?;
    row.as_ref().map(org).transpose()
}

/// Returns the organization with this name, trimmed.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_name(connection: &mut Connection, name: &str) -> Result<Option<Org>> {
    let row = sqlx::query("SELECT * FROM organizations WHERE name_trimmed = $1")
        .bind(name.trim())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(org).transpose()
}

/// Returns those of `ids` that exist.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_ids(connection: &mut Connection, ids: impl IntoIterator<Item = OrgId>) -> Result<Vec<Org>> {
    let mut sql = Sql::new("SELECT * FROM organizations WHERE id IN ");
    sql.bind_ids(ids)?;
    sql.fetch_all(connection).await?.iter().map(org).collect()
}

/// Returns the organizations of the buckets and telegraf configurations that permissions name; unknown ids are left
/// out.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of_things(
    connection: &mut Connection,
    permissions: &[Permission],
) -> Result<HashMap<(ResourceType, Id), OrgId>> {
    let mut found = HashMap::new();
    let tables = [
        (ResourceType::Buckets, "SELECT id, org_id FROM buckets WHERE id IN "),
        (ResourceType::Telegrafs, "SELECT id, org_id FROM telegrafs WHERE id IN "),
    ];
    for (kind, select) in tables {
        let of_kind = permissions.iter().filter(|one| one.resource.kind == kind);
        let ids: BTreeSet<Id> = of_kind.filter_map(|one| one.resource.id).collect();
        if ids.is_empty() {
            continue;
        }
        let mut sql = Sql::new(select);
        sql.bind_ids(ids)?;
        for row in sql.fetch_all(connection).await? {
            found.insert((kind, row.id("id")?), OrgId(row.id("org_id")?));
        }
    }
    Ok(found)
}

/// Returns the organizations with these names, trimmed.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_names(connection: &mut Connection, names: impl IntoIterator<Item = &str>) -> Result<Vec<Org>> {
    let mut sql = Sql::new("SELECT * FROM organizations WHERE name_trimmed IN ");
    sql.bind_texts(names.into_iter().map(str::trim))?;
    sql.fetch_all(connection).await?.iter().map(org).collect()
}

/// Returns whether there is any organization at all.
///
/// # Errors
/// Fails if the database does.
pub async fn any(connection: &mut Connection) -> Result<bool> {
    Ok(sqlx::query("SELECT id FROM organizations LIMIT 1").fetch_optional(connection).await.map(|row| row.is_some())?)
}

/// The user whose organizations are listed.
pub enum Whose {
    /// Every organization.
    Everyones,
    /// Organizations that the user is a member or owner of.
    Of(UserId),
}

/// Returns a page of organizations, in the order of ids.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
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

/// A search of the console: the organizations that the caller may read and whose name contains `part` (folded).
pub struct Search<'a> {
    /// A folded part of the name; empty for all.
    pub part: &'a str,
    /// Restricts to organizations that the caller may read.
    pub within: &'a ResourceScope,
    /// True if names are sorted from Z to A.
    pub descending: bool,
    /// Number of organizations to skip.
    pub offset: i64,
    /// Maximum number of organizations.
    pub limit: i64,
}

/// Returns the organizations that a search finds, in the order of folded names.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn search(connection: &mut Connection, search: &Search<'_>) -> Result<Vec<Org>> {
    let mut sql = Sql::new("SELECT * FROM organizations");
    push_search(&mut sql, search.part, search.within)?;
    sql.push(if search.descending { " ORDER BY name_key DESC, id LIMIT " } else { " ORDER BY name_key, id LIMIT " });
    sql.bind(search.limit)?.push(" OFFSET ").bind(search.offset)?;
    sql.fetch_all(connection).await?.iter().map(org).collect()
}

/// Counts the organizations that the caller may read and whose name contains `part` (folded).
///
/// # Errors
/// Fails if the database does.
pub async fn count(connection: &mut Connection, part: &str, within: &ResourceScope) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) AS count FROM organizations");
    push_search(&mut sql, part, within)?;
    sql.fetch_one(connection).await?.number("count")
}

fn push_search(sql: &mut Sql, part: &str, within: &ResourceScope) -> Result<()> {
    sql.push(" WHERE 1 = 1");
    if !part.is_empty() {
        sql.push(" AND name_key LIKE ").bind(contains(part))?.push(" ESCAPE '\\'");
    }
    within.push(sql)
}

/// Counts the members, resources and credentials of each of some organizations, whoever may read them.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn holdings(
    connection: &mut Connection,
    ids: impl IntoIterator<Item = OrgId>,
) -> Result<Vec<(OrgId, Holdings)>> {
    let mut sql = Sql::new(
        "SELECT id, \
         (SELECT COUNT(*) FROM memberships WHERE resource_type = 'orgs' AND resource_id = organizations.id) AS members, \
         (SELECT COUNT(*) FROM buckets WHERE org_id = organizations.id) AS buckets, \
         (SELECT COUNT(*) FROM telegrafs WHERE org_id = organizations.id) AS telegrafs, \
         (SELECT COUNT(*) FROM authorizations WHERE org_id = organizations.id AND kind = 'v2') AS tokens, \
         (SELECT COUNT(*) FROM authorizations WHERE org_id = organizations.id AND kind = 'v1') AS credentials \
         FROM organizations WHERE id IN ",
    );
    sql.bind_ids(ids)?;
    let rows = sql.fetch_all(connection).await?;
    let read = |row: &AnyRow| {
        let number = |name| row.number(name).map(i64::cast_unsigned);
        let holds = Holdings {
            members: number("members")?,
            buckets: number("buckets")?,
            telegrafs: number("telegrafs")?,
            tokens: number("tokens")?,
            credentials: number("credentials")?,
        };
        Ok((OrgId(row.id("id")?), holds))
    };
    rows.iter().map(read).collect()
}

/// Deletes an organization's row.
///
/// # Errors
/// Fails if the database does.
pub async fn delete(connection: &mut Connection, id: OrgId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM organizations WHERE id = $1").bind(from_id(id))).await?;
    Ok(())
}
