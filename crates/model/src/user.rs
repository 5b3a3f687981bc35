//! Users, and the checks of names and passwords.

use serde::{Deserialize, Serialize};

use crate::{Status, UserId, ValidationError};

/// Maximum number of bytes in the name of a user, an organization, a bucket or a telegraf configuration.
pub const MAX_NAME: usize = 255;
/// Minimum number of bytes of a password.
pub const MIN_PASSWORD: usize = 8;

/// A user, who signs in and owns tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The user's id, by which permissions refer to them.
    pub id: UserId,
    /// The name to sign in with, which is unique.
    pub name: String,
    /// The status; an inactive user's tokens are not accepted either.
    pub status: Status,
}

/// Checks the name of a user. Names are not trimmed, and their case matters (docs/influxdb-compatibility.md §5.1).
///
/// # Errors
/// Fails if the name is empty or too long, or contains NUL.
pub fn check_user_name(name: &str) -> Result<(), ValidationError> {
    if name.is_empty() {
        return Err(ValidationError::UserNameEmpty);
    }
    check_text("name", name, MAX_NAME)
}

/// Checks that a text can be stored.
///
/// # Errors
/// Fails if it is longer than `limit` bytes or contains NUL, which PostgreSQL can't store.
pub fn check_text(field: &'static str, text: &str, limit: usize) -> Result<(), ValidationError> {
    if text.contains('\0') {
        return Err(ValidationError::TextNul { field: field.into() });
    }
    if text.len() > limit {
        return Err(ValidationError::TextTooLong { field: field.into(), limit });
    }
    Ok(())
}

/// Checks a password against influxd's policy: 8 to 72 bytes (docs/influxdb-compatibility.md §5.1).
///
/// # Errors
/// Fails if it is shorter or longer.
pub fn check_password(password: &str) -> Result<(), ValidationError> {
    if (MIN_PASSWORD..=72).contains(&password.len()) { Ok(()) } else { Err(ValidationError::PasswordLength) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_measured_in_bytes() {
        assert_eq!(check_password("1234567"), Err(ValidationError::PasswordLength));
        assert_eq!(check_password("12345678"), Ok(()));
        assert_eq!(check_password(&"x".repeat(72)), Ok(()));
        assert_eq!(check_password(&"x".repeat(73)), Err(ValidationError::PasswordLength));
        assert_eq!(check_password("ॐॐॐ"), Ok(()));
    }

    #[test]
    fn names_without_letters_and_names_with_nul_are_refused() {
        assert_eq!(check_user_name(""), Err(ValidationError::UserNameEmpty));
        assert!(matches!(check_user_name("a\0"), Err(ValidationError::TextNul { .. })));
        assert!(matches!(check_user_name(&"a".repeat(256)), Err(ValidationError::TextTooLong { limit: 255, .. })));
        assert_eq!(check_user_name(" "), Ok(()));
    }
}
