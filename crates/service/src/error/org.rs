//! Errors of organizations and their members.

use jeton_model::{Code, OrgId, UserId};

/// The reason why an organization or its members are not found or not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrgError {
    /// The organization does not exist.
    #[error("organization not found")]
    NotFound,
    /// The organization to delete does not exist.
    #[error("error deleting organization id: {0}: organization not found")]
    NotFoundToDelete(OrgId),
    /// No organization has this name.
    #[error("organization name \"{name}\" not found")]
    NameNotFound {
        /// The name that was looked up, without outer spaces.
        name: String,
    },
    /// Another organization has this name.
    #[error("organization with name {name} already exists")]
    NameTaken {
        /// The requested name.
        name: String,
    },
    /// The resource whose members are read or changed does not exist, or is not visible to the caller.
    #[error("404 page not found")]
    ParentNotFound,
    /// The caller may read the resource, but not the organization that it belongs to.
    #[error("not found")]
    MembersHidden,
    /// The new member's id is missing.
    #[error("user id missing or invalid")]
    MemberMissing,
    /// The user is a member or an owner already.
    #[error("user {user} is already a member or owner; remove them first to change the role")]
    AlreadyMember {
        /// The user who has a role already.
        user: UserId,
    },
    /// The user has no role in the organization.
    #[error("this user does not belong to the organization")]
    NotMember,
    /// The organization would have no owner.
    #[error("an organization needs an owner; add another owner first")]
    LastOwner,
}

impl OrgError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::NotFound
            | Self::NotFoundToDelete(..)
            | Self::NameNotFound { .. }
            | Self::ParentNotFound
            | Self::MembersHidden
            | Self::NotMember => Code::NotFound,
            Self::NameTaken { .. } | Self::AlreadyMember { .. } | Self::LastOwner => Code::Conflict,
            Self::MemberMissing => Code::Invalid,
        }
    }
}
