//! How many strings an address may have looked up: whoever reports leaked tokens must not be able to try out guesses.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

use super::throttle::{network, refuse_until};
use crate::model::{Error, Timestamp};

/// So many strings an hour and address.
pub const AN_HOUR: usize = 50_000;
/// A report counts as so many, however few it holds.
pub const AT_LEAST: usize = 50;
const HOUR_SECONDS: i64 = 3600;
/// So many addresses are remembered; the least used are forgotten first.
const REMEMBERED: u64 = 50_000;

#[derive(Default)]
struct Spent {
    strings: usize,
    until: Option<Timestamp>,
}

/// Counts per address, or /64 of v6, on this node, in bounded memory.
pub struct Budget(Cache<String, Arc<Mutex<Spent>>>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(REMEMBERED).time_to_idle(Duration::from_secs(2 * 3600)).build())
    }
}

impl Budget {
    /// Lets a report of so many strings through, or says when the next is looked at.
    pub fn spend(&self, address: Option<IpAddr>, strings: usize, now: Timestamp) -> Result<(), Error> {
        let spent = self.0.get_with(network(address), Arc::default);
        let mut spent = spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.until.is_none_or(|until| until <= now) {
            *spent = Spent { strings: 0, until: Some(now.plus_seconds(HOUR_SECONDS)) };
        }
        let with_these = spent.strings.saturating_add(strings.max(AT_LEAST));
        if with_these > AN_HOUR {
            return refuse_until(spent.until, now);
        }
        spent.strings = with_these;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn an_address_that_has_spent_its_hour_waits_for_the_next() {
        let budget = Budget::default();
        let from = address("192.0.2.1");
        for _ in 0..50 {
            assert_eq!(budget.spend(from, 1000, NOW), Ok(()));
        }
        let later = NOW.plus_seconds(3000);
        assert_eq!(budget.spend(from, 1, later), Err(Error::TooManyAttempts { seconds: 601 }));
        assert_eq!(budget.spend(from, 1, NOW.plus_seconds(3600)), Ok(()));
    }

    #[test]
    fn small_reports_count_too() {
        let budget = Budget::default();
        let from = address("192.0.2.1");
        let allowed = (0..5000).take_while(|_| budget.spend(from, 0, NOW).is_ok()).count();
        assert_eq!(allowed, AN_HOUR / AT_LEAST);
    }

    #[test]
    fn other_addresses_are_not_concerned_but_neighbours_in_a_v6_network_are() {
        let budget = Budget::default();
        assert_eq!(budget.spend(address("2001:db8:0:1::1"), AN_HOUR, NOW), Ok(()));
        assert!(budget.spend(address("2001:db8:0:1::2"), 1, NOW).is_err());
        assert_eq!(budget.spend(address("2001:db8:0:2::1"), 1, NOW), Ok(()));
        assert_eq!(budget.spend(None, 1, NOW), Ok(()));
    }

    #[test]
    fn what_is_refused_is_not_counted() {
        let budget = Budget::default();
        let from = address("192.0.2.1");
        assert_eq!(budget.spend(from, AN_HOUR - 100, NOW), Ok(()));
        assert!(budget.spend(from, 1000, NOW).is_err());
        assert_eq!(budget.spend(from, 100, NOW), Ok(()));
    }
}
