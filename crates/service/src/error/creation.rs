//! Errors of the creation of authorizations.

use jeton_model::Code;

/// The reason why an authorization is not created.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreationError {
    /// The authorization has no permissions.
    #[error("authorization must include permissions")]
    NoPermissions,
    /// The authorization has more than `limit` permissions.
    #[error("authorization must not include more than {limit} permissions")]
    TooManyPermissions {
        /// Maximum number of distinct permissions.
        limit: usize,
    },
    /// The organization is missing.
    #[error("org id required: invalid ID")]
    OrgRequired,
    /// The organization of a permission is malformed.
    #[error("invalid org id for permission: invalid ID")]
    PermissionOrgInvalid,
    /// The owner or the organization does not exist.
    #[error("unable to create token")]
    UnableToCreateToken,
    /// The supplied token cannot be sent in a header, or looks like a JWT.
    #[error("a token must not be empty, longer than 512 bytes, a JWT, or contain spaces or control characters")]
    BadSuppliedToken,
    /// `resource.name` matches nothing, or its type has no names here. influxd ignores names and grants the whole type.
    #[error("no {kind} named \"{name}\" in the permission's organization; give its id instead")]
    NoSuchNamedResource {
        /// Name of the resource type, such as `buckets`.
        kind: String,
        /// The name that was looked up.
        name: String,
    },
    /// `resource.org` matches no organization. influxd ignores it and grants in all of them.
    #[error("no organization named \"{name}\"; give its id as orgID instead")]
    NoSuchNamedOrg {
        /// The name that was looked up.
        name: String,
    },
    /// The form's idempotency key was consumed by an earlier submission.
    #[error("this form was already submitted: the token was created and is not shown again")]
    AlreadyCreated,
    /// A 1.x authorization has no user name.
    #[error("token required for v1 user authorization type")]
    V1TokenRequired,
    /// A bucket of a 1.x authorization does not exist.
    #[error("bucket not found when creating auth")]
    V1BucketNotFound,
    /// The supplied token, or the user name of the 1.x authorization, is taken.
    #[error("token already exists")]
    TokenExists,
    /// The supplied value or hash cannot be used. The message says nothing about the record that has it.
    #[error("this token is not available; supply another one, or let the server generate it")]
    TokenNotAvailable,
}

impl CreationError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::NoPermissions
            | Self::TooManyPermissions { .. }
            | Self::OrgRequired
            | Self::PermissionOrgInvalid
            | Self::UnableToCreateToken
            | Self::BadSuppliedToken
            | Self::NoSuchNamedResource { .. }
            | Self::NoSuchNamedOrg { .. }
            | Self::V1TokenRequired => Code::Invalid,
            Self::AlreadyCreated | Self::TokenExists | Self::TokenNotAvailable => Code::Conflict,
            Self::V1BucketNotFound => Code::NotFound,
        }
    }
}
