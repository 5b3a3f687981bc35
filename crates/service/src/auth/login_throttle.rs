//! The login throttle. After five failures for an account from an address, a pause that doubles; and a limit of a
//! hundred failures per hour for an address. An account alone is never locked, because anyone could lock its user out.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

use jeton_model::{Timestamp, UserId, user::MAX_NAME};

use crate::{Error, error::AuthError};

use super::rate_limit_key::RateLimitKey;

/// Number of failures before the first pause.
const FREE_FAILURES: u32 = 5;
const FIRST_PAUSE_SECONDS: i64 = 40;
const LONGEST_PAUSE_SECONDS: i64 = 15 * 60;
/// Maximum number of failures per address and hour.
const FAILURES_AN_HOUR: u32 = 100;
const HOUR_SECONDS: i64 = 3600;
/// Maximum number of names and addresses that are remembered; the least used are forgotten first.
const REMEMBERED: u64 = 50_000;

/// The account whose password is tried. A correct password resets the failures of its own account only, so each account
/// has an identity that nobody else can choose.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Account {
    /// By id: renaming a user does not reset failures.
    User(UserId),
    /// A name that no user has.
    Unknown(String),
    /// A 1.x credential by its user name, which never changes. A user may have the same name.
    V1(String),
}

impl Account {
    /// An account by an unknown name, cut to [`MAX_NAME`] so that memory stays bounded.
    pub fn unknown(name: &str) -> Self {
        Self::Unknown(name.chars().take(MAX_NAME).collect())
    }
}

/// Failures, and the end of the pause or hour.
#[derive(Default)]
struct Attempts {
    failures: u32,
    until: Option<Timestamp>,
}

type Shared<T> = Arc<Mutex<T>>;

/// Counts of failures on this node, in bounded memory.
pub struct LoginThrottle {
    pairs: Cache<(Account, RateLimitKey), Shared<Attempts>>,
    addresses: Cache<RateLimitKey, Shared<Attempts>>,
}

impl Default for LoginThrottle {
    fn default() -> Self {
        let day = Duration::from_secs(24 * 3600);
        Self {
            pairs: Cache::builder().max_capacity(REMEMBERED).time_to_idle(day).build(),
            addresses: Cache::builder().max_capacity(REMEMBERED).time_to_idle(day).build(),
        }
    }
}

