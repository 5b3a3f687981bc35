//! DBRP mappings.

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{BucketId, Dbrp, DbrpId, OrgId};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
};

fn dbrp(row: &AnyRow) -> Result<Dbrp> {
    Ok(Dbrp {
        id: DbrpId(row.id("id")?),
        org: OrgId(row.id("org_id")?),
        bucket: BucketId(row.id("bucket_id")?),
        database: row.text("database_name")?,
        retention_policy: row.text("retention_policy")?,
        is_default: row.number("is_default")? == 1,
        is_virtual: false,
    })
}

/// Inserts a mapping. Returns false if the organization has one for this database and retention policy.
///
/// # Errors
/// Fails if the database does.
pub async fn insert(connection: &mut Connection, new: &Dbrp) -> Result<bool> {
    Ok(sqlx::query(
        "INSERT INTO dbrps (id, org_id, bucket_id, database_name, retention_policy, is_default) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(from_id(new.id))
    .bind(from_id(new.org))
    .bind(from_id(new.bucket))
    .bind(&new.database)
    .bind(&new.retention_policy)
    .bind(i64::from(new.is_default))
    .fetch_optional(connection)
    .await
    .map(|row| row.is_some())?)
}

/// Updates what can change of a mapping: the retention policy, and whether it is the default.
///
/// # Errors
/// Fails if the database does.
pub async fn update(connection: &mut Connection, changed: &Dbrp) -> Result<()> {
    let query = sqlx::query("UPDATE dbrps SET retention_policy = $2, is_default = $3 WHERE id = $1")
        .bind(from_id(changed.id))
        .bind(&changed.retention_policy)
        .bind(i64::from(changed.is_default));
    connection.execute(query).await?;
    Ok(())
}

/// Returns the mapping with this id.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn by_id(connection: &mut Connection, id: DbrpId) -> Result<Option<Dbrp>> {
    let row = sqlx::query("SELECT * FROM dbrps WHERE id = $1").bind(from_id(id)).fetch_optional(connection).await?;
    row.as_ref().map(dbrp).transpose()
}

/// Returns an organization's mappings, in the order of ids.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of_org(connection: &mut Connection, org: OrgId) -> Result<Vec<Dbrp>> {
    let query = sqlx::query("SELECT * FROM dbrps WHERE org_id = $1 ORDER BY id").bind(from_id(org));
    query.fetch_all(connection).await?.iter().map(dbrp).collect()
}

/// Returns the mappings of an organization's database, in the order of ids.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of_database(connection: &mut Connection, org: OrgId, database: &str) -> Result<Vec<Dbrp>> {
    let query = sqlx::query("SELECT * FROM dbrps WHERE org_id = $1 AND database_name = $2 ORDER BY id")
        .bind(from_id(org))
        .bind(database);
    query.fetch_all(connection).await?.iter().map(dbrp).collect()
}

/// Returns the mappings to a bucket, in the order of ids.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of_bucket(connection: &mut Connection, bucket: BucketId) -> Result<Vec<Dbrp>> {
    let query = sqlx::query("SELECT * FROM dbrps WHERE bucket_id = $1 ORDER BY id").bind(from_id(bucket));
    query.fetch_all(connection).await?.iter().map(dbrp).collect()
}

/// Deletes a mapping.
///
/// # Errors
/// Fails if the database does.
pub async fn delete(connection: &mut Connection, id: DbrpId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM dbrps WHERE id = $1").bind(from_id(id))).await?;
    Ok(())
}

/// Deletes an organization's mappings.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_of_org(connection: &mut Connection, org: OrgId) -> Result<()> {
    connection.execute(sqlx::query("DELETE FROM dbrps WHERE org_id = $1").bind(from_id(org))).await?;
    Ok(())
}
