//! The passwords of 1.x clients that were verified lately, as keyed hashes: such clients send theirs with each request,
//! which could not wait for a verification each time. A client that goes on with a wrong one costs none either.

use std::{hash::Hash, sync::Arc, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use moka::sync::{Cache, CacheBuilder};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::rate_limit_key::RateLimitKey;

/// Maximum number of correct passwords that are remembered, and of wrong ones; neither drive the others out.
const REMEMBERED: u64 = 10_000;
/// Time after which a password is forgotten: a correct one if it is not used, a wrong one in any case.
const REMEMBERED_FOR: Duration = Duration::from_secs(600);

/// A password that was tried for a user name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Attempt([u8; 32]);

/// Verified passwords in bounded memory. They are signed together with the hash that they were compared with: a changed
/// password has another hash, so neither result stands for it.
pub(crate) struct TriedPasswords {
    /// A key of this process.
    key: [u8; 32],
    right: Cache<Attempt, ()>,
    /// The correct passwords by the client that used them: only that one is spared the login throttle.
    proven: Cache<(Attempt, RateLimitKey), ()>,
    wrong: Cache<Attempt, ()>,
    /// The verifications that run.
    turns: Cache<Attempt, Arc<Mutex<()>>>,
}

impl Default for TriedPasswords {
    fn default() -> Self {
        Self {
            key: crate::random(),
            right: sized().time_to_idle(REMEMBERED_FOR).build(),
            proven: sized().time_to_idle(REMEMBERED_FOR).build(),
            wrong: sized().time_to_live(REMEMBERED_FOR).build(),
            turns: sized().time_to_idle(REMEMBERED_FOR).build(),
        }
    }
}

/// The builder of a memory of bounded size.
fn sized<K, V>() -> CacheBuilder<K, V, Cache<K, V>>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder().max_capacity(REMEMBERED)
}

impl TriedPasswords {
    /// Signs a password. `hash`: that of the user name's credential; `None` if there is none.
    pub(super) fn attempt(&self, username: &str, hash: Option<&str>, password: &SecretString) -> Attempt {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        for part in [username, hash.unwrap_or_default()] {
            mac.update(part.as_bytes());
            // A separator that no name and no hash contains.
            mac.update(&[0]);
        }
        mac.update(password.expose_secret().as_bytes());
        Attempt(mac.finalize().into_bytes().into())
    }

    /// Returns whether the password was correct; `None` if it was not verified lately.
    pub(super) fn outcome(&self, attempt: &Attempt) -> Option<bool> {
        // Reading one is a use of it.
        if self.right.get(attempt).is_some() { Some(true) } else { self.wrong.get(attempt).map(|()| false) }
    }

    /// Returns whether this client has used the correct password lately.
    pub(super) fn is_proven(&self, attempt: &Attempt, origin: RateLimitKey) -> bool {
        self.outcome(attempt) == Some(true) && self.proven.get(&(*attempt, origin)).is_some()
    }

    /// Remembers that this client used the correct password.
    pub(super) fn prove(&self, attempt: Attempt, origin: RateLimitKey) {
        self.proven.insert((attempt, origin), ());
    }

    /// Remembers a verified password.
    pub(super) fn remember(&self, attempt: Attempt, is_right: bool) {
        let outcomes = if is_right { &self.right } else { &self.wrong };
        outcomes.insert(attempt, ());
    }

    /// Waits until no other request verifies the same password for the same user name. It may have done so then.
    pub(super) async fn turn(&self, attempt: Attempt) -> OwnedMutexGuard<()> {
        self.turns.get_with(attempt, Arc::default).lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use crate::Client;

    use super::*;

    #[test]
    fn a_verified_password_stands_for_its_name_and_its_hash_alone() {
        let tried = TriedPasswords::default();
        let sign = |name, hash, password: &str| tried.attempt(name, hash, &password.to_owned().into());
        let right = sign("grafana", Some("$argon2id$1"), "password");
        tried.remember(right, true);
        tried.remember(sign("nobody", None, "password"), false);
        assert_eq!(tried.outcome(&sign("grafana", Some("$argon2id$1"), "password")), Some(true));
        assert_eq!(tried.outcome(&sign("nobody", None, "password")), Some(false));
        let others = [
            ("grafana", Some("$argon2id$2"), "password"),
            ("grafana", Some("$argon2id$1"), "Password"),
            ("grafana", None, "password"),
            ("nobody", Some("$argon2id$1"), "password"),
            ("another", None, "password"),
            ("nobody", None, "another"),
        ];
        for (name, hash, password) in others {
            assert_eq!(tried.outcome(&sign(name, hash, password)), None, "{name} {hash:?} {password}");
        }
    }

    #[test]
    fn a_password_that_one_client_has_proven_is_no_proof_of_another() {
        let tried = TriedPasswords::default();
        let attempt = tried.attempt("grafana", Some("$argon2id$1"), &"password".to_owned().into());
        let origin = |address: &str| Client { address: address.parse().ok(), ..Client::default() }.origin();
        tried.remember(attempt, true);
        tried.prove(attempt, origin("192.0.2.1"));
        assert!(tried.is_proven(&attempt, origin("192.0.2.1")));
        assert!(!tried.is_proven(&attempt, origin("192.0.2.2")));
    }

    #[test]
    fn no_two_attempts_are_signed_alike_and_no_two_processes_sign_alike() {
        let tried = TriedPasswords::default();
        let sign = |tried: &TriedPasswords, name, hash, password: &str| {
            tried.attempt(name, hash, &password.to_owned().into()).0
        };
        let one = sign(&tried, "a", Some("b"), "c");
        for (name, hash, password) in
            [("ab", None, "c"), ("a", None, "bc"), ("a", Some("bc"), ""), ("", Some("ab"), "c")]
        {
            assert_ne!(sign(&tried, name, hash, password), one, "{name} {hash:?} {password}");
        }
        assert_ne!(sign(&TriedPasswords::default(), "a", Some("b"), "c"), one);
    }
}
