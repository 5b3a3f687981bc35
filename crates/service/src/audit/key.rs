//! The key that signs the chain, and those of its earlier parts, which only verify.

use std::{fmt::Write as _, sync::Arc};

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

/// The place of the current key among the keys.
pub(super) const CURRENT: usize = 0;

/// The key that signs the chain. All nodes of a database share it.
#[derive(Clone)]
pub struct AuditKey {
    current: SigningKey,
    /// The keys before it, which sign nothing more.
    earlier: Arc<[SigningKey]>,
}

/// One key.
#[derive(Clone)]
struct SigningKey(SecretSlice<u8>);

impl SigningKey {
    fn sign(&self, message: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret())
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
        mac.update(message);
        mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    fn check(&self) -> String {
        self.sign(b"jeton audit key")
    }
}

impl AuditKey {
    /// Creates a key from any number of bytes; use 32 from a random generator.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { current: SigningKey(bytes.into()), earlier: Arc::default() }
    }

    /// Adds the keys of earlier parts of the chain.
    pub fn with_earlier(self, keys: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let added = keys.into_iter().map(|bytes| SigningKey(bytes.into()));
        let earlier = self.earlier.iter().cloned().chain(added).collect();
        Self { earlier, ..self }
    }

    /// The signature of a message, in hexadecimal digits.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        self.current.sign(message)
    }

    /// A check value by which the key is recognized, and from which it can't be derived.
    pub fn check(&self) -> String {
        self.current.check()
    }

    /// Returns the place of the key that made a signature.
    pub(super) fn signer(&self, message: &[u8], signature: &str) -> Option<usize> {
        self.all().position(|key| key.sign(message) == signature)
    }

    /// Returns whether the key at a place made a signature.
    pub(super) fn has_signed(&self, place: usize, message: &[u8], signature: &str) -> bool {
        self.all().nth(place).is_some_and(|key| key.sign(message) == signature)
    }

    /// Returns the place of the key with this check value.
    pub(super) fn place_of(&self, check: &str) -> Option<usize> {
        self.all().position(|key| key.check() == check)
    }

    /// Returns whether a check value is that of one of the earlier keys.
    pub(super) fn is_earlier(&self, check: &str) -> bool {
        self.place_of(check).is_some_and(|place| place != CURRENT)
    }

    fn all(&self) -> impl Iterator<Item = &SigningKey> {
        [&self.current].into_iter().chain(self.earlier.iter())
    }
}
