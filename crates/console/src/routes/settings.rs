//! The routes of the pages of Settings, and of the signed-in user's pages.

use std::fmt;

use jeton_model::{OrgId, UserId};

use super::{PageRoute, Section, page_routes::page_routes};

page_routes! {
    /// The Members page, or one of its dialogs.
    Members in Members {
        /// The page without a dialog.
        List [] page,
        /// Makes an existing user a member.
        Add ["add"] dialog,
        /// Makes a new user a member.
        Invite ["invite"] dialog,
        /// The dialog that removes a member from the organization.
        Remove(id: UserId) [id, "remove"] dialog,
        /// The dialog that confirms the deactivation of a user.
        Deactivate(id: UserId) [id, "deactivate"] dialog,
        /// The dialog that deletes a user.
        Delete(id: UserId) [id, "delete"] dialog,
    }
}

impl Members {
    /// Returns the user that the dialog is about.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::List | Self::Add | Self::Invite => None,
            Self::Remove(id) | Self::Deactivate(id) | Self::Delete(id) => Some(id),
        }
    }
}

page_routes! {
    /// The Users page, or one of its dialogs.
    Users in Users {
        /// The page without a dialog.
        List [] page,
        /// The dialog that creates a user.
        Create ["new"] dialog,
        /// The dialog that renames a user.
        Edit(id: UserId) [id, "edit"] dialog,
        /// The dialog that sets a user's password.
        Password(id: UserId) [id, "password"] dialog,
        /// The sessions of the user.
        Sessions(id: UserId) [id, "sessions"] dialog,
        /// The dialog that confirms the deactivation of a user.
        Deactivate(id: UserId) [id, "deactivate"] dialog,
        /// The dialog that deletes a user.
        Delete(id: UserId) [id, "delete"] dialog,
    }
}

impl Users {
    /// Returns the user that the dialog is about.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::List | Self::Create => None,
            Self::Edit(id) | Self::Password(id) | Self::Sessions(id) | Self::Deactivate(id) | Self::Delete(id) => {
                Some(id)
            }
        }
    }
}

page_routes! {
    /// The Organizations page, or one of its dialogs. An organization is displayed in place of the list, not above it.
    Orgs in Orgs {
        /// The list without a dialog.
        List [] page,
        /// The dialog that creates an organization.
        Create ["new"] dialog,
        /// The settings of an organization, in place of the list.
        Show(id: OrgId) [id] page,
        /// The dialog that deletes an organization.
        Delete(id: OrgId) [id, "delete"] dialog,
    }
}

/// The page of the signed-in user: password and sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account;

impl PageRoute for Account {
    const SECTION: Section = Section::Account;
    const LIST: Self = Self;

    fn parse(rest: &[&str]) -> Option<Self> {
        rest.is_empty().then_some(Self)
    }

    fn has_dialog(self) -> bool {
        false
    }
}

impl fmt::Display for Account {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// The About page: server versions, and links to its documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About;

impl PageRoute for About {
    const SECTION: Section = Section::About;
    const LIST: Self = Self;

    fn parse(rest: &[&str]) -> Option<Self> {
        rest.is_empty().then_some(Self)
    }

    fn has_dialog(self) -> bool {
        false
    }
}

impl fmt::Display for About {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}
