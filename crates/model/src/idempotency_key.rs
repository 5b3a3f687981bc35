//! Idempotency keys.

use crate::{
    ValidationError,
    user::{MAX_NAME, check_text},
};

/// The one-time id of a form that creates something: a repeated submission has no further effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Parses a key.
    ///
    /// # Errors
    /// [`ValidationError::TextTooLong`] for more than [`MAX_NAME`] bytes, [`ValidationError::TextNul`].
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        check_text("form", text, MAX_NAME)?;
        Ok(Self(text.to_owned()))
    }

    /// Returns the key's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
