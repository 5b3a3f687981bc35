//! A rate limit on look-ups per client origin and hour, against guessing.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

use jeton_model::Timestamp;

use crate::Error;

use super::{login_throttle::refuse_until, rate_limit_key::RateLimitKey};

const HOUR_SECONDS: i64 = 3600;
/// Maximum number of origins that are remembered; the least used are forgotten first.
const REMEMBERED: u64 = 50_000;

/// The look-ups of an origin in its current hour.
#[derive(Default)]
struct Usage {
    strings: usize,
    until: Option<Timestamp>,
}

/// A rate limit per origin, counted on this node in bounded memory.
pub struct RateLimit {
    an_hour: usize,
    at_least: usize,
    spent: Cache<RateLimitKey, Arc<Mutex<Usage>>>,
}

impl RateLimit {
    /// Allows `an_hour` strings per hour; each request counts as at least `at_least` strings.
    pub fn new(an_hour: usize, at_least: usize) -> Self {
        let two_hours = Duration::from_secs(2 * 3600);
        Self { an_hour, at_least, spent: Cache::builder().max_capacity(REMEMBERED).time_to_idle(two_hours).build() }
    }

    /// Counts a request with this number of strings, or denies it.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`], with the seconds until the next hour.
    pub fn spend(&self, origin: RateLimitKey, strings: usize, now: Timestamp) -> Result<(), Error> {
        let spent = self.spent.get_with(origin, Arc::default);
        let mut spent = spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.until.is_none_or(|until| until <= now) {
            *spent = Usage { strings: 0, until: Some(now.plus_seconds(HOUR_SECONDS)) };
        }
        let with_these = spent.strings.saturating_add(strings.max(self.at_least));
        if with_these > self.an_hour {
            return refuse_until(spent.until, now);
        }
        spent.strings = with_these;
        Ok(())
    }

    /// Denies an origin that has used up its hour. Counts nothing.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`], with the seconds until the next hour.
    pub fn check(&self, origin: RateLimitKey, now: Timestamp) -> Result<(), Error> {
        let Some(spent) = self.spent.get(&origin) else { return Ok(()) };
        let spent = spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.strings.saturating_add(self.at_least) > self.an_hour { refuse_until(spent.until, now) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Client, error::AuthError};

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    const AN_HOUR: usize = 50_000;
    const AT_LEAST: usize = 50;

    fn budget() -> RateLimit {
        RateLimit::new(AN_HOUR, AT_LEAST)
    }

    fn address(text: &str) -> RateLimitKey {
        Client { address: Some(text.parse().unwrap()), ..Client::default() }.origin()
    }

    #[test]
    fn an_address_that_has_spent_its_hour_waits_for_the_next() {
        let budget = budget();
        let from = address("192.0.2.1");
        for _ in 0..50 {
            assert_eq!(budget.spend(from, 1000, NOW), Ok(()));
        }
        let later = NOW.plus_seconds(3000);
        assert_eq!(budget.spend(from, 1, later), Err(Error::Auth(AuthError::TooManyAttempts { seconds: 601 })));
        assert_eq!(budget.spend(from, 1, NOW.plus_seconds(3600)), Ok(()));
    }

    #[test]
    fn small_reports_count_too() {
        let budget = budget();
        let from = address("192.0.2.1");
        let allowed = (0..5000).take_while(|_| budget.spend(from, 0, NOW).is_ok()).count();
        assert_eq!(allowed, AN_HOUR / AT_LEAST);
    }

    #[test]
    fn other_addresses_are_not_concerned_but_neighbours_in_a_v6_network_are() {
        let budget = budget();
        assert_eq!(budget.spend(address("2001:db8:0:1::1"), AN_HOUR, NOW), Ok(()));
        assert!(budget.spend(address("2001:db8:0:1::2"), 1, NOW).is_err());
        assert_eq!(budget.spend(address("2001:db8:0:2::1"), 1, NOW), Ok(()));
        assert_eq!(budget.spend(Client::default().origin(), 1, NOW), Ok(()));
    }

    #[test]
    fn what_is_refused_is_not_counted() {
        let budget = budget();
        let from = address("192.0.2.1");
        assert_eq!(budget.spend(from, AN_HOUR - 100, NOW), Ok(()));
        assert!(budget.spend(from, 1000, NOW).is_err());
        assert_eq!(budget.spend(from, 100, NOW), Ok(()));
    }

    #[test]
    fn a_check_spends_nothing_and_refuses_until_the_hour_is_over() {
        let budget = RateLimit::new(2, 1);
        let from = address("192.0.2.1");
        for _ in 0..5 {
            assert_eq!(budget.check(from, NOW), Ok(()));
        }
        budget.spend(from, 1, NOW).unwrap();
        assert_eq!(budget.check(from, NOW), Ok(()));
        budget.spend(from, 1, NOW).unwrap();
        assert_eq!(
            budget.check(from, NOW.plus_seconds(10)),
            Err(Error::Auth(AuthError::TooManyAttempts { seconds: 3591 }))
        );
        assert_eq!(budget.check(address("192.0.2.2"), NOW), Ok(()));
        assert_eq!(budget.check(from, NOW.plus_seconds(3600)), Ok(()));
    }
}
