//! Errors of buckets.

use jeton_model::Code;

/// The reason why a bucket is not found or not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BucketError {
    /// The organization is missing.
    #[error("organization id must be provided")]
    OrgRequired,
    /// The bucket does not exist.
    #[error("bucket not found")]
    NotFound,
    /// No bucket has this name.
    #[error("bucket \"{name}\" not found")]
    NameNotFound {
        /// The name that was looked up.
        name: String,
    },
    /// Another bucket of the organization has this name.
    #[error("bucket with name {name} already exists")]
    NameTaken {
        /// The requested name.
        name: String,
    },
    /// A rename would give two buckets the same name.
    #[error("bucket name is not unique")]
    NameNotUnique,
    /// System buckets keep their names.
    #[error("system buckets cannot be renamed")]
    SystemRename,
    /// System buckets are not deleted.
    #[error("system buckets cannot be deleted")]
    SystemDelete,
    /// More than one retention rule is given.
    #[error("buckets cannot have more than one retention rule at this time")]
    TooManyRetentionRules,
    /// The present shard group's duration exceeds the new retention.
    #[error("shard-group duration must also be updated to be smaller than new retention duration")]
    ShardGroupMustShrink,
}

impl BucketError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::OrgRequired | Self::SystemRename | Self::SystemDelete => Code::Invalid,
            Self::NotFound | Self::NameNotFound { .. } => Code::NotFound,
            Self::NameTaken { .. } | Self::NameNotUnique => Code::Conflict,
            Self::TooManyRetentionRules | Self::ShardGroupMustShrink => Code::Unprocessable,
        }
    }
}
