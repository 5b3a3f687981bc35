//! Passwords: argon2id, and bcrypt where an import brought it along; at most two at once, on threads that do not serve
//! requests.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicU64, Ordering},
};

use argon2::{
    Argon2, Params,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task,
};

use crate::{Error, Service};

use super::{
    bcrypt_hash::{self, BcryptHash},
    queue_limit::{QueueLimit, Waiting},
    rate_limit_key::RateLimitKey,
};

/// 19 MiB and two passes for each hash, which every guess costs an attacker too.
static ARGON2: LazyLock<Argon2<'static>> = LazyLock::new(|| {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_else(|error| unreachable!("fixed parameters: {error}"));
    Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
});

/// The hash to compare with if there is none, so that an unknown name takes as long as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now(b"nobody has this password").unwrap_or_default());

fn hash_now(password: &[u8]) -> Option<String> {
    ARGON2.hash_password(password).ok().map(|hash| hash.to_string())
}

/// Verifies a password. As long as there are bcrypt hashes, each verification takes argon2 and bcrypt of the highest cost,
/// whatever the hash is: otherwise the time would tell whose password has which, and which names exist.
fn verify_now(hash: Option<&str>, password: &str, bcrypt_cost: Option<u32>) -> bool {
    let bcrypt = hash.and_then(|hash| BcryptHash::read(hash).ok());
    let argon2 = hash.filter(|_| bcrypt.is_none());
    let has_argon2 = PasswordHash::new(argon2.unwrap_or_else(|| NOBODY.as_str()))
        .is_ok_and(|hash| ARGON2.verify_password(password.as_bytes(), &hash).is_ok());
    let has_bcrypt = bcrypt.is_some_and(|hash| hash.verify(password));
    bcrypt_hash::spend_rest(bcrypt, bcrypt_cost);
    has_bcrypt || (argon2.is_some() && has_argon2)
}

/// The place at which the password of a 1.x client is verified. Nothing else has to be waited for then.
pub(super) struct ClientPlace {
    _permits: [OwnedSemaphorePermit; 2],
}

/// Hashes and verifies passwords.
pub struct Passwords {
    at_once: Arc<Semaphore>,
    /// One of the two places, at most, is that of 1.x clients, who could be guessing: people sign in at the other.
    of_clients: Arc<Semaphore>,
    /// The 1.x clients that wait for their place.
    waiting: QueueLimit,
    verifications: AtomicU64,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(2)),
            of_clients: Arc::new(Semaphore::new(1)),
            waiting: QueueLimit::default(),
            verifications: AtomicU64::new(0),
        }
    }
}

impl Passwords {
    /// Hashes a password for storage.
    ///
    /// # Errors
    /// [`Error::Internal`] if hashing fails.
    pub async fn hash(&self, password: &SecretString) -> Result<String, Error> {
        let password = password.clone();
        let permit = self.permit().await?;
        run(permit, move || hash_now(password.expose_secret().as_bytes())).await?.ok_or(Error::Internal)
    }

    /// Returns whether a password has this hash; `false` for `None`, after the same time. `bcrypt_cost`: the highest cost
    /// of any bcrypt hash that could have been meant, if there are any.
    ///
    /// # Errors
    /// [`Error::Internal`] if the hashing thread fails.
    pub async fn verify(
        &self,
        hash: Option<String>,
        password: &SecretString,
        bcrypt_cost: Option<u32>,
    ) -> Result<bool, Error> {
        let permit = self.permit().await?;
        self.verify_holding(permit, hash, password, bcrypt_cost).await
    }

    /// Begins to wait for the place of 1.x clients.
    ///
    /// # Errors
    /// [`crate::error::AuthError::TooManyAttempts`], if as many requests of the origin wait as may.
    pub(super) fn queue(&self, origin: RateLimitKey) -> Result<Waiting, Error> {
        self.waiting.enter(origin)
    }

    /// Waits for the place of 1.x clients, and until it is one of the two. `_waiting`: the right to wait, which ends
    /// then.
    ///
    /// # Errors
    /// Never fails as long as passwords are verified.
    pub(super) async fn place_of_client(&self, _waiting: Waiting) -> Result<ClientPlace, Error> {
        let of_clients = Arc::clone(&self.of_clients).acquire_owned().await.map_err(|_| Error::Busy)?;
        Ok(ClientPlace { _permits: [of_clients, self.permit().await?] })
    }

