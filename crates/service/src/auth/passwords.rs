//! Passwords: argon2id, at most two at once, on threads that do not serve requests.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use argon2::{
    Argon2, Params,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use hmac::{Hmac, KeyInit, Mac};
use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use tokio::{sync::Semaphore, task};

use crate::Error;

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

/// Maximum number of correct passwords that are remembered.
const REMEMBERED: u64 = 10_000;
/// Time without use after which a correct password is forgotten.
const REMEMBERED_FOR: Duration = Duration::from_secs(600);

/// Hashes and verifies passwords.
pub struct Passwords {
    at_once: Arc<Semaphore>,
    /// Correct passwords, signed together with their hashes by a key of this process: 1.x clients send theirs with each
    /// request, which could not wait for a hash each time.
    right: Cache<[u8; 32], ()>,
    key: [u8; 32],
}

impl Default for Passwords {
    fn default() -> Self {
        let right = Cache::builder().max_capacity(REMEMBERED).time_to_idle(REMEMBERED_FOR).build();
        Self { at_once: Arc::new(Semaphore::new(2)), right, key: crate::random() }
    }
}

impl Passwords {
    /// Hashes a password for storage.
    ///
    /// # Errors
    /// [`Error::Internal`] if hashing fails.
    pub async fn hash(&self, password: &SecretString) -> Result<String, Error> {
        let password = password.clone();
        self.run(move || hash_now(password.expose_secret().as_bytes())).await?.ok_or(Error::Internal)
    }

    /// Returns whether a password has this hash; `false` for `None`, after the same time.
    ///
    /// # Errors
    /// [`Error::Internal`] if the hashing thread fails.
    pub async fn verify(&self, hash: Option<String>, password: &SecretString) -> Result<bool, Error> {
        let password = password.clone();
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.clone());
            let right = PasswordHash::new(&hash)
                .is_ok_and(|hash| ARGON2.verify_password(password.expose_secret().as_bytes(), &hash).is_ok());
            known && right
        })
        .await
    }

    /// Returns whether a password was found correct recently. A changed password has another hash, so the old one is
    /// not accepted.
    pub fn is_known_right(&self, hash: &str, password: &SecretString) -> bool {
        self.right.contains_key(&self.sign(hash, password))
    }

    /// Remembers a correct password.
    pub fn remember_right(&self, hash: &str, password: &SecretString) {
        self.right.insert(self.sign(hash, password), ());
    }

    fn sign(&self, hash: &str, password: &SecretString) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        mac.update(hash.as_bytes());
        // A separator that no hash contains.
        mac.update(&[0]);
        mac.update(password.expose_secret().as_bytes());
        mac.finalize().into_bytes().into()
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let permit = Arc::clone(&self.at_once).acquire_owned().await.map_err(|_| Error::Busy)?;
        let done = task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(|_| Error::Internal)
    }
}
