//! Errors of values: names, passwords, texts, networks, retention.

use crate::{Code, id::IdError};

/// The reason why a value is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValidationError {
    /// A text is longer than `limit` bytes.
    #[error("{field} must not be longer than {limit} bytes")]
    TextTooLong {
        /// Name of the field, as the message calls it.
        field: String,
        /// Maximum number of bytes.
        limit: usize,
    },
    /// A text contains a NUL character, which PostgreSQL cannot store.
    #[error("{field} must not contain a NUL character")]
    TextNul {
        /// Name of the field, as the message calls it.
        field: String,
    },
    /// A field of a form or a body, and what is wrong with it.
    #[error("{message}")]
    Field {
        /// Name of the field in the form or body.
        field: String,
        /// The fault, in a sentence for the user.
        message: String,
    },
    /// A password is too short, or longer than the 72 bytes that bcrypt uses.
    #[error("passwords must be between 8 and 72 characters long")]
    PasswordLength,
    /// A user's name is empty.
    #[error("key required")]
    UserNameEmpty,
    /// An organization's name is empty.
    #[error("org name is empty")]
    OrgNameEmpty,
    /// A bucket's name is empty.
    #[error("bucket name must not be empty")]
    BucketNameEmpty,
    /// A bucket's name starts with an underscore, as only system buckets do.
    #[error("bucket name {name} is invalid. Buckets may not start with underscore")]
    BucketNameUnderscore {
        /// The refused name.
        name: String,
    },
    /// A bucket's name contains a quotation mark.
    #[error("bucket name {name} is invalid. Bucket names may not include quotation marks")]
    BucketNameQuote {
        /// The refused name.
        name: String,
    },
    /// A retention is negative.
    #[error("expiration seconds cannot be negative")]
    RetentionNegative,
    /// A shard group's duration is negative.
    #[error("shard-group duration seconds cannot be negative")]
    ShardGroupNegative,
    /// A retention is shorter than one hour.
    #[error("retention policy duration must be at least 1h0m0s")]
    RetentionTooShort,
    /// A shard group's duration exceeds the retention.
    #[error("retention policy duration must be greater than the shard duration")]
    ShardGroupTooLong,
    /// A text that is no network.
    #[error("{0}")]
    Network(String),
    /// A token is bound to more than `limit` networks.
    #[error("a token may have at most {limit} networks")]
    TooManyNetworks {
        /// Maximum number of networks.
        limit: usize,
    },
    /// A report of leaked tokens with more than `limit` strings.
    #[error("a report may contain at most {limit} {what}; split it")]
    ReportTooLong {
        /// Maximum number of strings.
        limit: usize,
        /// The kind of strings that are too many: "tokens" or "different words".
        what: String,
    },
    /// A permission has an unknown resource type.
    #[error("invalid resource type for permission: unknown resource type for permission")]
    UnknownResourceType,
    /// A permission has an unknown action.
    #[error("invalid action type for permission: unknown action for permission")]
    UnknownAction,
    /// An id is malformed.
    #[error("{0}")]
    Id(#[from] IdError),
    /// A status is neither `active` nor `inactive`.
    #[error("invalid status: must be active or inactive")]
    Status,
    /// A mapping's database or retention policy has characters that influxd does not allow.
    #[error(
        "DBRP provided is invalid: {part} must contain at least one character and only be letters, numbers, '_', '-', and '.'"
    )]
    DbrpName {
        /// The faulty part, as the message calls it: the database or the retention policy.
        part: String,
    },
}

impl ValidationError {
    /// Returns an error about one field of a form.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Field { field: field.into(), message: message.into() }
    }

    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::TextTooLong { .. }
            | Self::TextNul { .. }
            | Self::PasswordLength
            | Self::OrgNameEmpty
            | Self::BucketNameEmpty
            | Self::BucketNameUnderscore { .. }
            | Self::BucketNameQuote { .. }
            | Self::RetentionTooShort
            | Self::ShardGroupTooLong
            | Self::UnknownResourceType
            | Self::UnknownAction
            | Self::Id(_)
            | Self::Status
            | Self::DbrpName { .. } => Code::Invalid,
            Self::Field { .. }
            | Self::RetentionNegative
            | Self::ShardGroupNegative
            | Self::Network(..)
            | Self::TooManyNetworks { .. }
            | Self::ReportTooLong { .. } => Code::Unprocessable,
            Self::UserNameEmpty => Code::EmptyValue,
        }
    }
}
