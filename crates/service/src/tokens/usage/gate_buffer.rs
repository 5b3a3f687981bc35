//! A bounded buffer of the uses of tokens through gates since the last flush.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jeton_model::{Action, AuthorizationId, BucketId, Timestamp, binding::GateUse};

/// Maximum number of uses in the buffer; while it is full, further ones are lost.
const MOST: usize = 100_000;

/// The key of a use: token, gate, bucket and action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Used {
    pub token: AuthorizationId,
    gate: Arc<str>,
    bucket: BucketId,
    action: Action,
}

/// The uses since the last flush, each with its time.
#[derive(Default)]
pub struct GateUses(Mutex<State>);

/// Uses that are waiting, and uses that are being flushed.
#[derive(Default)]
struct State {
    pending: HashMap<Used, Timestamp>,
    in_writing: Arc<HashMap<Used, Timestamp>>,
}

impl Used {
    /// The use as it is stored.
    pub fn at(&self, at: Timestamp) -> GateUse {
        let Self { gate, bucket, action, .. } = self;
        GateUse { gate: gate.to_string(), bucket: *bucket, bucket_name: None, action: *action, at }
    }
}

impl GateUses {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records the actions of a request on buckets, unless the buffer is full. Returns whether it is at least half
    /// full.
    pub fn note(
        &self,
        token: AuthorizationId,
        gate: &Arc<str>,
        buckets: impl IntoIterator<Item = (Action, BucketId)>,
        now: Timestamp,
    ) -> bool {
        let mut state = self.state();
        for (action, bucket) in buckets {
            state.note(Used { token, gate: Arc::clone(gate), bucket, action }, now);
        }
        state.pending.len() >= MOST / 2
    }

    /// Returns the uses of a token that are not in the database yet.
    pub fn of(&self, token: AuthorizationId) -> Vec<GateUse> {
        let state = self.state();
        let known = state.in_writing.iter().chain(&state.pending);
        known.filter(|(used, _)| used.token == token).map(|(used, at)| used.at(*at)).collect()
    }

    /// Takes all uses in order to write them.
    pub fn take(&self) -> Arc<HashMap<Used, Timestamp>> {
        let mut state = self.state();
        state.in_writing = Arc::new(std::mem::take(&mut state.pending));
        Arc::clone(&state.in_writing)
    }

    /// Ends a flush; those in `left` were not written and wait again.
    pub fn done(&self, left: &[Used]) {
        let mut state = self.state();
        let taken = std::mem::take(&mut state.in_writing);
        for (used, at) in left.iter().filter_map(|used| taken.get_key_value(used)) {
            state.note(used.clone(), *at);
        }
    }
}

impl State {
    fn note(&mut self, used: Used, at: Timestamp) {
        let count = self.pending.len();
        match self.pending.entry(used) {
            Entry::Occupied(mut known) => {
                let last = known.get_mut();
                *last = at.max(*last);
            }
            Entry::Vacant(free) if count < MOST => {
                free.insert(at);
            }
            Entry::Vacant(_) => metrics::counter!("jeton_uses_unnoticed_total").increment(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::Id;

    use super::*;

    const TOKEN: AuthorizationId = AuthorizationId(Id::new(1).unwrap());

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    fn bucket(number: u64) -> BucketId {
        BucketId(Id::new(number).unwrap())
    }

    #[test]
    fn the_last_use_of_each_action_on_each_bucket_is_kept_until_it_is_written() {
        let (uses, gate) = (GateUses::default(), Arc::from("plant"));
        let both = [(Action::Read, bucket(1)), (Action::Write, bucket(1))];
        uses.note(TOKEN, &gate, both, at(2));
        uses.note(TOKEN, &gate, [(Action::Read, bucket(1))], at(1));
        let times: Vec<Timestamp> = uses.of(TOKEN).iter().map(|used| used.at).collect();
        assert_eq!(times, [at(2), at(2)], "a clock that goes back moves no use back");
        assert!(uses.of(AuthorizationId(Id::new(2).unwrap())).is_empty());
        let taken: Vec<Used> = uses.take().keys().cloned().collect();
        assert_eq!((taken.len(), uses.of(TOKEN).len()), (2, 2), "known while they are on their way");
        uses.done(&taken[..1]);
        assert_eq!(uses.of(TOKEN).len(), 1, "what could not be written is kept");
        uses.take();
        uses.done(&[]);
        assert!(uses.of(TOKEN).is_empty());
    }

    #[test]
    fn the_memory_is_bounded() {
        let (uses, gate) = (GateUses::default(), Arc::from("plant"));
        let many = (1..=MOST as u64 + 10).map(|number| (Action::Read, bucket(number)));
        assert!(uses.note(TOKEN, &gate, many, at(0)));
        assert_eq!(uses.state().pending.len(), MOST);
    }
}
