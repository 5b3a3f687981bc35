//! The 1.x credentials that were accepted lately, by their origin: a client that rested goes on with the same one,
//! though its neighbours have used up the budget of unknown credentials. The same is true of tokens that were found
//! before.
//!
//! Passwords are weaker than tokens, and an exemption without a limit would let a neighbour guess beyond the budget:
//! the answer to the one guess that is exempt differs. Few different ones are compared until the client is accepted
//! again.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

use jeton_model::Timestamp;

use super::{rate_limit_key::RateLimitKey, tried_passwords::Attempt};

/// Maximum number of pairs of user name and origin that are remembered.
const REMEMBERED: u64 = 10_000;
/// Time after its last use for which a credential is exempt.
const EXEMPT_FOR_SECONDS: i64 = 24 * 3600;
/// Maximum number of different passwords that are compared beyond the budget.
const MISSES: u32 = 10;
/// Number of different passwords after which a client that goes on is no longer spared the budget: somebody guesses.
const GUESSES: u32 = 1000;

/// The password with which a user name was accepted from an origin.
struct Accepted {
    /// Signed with the user name, and without the hash of the credential, which would have to be read.
    password: Attempt,
    used_at: Timestamp,
    last_miss: Option<Attempt>,
    misses: u32,
}

/// Accepted credentials of this node, in bounded memory.
pub(crate) struct AcceptedPasswords(Cache<(String, RateLimitKey), Arc<Mutex<Accepted>>>);

impl Default for AcceptedPasswords {
    fn default() -> Self {
        let day = Duration::from_secs(EXEMPT_FOR_SECONDS.unsigned_abs());
        Self(Cache::builder().max_capacity(REMEMBERED).time_to_idle(day).build())
    }
}

impl AcceptedPasswords {
    /// Remembers a credential whose password was verified; it replaces an earlier one with the same user name and
    /// origin.
    pub(super) fn accept(&self, username: &str, password: Attempt, origin: RateLimitKey, now: Timestamp) {
        let accepted = Accepted { password, used_at: now, last_miss: None, misses: 0 };
        self.0.insert((username.to_owned(), origin), Arc::new(Mutex::new(accepted)));
    }

    /// Remembers a further use of a credential, without a verification.
    pub(super) fn used(&self, username: &str, password: Attempt, origin: RateLimitKey, now: Timestamp) {
        let is_noted = self.with(username, origin, |accepted| {
            accepted.used_at = now;
            accepted.password == password
        });
        if is_noted != Some(true) {
            self.accept(username, password, origin, now);
        }
    }

    /// Returns whether a credential was accepted from this origin lately. Others count as misses, in a row as one.
    pub(super) fn has(&self, username: &str, password: Attempt, origin: RateLimitKey, now: Timestamp) -> bool {
        let compared = self.with(username, origin, |accepted| {
            let is_late = now.seconds_since(accepted.used_at) >= EXEMPT_FOR_SECONDS;
            let is_exempt = accepted.misses < MISSES && !is_late;
            let is_same = accepted.password == password;
            if !is_same && accepted.last_miss.replace(password) != Some(password) {
                accepted.misses = accepted.misses.saturating_add(1);
            }
            is_exempt && is_same
        });
        compared == Some(true)
    }

    /// Returns whether a credential that this origin has proven is spared the budget: it was accepted from there, and
    /// not so many other passwords were tried beyond the budget that no answer may tell which one is right. Guesses are
    /// counted for accepted credentials alone: a neighbour would have any number of them for another one.
    pub(super) fn spares(&self, username: &str, password: Attempt, origin: RateLimitKey) -> bool {
        let is_spared = |accepted: &mut Accepted| accepted.password == password && accepted.misses < GUESSES;
        self.with(username, origin, is_spared) == Some(true)
    }

    /// Forgets a credential that is not accepted any more, such as one with a changed password.
    pub(super) fn forget(&self, username: &str, password: Attempt, origin: RateLimitKey) {
        if self.with(username, origin, |accepted| accepted.password == password) == Some(true) {
            self.0.invalidate(&(username.to_owned(), origin));
        }
    }

    fn with<T>(&self, username: &str, origin: RateLimitKey, act: impl FnOnce(&mut Accepted) -> T) -> Option<T> {
        let accepted = self.0.get(&(username.to_owned(), origin))?;
        let mut accepted = accepted.lock().unwrap_or_else(PoisonError::into_inner);
        Some(act(&mut accepted))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Client, auth::tried_passwords::TriedPasswords};

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    fn origin(address: &str) -> RateLimitKey {
        Client { address: address.parse().ok(), ..Client::default() }.origin()
    }

    /// Signs passwords of the user name `grafana`.
    fn signing() -> impl Fn(&str) -> Attempt {
        let tried = TriedPasswords::default();
        move |password| tried.attempt("grafana", None, &password.to_owned().into())
    }

