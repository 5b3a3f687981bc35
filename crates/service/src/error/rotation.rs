//! Errors of rotation.

use jeton_model::{AuthorizationId, Code};

/// The reason why a token is not rotated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RotationError {
    /// The token has a successor, which is the one to rotate.
    #[error("this token was already rotated; rotate its successor {successor} instead")]
    AlreadyRotated {
        /// The authorization that replaced the token.
        successor: AuthorizationId,
    },
    /// The token has expired.
    #[error("an expired token cannot be rotated; create a new one")]
    Expired,
    /// The token is inactive.
    #[error("an inactive token cannot be rotated; activate it first")]
    Inactive,
    /// The token's owner is inactive.
    #[error("the owner of this token is inactive; activate the user first")]
    OwnerInactive,
    /// The token's owner or organization was deleted.
    #[error("the owner or organization of this token was deleted; create a new token for another owner")]
    Orphan,
    /// The token would renew itself, but it is meant to end.
    #[error(
        "this token is meant to end, because its expiry was set to an earlier time or the credential that created it \
         expires; rotate it with another credential"
    )]
    CutShort,
    /// The token was not rotated.
    #[error("this token was not rotated, so there is no overlap to end; deactivate or delete it")]
    NoOverlap,
}

impl RotationError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::AlreadyRotated { .. } => Code::Conflict,
            Self::Expired | Self::Inactive | Self::OwnerInactive | Self::Orphan | Self::CutShort | Self::NoOverlap => {
                Code::Unprocessable
            }
        }
    }
}
