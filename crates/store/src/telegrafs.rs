//! Telegraf configurations.

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{OrgId, Telegraf, TelegrafId, Timestamp};

use crate::{
    Across, Connection, ResourceScope, Result,
    columns::{Columns, corrupt, from_id},
    query_builder::{Sql, contains},
};

fn telegraf(row: &AnyRow) -> Result<Telegraf> {
    let metadata = row.optional_text("metadata")?;
    Ok(Telegraf {
        id: TelegrafId(row.id("id")?),
        org: OrgId(row.id("org_id")?),
        name: row.text("name")?,
        description: row.text("description")?,
        config: row.text("config")?,
        metadata: metadata
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| corrupt(error.to_string()))?,
        updated_at: row.time("updated_at")?,
    })
}

/// A configuration in a list, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Id of the configuration.
    pub id: TelegrafId,
    /// Organization of the configuration.
    pub org: OrgId,
    /// Name of the configuration, which need not be unique.
    pub name: String,
    /// The bucket that its text writes to.
    pub bucket: Option<String>,
}

const HEAD: &str = "SELECT id, org_id, name, output_bucket FROM telegrafs";

fn head(row: &AnyRow) -> Result<Head> {
    Ok(Head {
        id: TelegrafId(row.id("id")?),
        org: OrgId(row.id("org_id")?),
        name: row.text("name")?,
        bucket: row.optional_text("output_bucket")?.filter(|bucket| !bucket.is_empty()),
    })
}

/// Derived columns that lists are searched and sorted by.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The name, folded for searching and sorting.
    pub name: String,
    /// The bucket that the text writes to; empty for none.
    pub bucket: String,
}

/// Inserts a configuration.
///
/// # Errors
/// Fails if the database does.
pub async fn insert(connection: &mut Connection, telegraf: &Telegraf, keys: &Keys) -> Result<()> {
    let query = sqlx::query(
        "INSERT INTO telegrafs (id, org_id, name, name_key, description, config, metadata, created_at, updated_at, \
         output_bucket) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
    )
    .bind(from_id(telegraf.id))
    .bind(from_id(telegraf.org))
    .bind(&telegraf.name)
    .bind(&keys.name)
    .bind(&telegraf.description)
    .bind(&telegraf.config)
    .bind(telegraf.metadata.as_ref().map(ToString::to_string))
    .bind(telegraf.updated_at.micros())
    .bind(&keys.bucket);
    connection.execute(query).await?;
    Ok(())
}

/// Updates what can change of a configuration: name, description, text and metadata.
///
/// # Errors
/// Fails if the database does.
pub async fn update(connection: &mut Connection, telegraf: &Telegraf, keys: &Keys) -> Result<()> {
    let query = sqlx::query(
        "UPDATE telegrafs SET name = $2, name_key = $3, description = $4, config = $5, metadata = $6, updated_at = $7, \
         output_bucket = $8 WHERE id = $1",
    )
    .bind(from_id(telegraf.id))
    .bind(&telegraf.name)
    .bind(&keys.name)
    .bind(&telegraf.description)
    .bind(&telegraf.config)
    .bind(telegraf.metadata.as_ref().map(ToString::to_string))
    .bind(telegraf.updated_at.micros())
    .bind(&keys.bucket);
    connection.execute(query).await?;
    Ok(())
}

/// Returns the texts of up to `limit` configurations whose output bucket is not stored yet.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn without_output_bucket(connection: &mut Connection, limit: i64) -> Result<Vec<(TelegrafId, String)>> {
    let query = sqlx::query("SELECT id, config FROM telegrafs WHERE output_bucket IS NULL ORDER BY id LIMIT $1");
    let rows = query.bind(limit).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((TelegrafId(row.id("id")?), row.text("config")?))).collect()
}

/// Stores the bucket that a configuration's text writes to; empty for none.
///
/// # Errors
/// Fails if the database does.
pub async fn set_output_bucket(connection: &mut Connection, id: TelegrafId, bucket: &str) -> Result<()> {
    let query = sqlx::query("UPDATE telegrafs SET output_bucket = $2 WHERE id = $1").bind(from_id(id)).bind(bucket);
    connection.execute(query).await?;
    Ok(())
}

/// Returns the configuration with this id.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_id(connection: &mut Connection, id: TelegrafId) -> Result<Option<Telegraf>> {
    let row = sqlx::query("SELECT * FROM telegrafs WHERE id = $1").bind(from_id(id)).fetch_optional(connection).await?;
    row.as_ref().map(telegraf).transpose()
}

/// Returns an organization's configuration with this name; if several have it, the one with the lowest id.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_name(connection: &mut Connection, org: OrgId, name: &str) -> Result<Option<Telegraf>> {
    let query = sqlx::query("SELECT * FROM telegrafs WHERE org_id = $1 AND name = $2 ORDER BY id LIMIT 1")
        .bind(from_id(org))
        .bind(name);
    query.fetch_optional(connection).await?.as_ref().map(telegraf).transpose()
}

/// Returns the heads of those of `ids` that exist.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn heads(connection: &mut Connection, ids: impl IntoIterator<Item = TelegrafId>) -> Result<Vec<Head>> {
    let mut sql = Sql::new(HEAD);
    sql.push(" WHERE id IN ").bind_ids(ids)?;
    sql.fetch_all(connection).await?.iter().map(head).collect()
}

