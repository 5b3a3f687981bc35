//! The rule that keeps a slow read from bringing a revoked token back.
//!
//! Changes are numbered. A reader notes the number of the last change before it reads the database, and keeps it with
//! what it read. Each authorization, user and organization has the number of its own last change: what was read before
//! that is not used. A read that began before a revocation was applied is thus useless, whenever it ends. Deactivating
//! a user is one number, however many tokens the user has.

use std::sync::atomic::{AtomicU64, Ordering};

use jeton_model::Id;

use super::change::Change;

/// Number of counters. Ids share them: a change of one may make another be read again, which is harmless.
const COUNTERS: usize = 1 << COUNTER_BITS;
const COUNTER_BITS: u32 = 12;

/// The number of the last change at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Generation(u64);

/// The numbers of the last changes.
pub(super) struct Generations {
    last: AtomicU64,
    everything: AtomicU64,
    /// Of any authorization, which may be a creation.
    authorizations: AtomicU64,
    by_id: Box<[AtomicU64]>,
}

impl Default for Generations {
    fn default() -> Self {
        Self {
            last: AtomicU64::new(0),
            everything: AtomicU64::new(0),
            authorizations: AtomicU64::new(0),
            by_id: (0..COUNTERS).map(|_| AtomicU64::new(0)).collect(),
        }
    }
}

impl Generations {
    /// The present generation. It must be taken before the database is read.
    pub fn now(&self) -> Generation {
        Generation(self.last.load(Ordering::SeqCst))
    }

    /// Applies a change that is committed.
    pub fn apply(&self, change: Change) {
        let number = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        match change {
            Change::Authorization(id) => {
                raise(&self.authorizations, number);
                raise(self.of(id), number);
            }
            Change::User(id) | Change::Org(id) => raise(self.of(id), number),
            Change::Everything => raise(&self.everything, number),
        }
    }

    /// Returns whether what was read at a generation still stands: nothing that it depends on has changed.
    pub fn stands(&self, read_at: Generation, depends_on: [Id; 3]) -> bool {
        not_after(&self.everything, read_at) && depends_on.iter().all(|id| not_after(self.of(*id), read_at))
    }

    /// Returns whether a token that did not exist at a generation still does not: none was created.
    pub fn stands_as_unknown(&self, read_at: Generation) -> bool {
        not_after(&self.everything, read_at) && not_after(&self.authorizations, read_at)
    }

    fn of(&self, id: Id) -> &AtomicU64 {
        // Fibonacci hashing: the low bits of ids are counters, the high ones times.
        let mixed = id.get().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - COUNTER_BITS);
        &self.by_id[mixed as usize]
    }
}

fn raise(counter: &AtomicU64, number: u64) {
    counter.fetch_max(number, Ordering::SeqCst);
}

fn not_after(counter: &AtomicU64, read_at: Generation) -> bool {
    counter.load(Ordering::SeqCst) <= read_at.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(value: u64) -> Id {
        Id::new(value).expect("an id")
    }

    /// An authorization, its owner and its organization, which share no counter.
    fn ids() -> [Id; 3] {
        [id(1), id(2), id(3)]
    }

    #[test]
    fn a_read_that_began_before_a_revocation_is_never_used() {
        let generations = Generations::default();
        let slow = generations.now();
        generations.apply(Change::Authorization(id(1)));
        assert!(!generations.stands(slow, ids()), "however late the read ends");
        assert!(generations.stands(generations.now(), ids()), "a new read sees the revocation itself");
    }

    #[test]
    fn a_change_of_owner_or_organization_concerns_the_token() {
        for change in [Change::User(id(2)), Change::Org(id(3)), Change::Everything] {
            let generations = Generations::default();
            let before = generations.now();
            generations.apply(change);
            assert!(!generations.stands(before, ids()), "{change:?}");
        }
    }

    #[test]
    fn other_changes_leave_a_token_in_memory() {
        let generations = Generations::default();
        let before = generations.now();
        for change in [Change::Authorization(id(4)), Change::User(id(5)), Change::Org(id(6))] {
            generations.apply(change);
        }
        assert!(generations.stands(before, ids()));
    }

    #[test]
    fn a_creation_ends_what_is_known_about_unknown_tokens() {
        let generations = Generations::default();
        let before = generations.now();
        generations.apply(Change::User(id(1)));
        assert!(generations.stands_as_unknown(before));
        generations.apply(Change::Authorization(id(1)));
        assert!(!generations.stands_as_unknown(before));
        let before = generations.now();
        generations.apply(Change::Everything);
        assert!(!generations.stands_as_unknown(before));
    }
}
