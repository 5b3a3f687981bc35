//! Errors of users.

use jeton_model::{Code, UserId};

/// The reason why a user is not found or not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// The user does not exist.
    #[error("user not found")]
    NotFound,
    /// Another user has this name.
    #[error("user with name {name} already exists")]
    NameTaken {
        /// The requested name.
        name: String,
    },
    /// Another user has this id.
    #[error("user with ID {id} already exists")]
    IdTaken {
        /// The requested id.
        id: UserId,
    },
}

impl UserError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::NameTaken { .. } | Self::IdTaken { .. } => Code::Conflict,
        }
    }
}
