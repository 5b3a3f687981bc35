//! Limits, per token, the memory of bodies that are read for a decision. Without the limits, a client with one token
//! could exhaust the memory: these bodies are read whole, and the limit of concurrent queries applies only after the
//! decision.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jeton_model::AuthorizationId;

/// Maximum number of bytes of one token's bodies that are read for a decision at the same time. A parsed body may take
/// several times as many in memory.
const MOST: usize = 16 * 1024 * 1024;
/// Maximum number of these bodies: each occupies memory while it waits for its syntax tree.
const MOST_BODIES: usize = 100;

/// The memory that is reserved for bodies, by token.
#[derive(Debug, Default)]
pub(crate) struct BodyMemory(Mutex<HashMap<AuthorizationId, Reserved>>);

/// The memory that is reserved for the bodies of a token.
#[derive(Clone, Copy, Debug, Default)]
struct Reserved {
    bodies: usize,
    bytes: usize,
}

/// The memory that is reserved for a body, until this is dropped.
#[derive(Debug)]
pub(crate) struct Reservation<'a> {
    memory: &'a BodyMemory,
    token: AuthorizationId,
    bytes: usize,
}

impl BodyMemory {
    /// Reserves memory for a body; `None` if that would exceed a limit of its token.
    pub(crate) fn reserve(&self, token: AuthorizationId, bytes: usize) -> Option<Reservation<'_>> {
        let mut reserved = self.reserved();
        let before = reserved.get(&token).copied().unwrap_or_default();
        if before.bodies >= MOST_BODIES || bytes > MOST - before.bytes {
            return None;
        }
        reserved.insert(token, Reserved { bodies: before.bodies + 1, bytes: before.bytes + bytes });
        drop(reserved);
        Some(Reservation { memory: self, token, bytes })
    }

    fn reserved(&self) -> MutexGuard<'_, HashMap<AuthorizationId, Reserved>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut reserved = self.memory.reserved();
        let Some(of_token) = reserved.get_mut(&self.token) else { return };
        of_token.bodies -= 1;
        of_token.bytes -= self.bytes;
        if of_token.bodies == 0 {
            reserved.remove(&self.token);
        }
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::Id;

    use super::*;

    #[test]
    fn the_bodies_of_a_token_have_room_until_they_have_decided() {
        let memory = BodyMemory::default();
        let token = |number| AuthorizationId(Id::new(number).unwrap());
        let first = memory.reserve(token(1), MOST - 1);
        assert!(first.is_some());
        assert!(memory.reserve(token(1), 2).is_none() && memory.reserve(token(1), usize::MAX).is_none());
        let (last, empty) = (memory.reserve(token(1), 1), memory.reserve(token(1), 0));
        assert!(last.is_some() && empty.is_some());
        assert!(memory.reserve(token(2), MOST).is_some(), "each token has its own room");
        drop(first);
        assert!(memory.reserve(token(1), MOST).is_none(), "one body still decides");
        drop((last, empty));
        assert!(memory.reserved().is_empty(), "nothing is kept of tokens that have no body");
        assert!(memory.reserve(token(1), MOST).is_some());
    }

    #[test]
    fn small_bodies_are_counted_too() {
        let memory = BodyMemory::default();
        let token = AuthorizationId(Id::new(1).unwrap());
        let reservations: Vec<_> = (0..MOST_BODIES).filter_map(|_| memory.reserve(token, 0)).collect();
        assert_eq!(reservations.len(), MOST_BODIES);
        assert!(memory.reserve(token, 0).is_none());
    }
}
