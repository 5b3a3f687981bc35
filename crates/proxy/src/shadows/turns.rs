//! Locks by authority, so that one request creates a shadow, and the others with its permissions wait for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use jeton_gate::Authority;

/// A lock, which is held while a shadow is created.
type Turn = tokio::sync::Mutex<()>;

/// The locks of the authorities whose shadows are being created.
#[derive(Default)]
pub(super) struct Turns(Mutex<HashMap<Authority, Weak<Turn>>>);

impl Turns {
    /// Returns the lock of an authority, the same one as long as somebody has it.
    pub(super) fn of(&self, authority: &Authority) -> Arc<Turn> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(authority).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        turns.insert(authority.clone(), Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jeton_gate::Delegated;
    use jeton_model::{Action, BucketId, Id, OrgId};

    use super::*;

    fn authority(number: u64) -> Authority {
        let id = |number| Id::new(number).unwrap();
        let permissions = BTreeSet::from([(Action::Read, BucketId(id(number)))]);
        Authority::Caller(Delegated { org: OrgId(id(1)), permissions }.into())
    }

    #[test]
    fn only_those_with_the_same_permissions_wait_for_each_other() {
        let turns = Turns::default();
        let first = turns.of(&authority(1));
        let held = first.try_lock().unwrap();
        assert!(turns.of(&authority(1)).try_lock().is_err());
        assert!(turns.of(&authority(2)).try_lock().is_ok());
        drop(held);
        assert!(turns.of(&authority(1)).try_lock().is_ok());
    }

    #[test]
    fn locks_that_nobody_has_are_forgotten() {
        let turns = Turns::default();
        for number in 1..=10 {
            drop(turns.of(&authority(number)));
        }
        assert_eq!(turns.0.lock().unwrap().len(), 1);
    }
}
