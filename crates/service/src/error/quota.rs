//! Errors of quotas.

use jeton_model::Code;

/// The quota that is used up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuotaError {
    /// A user has `limit` tokens already.
    #[error(
        "this user has the maximum number of tokens ({limit}); delete tokens that are no longer needed, or raise --max-tokens-per-user"
    )]
    TokensOfUser {
        /// Maximum number of tokens of a user.
        limit: u64,
    },
    /// An organization has `limit` tokens already.
    #[error(
        "this organization has the maximum number of tokens ({limit}); delete tokens that are no longer needed, or raise --max-tokens-per-org"
    )]
    TokensOfOrg {
        /// Maximum number of tokens of an organization.
        limit: u64,
    },
    /// An organization's tokens would have more than `limit` permissions.
    #[error(
        "the tokens of this organization would have more than the maximum number of permissions ({limit}); grant resource types instead of single resources, delete tokens that are no longer needed, or raise --max-permissions-per-org"
    )]
    PermissionsOfOrg {
        /// Maximum number of permissions of an organization's tokens.
        limit: u64,
    },
}

impl QuotaError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::TokensOfUser { .. } | Self::TokensOfOrg { .. } | Self::PermissionsOfOrg { .. } => Code::Unprocessable,
        }
    }
}