impl LoginThrottle {
    /// Counts an attempt or denies it. It counts as failed until [`LoginThrottle::succeeded`] takes it back, so that
    /// concurrent guesses do not pass together.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`], with the seconds to wait.
    pub fn attempt(&self, account: &Account, origin: RateLimitKey, now: Timestamp) -> Result<(), Error> {
        let whole = self.addresses.get_with(origin, Shared::default);
        let mut whole = whole.lock().unwrap_or_else(PoisonError::into_inner);
        if whole.until.is_some_and(|until| until <= now) {
            *whole = Attempts::default();
        }
        if whole.failures >= FAILURES_AN_HOUR {
            refuse_until(whole.until, now)?;
        }
        // Only now: a denied address must not evict what is remembered of others.
        let pair = self.pairs.get_with((account.clone(), origin), Shared::default);
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

    /// Denies what [`LoginThrottle::attempt`] would deny, and counts nothing.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`], with the seconds to wait.
    pub fn check(&self, account: &Account, origin: RateLimitKey, now: Timestamp) -> Result<(), Error> {
        if let Some(whole) = self.addresses.get(&origin) {
            let whole = whole.lock().unwrap_or_else(PoisonError::into_inner);
            if whole.failures >= FAILURES_AN_HOUR {
                refuse_until(whole.until, now)?;
            }
        }
        let Some(pair) = self.pairs.get(&(account.clone(), origin)) else { return Ok(()) };
        let pair = pair.lock().unwrap_or_else(PoisonError::into_inner);
        refuse_until(pair.until, now)
    }

    /// Takes an attempt back, and resets the failures of its account.
    pub fn succeeded(&self, account: &Account, origin: RateLimitKey) {
        if let Some(whole) = self.addresses.get(&origin) {
            let mut whole = whole.lock().unwrap_or_else(PoisonError::into_inner);
            whole.failures = whole.failures.saturating_sub(1);
        }
        self.pairs.invalidate(&(account.clone(), origin));
    }
}

/// Denies an attempt before `until`.
///
/// # Errors
/// [`AuthError::TooManyAttempts`], with the seconds to wait.
pub(crate) fn refuse_until(until: Option<Timestamp>, now: Timestamp) -> Result<(), Error> {
    match until {
        Some(until) if until > now => {
            let seconds = u64::try_from(until.seconds_since(now)).unwrap_or(0) + 1;
            Err(Error::Auth(AuthError::TooManyAttempts { seconds }))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::Client;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    fn named(name: &str) -> Account {
        Account::unknown(name)
    }

    fn address(text: &str) -> RateLimitKey {
        Client { address: Some(text.parse().unwrap()), ..Client::default() }.origin()
    }

    #[test]
    fn the_sixth_guess_waits_forty_seconds_and_then_twice_as_long() {
        let throttle = LoginThrottle::default();
        let from = address("192.0.2.1");
        for _ in 0..5 {
            assert_eq!(throttle.attempt(&named("alice"), from, NOW), Ok(()));
        }
        assert!(matches!(
            throttle.attempt(&named("alice"), from, NOW),
            Err(Error::Auth(AuthError::TooManyAttempts { seconds: 40..=41 }))
        ));
        let later = NOW.plus_seconds(41);
        assert_eq!(throttle.attempt(&named("alice"), from, later), Ok(()));
        assert!(matches!(
            throttle.attempt(&named("alice"), from, later),
            Err(Error::Auth(AuthError::TooManyAttempts { seconds: 80..=81 }))
        ));
    }

    #[test]
    fn a_check_denies_what_an_attempt_would_and_counts_nothing() {
        let throttle = LoginThrottle::default();
        let from = address("192.0.2.1");
        let check = |name: &str, at: Timestamp| throttle.check(&named(name), from, at);
        for _ in 0..5 {
            for _ in 0..10 {
                assert_eq!(check("alice", NOW), Ok(()));
            }
            throttle.attempt(&named("alice"), from, NOW).unwrap();
        }
        assert_eq!(check("alice", NOW), throttle.attempt(&named("alice"), from, NOW));
        assert!(check("alice", NOW).is_err());
        assert_eq!((check("alice", NOW.plus_seconds(40)), check("bob", NOW)), (Ok(()), Ok(())));
        for guess in 0..95 {
            throttle.attempt(&named(&format!("user{guess}")), from, NOW).unwrap();
        }
        assert_eq!(check("bob", NOW), throttle.attempt(&named("bob"), from, NOW));
        assert!(check("bob", NOW).is_err(), "a hundred from the address");
        assert_eq!(check("bob", NOW.plus_seconds(3600)), Ok(()));
    }

    #[test]
    fn others_and_other_names_are_not_locked_out() {
        let throttle = LoginThrottle::default();
        for _ in 0..5 {
            throttle.attempt(&named("alice"), address("192.0.2.1"), NOW).unwrap();
        }
        assert_eq!(throttle.attempt(&named("alice"), address("192.0.2.2"), NOW), Ok(()));
        assert_eq!(throttle.attempt(&named("bob"), address("192.0.2.1"), NOW), Ok(()));
    }

    #[test]
    fn an_address_of_a_v6_network_counts_for_all_of_it() {
        let throttle = LoginThrottle::default();
        for host in 1..=5 {
            throttle.attempt(&named("alice"), address(&format!("2001:db8:0:1::{host}")), NOW).unwrap();
        }
        assert!(throttle.attempt(&named("alice"), address("2001:db8:0:1::9"), NOW).is_err());
        assert!(throttle.attempt(&named("alice"), address("2001:db8:0:2::9"), NOW).is_ok());
    }

    #[test]
    fn a_right_password_forgets_the_failures_before_it() {
        let throttle = LoginThrottle::default();
        let from = address("192.0.2.1");
        for _ in 0..3 {
            for _ in 0..4 {
                throttle.attempt(&named("alice"), from, NOW).unwrap();
            }
            throttle.attempt(&named("alice"), from, NOW).unwrap();
            throttle.succeeded(&named("alice"), from);
        }
    }

    #[test]
    fn an_address_that_is_refused_anyway_fills_no_memory() {
        let throttle = LoginThrottle::default();
        let from = address("192.0.2.1");
        for guess in 0..200 {
            drop(throttle.attempt(&named(&format!("user{guess}")), from, NOW));
        }
        throttle.pairs.run_pending_tasks();
        assert_eq!(throttle.pairs.entry_count(), u64::from(FAILURES_AN_HOUR));
    }

    #[test]
    fn a_hundred_failures_an_hour_are_enough_for_an_address() {
        let throttle = LoginThrottle::default();
        let from = address("192.0.2.1");
        for guess in 0..100 {
            throttle.attempt(&named(&format!("user{guess}")), from, NOW).unwrap();
        }
        assert!(throttle.attempt(&named("another"), from, NOW).is_err());
        assert_eq!(throttle.attempt(&named("another"), from, NOW.plus_seconds(3600)), Ok(()));
    }

    #[test]
    fn a_1_x_credential_named_like_a_user_neither_locks_nor_frees_the_user() {
        let throttle = LoginThrottle::default();
        let user = Account::User(UserId(jeton_model::Id::new(1).unwrap()));
        let from = address("192.0.2.1");
        for _ in 0..5 {
            throttle.attempt(&user, from, NOW).unwrap();
            throttle.attempt(&Account::V1("alice".into()), from, NOW).unwrap();
            throttle.succeeded(&Account::V1("alice".into()), from);
        }
        assert!(throttle.attempt(&user, from, NOW).is_err());
        assert_eq!(throttle.attempt(&Account::V1("alice".into()), from, NOW), Ok(()));
    }

    #[test]
    fn clients_of_unknown_address_share_their_guesses_and_nobody_elses() {
        let throttle = LoginThrottle::default();
        let behind = |peer: &str| Client { peer: peer.parse().ok(), ..Client::default() }.origin();
        for _ in 0..5 {
            throttle.attempt(&named("alice"), behind("10.0.0.1"), NOW).unwrap();
        }
        assert!(throttle.attempt(&named("alice"), behind("10.0.0.1"), NOW).is_err());
        assert_eq!(throttle.attempt(&named("alice"), behind("10.0.0.2"), NOW), Ok(()));
        assert_eq!(throttle.attempt(&named("alice"), address("10.0.0.1"), NOW), Ok(()), "the proxy itself");
    }
}