    #[test]
    fn a_credential_is_exempt_where_it_was_accepted_and_with_its_password_alone() {
        let (accepted, sign) = (AcceptedPasswords::default(), signing());
        let (here, there) = (origin("192.0.2.1"), origin("192.0.2.2"));
        accepted.accept("grafana", sign("password"), here, NOW);
        assert!(accepted.has("grafana", sign("password"), here, NOW));
        assert!(!accepted.has("grafana", sign("password"), there, NOW));
        assert!(!accepted.has("grafana", sign("Password"), here, NOW));
        assert!(!accepted.has("telegraf", sign("password"), here, NOW));
        accepted.forget("grafana", sign("Password"), here);
        assert!(accepted.has("grafana", sign("password"), here, NOW), "another one was forgotten");
        accepted.forget("grafana", sign("password"), here);
        assert!(!accepted.has("grafana", sign("password"), here, NOW));
    }

    #[test]
    fn a_new_password_takes_the_place_of_the_old_one() {
        let (accepted, sign, here) = (AcceptedPasswords::default(), signing(), origin("192.0.2.1"));
        accepted.accept("grafana", sign("old"), here, NOW);
        accepted.accept("grafana", sign("new"), here, NOW);
        assert!(!accepted.has("grafana", sign("old"), here, NOW));
        assert!(accepted.has("grafana", sign("new"), here, NOW));
        accepted.used("grafana", sign("newer"), here, NOW);
        assert!(!accepted.has("grafana", sign("new"), here, NOW));
        assert!(accepted.has("grafana", sign("newer"), here, NOW));
    }

    #[test]
    fn a_credential_is_exempt_for_a_day_after_its_last_use() {
        let (accepted, sign, here) = (AcceptedPasswords::default(), signing(), origin("192.0.2.1"));
        accepted.accept("grafana", sign("password"), here, NOW);
        let later = NOW.plus_seconds(EXEMPT_FOR_SECONDS - 1);
        assert!(accepted.has("grafana", sign("password"), here, later), "this is no use");
        assert!(!accepted.has("grafana", sign("password"), here, later.plus_seconds(1)));
        accepted.used("grafana", sign("password"), here, later);
        assert!(accepted.has("grafana", sign("password"), here, later.plus_seconds(1)));
    }

    #[test]
    fn a_neighbour_guesses_a_few_times_and_not_without_end() {
        let (accepted, sign, here) = (AcceptedPasswords::default(), signing(), origin("192.0.2.1"));
        accepted.accept("grafana", sign("password"), here, NOW);
        for _ in 0..100 {
            assert!(!accepted.has("grafana", sign("that of last year"), here, NOW));
        }
        assert!(accepted.has("grafana", sign("password"), here, NOW), "a program that goes on is no guess");
        for guess in 1..MISSES {
            assert!(!accepted.has("grafana", sign(&format!("guess {guess}")), here, NOW));
        }
        assert!(!accepted.has("grafana", sign("password"), here, NOW), "nobody learns that it is right");
        accepted.used("grafana", sign("password"), here, NOW);
        assert!(!accepted.has("grafana", sign("password"), here, NOW));
        accepted.accept("grafana", sign("password"), here, NOW);
        assert!(accepted.has("grafana", sign("password"), here, NOW));
    }

    #[test]
    fn a_client_that_goes_on_is_spared_the_budget_until_somebody_guesses_without_end() {
        let (accepted, sign, here) = (AcceptedPasswords::default(), signing(), origin("192.0.2.1"));
        accepted.accept("grafana", sign("password"), here, NOW);
        let there = origin("192.0.2.2");
        accepted.accept("grafana", sign("password"), there, NOW);
        for guess in 0..GUESSES {
            assert!(accepted.spares("grafana", sign("password"), here), "after {guess}");
            assert!(!accepted.has("grafana", sign(&format!("guess {guess}")), here, NOW));
        }
        assert!(!accepted.spares("grafana", sign("password"), here));
        assert!(accepted.spares("grafana", sign("password"), there), "nobody guesses there");
        accepted.accept("grafana", sign("password"), here, NOW);
        assert!(accepted.spares("grafana", sign("password"), here), "it was verified within the budget");
    }

    #[test]
    fn a_client_is_spared_the_budget_only_with_a_credential_whose_guesses_are_counted() {
        let (accepted, sign, here) = (AcceptedPasswords::default(), signing(), origin("192.0.2.1"));
        assert!(!accepted.spares("grafana", sign("password"), here), "it was proven elsewhere, or its client left");
        accepted.accept("grafana", sign("password"), here, NOW);
        assert!(accepted.spares("grafana", sign("password"), here));
        assert!(!accepted.spares("grafana", sign("Password"), here));
        assert!(!accepted.spares("telegraf", sign("password"), here));
        assert!(!accepted.spares("grafana", sign("password"), origin("192.0.2.2")));
    }
}