/// Returns the ids of an organization's configurations with these names; if several have the same name, the lowest id
/// that the caller may read.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_names(
    connection: &mut Connection,
    org: OrgId,
    within: &ResourceScope,
    names: impl IntoIterator<Item = &str>,
) -> Result<Vec<(String, TelegrafId)>> {
    let mut sql = Sql::new("SELECT name, MIN(id) AS id FROM telegrafs WHERE org_id = ");
    sql.bind(from_id(org))?.push(" AND name IN ").bind_texts(names)?;
    within.push(&mut sql)?;
    sql.push(" GROUP BY name");
    let rows = sql.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.text("name")?, TelegrafId(row.id("id")?)))).collect()
}

/// Returns those of `ids` that exist, in the order of ids.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_ids(connection: &mut Connection, ids: impl IntoIterator<Item = TelegrafId>) -> Result<Vec<Telegraf>> {
    let mut sql = Sql::new("SELECT * FROM telegrafs WHERE id IN ");
    sql.bind_ids(ids)?.push(" ORDER BY id");
    sql.fetch_all(connection).await?.iter().map(telegraf).collect()
}

/// Returns the ids of the configurations that a caller may read, of one organization or of all, with the size of their
/// texts and metadata in bytes: up to `limit` after another one, in the order of ids.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn sizes(
    connection: &mut Connection,
    across: &Across,
    org: Option<OrgId>,
    after: Option<TelegrafId>,
    limit: i64,
) -> Result<Vec<(TelegrafId, i64)>> {
    let mut sql = Sql::new(
        "SELECT id, CAST(OCTET_LENGTH(config) + COALESCE(OCTET_LENGTH(metadata), 0) AS BIGINT) AS size \
         FROM telegrafs WHERE 1 = 1",
    );
    across.push(&mut sql)?;
    if let Some(org) = org {
        sql.push(" AND org_id = ").bind(from_id(org))?;
    }
    if let Some(after) = after {
        sql.push(" AND id > ").bind(from_id(after))?;
    }
    sql.push(" ORDER BY id LIMIT ").bind(limit)?;
    let rows = sql.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((TelegrafId(row.id("id")?), row.number("size")?))).collect()
}

/// A search of the console: an organization's configurations that the caller may read and whose name contains `part`
/// (folded).
pub struct Search<'a> {
    /// The organization of the configurations.
    pub org: OrgId,
    /// A folded part of the name; empty for all.
    pub part: &'a str,
    /// Restricts to configurations that the caller may read.
    pub within: &'a ResourceScope,
    /// Number of configurations to skip.
    pub offset: i64,
    /// Maximum number of configurations.
    pub limit: i64,
}

/// Returns the configurations that a search finds, in the order of folded names, without their texts.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn search(connection: &mut Connection, search: &Search<'_>) -> Result<Vec<Head>> {
    let mut sql = Sql::new(HEAD);
    push_search(&mut sql, search.org, search.part, search.within)?;
    sql.push(" ORDER BY name_key, id LIMIT ").bind(search.limit)?;
    sql.push(" OFFSET ").bind(search.offset)?;
    sql.fetch_all(connection).await?.iter().map(head).collect()
}

/// Counts an organization's configurations that the caller may read and whose name contains `part` (folded).
///
/// # Errors
/// Fails if the database does.
pub async fn count(connection: &mut Connection, org: OrgId, part: &str, within: &ResourceScope) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) AS count FROM telegrafs");
    push_search(&mut sql, org, part, within)?;
    sql.fetch_one(connection).await?.number("count")
}

fn push_search(sql: &mut Sql, org: OrgId, part: &str, within: &ResourceScope) -> Result<()> {
    sql.push(" WHERE org_id = ").bind(from_id(org))?;
    if !part.is_empty() {
        sql.push(" AND name_key LIKE ").bind(contains(part))?.push(" ESCAPE '\\'");
    }
    within.push(sql)
}

/// Counts the live tokens with a permission on exactly each of these configurations; those without any are left out.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn token_counts(
    connection: &mut Connection,
    ids: impl IntoIterator<Item = TelegrafId>,
    now: Timestamp,
) -> Result<Vec<(TelegrafId, i64)>> {
    let mut sql = Sql::new(
        "SELECT grants.resource_id, COUNT(DISTINCT authorizations.id) AS count FROM grants \
         JOIN authorizations ON authorizations.id = grants.authorization_id \
         JOIN users ON users.id = authorizations.user_id \
         WHERE grants.resource_type = 'telegrafs' AND authorizations.kind = 'v2' AND authorizations.status = 'active' \
         AND authorizations.ended_at IS NULL AND users.status = 'active' \
         AND (authorizations.expires_at IS NULL OR authorizations.expires_at > ",
    );
    sql.bind(now.micros())?.push(") AND grants.resource_id IN ").bind_ids(ids)?.push(" GROUP BY grants.resource_id");
    let rows = sql.fetch_all(connection).await?;
    rows.iter().map(|row| Ok((TelegrafId(row.id("resource_id")?), row.number("count")?))).collect()
}

/// Deletes a configuration.
///
/// # Errors
/// Fails if the database does.
pub async fn delete(connection: &mut Connection, id: TelegrafId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM telegrafs WHERE id = $1").bind(from_id(id))).await?;
    Ok(())
}

/// Deletes an organization's configurations.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_of_org(connection: &mut Connection, org: OrgId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM telegrafs WHERE org_id = $1").bind(from_id(org))).await?;
    Ok(())
}
