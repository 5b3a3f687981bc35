//! The uses of tokens through gates: buffered as the usage of tokens is, and flushed with it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use jeton_model::{
    Action, AuthorizationId, BucketId,
    binding::{GateUse, MAX_GATE_USES},
};
use jeton_store::Connection;

use crate::{
    Caller, Error, Service,
    auth::required_permissions,
    tokens::{
        access::{check_visible, readable},
        v1,
    },
};

use super::gate_buffer::Used;

/// Number of uses written in one transaction, which holds the write lock.
const AT_ONCE: usize = 500;

impl Service {
    /// Records that a gate allowed a request with a token. `buckets`: the actions on buckets that it needs.
    pub fn note_gate_use(&self, token: AuthorizationId, gate: &Arc<str>, buckets: &BTreeSet<(Action, BucketId)>) {
        if buckets.is_empty() {
            return;
        }
        if self.0.gate_uses.note(token, gate, buckets.iter().copied(), self.now()) {
            self.0.uses.filling.notify_one();
        }
    }

    /// Returns the last uses of a token through gates, the last one first, including those that are only buffered on
    /// this node.
    ///
    /// # Errors
    /// `TokenError::NotFound`; `AuthError::Unauthorized`; the database may fail.
    pub async fn gate_uses(&self, caller: &Caller, id: AuthorizationId) -> Result<Vec<GateUse>, Error> {
        let mut reader = self.read().await?;
        readable(&mut reader, caller, id).await?;
        self.gate_uses_of(&mut reader, caller, id).await
    }

    /// Returns the last uses of a 1.x credential through gates, as [`Service::gate_uses`] returns those of a token.
    ///
    /// # Errors
    /// `TokenError::NotFound`; `AuthError::Unauthorized`; the database may fail.
    pub async fn v1_gate_uses(&self, caller: &Caller, id: AuthorizationId) -> Result<Vec<GateUse>, Error> {
        let mut reader = self.read().await?;
        let found = v1::existing(&mut reader, id).await?;
        check_visible(&mut reader, caller, &found.authorization).await?;
        self.gate_uses_of(&mut reader, caller, id).await
    }

    /// Returns the last uses of a token that the caller may see. Only buckets that the caller may read have their
    /// names.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn gate_uses_of(
        &self,
        connection: &mut Connection,
        caller: &Caller,
        id: AuthorizationId,
    ) -> Result<Vec<GateUse>, Error> {
        let mut uses = self.last_gate_uses(connection, id, MAX_GATE_USES).await?;
        let buckets: BTreeSet<BucketId> = uses.iter().map(|used| used.bucket).collect();
        if !buckets.is_empty() {
            let found = jeton_store::buckets::by_ids(connection, buckets).await?;
            let read = found.into_iter().filter(|one| caller.may(&required_permissions::bucket(Action::Read, one)));
            let names: HashMap<BucketId, String> = read.map(|bucket| (bucket.id, bucket.name)).collect();
            for used in &mut uses {
                used.bucket_name = names.get(&used.bucket).cloned();
            }
        }
        Ok(uses)
    }

    /// The last uses of a token, at most `most`, without the names of their buckets.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn last_gate_uses(
        &self,
        connection: &mut Connection,
        id: AuthorizationId,
        most: usize,
    ) -> Result<Vec<GateUse>, Error> {
        // Before the database is read: what is flushed meanwhile is in one of both.
        let buffered = self.0.gate_uses.of(id);
        let stored = jeton_store::gate_uses::of(connection, id, most).await?;
        Ok(merged(stored, buffered, most))
    }

    /// Flushes the uses. Uses that cannot be written are kept. The caller serializes flushes.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn write_gate_uses(&self) -> Result<(), Error> {
        let uses = &self.0.gate_uses;
        let taken = uses.take();
        let mut keys: Vec<Used> = taken.keys().cloned().collect();
        keys.sort_unstable();
        for (index, portion) in keys.chunks(AT_ONCE).enumerate() {
            let seen = portion.iter().filter_map(|used| Some((used.token, used.at(*taken.get(used)?))));
            if let Err(error) = self.write_gate_portion(&seen.collect::<Vec<_>>()).await {
                uses.done(&keys[index * AT_ONCE..]);
                return Err(error);
            }
        }
        uses.done(&[]);
        Ok(())
    }

    async fn write_gate_portion(&self, seen: &[(AuthorizationId, GateUse)]) -> Result<(), Error> {
        let mut write = self.store().write_alone().await?;
        jeton_store::gate_uses::add(&mut write, seen).await?;
        Ok(write.commit().await?)
    }
}

/// Merges stored and buffered uses, of which the later one counts, and sorts them, the last one first.
fn merged(stored: Vec<GateUse>, buffered: Vec<GateUse>, most: usize) -> Vec<GateUse> {
    let mut all: BTreeMap<(String, BucketId, Action), GateUse> = BTreeMap::new();
    for used in stored.into_iter().chain(buffered) {
        let known = all.entry((used.gate.clone(), used.bucket, used.action)).or_insert_with(|| used.clone());
        if known.at < used.at {
            *known = used;
        }
    }
    let mut all: Vec<GateUse> = all.into_values().collect();
    all.sort_by_key(|used| std::cmp::Reverse(used.at));
    all.truncate(most);
    all
}

#[cfg(test)]
mod tests {
    use jeton_model::{Id, Timestamp};

    use super::*;

    fn used(bucket: u64, at: i64) -> GateUse {
        GateUse {
            gate: "plant".into(),
            bucket: BucketId(Id::new(bucket).unwrap()),
            bucket_name: None,
            action: Action::Read,
            at: Timestamp::from_micros(at),
        }
    }

    #[test]
    fn the_later_of_two_uses_counts_and_the_last_one_is_first() {
        let stored = vec![used(1, 5), used(2, 4)];
        let shown = merged(stored, vec![used(2, 6), used(1, 3), used(3, 1)], MAX_GATE_USES);
        assert_eq!(shown, [used(2, 6), used(1, 5), used(3, 1)]);
    }

    #[test]
    fn a_list_is_bounded() {
        let many = (1..=MAX_GATE_USES as u64 + 1).map(|bucket| used(bucket, bucket.cast_signed())).collect();
        let shown = merged(many, Vec::new(), MAX_GATE_USES);
        assert_eq!((shown.len(), shown[0].bucket), (MAX_GATE_USES, used(MAX_GATE_USES as u64 + 1, 0).bucket));
    }
}
