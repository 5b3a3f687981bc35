//! Suspension of buckets whose database vanished or changed, until an operator confirms.

use jeton_model::{
    Bucket, BucketId, Timestamp,
    binding::{Comparison, FoundBucket, FoundDatabase, GateIdentity, compare_buckets, compare_databases},
    bucket::{BucketKind, check_bucket_name},
};
use jeton_store::Connection;

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::{
            Change,
            buckets::BucketState,
            gates::{BindingState, SuspendedBucket},
        },
    },
    error::{BucketError, GateError},
    fold,
    transaction::AuditedTransaction,
};

use super::{
    binding::{bound_at, bucket_of, check_free, check_renamable},
    directory::{bindings_of, buckets_of},
    operator::check_operator,
};

/// The databases or buckets that an upstream has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The databases of InfluxDB 1.x, InfluxDB 3 Core or VictoriaMetrics.
    Databases(Vec<FoundDatabase>),
    /// The buckets of the organization in InfluxDB 2.
    Buckets(Vec<FoundBucket>),
}

/// The reason why there is no list of what an upstream has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotListed {
    /// The upstream gave no valid list.
    NoList,
    /// InfluxDB 2 did not list every bucket.
    Incomplete,
}

impl Found {
    /// Returns the databases that an upstream listed; `None`: it gave no valid list.
    ///
    /// # Errors
    /// [`NotListed::NoList`].
    pub fn of_databases(listed: Option<Vec<FoundDatabase>>) -> Result<Self, NotListed> {
        listed.map(Self::Databases).ok_or(NotListed::NoList)
    }

    /// Returns the buckets that an InfluxDB 2 listed of an organization; `None`: it gave no valid list. Each
    /// organization there has system buckets, which nobody can delete: they are missing in the list for a credential of
    /// another organization or with permissions on some buckets alone, and for an organization that is unknown.
    ///
    /// # Errors
    /// [`NotListed`].
    pub fn of_buckets(listed: Option<Vec<Bucket>>) -> Result<Self, NotListed> {
        let listed = listed.ok_or(NotListed::NoList)?;
        if !listed.iter().any(|bucket| bucket.kind == BucketKind::System) {
            return Err(NotListed::Incomplete);
        }
        Ok(Self::Buckets(listed.into_iter().map(FoundBucket::from).collect()))
    }
}

impl Service {
    /// Compares what is bound with the complete list of what the upstream has, and suspends the buckets of what
    /// vanished or changed. The answer lists the newly suspended ones and what is unknown here. `asked_at` is the time
    /// at which the list was requested; what changed here since then is not judged.
    ///
    /// # Errors
    /// Those of [`Service::check_comparison`]; [`GateError::OtherKind`] if the list is that of another kind of database;
    /// the database may fail.
    pub async fn sync_gate(
        &self,
        caller: &Caller,
        gate: &GateIdentity,
        found: &Found,
        asked_at: Timestamp,
    ) -> Result<Comparison, Error> {
        self.check_comparison(caller)?;
        let compared = compare(&mut *self.read().await?, gate, found, asked_at).await?;
        if compared.vanished.is_empty() {
            return Ok(compared);
        }
        let (mut change, caller) = self.begin(caller).await?;
        self.check_comparison(&caller)?;
        // An operator may have confirmed or unbound before the write lock was taken.
        let compared = compare(&mut change, gate, found, asked_at).await?;
        suspend(&mut change, gate, &compared.vanished).await?;
        change.commit().await?;
        Ok(compared)
    }

    /// Makes a suspended bucket available again. Only operators without limits confirm: the tokens of the bucket get
    /// access to whatever the database holds now. A bucket of InfluxDB 2 takes over the name that it has `there`, if
    /// InfluxDB told it: otherwise it would be suspended again.
    ///
    /// # Errors
    /// [`GateError::OperatorRequired`], [`GateError::LimitedOperator`]; `BucketError::NotFound`,
    /// [`GateError::NotBound`], [`GateError::NotSuspended`], [`GateError::DatabaseTaken`];
    /// `BucketError::NameNotUnique` and those of an invalid name, if the bucket cannot have the name here; the database
    /// may fail.
    pub async fn confirm_bucket(
        &self,
        caller: &Caller,
        gate: &GateIdentity,
        bucket: BucketId,
        there: Option<&str>,
    ) -> Result<(), Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let now = change.now;
        check_operator(&mut change, &caller, now).await?;
        confirm(&mut change, gate, bucket).await?;
        if let Some(name) = there.filter(|_| !gate.kind.has_bindings()) {
            take_name(&mut change, gate, bucket, name).await?;
        }
        change.commit().await
    }
}

/// Confirms a bucket in a transaction of someone who may.
///
/// # Errors
/// Those of [`Service::confirm_bucket`] but for the caller's.
pub(super) async fn confirm(
    change: &mut AuditedTransaction,
    gate: &GateIdentity,
    bucket: BucketId,
) -> Result<(), Error> {
    let bucket = bucket_of(change, gate, bucket).await?;
    if gate.kind.has_bindings() {
        confirm_binding(change, gate, &bucket).await
    } else {
        confirm_upstream_bucket(change, gate, &bucket).await
    }
}

