//! The confirmation of all suspended buckets of a gate whose database is there again.

use std::collections::{BTreeMap, BTreeSet};

use jeton_model::{
    BucketId, OrgId, Timestamp,
    binding::{Confirmation, ConfirmationOutcome, GateBinding, GateIdentity, GateKind, found_bindings},
};
use jeton_store::Connection;

use crate::{Caller, Error, Service, error::GateError, transaction::AuditedTransaction};

use super::{
    adoption::AT_ONCE,
    directory::bindings_of,
    operator::check_operator,
    running::VisibleGate,
    suspension::{Found, confirm, take_name},
    upstream_suspended::suspended_places,
};

/// The buckets to confirm, each with the name that InfluxDB 2 has for it, if InfluxDB told it.
type There<'a> = BTreeMap<BucketId, Option<&'a str>>;

/// The state of a gate that an operator was shown before the confirmation of all its suspended buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownGate {
    /// The organization.
    pub org: OrgId,
    /// The address of the database.
    pub upstream: String,
    /// Time of the latest suspension among the suspended buckets; `None` if none of them has one, because the gate leads
    /// to another address than when they were bound.
    pub last_suspended: Option<Timestamp>,
}

impl ShownGate {
    /// Returns the time until when suspensions are confirmed. The browser sends what was shown, so that a time in the
    /// future gives nothing.
    fn until(&self, now: Timestamp) -> Timestamp {
        self.last_suspended.unwrap_or(Timestamp::from_micros(0)).min(now)
    }
}

impl Service {
    /// Returns the time until when suspensions at a gate are confirmed, before the database is asked: now, or that of
    /// the latest one that was shown.
    ///
    /// # Errors
    /// [`GateError::ChangedSinceShown`] if the gate has another database or organization than was shown.
    pub fn confirmed_until(&self, gate: &VisibleGate, shown: Option<&ShownGate>) -> Result<Timestamp, Error> {
        let now = self.now();
        let Some(shown) = shown else { return Ok(now) };
        if shown.org != gate.identity.org || shown.upstream != gate.running.upstream {
            return Err(Error::Gate(GateError::ChangedSinceShown { gate: gate.identity.name.clone() }));
        }
        Ok(shown.until(now))
    }

    /// Denies callers who may not confirm suspended buckets.
    ///
    /// # Errors
    /// [`GateError::OperatorRequired`]; [`GateError::LimitedOperator`]; the database may fail.
    pub async fn check_confirmation(&self, caller: &Caller) -> Result<(), Error> {
        let now = self.now();
        check_operator(&mut *self.read().await?, caller, now).await
    }

    /// Makes those suspended buckets of a gate available again whose database the upstream has, as
    /// [`Service::confirm_bucket`] does with one. Returns the outcome for each suspended bucket. `found`: the complete
    /// list of what the upstream has, `None` if it gave none. `until`: the time at which the list was requested, or an
    /// earlier one ([`Service::confirmed_until`]); what was suspended since stays suspended. Many are confirmed in
    /// several steps, because nobody else writes meanwhile.
    ///
    /// # Errors
    /// Those of [`Service::check_confirmation`]; [`GateError::NoList`]; [`GateError::OtherKind`] if the list is that of
    /// another kind of database; the database may fail. What earlier steps confirmed stays confirmed.
    pub async fn confirm_found(
        &self,
        caller: &Caller,
        gate: &GateIdentity,
        found: Option<&Found>,
        until: Timestamp,
    ) -> Result<Vec<Confirmation>, Error> {
        self.check_confirmation(caller).await?;
        let found = found.ok_or_else(|| Error::Gate(GateError::NoList { gate: gate.name.clone() }))?;
        let suspended = suspended_at(&mut *self.read().await?, gate).await?;
        let there = there_again(gate, &suspended, found, until)?;
        let (back, missing): (Vec<GateBinding>, Vec<GateBinding>) =
            suspended.into_iter().partition(|one| there.contains_key(&one.bucket));
        let mut done = Vec::with_capacity(back.len() + missing.len());
        for some in back.chunks(AT_ONCE) {
            let (mut change, caller) = self.begin_alone(caller).await?;
            let now = change.now;
            check_operator(&mut change, &caller, now).await?;
            // Another operator may have confirmed or unbound before the write lock was taken, and a gate may have
            // suspended anew.
            let requested: BTreeSet<BucketId> = some.iter().map(|one| one.bucket).collect();
            let mut suspended = suspended_at(&mut change, gate).await?;
            suspended.retain(|one| requested.contains(&one.bucket));
            let there = there_again(gate, &suspended, found, until)?;
            done.extend(confirm_some(&mut change, gate, suspended, &there).await?);
            change.commit().await?;
        }
        done.extend(missing.into_iter().map(|one| confirmation(one, ConfirmationOutcome::Missing)));
        Ok(done)
    }
}

