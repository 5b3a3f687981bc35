//! Errors of delegation: what a caller may give to a token.

use jeton_model::{Code, OrgId, Permission, Timestamp};

/// The reason why a caller may not give a token what was requested.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DelegationError {
    /// The caller would delegate a permission that they don't hold.
    #[error("permission {0} is not allowed: {0} is unauthorized")]
    NotGrantable(Permission),
    /// A permission of the type `instance` is requested, which only operator tokens have.
    #[error("authorizations cannot be created with the instance type, it is only used during setup")]
    InstanceNotGrantable,
    /// A permission names another organization than the authorization.
    #[error("permission {0} is not for org id {1}")]
    PermissionForOtherOrg(Permission, OrgId),
    /// A token would create or change one that expires later than itself.
    #[error("the expiry must not be later than that of the token you are using ({end})")]
    OutlivesCaller {
        /// Expiry of the token that is used.
        end: Timestamp,
    },
    /// A token would create or change one that is accepted from networks beyond its own.
    #[error("the networks must lie within those of the token you are using ({networks})")]
    ReachesBeyondCaller {
        /// Networks of the token that is used, as text.
        networks: String,
    },
}

impl DelegationError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::NotGrantable(..) => Code::Forbidden,
            Self::InstanceNotGrantable | Self::PermissionForOtherOrg(..) => Code::Invalid,
            Self::OutlivesCaller { .. } | Self::ReachesBeyondCaller { .. } => Code::Unprocessable,
        }
    }
}