async fn confirm_binding(change: &mut AuditedTransaction, gate: &GateIdentity, bucket: &Bucket) -> Result<(), Error> {
    let mut bound = bound_at(change, &gate.name, bucket.id).await?;
    if !bound.is_suspended(gate) {
        return Err(not_suspended(bucket));
    }
    bound.upstream = gate.upstream.clone();
    bound.suspended_at = None;
    bound.updated_at = change.now;
    check_free(change, &bound).await?;
    jeton_store::gate_bindings::update(change, &bound).await?;
    // A database that does not exist is confirmed, too: it has not vanished until it was seen again.
    jeton_store::gate_bindings::set_seen(change, &bound.gate, bound.bucket, None).await?;
    change.record(Event::BucketConfirmed, Some(bound.org), bound.bucket, BindingState::of(&bound)).await
}

async fn confirm_upstream_bucket(
    change: &mut AuditedTransaction,
    gate: &GateIdentity,
    bucket: &Bucket,
) -> Result<(), Error> {
    if !jeton_store::gate_suspensions::delete(change, &gate.name, bucket.id).await? {
        return Err(not_suspended(bucket));
    }
    let detail = SuspendedBucket { name: &bucket.name, gate: &gate.name };
    change.record(Event::BucketConfirmed, Some(bucket.org), bucket.id, detail).await
}

/// Gives a bucket the name that it has in InfluxDB.
///
/// # Errors
/// `BucketError::NotFound`, `BucketError::NameNotUnique` and those of an invalid name, before any change; the database
/// may fail.
pub(super) async fn take_name(
    change: &mut AuditedTransaction,
    gate: &GateIdentity,
    bucket: BucketId,
    name: &str,
) -> Result<(), Error> {
    let before = bucket_of(change, gate, bucket).await?;
    if before.name == name {
        return Ok(());
    }
    check_bucket_name(name)?;
    if jeton_store::buckets::by_name(change, gate.org, name).await?.is_some() {
        return Err(Error::Bucket(BucketError::NameNotUnique));
    }
    check_renamable(change, bucket).await?;
    let after = Bucket { name: name.to_owned(), updated_at: change.now, ..before.clone() };
    jeton_store::buckets::update(change, &after, &fold(&after.name)).await?;
    let changed = Change { before: BucketState::of(&before), after: BucketState::of(&after) };
    change.record(Event::BucketUpdated, Some(after.org), bucket, changed).await
}

fn not_suspended(bucket: &Bucket) -> Error {
    Error::Gate(GateError::NotSuspended { bucket: bucket.name.clone() })
}

/// Compares a gate with what its upstream has.
///
/// # Errors
/// [`GateError::OtherKind`]; the database may fail.
pub(super) async fn compare(
    connection: &mut Connection,
    gate: &GateIdentity,
    found: &Found,
    asked_at: Timestamp,
) -> Result<Comparison, Error> {
    match found {
        Found::Databases(found) if gate.kind.has_bindings() => {
            let bindings = bindings_of(connection, gate).await?;
            Ok(compare_databases(gate.kind, &bindings, found, asked_at))
        }
        Found::Buckets(found) if !gate.kind.has_bindings() => {
            let buckets = buckets_of(connection, gate.org).await?;
            let suspended = jeton_store::gate_suspensions::of_gate(connection, &gate.name).await?;
            Ok(compare_buckets(&buckets, &suspended, found, asked_at))
        }
        Found::Databases(_) | Found::Buckets(_) => Err(Error::Gate(GateError::OtherKind)),
    }
}

/// Suspends buckets, unless they are suspended or not bound.
///
/// # Errors
/// The database may fail.
pub(super) async fn suspend(
    change: &mut AuditedTransaction,
    gate: &GateIdentity,
    buckets: &[BucketId],
) -> Result<(), Error> {
    for bucket in buckets {
        if gate.kind.has_bindings() {
            suspend_binding(change, gate, *bucket).await?;
        } else {
            suspend_upstream_bucket(change, gate, *bucket).await?;
        }
    }
    Ok(())
}

async fn suspend_binding(change: &mut AuditedTransaction, gate: &GateIdentity, bucket: BucketId) -> Result<(), Error> {
    let bound = jeton_store::gate_bindings::one(change, &gate.name, bucket).await?;
    let Some(mut bound) = bound.filter(|bound| bound.org == gate.org && bound.suspended_at.is_none()) else {
        return Ok(());
    };
    bound.suspended_at = Some(change.now);
    jeton_store::gate_bindings::update(change, &bound).await?;
    change.record(Event::BucketSuspended, Some(bound.org), bucket, BindingState::of(&bound)).await
}

async fn suspend_upstream_bucket(
    change: &mut AuditedTransaction,
    gate: &GateIdentity,
    bucket: BucketId,
) -> Result<(), Error> {
    let found = jeton_store::buckets::by_id(change, bucket).await?;
    let Some(bucket) = found.filter(|bucket| bucket.org == gate.org) else { return Ok(()) };
    let now = change.now;
    if !jeton_store::gate_suspensions::insert(change, &gate.name, bucket.id, now).await? {
        return Ok(());
    }
    let detail = SuspendedBucket { name: &bucket.name, gate: &gate.name };
    change.record(Event::BucketSuspended, Some(bucket.org), bucket.id, detail).await
}
