//! Binding of buckets to databases, and the end of it.

use jeton_model::{
    Action, Bucket, BucketId, OrgId, Permission, ResourceType,
    binding::{ExistingData, GateBinding, GateIdentity, Upstream, check_gate_name, check_place, is_reserved},
    bucket::BucketKind,
};
use jeton_store::Connection;

use crate::{
    Caller, Error, Service,
    audit::{Event, detail::gates::BindingState},
    auth::required_permissions,
    error::{BucketError, GateError},
    transaction::AuditedTransaction,
};

use super::operator::check_operator;

/// A binding to create.
#[derive(Clone, Debug)]
pub struct NewBinding {
    /// The bucket, of the gate's organization.
    pub bucket: BucketId,
    /// The name of the database.
    pub database: String,
    /// The retention policy; `None` for all of those that have no binding of their own.
    pub policy: Option<String>,
    /// The state of the place, as far as the upstream was asked: the retention policy, or without one the
    /// database with all of its policies.
    pub existing: ExistingData,
}

impl Service {
    /// Lists the bindings of a gate whose buckets the caller may read.
    ///
    /// # Errors
    /// Those of an invalid name; the database may fail.
    pub async fn gate_bindings(&self, caller: &Caller, gate: &str) -> Result<Vec<GateBinding>, Error> {
        check_gate_name(gate)?;
        let mut reader = self.read().await?;
        let mut bindings = jeton_store::gate_bindings::of_gate(&mut reader, gate).await?;
        let reads = |one: &GateBinding| Permission::on_in(Action::Read, ResourceType::Buckets, one.bucket, one.org);
        bindings.retain(|one| caller.may(&reads(one)));
        Ok(bindings)
    }

    /// Binds a bucket to a database. A caller who may write the organization's buckets binds one to an empty place;
    /// only an operator without limits binds one to a place that holds data, or may hold some.
    ///
    /// # Errors
    /// [`GateError::NoBindings`] for InfluxDB 2; [`BucketError::NotFound`], [`GateError::ReservedBucket`],
    /// [`GateError::AlreadyBound`], [`GateError::DatabaseTaken`] and the errors of an invalid name;
    /// [`GateError::OperatorRequired`], [`GateError::LimitedOperator`], `AuthError::Unauthorized`; the database may
    /// fail.
    pub async fn bind_bucket(
        &self,
        caller: &Caller,
        gate: &GateIdentity,
        new: NewBinding,
    ) -> Result<GateBinding, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        caller.check(required_permissions::buckets(Action::Write, gate.org))?;
        if new.existing != ExistingData::Absent {
            let now = change.now;
            check_operator(&mut change, &caller, now).await?;
        }
        let bound = bind(&mut change, gate, new).await?;
        change.commit().await?;
        Ok(bound)
    }

    /// Ends the binding of a bucket: its data are no longer accessible through the gate. Only an operator without
    /// limits unbinds a suspended bucket, or one whose data would thereby belong to another bucket of the database.
    ///
    /// # Errors
    /// [`GateError::NotBound`] and the errors of an invalid name; [`GateError::OperatorRequired`],
    /// [`GateError::LimitedOperator`], `AuthError::Unauthorized`; the database may fail.
    pub async fn unbind_bucket(&self, caller: &Caller, gate: &str, bucket: BucketId) -> Result<GateBinding, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let bound = bound_at(&mut change, gate, bucket).await?;
        caller.check(required_permissions::buckets(Action::Write, bound.org))?;
        if bound.suspended_at.is_some() || falls_to_another(&mut change, &bound).await? {
            let now = change.now;
            check_operator(&mut change, &caller, now).await?;
        }
        unbind(&mut change, &bound).await?;
        change.commit().await?;
        Ok(bound)
    }
}

/// Binds a bucket in a transaction of someone who may.
///
/// # Errors
/// Those of [`Service::bind_bucket`] but for the caller's.
pub(super) async fn bind(
    change: &mut AuditedTransaction,
    gate: &GateIdentity,
    new: NewBinding,
) -> Result<GateBinding, Error> {
    let bucket = bucket_of(change, gate, new.bucket).await?;
    check(gate, &bucket, &new)?;
    if jeton_store::gate_bindings::one(change, &gate.name, bucket.id).await?.is_some() {
        return Err(Error::Gate(GateError::AlreadyBound { bucket: bucket.name }));
    }
    let existing = new.existing;
    let bound = GateBinding {
        gate: gate.name.clone(),
        bucket: bucket.id,
        bucket_name: bucket.name,
        org: bucket.org,
        upstream: gate.upstream.clone(),
        database: new.database,
        policy: new.policy,
        suspended_at: None,
        created_at: change.now,
        updated_at: change.now,
    };
    check_free(change, &bound).await?;
    if !jeton_store::gate_bindings::insert(change, &bound).await? {
        return Err(taken(&bound));
    }
    if existing == ExistingData::Present {
        jeton_store::gate_bindings::set_seen(change, &bound.gate, bound.bucket, Some(bound.created_at)).await?;
    }
    let detail = BindingState::of_new(&bound, existing);
    change.record(Event::BucketBound, Some(bound.org), bound.bucket, detail).await?;
    Ok(bound)
}

