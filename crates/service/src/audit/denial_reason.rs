//! Reasons of denials.

use jeton_model::{Permission, binding::Lacking};

use crate::auth::credential_status::InvalidReason;

/// The reason of a denial by the login throttle.
pub(crate) const TOO_MANY_ATTEMPTS: &str = "too many attempts";

/// The reason why a credential was denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DenialReason {
    Invalid(InvalidReason),
    Inactive,
    WrongPassword,
    TooManyAttempts,
    Lacks(Permission),
    /// A request that only operators may send through a gate.
    NotOperator,
    /// The token of another organization at a gate.
    OtherOrg,
    /// A session key of the console was used at the API, or the other way round.
    Surface,
}

impl DenialReason {
    /// The reason's name in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invalid(InvalidReason::Expired) => "expired",
            Self::Invalid(InvalidReason::WrongNetwork) => "network",
            Self::Invalid(InvalidReason::OwnerInactive) => "owner inactive",
            Self::Invalid(InvalidReason::OwnerDeleted) => "owner deleted",
            Self::Invalid(InvalidReason::Ended) => "ended",
            Self::Inactive => "inactive",
            Self::WrongPassword => "wrong password",
            Self::TooManyAttempts => TOO_MANY_ATTEMPTS,
            Self::Surface => "surface",
            Self::Lacks(_) => "permission",
            Self::NotOperator => "operator",
            Self::OtherOrg => "organization",
        }
    }
}

impl From<Lacking> for DenialReason {
    fn from(lacking: Lacking) -> Self {
        match lacking {
            Lacking::Permission(permission) => Self::Lacks(permission),
            Lacking::Operator => Self::NotOperator,
            Lacking::Organization => Self::OtherOrg,
        }
    }
}
