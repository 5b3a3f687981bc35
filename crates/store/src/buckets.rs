//! Buckets.

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{
    Bucket, BucketId, OrgId,
    bucket::{BucketKind, Retention},
};

use crate::{
    Connection, ResourceScope, Result,
    columns::{Columns, from_id},
    query_builder::{Sql, contains},
};

fn bucket(row: &AnyRow) -> Result<Bucket> {
    Ok(Bucket {
        id: BucketId(row.id("id")?),
        org: OrgId(row.id("org_id")?),
        kind: row.word("kind")?,
        name: row.text("name")?,
        description: row.text("description")?,
        retention_policy: row.text("retention_policy")?,
        retention: Retention {
            every: row.number("retention_seconds")?,
            shard_group: row.number("shard_group_seconds")?,
        },
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Inserts a bucket. Returns false if the id or the name in the organization is taken.
///
/// # Errors
/// Fails if the database does.
pub async fn insert(connection: &mut Connection, bucket: &Bucket, name_key: &str) -> Result<bool> {
    Ok(sqlx::query(
        "INSERT INTO buckets (id, org_id, kind, name, name_key, description, retention_policy, retention_seconds, \
         shard_group_seconds, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(from_id(bucket.id))
    .bind(from_id(bucket.org))
    .bind(bucket.kind.name())
    .bind(&bucket.name)
    .bind(name_key)
    .bind(&bucket.description)
    .bind(&bucket.retention_policy)
    .bind(bucket.retention.every)
    .bind(bucket.retention.shard_group)
    .bind(bucket.created_at.micros())
    .bind(bucket.updated_at.micros())
    .fetch_optional(connection)
    .await
    .map(|row| row.is_some())?)
}

/// Updates what can change of a bucket: name, description and retention.
///
/// # Errors
/// Fails if the database does.
pub async fn update(connection: &mut Connection, bucket: &Bucket, name_key: &str) -> Result<()> {
    let query = sqlx::query(
        "UPDATE buckets SET name = $2, name_key = $3, description = $4, retention_seconds = $5, shard_group_seconds = $6, \
         updated_at = $7 WHERE id = $1",
    )
    .bind(from_id(bucket.id))
    .bind(&bucket.name)
    .bind(name_key)
    .bind(&bucket.description)
    .bind(bucket.retention.every)
    .bind(bucket.retention.shard_group)
    .bind(bucket.updated_at.micros());
    connection.execute(query).await?;
    Ok(())
}

/// Returns the bucket with this id.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_id(connection: &mut Connection, id: BucketId) -> Result<Option<Bucket>> {
    let row = sqlx::query("SELECT * FROM buckets WHERE id = $1").bind(from_id(id)).fetch_optional(connection).await?;
    row.as_ref().map(bucket).transpose()
}

/// Returns an organization's bucket with this name.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_name(connection: &mut Connection, org: OrgId, name: &str) -> Result<Option<Bucket>> {
    let query = sqlx::query("SELECT * FROM buckets WHERE org_id = $1 AND name = $2").bind(from_id(org)).bind(name);
    query.fetch_optional(connection).await?.as_ref().map(bucket).transpose()
}

/// Returns those of `ids` that exist.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_ids(connection: &mut Connection, ids: impl IntoIterator<Item = BucketId>) -> Result<Vec<Bucket>> {
    let mut sql = Sql::new("SELECT * FROM buckets WHERE id IN ");
    sql.bind_ids(ids)?;
    sql.fetch_all(connection).await?.iter().map(bucket).collect()
}

/// Returns the buckets of an organization with these names.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_names(
    connection: &mut Connection,
    org: OrgId,
    names: impl IntoIterator<Item = &str>,
) -> Result<Vec<Bucket>> {
    let mut sql = Sql::new("SELECT * FROM buckets WHERE org_id = ");
    sql.bind(from_id(org))?.push(" AND name IN ").bind_texts(names)?;
    sql.fetch_all(connection).await?.iter().map(bucket).collect()
}

/// A page of buckets: of one organization in the order of names, else in the order of ids.
pub struct Page<'a> {
    /// Restricts to buckets of this organization.
    pub org: Option<OrgId>,
    /// Restricts to buckets with exactly this name.
    pub name: Option<&'a str>,
    /// Restricts to buckets that come after this one in the order.
    pub after: Option<BucketId>,
    /// True for descending order.
    pub descending: bool,
    /// Number of buckets to skip.
    pub offset: i64,
    /// Maximum number of buckets.
    pub limit: i64,
}