/// Returns the suspended buckets of a gate, in the order of databases and retention policies. Those of InfluxDB 2 are
/// as if each were bound to the bucket with its name.
///
/// # Errors
/// The database may fail.
pub(super) async fn suspended_at(connection: &mut Connection, gate: &GateIdentity) -> Result<Vec<GateBinding>, Error> {
    if !gate.kind.has_bindings() {
        return suspended_places(connection, gate).await;
    }
    let mut bindings = bindings_of(connection, gate).await?;
    bindings.retain(|binding| binding.is_suspended(gate));
    Ok(bindings)
}

/// Confirms suspended buckets without a look at their database, in a transaction of someone who may. Returns the
/// outcome for each.
///
/// # Errors
/// The database may fail.
pub(super) async fn confirm_unseen(
    change: &mut AuditedTransaction,
    gate: &GateIdentity,
    suspended: Vec<GateBinding>,
) -> Result<Vec<Confirmation>, Error> {
    let all: There<'_> = suspended.iter().map(|one| (one.bucket, None)).collect();
    confirm_some(change, gate, suspended, &all).await
}

/// Returns those of the suspended buckets that the upstream has, and that were not suspended after a time. Nothing is
/// missing in VictoriaMetrics, where a database is a value of a label.
///
/// # Errors
/// [`GateError::OtherKind`].
fn there_again<'a>(
    gate: &GateIdentity,
    suspended: &[GateBinding],
    found: &'a Found,
    until: Timestamp,
) -> Result<There<'a>, Error> {
    let mut there: There<'a> = match found {
        Found::Databases(_) if gate.kind == GateKind::Victoriametrics => {
            suspended.iter().map(|one| (one.bucket, None)).collect()
        }
        Found::Databases(found) if gate.kind.has_bindings() => {
            found_bindings(suspended, found).into_iter().map(|one| (one.bucket, None)).collect()
        }
        Found::Buckets(found) if !gate.kind.has_bindings() => {
            found.iter().map(|one| (one.id, Some(one.name.as_str()))).collect()
        }
        Found::Databases(_) | Found::Buckets(_) => return Err(Error::Gate(GateError::OtherKind)),
    };
    let is_judged = |one: &&GateBinding| one.suspended_at.is_none_or(|at| at <= until);
    let judged: BTreeSet<BucketId> = suspended.iter().filter(is_judged).map(|one| one.bucket).collect();
    there.retain(|bucket, _| judged.contains(bucket));
    Ok(there)
}

/// Confirms those of the suspended buckets that are there.
async fn confirm_some(
    change: &mut AuditedTransaction,
    gate: &GateIdentity,
    suspended: Vec<GateBinding>,
    there: &There<'_>,
) -> Result<Vec<Confirmation>, Error> {
    let mut done = Vec::with_capacity(suspended.len());
    for mut one in suspended {
        let Some(name) = there.get(&one.bucket).copied() else {
            done.push(confirmation(one, ConfirmationOutcome::Missing));
            continue;
        };
        let outcome = outcome(confirm_one(change, gate, one.bucket, name).await)?;
        if let Some(name) = name.filter(|_| outcome == ConfirmationOutcome::Confirmed) {
            (one.bucket_name, one.database) = (name.to_owned(), name.to_owned());
        }
        done.push(confirmation(one, outcome));
    }
    Ok(done)
}

/// Confirms one bucket. Every rule that may deny it is checked before its first change, so that the transaction can go
/// on with the next bucket.
async fn confirm_one(
    change: &mut AuditedTransaction,
    gate: &GateIdentity,
    bucket: BucketId,
    name: Option<&str>,
) -> Result<(), Error> {
    if let Some(name) = name {
        take_name(change, gate, bucket, name).await?;
    }
    confirm(change, gate, bucket).await
}

/// Returns the outcome of a confirmation that a rule may have denied.
fn outcome(confirmed: Result<(), Error>) -> Result<ConfirmationOutcome, Error> {
    match confirmed {
        Ok(()) => Ok(ConfirmationOutcome::Confirmed),
        Err(denied @ (Error::Gate(_) | Error::Bucket(_) | Error::Validation(_))) => {
            Ok(ConfirmationOutcome::Left(denied.to_string()))
        }
        Err(failed) => Err(failed),
    }
}

fn confirmation(bound: GateBinding, outcome: ConfirmationOutcome) -> Confirmation {
    let GateBinding { bucket, bucket_name, database, policy, .. } = bound;
    Confirmation { bucket, bucket_name, database, policy, outcome }
}

#[cfg(test)]
mod tests {
    use jeton_model::Id;

    use super::*;

    fn until(last_suspended: Option<i64>, now: i64) -> i64 {
        let org = OrgId(Id::new(1).unwrap());
        let last_suspended = last_suspended.map(Timestamp::from_micros);
        let shown = ShownGate { org, upstream: String::new(), last_suspended };
        shown.until(Timestamp::from_micros(now)).micros()
    }

    #[test]
    fn what_was_not_shown_is_not_confirmed_and_a_time_in_the_future_gives_nothing() {
        assert_eq!(until(Some(5), 9), 5);
        assert_eq!(until(Some(i64::MAX), 9), 9);
        assert_eq!(until(None, 9), 0, "nothing that a time was noted for");
    }
}
