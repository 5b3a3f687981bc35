//! A limit on the requests of one origin that wait for the same thing, so that one origin does not let others wait.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{Error, error::AuthError};

use super::rate_limit_key::RateLimitKey;

/// Maximum number of requests of an origin that wait.
const WAITING: u8 = 2;
/// Seconds after which a denied client tries again.
const RETRY_AFTER: u64 = 1;

/// The number of waiting requests by origin. It has no entry of an origin without one.
#[derive(Clone, Default)]
pub(super) struct QueueLimit(Arc<Mutex<HashMap<RateLimitKey, u8>>>);

/// A request that waits, until this is dropped.
pub(super) struct Waiting {
    limit: QueueLimit,
    origin: RateLimitKey,
}

impl QueueLimit {
    /// Begins to wait.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`], if as many requests of the origin wait as may.
    pub fn enter(&self, origin: RateLimitKey) -> Result<Waiting, Error> {
        let mut waiting = self.lock();
        let number = waiting.get(&origin).copied().unwrap_or_default();
        if number >= WAITING {
            return Err(Error::Auth(AuthError::TooManyAttempts { seconds: RETRY_AFTER }));
        }
        waiting.insert(origin, number + 1);
        Ok(Waiting { limit: self.clone(), origin })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RateLimitKey, u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut waiting = self.limit.lock();
        match waiting.get_mut(&self.origin) {
            Some(number) if *number > 1 => *number -= 1,
            _ => _ = waiting.remove(&self.origin),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Client;

    use super::*;

    fn origin(address: &str) -> RateLimitKey {
        Client { address: address.parse().ok(), ..Client::default() }.origin()
    }

    #[test]
    fn two_requests_of_an_origin_wait_and_a_third_is_told_to_come_back() {
        let limit = QueueLimit::default();
        let _first = limit.enter(origin("192.0.2.1")).unwrap();
        let second = limit.enter(origin("192.0.2.1")).unwrap();
        let third = limit.enter(origin("192.0.2.1")).err();
        assert_eq!(third, Some(Error::Auth(AuthError::TooManyAttempts { seconds: 1 })));
        assert!(limit.enter(origin("192.0.2.2")).is_ok(), "another origin");
        drop(second);
        assert!(limit.enter(origin("192.0.2.1")).is_ok(), "one has left");
    }

    #[test]
    fn origins_of_which_no_request_waits_take_no_memory() {
        let limit = QueueLimit::default();
        for number in 0..100 {
            let address = origin(&format!("192.0.2.{number}"));
            let waiting = [limit.enter(address).unwrap(), limit.enter(address).unwrap()];
            assert!(limit.enter(address).is_err());
            drop(waiting);
        }
        assert!(limit.lock().is_empty());
    }
}