/// Returns a page of buckets.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn list(connection: &mut Connection, page: &Page<'_>) -> Result<Vec<Bucket>> {
    let mut sql = Sql::new("SELECT * FROM buckets WHERE 1 = 1");
    if let Some(org) = page.org {
        sql.push(" AND org_id = ").bind(from_id(org))?;
    }
    if let Some(name) = page.name {
        sql.push(" AND name = ").bind(name.to_owned())?;
    }
    let beyond = if page.descending { " < " } else { " > " };
    match (page.after, page.org) {
        (Some(after), Some(_)) => {
            sql.push(" AND name")
                .push(beyond)
                .push("(SELECT name FROM buckets WHERE id = ")
                .bind(from_id(after))?
                .push(")");
        }
        (Some(after), None) => {
            sql.push(" AND id").push(beyond).bind(from_id(after))?;
        }
        (None, _) => {}
    }
    sql.push(if page.org.is_some() { " ORDER BY name" } else { " ORDER BY id" });
    sql.push(if page.descending { " DESC LIMIT " } else { " LIMIT " }).bind(page.limit)?;
    sql.push(" OFFSET ").bind(page.offset)?;
    sql.fetch_all(connection).await?.iter().map(bucket).collect()
}

/// A search of the console: an organization's buckets that the caller may read and whose name contains `part` (folded).
pub struct Search<'a> {
    /// The organization of the buckets.
    pub org: OrgId,
    /// A folded part of the name; empty for all.
    pub part: &'a str,
    /// Restricts to buckets that the caller may read.
    pub within: &'a ResourceScope,
    /// True if names are sorted from Z to A.
    pub descending: bool,
    /// Number of buckets to skip.
    pub offset: i64,
    /// Maximum number of buckets.
    pub limit: i64,
}

/// Returns the buckets that a search finds: user buckets before system buckets, in the order of folded names.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn search(connection: &mut Connection, search: &Search<'_>) -> Result<Vec<Bucket>> {
    let mut sql = Sql::new("SELECT * FROM buckets");
    push_search(&mut sql, search.org, search.part, search.within)?;
    sql.push(" ORDER BY CASE kind WHEN 'user' THEN 0 ELSE 1 END, name_key");
    sql.push(if search.descending { " DESC, id LIMIT " } else { ", id LIMIT " }).bind(search.limit)?;
    sql.push(" OFFSET ").bind(search.offset)?;
    sql.fetch_all(connection).await?.iter().map(bucket).collect()
}

/// Counts an organization's buckets that the caller may read and whose name contains `part` (folded).
///
/// # Errors
/// Fails if the database does.
pub async fn count(connection: &mut Connection, org: OrgId, part: &str, within: &ResourceScope) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) AS count FROM buckets");
    push_search(&mut sql, org, part, within)?;
    sql.fetch_one(connection).await?.number("count")
}

/// Counts an organization's system buckets that the caller may read.
///
/// # Errors
/// Fails if the database does.
pub async fn count_system(connection: &mut Connection, org: OrgId, within: &ResourceScope) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) AS count FROM buckets");
    push_search(&mut sql, org, "", within)?;
    sql.push(" AND kind = ").bind(BucketKind::System.name())?;
    sql.fetch_one(connection).await?.number("count")
}

fn push_search(sql: &mut Sql, org: OrgId, part: &str, within: &ResourceScope) -> Result<()> {
    sql.push(" WHERE org_id = ").bind(from_id(org))?;
    if !part.is_empty() {
        sql.push(" AND name_key LIKE ").bind(contains(part))?.push(" ESCAPE '\\'");
    }
    within.push(sql)
}

/// Deletes a bucket.
///
/// # Errors
/// Fails if the database does.
pub async fn delete(connection: &mut Connection, id: BucketId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM buckets WHERE id = $1").bind(from_id(id))).await?;
    Ok(())
}

/// Deletes an organization's buckets.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_of_org(connection: &mut Connection, org: OrgId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM buckets WHERE org_id = $1").bind(from_id(org))).await?;
    Ok(())
}
