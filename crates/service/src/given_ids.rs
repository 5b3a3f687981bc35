//! Organizations and buckets of an InfluxDB 2, which keep their ids when an import or an adoption creates them here.

use jeton_model::{
    Bucket, BucketId, Org, OrgId, ValidationError,
    bucket::{BucketKind, Retention, check_bucket_name},
    org::check_org_name,
    telegraf::MAX_CONFIG,
    user::{MAX_NAME, check_text},
};
use jeton_store::Connection;

use crate::{
    Error,
    audit::{Event, detail::Named, tombstones},
    fold,
    transaction::AuditedTransaction,
};

/// The records here that an organization with a given id meets.
pub(crate) enum OrgStanding {
    /// Nothing: it can be created.
    Absent,
    /// Itself.
    Present(Org),
    /// Its deletion, which is not undone.
    Deleted,
    /// Another organization of its name.
    NameTaken(OrgId),
}

/// The records here that a bucket with a given id meets.
pub(crate) enum BucketStanding {
    /// Nothing: it can be created in its organization.
    Absent,
    /// Itself.
    Present,
    /// Its deletion, which is not undone.
    Deleted,
    /// Another bucket of the organization with its name.
    NameTaken(BucketId),
    /// A bucket of another organization with its id.
    Elsewhere(OrgId),
}

/// Returns what an organization finds here.
///
/// # Errors
/// The database may fail.
pub(crate) async fn standing_of_org(connection: &mut Connection, org: &Org) -> Result<OrgStanding, Error> {
    if let Some(here) = jeton_store::orgs::by_id(connection, org.id).await? {
        return Ok(OrgStanding::Present(here));
    }
    if tombstones::is_deleted(connection, Event::OrgDeleted, org.id.into()).await? {
        return Ok(OrgStanding::Deleted);
    }
    let other = jeton_store::orgs::by_name(connection, &org.name).await?;
    Ok(other.map_or(OrgStanding::Absent, |other| OrgStanding::NameTaken(other.id)))
}

/// Returns what a bucket finds here.
///
/// # Errors
/// The database may fail.
pub(crate) async fn standing_of_bucket(connection: &mut Connection, bucket: &Bucket) -> Result<BucketStanding, Error> {
    if let Some(here) = jeton_store::buckets::by_id(connection, bucket.id).await? {
        let is_same = here.org == bucket.org;
        return Ok(if is_same { BucketStanding::Present } else { BucketStanding::Elsewhere(here.org) });
    }
    if tombstones::is_deleted(connection, Event::BucketDeleted, bucket.id.into()).await? {
        return Ok(BucketStanding::Deleted);
    }
    let other = jeton_store::buckets::by_name(connection, bucket.org, &bucket.name).await?;
    Ok(other.map_or(BucketStanding::Absent, |other| BucketStanding::NameTaken(other.id)))
}

/// Creates an organization that is absent, without system buckets: they would have other ids than its own.
///
/// # Errors
/// The database may fail.
pub(crate) async fn create_org(change: &mut AuditedTransaction, org: &Org) -> Result<(), Error> {
    jeton_store::orgs::insert(change, org, &fold(&org.name)).await?;
    change.record(Event::OrgCreated, Some(org.id), org.id, Named { name: &org.name }).await
}

/// Creates a bucket that is absent.
///
/// # Errors
/// The database may fail.
pub(crate) async fn create_bucket(change: &mut AuditedTransaction, bucket: &Bucket) -> Result<(), Error> {
    jeton_store::buckets::insert(change, bucket, &fold(&bucket.name)).await?;
    change.record(Event::BucketCreated, Some(bucket.org), bucket.id, Named { name: &bucket.name }).await
}

/// Rejects an organization that cannot exist here.
///
/// # Errors
/// Those of an invalid name or description.
pub(crate) fn check_org(org: &Org) -> Result<(), ValidationError> {
    check_org_name(&org.name)?;
    check_description(&org.description)
}

/// Rejects a bucket that cannot exist here.
///
/// # Errors
/// Those of an invalid name, description or retention.
pub(crate) fn check_bucket(bucket: &Bucket) -> Result<(), ValidationError> {
    match bucket.kind {
        BucketKind::User => check_bucket_name(&bucket.name)?,
        // Their names begin with an underscore.
        BucketKind::System => check_text("name", &bucket.name, MAX_NAME)?,
    }
    check_description(&bucket.description)?;
    check_text("rp", &bucket.retention_policy, MAX_NAME)?;
    Retention::new(bucket.retention.every, bucket.retention.shard_group).map(drop)
}

/// Rejects only descriptions that no database could store: influxd sets no limit, and a long description is no reason
/// to skip a record.
///
/// # Errors
/// [`ValidationError::TextTooLong`], [`ValidationError::TextNul`].
pub(crate) fn check_description(description: &str) -> Result<(), ValidationError> {
    check_text("description", description, MAX_CONFIG)
}
