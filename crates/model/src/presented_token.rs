//! A token as a client presented it, hashed once.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::token::{TokenHash, is_jwt};

/// The SHA-256 of a token, by which it is looked up in memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest([u8; 32]);

/// A token that a client presented. It is hashed once, whatever looks it up, and `Debug` does not reveal it.
#[derive(Clone, Copy)]
pub struct PresentedToken<'a> {
    text: &'a str,
    digest: TokenDigest,
}

impl<'a> PresentedToken<'a> {
    /// Hashes a token.
    pub fn new(text: &'a str) -> Self {
        Self { text, digest: TokenDigest(Sha256::digest(text).into()) }
    }

    /// Returns the SHA-256 of the token.
    pub const fn digest(&self) -> &TokenDigest {
        &self.digest
    }

    /// Returns every hash under which the token may be stored. The SHA-512 of an import is computed only here.
    pub fn hashes(&self) -> [TokenHash; 2] {
        [TokenHash::of_sha_256(&self.digest.0), TokenHash::sha_512_of(self.text)]
    }

    /// Returns whether the token is a JWT: see [`is_jwt`].
    pub fn is_jwt(&self) -> bool {
        is_jwt(self.text)
    }
}

impl fmt::Debug for PresentedToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentedToken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presented_token_is_found_by_the_hashes_that_are_stored() {
        assert_eq!(PresentedToken::new("my-token").hashes(), TokenHash::all_of("my-token"));
    }

    #[test]
    fn a_presented_token_is_in_no_debug_output() {
        assert_eq!(format!("{:?}", PresentedToken::new("my-token")), "PresentedToken");
    }
}
