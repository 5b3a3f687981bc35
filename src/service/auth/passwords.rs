//! Passwords: argon2id, never more than two at once, and never on the threads that answer requests.

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

use crate::model::Error;

/// 19 MiB, two passes: each hash costs an attacker as much.
static ARGON2: LazyLock<Argon2<'static>> = LazyLock::new(|| {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_else(|error| unreachable!("fixed parameters: {error}"));
    Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
});

/// What a password is compared with where there is none, so that an unknown name takes as long as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now(b"nobody has this password").unwrap_or_default());

fn hash_now(password: &[u8]) -> Option<String> {
    ARGON2.hash_password(password).ok().map(|hash| hash.to_string())
}

/// So many right passwords are remembered, for so long after their last use.
const REMEMBERED: u64 = 10_000;
const REMEMBERED_FOR: Duration = Duration::from_secs(600);

/// Hashes and compares passwords.
pub struct Passwords {
    at_once: Arc<Semaphore>,
    /// Right passwords, signed together with their hashes by a key that ends with this process: 1.x clients send theirs
    /// with each request, and none of them could wait for a hash each time.
    right: Cache<[u8; 32], ()>,
    key: [u8; 32],
}

impl Default for Passwords {
    fn default() -> Self {
        let right = Cache::builder().max_capacity(REMEMBERED).time_to_idle(REMEMBERED_FOR).build();
        Self { at_once: Arc::new(Semaphore::new(2)), right, key: crate::service::random() }
    }
}

impl Passwords {
    /// The hash to store.
    pub async fn hash(&self, password: &SecretString) -> Result<String, Error> {
        let password = password.clone();
        self.run(move || hash_now(password.expose_secret().as_bytes())).await?.ok_or(Error::Internal)
    }

    /// Whether a password is the one that was hashed; never for `None`, which takes as long.
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

    /// Whether a password was found right a short while ago. A changed password has another hash, so the old one is
    /// forgotten at once.
    pub fn is_known_right(&self, hash: &str, password: &SecretString) -> bool {
        self.right.contains_key(&self.sign(hash, password))
    }

    /// Remembers a password that was found right.
    pub fn remember_right(&self, hash: &str, password: &SecretString) {
        self.right.insert(self.sign(hash, password), ());
    }

    fn sign(&self, hash: &str, password: &SecretString) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        mac.update(hash.as_bytes());
        // No hash contains it.
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
