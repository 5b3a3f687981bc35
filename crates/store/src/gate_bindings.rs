//! Bindings of buckets to the databases behind gates.

use std::collections::BTreeSet;

use sqlx::{Executor as _, any::AnyRow};

use jeton_model::{
    BucketId, OrgId, Timestamp,
    binding::{GateBinding, Upstream},
};

use crate::{
    Connection, Result,
    columns::{Columns, corrupt, from_id},
};

/// A query of bindings and their buckets, with conditions and an order.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT gate_bindings.gate, gate_bindings.bucket_id, gate_bindings.upstream, gate_bindings.database_name, \
             gate_bindings.policy, gate_bindings.suspended_at, gate_bindings.created_at, gate_bindings.updated_at, \
             buckets.name AS bucket_name, buckets.org_id AS org_id \
             FROM gate_bindings JOIN buckets ON buckets.id = gate_bindings.bucket_id WHERE ",
            $condition
        )
    };
}

fn binding(row: &AnyRow) -> Result<GateBinding> {
    let upstream: Upstream = row.text("upstream")?.parse().map_err(|_| corrupt("upstream: not an address"))?;
    Ok(GateBinding {
        gate: row.text("gate")?,
        bucket: BucketId(row.id("bucket_id")?),
        bucket_name: row.text("bucket_name")?,
        org: OrgId(row.id("org_id")?),
        upstream,
        database: row.text("database_name")?,
        policy: Some(row.text("policy")?).filter(|policy| !policy.is_empty()),
        suspended_at: row.optional_time("suspended_at")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Inserts a binding. Returns false if the gate has one for the bucket, or for the database and retention policy.
///
/// # Errors
/// Fails if the database does.
pub async fn insert(connection: &mut Connection, new: &GateBinding) -> Result<bool> {
    Ok(sqlx::query(
        "INSERT INTO gate_bindings (gate, bucket_id, upstream, database_name, policy, suspended_at, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING bucket_id",
    )
    .bind(&new.gate)
    .bind(from_id(new.bucket))
    .bind(new.upstream.as_str())
    .bind(&new.database)
    .bind(new.policy.as_deref().unwrap_or_default())
    .bind(new.suspended_at.map(Timestamp::micros))
    .bind(new.created_at.micros())
    .bind(new.updated_at.micros())
    .fetch_optional(connection)
    .await
    .map(|row| row.is_some())?)
}

/// Returns a gate's binding of a bucket.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn one(connection: &mut Connection, gate: &str, bucket: BucketId) -> Result<Option<GateBinding>> {
    let query = sqlx::query(select!("gate_bindings.gate = $1 AND gate_bindings.bucket_id = $2"))
        .bind(gate)
        .bind(from_id(bucket));
    query.fetch_optional(connection).await?.as_ref().map(binding).transpose()
}

/// Returns all bindings, in the order of gates, databases and retention policies.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn all(connection: &mut Connection) -> Result<Vec<GateBinding>> {
    let query =
        sqlx::query(select!("1 = 1 ORDER BY gate_bindings.gate, gate_bindings.database_name, gate_bindings.policy"));
    query.fetch_all(connection).await?.iter().map(binding).collect()
}

/// Returns a gate's bindings, in the order of databases and retention policies.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of_gate(connection: &mut Connection, gate: &str) -> Result<Vec<GateBinding>> {
    let query =
        sqlx::query(select!("gate_bindings.gate = $1 ORDER BY gate_bindings.database_name, gate_bindings.policy"))
            .bind(gate);
    query.fetch_all(connection).await?.iter().map(binding).collect()
}

/// Returns the bindings of a bucket, in the order of gates.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of_bucket(connection: &mut Connection, bucket: BucketId) -> Result<Vec<GateBinding>> {
    let query = sqlx::query(select!("gate_bindings.bucket_id = $1 ORDER BY gate_bindings.gate")).bind(from_id(bucket));
    query.fetch_all(connection).await?.iter().map(binding).collect()
}

/// Returns the bindings of the databases with a name, of every gate and upstream.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn of_database(connection: &mut Connection, database: &str) -> Result<Vec<GateBinding>> {
    let query =
        sqlx::query(select!("gate_bindings.database_name = $1 ORDER BY gate_bindings.gate, gate_bindings.policy"))
            .bind(database);
    query.fetch_all(connection).await?.iter().map(binding).collect()
}

/// Returns the buckets of a gate whose database is known to have existed since they were bound or last confirmed.
///
/// # Errors
/// Fails if the database does, or if a row holds a value that can't be decoded.
pub async fn seen_of_gate(connection: &mut Connection, gate: &str) -> Result<BTreeSet<BucketId>> {
    let query = sqlx::query("SELECT bucket_id FROM gate_bindings WHERE gate = $1 AND seen_at IS NOT NULL").bind(gate);
    query.fetch_all(connection).await?.iter().map(|row| row.id("bucket_id").map(BucketId)).collect()
}

/// Records since when the database of a binding is known to exist; `None`: it is not known.
///
/// # Errors
/// Fails if the database does.
pub async fn set_seen(
    connection: &mut Connection,
    gate: &str,
    bucket: BucketId,
    seen_at: Option<Timestamp>,
) -> Result<()> {
    let query = sqlx::query("UPDATE gate_bindings SET seen_at = $3 WHERE gate = $1 AND bucket_id = $2")
        .bind(gate)
        .bind(from_id(bucket))
        .bind(seen_at.map(Timestamp::micros));
    connection.execute(query).await?;
    Ok(())
}

/// Updates what can change of a binding: its upstream, its suspension and the time of the last change.
///
/// # Errors
/// Fails if the database does.
pub async fn update(connection: &mut Connection, changed: &GateBinding) -> Result<()> {
    let query = sqlx::query(
        "UPDATE gate_bindings SET upstream = $3, suspended_at = $4, updated_at = $5 WHERE gate = $1 AND bucket_id = $2",
    )
    .bind(&changed.gate)
    .bind(from_id(changed.bucket))
    .bind(changed.upstream.as_str())
    .bind(changed.suspended_at.map(Timestamp::micros))
    .bind(changed.updated_at.micros());
    connection.execute(query).await?;
    Ok(())
}

/// Deletes a gate's binding of a bucket.
///
/// # Errors
/// Fails if the database does.
pub async fn delete(connection: &mut Connection, gate: &str, bucket: BucketId) -> Result<()> {
    let query =
        sqlx::query("DELETE FROM gate_bindings WHERE gate = $1 AND bucket_id = $2").bind(gate).bind(from_id(bucket));
    connection.execute(query).await?;
    Ok(())
}

/// Deletes the bindings of an organization's buckets. The buckets must still be there.
///
/// # Errors
/// Fails if the database does.
pub async fn delete_of_org(connection: &mut Connection, org: OrgId) -> Result<()> {
    let query = sqlx::query(
        "DELETE FROM gate_bindings WHERE bucket_id IN (SELECT buckets.id FROM buckets WHERE buckets.org_id = $1)",
    )
    .bind(from_id(org));
    connection.execute(query).await?;
    Ok(())
}
