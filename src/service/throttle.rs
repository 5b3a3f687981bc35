//! Guessing passwords is slow: after five failures for a name from an address, a pause that doubles; and a hundred
//! failures an hour for an address. A name alone is never locked, or anyone could lock anyone out.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

use super::origin::Origin;
use crate::model::{Error, Timestamp, user::MAX_NAME};

const FREE_FAILURES: u32 = 5;
const FIRST_PAUSE_SECONDS: i64 = 40;
const LONGEST_PAUSE_SECONDS: i64 = 15 * 60;
const FAILURES_AN_HOUR: u32 = 100;
const HOUR_SECONDS: i64 = 3600;
/// So many names and addresses are remembered; the least used are forgotten first.
const REMEMBERED: u64 = 50_000;

#[derive(Default)]
struct Attempts {
    failures: u32,
    until: Option<Timestamp>,
}

type Shared<T> = Arc<Mutex<T>>;

/// Counts failures, per node, in bounded memory.
pub struct Throttle {
    pairs: Cache<(String, Origin), Shared<Attempts>>,
    addresses: Cache<Origin, Shared<Attempts>>,
}

impl Default for Throttle {
    fn default() -> Self {
        let day = Duration::from_secs(24 * 3600);
        Self {
            pairs: Cache::builder().max_capacity(REMEMBERED).time_to_idle(day).build(),
            addresses: Cache::builder().max_capacity(REMEMBERED).time_to_idle(day).build(),
        }
    }
}

impl Throttle {
    /// Lets an attempt through or says when the next is allowed. An attempt counts as failed until
    /// [`Throttle::succeeded`] takes it back: guesses sent at the same time don't slip through together.
    pub fn attempt(&self, name: &str, origin: Origin, now: Timestamp) -> Result<(), Error> {
        let whole = self.addresses.get_with(origin, Shared::default);
        let mut whole = whole.lock().unwrap_or_else(PoisonError::into_inner);
        if whole.until.is_some_and(|until| until <= now) {
            *whole = Attempts::default();
        }
        if whole.failures >= FAILURES_AN_HOUR {
            refuse_until(whole.until, now)?;
        }
        // Only now: an address that is refused anyway must not drive out what is remembered of others.
        let pair = self.pairs.get_with((shortened(name), origin), Shared::default);
        let mut pair = pair.lock().unwrap_or_else(PoisonError::into_inner);
        refuse_until(pair.until, now)?;
        whole.failures += 1;
        whole.until = whole.until.or(Some(now.plus_seconds(HOUR_SECONDS)));
        pair.failures += 1;
        if pair.failures >= FREE_FAILURES {
            let doublings = (pair.failures - FREE_FAILURES).min(10);
            pair.until = Some(now.plus_seconds((FIRST_PAUSE_SECONDS << doublings).min(LONGEST_PAUSE_SECONDS)));
        }
        Ok(())
    }

    /// The attempt was right after all.
    pub fn succeeded(&self, name: &str, origin: Origin) {
        if let Some(whole) = self.addresses.get(&origin) {
            let mut whole = whole.lock().unwrap_or_else(PoisonError::into_inner);
            whole.failures = whole.failures.saturating_sub(1);
        }
        self.pairs.invalidate(&(shortened(name), origin));
    }
}

/// Says when the next attempt is allowed, if it is not now.
pub(super) fn refuse_until(until: Option<Timestamp>, now: Timestamp) -> Result<(), Error> {
    match until {
        Some(until) if until > now => {
            let seconds = u64::try_from(until.seconds_since(now)).unwrap_or(0) + 1;
            Err(Error::TooManyAttempts { seconds })
        }
        _ => Ok(()),
    }
}

/// No name is longer: what is remembered stays small, whatever is sent as a name.
fn shortened(name: &str) -> String {
    name.chars().take(MAX_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Client;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    fn address(text: &str) -> Origin {
        Client { address: Some(text.parse().unwrap()), ..Client::default() }.origin()
    }

    #[test]
    fn the_sixth_guess_waits_forty_seconds_and_then_twice_as_long() {
        let throttle = Throttle::default();
        let from = address("192.0.2.1");
        for _ in 0..5 {
            assert_eq!(throttle.attempt("alice", from, NOW), Ok(()));
        }
        assert!(matches!(throttle.attempt("alice", from, NOW), Err(Error::TooManyAttempts { seconds: 40..=41 })));
        let later = NOW.plus_seconds(41);
        assert_eq!(throttle.attempt("alice", from, later), Ok(()));
        assert!(matches!(throttle.attempt("alice", from, later), Err(Error::TooManyAttempts { seconds: 80..=81 })));
    }

    #[test]
    fn others_and_other_names_are_not_locked_out() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            throttle.attempt("alice", address("192.0.2.1"), NOW).unwrap();
        }
        assert_eq!(throttle.attempt("alice", address("192.0.2.2"), NOW), Ok(()));
        assert_eq!(throttle.attempt("bob", address("192.0.2.1"), NOW), Ok(()));
    }

    #[test]
    fn an_address_of_a_v6_network_counts_for_all_of_it() {
        let throttle = Throttle::default();
        for host in 1..=5 {
            throttle.attempt("alice", address(&format!("2001:db8:0:1::{host}")), NOW).unwrap();
        }
        assert!(throttle.attempt("alice", address("2001:db8:0:1::9"), NOW).is_err());
        assert!(throttle.attempt("alice", address("2001:db8:0:2::9"), NOW).is_ok());
    }

    #[test]
    fn a_right_password_forgets_the_failures_before_it() {
        let throttle = Throttle::default();
        let from = address("192.0.2.1");
        for _ in 0..3 {
            for _ in 0..4 {
                throttle.attempt("alice", from, NOW).unwrap();
            }
            throttle.attempt("alice", from, NOW).unwrap();
            throttle.succeeded("alice", from);
        }
    }

    #[test]
    fn an_address_that_is_refused_anyway_fills_no_memory() {
        let throttle = Throttle::default();
        let from = address("192.0.2.1");
        for guess in 0..200 {
            drop(throttle.attempt(&format!("user{guess}"), from, NOW));
        }
        throttle.pairs.run_pending_tasks();
        assert_eq!(throttle.pairs.entry_count(), u64::from(FAILURES_AN_HOUR));
    }

    #[test]
    fn a_hundred_failures_an_hour_are_enough_for_an_address() {
        let throttle = Throttle::default();
        let from = address("192.0.2.1");
        for guess in 0..100 {
            throttle.attempt(&format!("user{guess}"), from, NOW).unwrap();
        }
        assert!(throttle.attempt("another", from, NOW).is_err());
        assert_eq!(throttle.attempt("another", from, NOW.plus_seconds(3600)), Ok(()));
    }

    #[test]
    fn clients_of_unknown_address_share_their_guesses_and_nobody_elses() {
        let throttle = Throttle::default();
        let behind = |peer: &str| Client { peer: peer.parse().ok(), ..Client::default() }.origin();
        for _ in 0..5 {
            throttle.attempt("alice", behind("10.0.0.1"), NOW).unwrap();
        }
        assert!(throttle.attempt("alice", behind("10.0.0.1"), NOW).is_err());
        assert_eq!(throttle.attempt("alice", behind("10.0.0.2"), NOW), Ok(()));
        assert_eq!(throttle.attempt("alice", address("10.0.0.1"), NOW), Ok(()), "the proxy itself");
    }
}
