//! Suspended buckets of gates for InfluxDB 2.

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{BucketId, OrgId, Timestamp};

use crate::{
    Connection, Result,
    columns::{Columns, from_id},
};

/// Suspends a bucket at a gate. Returns false if it is suspended there.
///
/// # Errors
/// Fails if the database does.
pub async fn insert(connection: &mut Connection, gate: &str, bucket: BucketId, now: Timestamp) -> Result<bool> {
    Ok(sqlx::query(
        "INSERT INTO gate_suspensions (gate, bucket_id, suspended_at) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING RETURNING bucket_id",
    )
    .bind(gate)
    .bind(from_id(bucket))
    .bind(now.micros())
    .fetch_optional(connection)
    .await
    .map(|row| row.is_some())?)
}

/// Returns the buckets that are suspended at a gate, in the order of ids.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of_gate(connection: &mut Connection, gate: &str) -> Result<Vec<BucketId>> {
    let query = sqlx::query("SELECT bucket_id FROM gate_suspensions WHERE gate = $1 ORDER BY bucket_id").bind(gate);
    query.fetch_all(connection).await?.iter().map(|row| row.id("bucket_id").map(BucketId)).collect()
}

/// Returns the buckets that are suspended at a gate with the time of the suspension, in the order of ids.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn times_of_gate(connection: &mut Connection, gate: &str) -> Result<Vec<(BucketId, Timestamp)>> {
    let query = sqlx::query("SELECT bucket_id, suspended_at FROM gate_suspensions WHERE gate = $1 ORDER BY bucket_id");
    query.bind(gate).fetch_all(connection).await?.iter().map(timed).collect()
}

fn timed(row: &AnyRow) -> Result<(BucketId, Timestamp)> {
    Ok((BucketId(row.id("bucket_id")?), row.time("suspended_at")?))
}

/// Ends the suspension of a bucket at a gate. Returns false if it is not suspended there.
///
/// # Errors
/// Fails if the database does.
pub async fn delete(connection: &mut Connection, gate: &str, bucket: BucketId) -> Result<bool> {
    let query = sqlx::query("DELETE FROM gate_suspensions WHERE gate = $1 AND bucket_id = $2 RETURNING bucket_id")
        .bind(gate)
        .bind(from_id(bucket));
    Ok(query.fetch_optional(connection).await.map(|row| row.is_some())?)
}

/// Deletes the suspensions of a bucket.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_of_bucket(connection: &mut Connection, bucket: BucketId) -> Result<()> {
    let query = sqlx::query("DELETE FROM gate_suspensions WHERE bucket_id = $1").bind(from_id(bucket));
    connection.execute(query).await?;
    Ok(())
}

/// Deletes the suspensions of an organization's buckets. The buckets must still be there.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_of_org(connection: &mut Connection, org: OrgId) -> Result<()> {
    let query = sqlx::query(
        "DELETE FROM gate_suspensions WHERE bucket_id IN (SELECT buckets.id FROM buckets WHERE buckets.org_id = $1)",
    )
    .bind(from_id(org));
    connection.execute(query).await?;
    Ok(())
}
