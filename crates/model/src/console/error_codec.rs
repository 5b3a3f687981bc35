//! Serialization of errors for the browser: as messages, since a user reads them there. Only errors that the console
//! reacts to keep their variant; a decoder for the others would be a tenth of the WASM's size.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, Permission};

use super::messages;

/// The subset of [`Error`] sent to the browser.
#[derive(Serialize, Deserialize)]
enum EncodedError {
    Unauthenticated,
    UserInactive,
    OrgNotFound,
    BucketNotFound,
    TelegrafNotFound,
    TooManyAttempts(u64),
    Unauthorized(Permission),
    Told(String, Vec<(String, String)>),
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let wire = match self {
            Self::Unauthenticated => EncodedError::Unauthenticated,
            Self::UserInactive => EncodedError::UserInactive,
            Self::OrgNotFound => EncodedError::OrgNotFound,
            Self::BucketNotFound => EncodedError::BucketNotFound,
            Self::TelegrafNotFound => EncodedError::TelegrafNotFound,
            Self::TooManyAttempts { seconds } => EncodedError::TooManyAttempts(*seconds),
            Self::Unauthorized(permission) => EncodedError::Unauthorized(*permission),
            other => EncodedError::Told(messages::sentence(other), messages::at_fields(other)),
        };
        wire.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match EncodedError::deserialize(deserializer)? {
            EncodedError::Unauthenticated => Self::Unauthenticated,
            EncodedError::UserInactive => Self::UserInactive,
            EncodedError::OrgNotFound => Self::OrgNotFound,
            EncodedError::BucketNotFound => Self::BucketNotFound,
            EncodedError::TelegrafNotFound => Self::TelegrafNotFound,
            EncodedError::TooManyAttempts(seconds) => Self::TooManyAttempts { seconds },
            EncodedError::Unauthorized(permission) => Self::Unauthorized(permission),
            EncodedError::Told(sentence, fields) => Self::Told { sentence, fields },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(error: &Error) -> Error {
        serde_json::from_str(&serde_json::to_string(error).unwrap()).unwrap()
    }

    #[test]
    fn an_error_reads_the_same_in_the_browser_as_on_the_server() {
        for error in [
            Error::Internal,
            Error::PasswordLength,
            Error::Unauthenticated,
            Error::TooManyAttempts { seconds: 40 },
            Error::OrgNameTaken { name: "a".into() },
            Error::field("old", "Fill this in."),
        ] {
            assert_eq!(messages::sentence(&sent(&error)), messages::sentence(&error), "{error}");
            assert_eq!(messages::at_fields(&sent(&error)), messages::at_fields(&error), "{error}");
        }
    }
}