    /// [`Passwords::verify`] at the place of 1.x clients, which is free when the verification has ended, whether or not
    /// anybody waits for it.
    ///
    /// # Errors
    /// Those of [`Passwords::verify`].
    pub(super) async fn verify_at(
        &self,
        place: ClientPlace,
        hash: Option<String>,
        password: &SecretString,
        bcrypt_cost: Option<u32>,
    ) -> Result<bool, Error> {
        self.verify_holding(place, hash, password, bcrypt_cost).await
    }

    async fn verify_holding(
        &self,
        held: impl Send + 'static,
        hash: Option<String>,
        password: &SecretString,
        bcrypt_cost: Option<u32>,
    ) -> Result<bool, Error> {
        let password = password.clone();
        self.verifications.fetch_add(1, Ordering::Relaxed);
        run(held, move || verify_now(hash.as_deref(), password.expose_secret(), bcrypt_cost)).await
    }

    /// The argon2id hash of a correct password, if its hash is of bcrypt and can be replaced.
    ///
    /// # Errors
    /// [`Error::Internal`] if hashing fails.
    pub async fn replacement(&self, hash: &str, password: &SecretString) -> Result<Option<String>, Error> {
        if !bcrypt_hash::is_replaceable(hash, password.expose_secret()) {
            return Ok(None);
        }
        self.hash(password).await.map(Some)
    }

    /// Waits for one of the two places.
    async fn permit(&self) -> Result<OwnedSemaphorePermit, Error> {
        Arc::clone(&self.at_once).acquire_owned().await.map_err(|_| Error::Busy)
    }
}

/// Runs work on a thread that serves no requests, and releases what is held when it has ended.
async fn run<T: Send + 'static>(
    held: impl Send + 'static,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let done = task::spawn_blocking(move || {
        let _held = held;
        work()
    });
    done.await.map_err(|_| Error::Internal)
}

impl Service {
    /// Returns the number of verifications of passwords since the start. One that memory answers is none.
    pub fn password_verifications(&self) -> u64 {
        self.passwords().verifications.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use crate::Client;

    use super::*;

    /// Of "password", with cost 4.
    const BCRYPT: &str = "$2a$04$UuTkLRZZ6QofpDOlMz32MuuxEHA43WOemOYHPz6.SjsVsyO1tDU96";

    #[test]
    fn the_place_of_a_1_x_client_is_one_of_the_two_so_that_nothing_else_is_waited_for() {
        let passwords = Passwords::default();
        let mut context = Context::from_waker(Waker::noop());
        let both = Arc::clone(&passwords.at_once).try_acquire_many_owned(2).expect("both are free");
        let waiting = passwords.queue(Client::default().origin()).expect("nobody waits");
        let mut place = pin!(passwords.place_of_client(waiting));
        assert!(place.as_mut().poll(&mut context).is_pending());
        drop(both);
        assert!(place.as_mut().poll(&mut context).is_ready());
    }

    #[test]
    fn a_1_x_client_that_waits_counts_until_it_has_its_place_or_leaves() {
        let passwords = Passwords::default();
        let origin = Client::default().origin();
        let mut context = Context::from_waker(Waker::noop());
        let wait = || passwords.queue(origin).map(|waiting| Box::pin(passwords.place_of_client(waiting)));
        let mut first = wait().expect("nobody waits");
        let Poll::Ready(place) = first.as_mut().poll(&mut context) else { panic!("the place is free") };
        let (mut second, mut third) = (wait().expect("none waits"), wait().expect("one waits"));
        assert!(second.as_mut().poll(&mut context).is_pending() && third.as_mut().poll(&mut context).is_pending());
        assert!(wait().is_err(), "two wait");
        drop(third);
        let mut fourth = wait().expect("one has left");
        assert!(fourth.as_mut().poll(&mut context).is_pending());
        drop(place);
        assert!(second.as_mut().poll(&mut context).is_ready());
        assert!(wait().is_ok(), "one has its place");
    }

    #[test]
    fn each_kind_of_hash_is_verified_beside_the_other() {
        let argon2 = hash_now(b"password").expect("a hash");
        for cost in [None, Some(4), Some(6)] {
            for hash in [argon2.as_str(), BCRYPT] {
                assert!(verify_now(Some(hash), "password", cost), "{hash} {cost:?}");
                assert!(!verify_now(Some(hash), "Password", cost), "{hash} {cost:?}");
                assert!(!verify_now(Some(hash), "nobody has this password", cost), "{hash} {cost:?}");
            }
            assert!(!verify_now(None, "nobody has this password", cost), "{cost:?}");
            assert!(!verify_now(Some("$2a$31$"), "nobody has this password", cost), "{cost:?}");
        }
    }
}
