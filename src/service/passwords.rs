//! Passwords: argon2id, never more than two at once, and never on the threads that answer requests.

use std::sync::{Arc, LazyLock};

use argon2::{
    Argon2, Params,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
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

/// Hashes and compares passwords.
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(2)))
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

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let permit = Arc::clone(&self.0).acquire_owned().await.map_err(|_| Error::Busy)?;
        let done = task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(|_| Error::Internal)
    }
}
