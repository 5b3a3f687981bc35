//! The routes of the pages of Settings, and of the signed-in user's pages.

use std::fmt;

use jeton_model::{OrgId, UserId};

use super::{PageRoute, Section};

/// The Members page, or one of its dialogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Members {
    /// The page without a dialog.
    List,
    /// Makes an existing user a member.
    Add,
    /// Makes a new user a member.
    Invite,
    /// The dialog that removes a member from the organization.
    Remove(UserId),
    /// The dialog that confirms the deactivation of a user.
    Deactivate(UserId),
    /// The dialog that deletes a user.
    Delete(UserId),
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

impl PageRoute for Members {
    const SECTION: Section = Section::Members;
    const LIST: Self = Self::List;

    fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::List,
            ["add"] => Self::Add,
            ["invite"] => Self::Invite,
            [id, "remove"] => Self::Remove(id.parse().ok()?),
            [id, "deactivate"] => Self::Deactivate(id.parse().ok()?),
            [id, "delete"] => Self::Delete(id.parse().ok()?),
            _ => return None,
        })
    }

    fn has_dialog(self) -> bool {
        !matches!(self, Self::List)
    }
}

impl fmt::Display for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => Ok(()),
            Self::Add => f.write_str("/add"),
            Self::Invite => f.write_str("/invite"),
            Self::Remove(id) => write!(f, "/{id}/remove"),
            Self::Deactivate(id) => write!(f, "/{id}/deactivate"),
            Self::Delete(id) => write!(f, "/{id}/delete"),
        }
    }
}

/// The Users page, or one of its dialogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Users {
    /// The page without a dialog.
    List,
    /// The dialog that creates a user.
    Create,
    /// The dialog that renames a user.
    Edit(UserId),
    /// The dialog that sets a user's password.
    Password(UserId),
    /// The sessions of the user.
    Sessions(UserId),
    /// The dialog that confirms the deactivation of a user.
    Deactivate(UserId),
    /// The dialog that deletes a user.
    Delete(UserId),
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

impl PageRoute for Users {
    const SECTION: Section = Section::Users;
    const LIST: Self = Self::List;

    fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::List,
            ["new"] => Self::Create,
            [id, "edit"] => Self::Edit(id.parse().ok()?),
            [id, "password"] => Self::Password(id.parse().ok()?),
            [id, "sessions"] => Self::Sessions(id.parse().ok()?),
            [id, "deactivate"] => Self::Deactivate(id.parse().ok()?),
            [id, "delete"] => Self::Delete(id.parse().ok()?),
            _ => return None,
        })
    }

    fn has_dialog(self) -> bool {
        !matches!(self, Self::List)
    }
}

impl fmt::Display for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => Ok(()),
            Self::Create => f.write_str("/new"),
            Self::Edit(id) => write!(f, "/{id}/edit"),
            Self::Password(id) => write!(f, "/{id}/password"),
            Self::Sessions(id) => write!(f, "/{id}/sessions"),
            Self::Deactivate(id) => write!(f, "/{id}/deactivate"),
            Self::Delete(id) => write!(f, "/{id}/delete"),
        }
    }
}

/// The Organizations page, or one of its dialogs. An organization is displayed in place of the list, not above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orgs {
    /// The list without a dialog.
    List,
    /// The dialog that creates an organization.
    Create,
    /// The settings of an organization, in place of the list.
    Show(OrgId),
    /// The dialog that deletes an organization.
    Delete(OrgId),
}

impl PageRoute for Orgs {
    const SECTION: Section = Section::Orgs;
    const LIST: Self = Self::List;

    fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::List,
            ["new"] => Self::Create,
            [id] => Self::Show(id.parse().ok()?),
            [id, "delete"] => Self::Delete(id.parse().ok()?),
            _ => return None,
        })
    }

    fn has_dialog(self) -> bool {
        !matches!(self, Self::List | Self::Show(_))
    }
}

impl fmt::Display for Orgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => Ok(()),
            Self::Create => f.write_str("/new"),
            Self::Show(id) => write!(f, "/{id}"),
            Self::Delete(id) => write!(f, "/{id}/delete"),
        }
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