/// Ends a binding in a transaction of someone who may.
///
/// # Errors
/// The database may fail.
pub(super) async fn unbind(change: &mut AuditedTransaction, bound: &GateBinding) -> Result<(), Error> {
    jeton_store::gate_bindings::delete(change, &bound.gate, bound.bucket).await?;
    change.record(Event::BucketUnbound, Some(bound.org), bound.bucket, BindingState::of(bound)).await
}

/// Ends every binding and suspension of a bucket that is about to be deleted.
///
/// # Errors
/// [`GateError::OperatorRequired`] or [`GateError::LimitedOperator`] if its data would belong to another bucket; the
/// database may fail.
pub(crate) async fn unbind_deleted(
    change: &mut AuditedTransaction,
    caller: &Caller,
    bucket: BucketId,
) -> Result<(), Error> {
    let now = change.now;
    for bound in jeton_store::gate_bindings::of_bucket(change, bucket).await? {
        if falls_to_another(change, &bound).await? {
            check_operator(change, caller, now).await?;
        }
        unbind(change, &bound).await?;
    }
    Ok(jeton_store::gate_suspensions::delete_of_bucket(change, bucket).await?)
}

/// Denies to rename a bucket while it is bound: its clients know the database by the bucket's name.
///
/// # Errors
/// [`GateError::BoundBucketRenamed`]; the database may fail.
pub(crate) async fn check_renamable(connection: &mut Connection, bucket: BucketId) -> Result<(), Error> {
    match jeton_store::gate_bindings::of_bucket(connection, bucket).await?.into_iter().next() {
        None => Ok(()),
        Some(bound) => Err(Error::Gate(GateError::BoundBucketRenamed { database: bound.place(), gate: bound.gate })),
    }
}

/// A gate's binding of a bucket.
///
/// # Errors
/// [`GateError::NotBound`], also for a name that no gate may have; the database may fail.
pub(super) async fn bound_at(connection: &mut Connection, gate: &str, bucket: BucketId) -> Result<GateBinding, Error> {
    let not_bound = || Error::Gate(GateError::NotBound { gate: gate.into() });
    check_gate_name(gate).map_err(|_| not_bound())?;
    let bound = jeton_store::gate_bindings::one(connection, gate, bucket).await?;
    bound.ok_or_else(not_bound)
}

/// A bucket of the gate's organization.
///
/// # Errors
/// [`BucketError::NotFound`]; the database may fail.
pub(super) async fn bucket_of(
    connection: &mut Connection,
    gate: &GateIdentity,
    bucket: BucketId,
) -> Result<Bucket, Error> {
    let found = jeton_store::buckets::by_id(connection, bucket).await?;
    found.filter(|bucket| bucket.org == gate.org).ok_or(Error::Bucket(BucketError::NotFound))
}

fn check(gate: &GateIdentity, bucket: &Bucket, new: &NewBinding) -> Result<(), Error> {
    if !gate.kind.has_bindings() {
        return Err(Error::Gate(GateError::NoBindings));
    }
    check_gate_name(&gate.name)?;
    check_place(gate.kind, &new.database, new.policy.as_deref())?;
    if bucket.kind == BucketKind::System || is_reserved(&bucket.name) {
        return Err(Error::Gate(GateError::ReservedBucket { bucket: bucket.name.clone() }));
    }
    Ok(())
}

/// Denies a place that another bucket has. All retention policies of a database belong to one gate and one
/// organization: a binding without a policy includes those that another gate would bind.
///
/// # Errors
/// [`GateError::DatabaseTaken`]; the database may fail.
pub(super) async fn check_free(connection: &mut Connection, wanted: &GateBinding) -> Result<(), Error> {
    let here = bindings_of_database(connection, &wanted.upstream, &wanted.database).await?;
    let is_same = |other: &GateBinding| other.gate == wanted.gate && other.bucket == wanted.bucket;
    let is_excluded = |other: &GateBinding| excludes(other, &wanted.gate, wanted.org, wanted.policy.as_deref());
    if here.iter().any(|other| !is_same(other) && is_excluded(other)) { Err(taken(wanted)) } else { Ok(()) }
}

/// Returns the bindings of an upstream's database, of every gate, in whatever spelling and scheme the gate has the
/// upstream.
///
/// # Errors
/// The database may fail.
pub(super) async fn bindings_of_database(
    connection: &mut Connection,
    upstream: &Upstream,
    database: &str,
) -> Result<Vec<GateBinding>, Error> {
    let mut named = jeton_store::gate_bindings::of_database(connection, database).await?;
    named.retain(|one| one.upstream.is_same(upstream));
    Ok(named)
}

/// Returns whether a binding of a database leaves no place in it for another bucket of this gate and organization.
pub(super) fn excludes(other: &GateBinding, gate: &str, org: OrgId, policy: Option<&str>) -> bool {
    other.gate != gate || other.org != org || other.policy.as_deref() == policy
}

fn taken(wanted: &GateBinding) -> Error {
    Error::Gate(GateError::DatabaseTaken { database: wanted.place() })
}

/// Returns whether another bucket would get the data if this binding ended: one that stands for all retention policies
/// without a binding of their own.
async fn falls_to_another(connection: &mut Connection, bound: &GateBinding) -> Result<bool, Error> {
    if bound.policy.is_none() {
        return Ok(false);
    }
    let here = jeton_store::gate_bindings::of_gate(connection, &bound.gate).await?;
    Ok(here.iter().any(|other| other.database == bound.database && other.policy.is_none()))
}
