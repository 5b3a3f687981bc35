//! The comparison that a gate makes by itself: databases and buckets that vanished from its upstream.

use std::collections::BTreeSet;

use jeton_model::{
    BucketId, Timestamp,
    binding::{FoundDatabase, GateIdentity, found_bindings},
};
use jeton_store::Connection;

use crate::{Error, Service};

use super::{
    adoption::AT_ONCE,
    directory::bindings_of,
    suspension::{Found, compare, suspend},
};

/// The origin of suspensions in the audit log.
const VIA: &str = "gate";

impl Service {
    /// Records which of the bound databases the upstream has. A bucket may be bound to a database that is created
    /// later: only one that was seen vanishes. Many are recorded in several steps, because nobody else writes meanwhile.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn note_found(&self, gate: &GateIdentity, found: &Found) -> Result<(), Error> {
        let Found::Databases(found) = found else { return Ok(()) };
        let unseen = unseen(&mut *self.read().await?, gate, found).await?;
        for some in unseen.chunks(AT_ONCE) {
            let mut change = self.begin_job().await?;
            let now = change.now;
            for bucket in some {
                jeton_store::gate_bindings::set_seen(&mut change, &gate.name, *bucket, Some(now)).await?;
            }
            change.commit().await?;
        }
        Ok(())
    }

    /// Returns those of the `judged` buckets whose database the upstream had and has no longer, or that it has with
    /// another id or name. `judged`: the buckets that were available at the gate before the list was requested; one
    /// that was bound or adopted meanwhile may be missing in it. `asked_at`: the time of the request; bindings that
    /// changed since are not judged.
    ///
    /// # Errors
    /// `GateError::OtherKind` if the list is that of another kind of database; the database may fail.
    pub async fn vanished_buckets(
        &self,
        gate: &GateIdentity,
        found: &Found,
        judged: &[BucketId],
        asked_at: Timestamp,
    ) -> Result<Vec<BucketId>, Error> {
        vanished(&mut *self.read().await?, gate, found, judged, asked_at).await
    }

    /// Suspends the buckets that [`Service::vanished_buckets`] returns, until an operator confirms, and returns those
    /// that were not suspended yet. Many are suspended in several steps, because nobody else writes meanwhile.
    ///
    /// # Errors
    /// Those of [`Service::vanished_buckets`].
    pub async fn suspend_vanished(
        &self,
        gate: &GateIdentity,
        found: &Found,
        judged: &[BucketId],
        asked_at: Timestamp,
    ) -> Result<Vec<BucketId>, Error> {
        let mut suspended = Vec::new();
        for some in judged.chunks(AT_ONCE) {
            let mut change = self.begin_job().await?.via(VIA);
            // Another node may have suspended them before the write lock was taken.
            let buckets = vanished(&mut change, gate, found, some, asked_at).await?;
            suspend(&mut change, gate, &buckets).await?;
            change.commit().await?;
            suspended.extend(buckets);
        }
        Ok(suspended)
    }
}

/// Returns the buckets whose database the upstream has and that were not seen there since they were bound or confirmed.
async fn unseen(
    connection: &mut Connection,
    gate: &GateIdentity,
    found: &[FoundDatabase],
) -> Result<Vec<BucketId>, Error> {
    let bindings = bindings_of(connection, gate).await?;
    let seen = jeton_store::gate_bindings::seen_of_gate(connection, &gate.name).await?;
    let found = found_bindings(&bindings, found).into_iter().map(|binding| binding.bucket);
    Ok(found.filter(|bucket| !seen.contains(bucket)).collect())
}

async fn vanished(
    connection: &mut Connection,
    gate: &GateIdentity,
    found: &Found,
    judged: &[BucketId],
    asked_at: Timestamp,
) -> Result<Vec<BucketId>, Error> {
    let judged: BTreeSet<BucketId> = judged.iter().copied().collect();
    let mut vanished = compare(connection, gate, found, asked_at).await?.vanished;
    vanished.retain(|bucket| judged.contains(bucket));
    if gate.kind.has_bindings() {
        let seen = jeton_store::gate_bindings::seen_of_gate(connection, &gate.name).await?;
        vanished.retain(|bucket| seen.contains(bucket));
    }
    Ok(vanished)
}
