//! The routes of the other pages of Load Data: Buckets and Telegraf.

use std::fmt;

use jeton_model::{BucketId, TelegrafId};

use super::{PageRoute, Section};

/// The Buckets page, or one of its dialogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buckets {
    /// The page without a dialog.
    List,
    /// The dialog that creates a bucket.
    Create,
    /// The dialog that edits a bucket.
    Edit(BucketId),
    /// The dialog that deletes a bucket.
    Delete(BucketId),
}

impl PageRoute for Buckets {
    const SECTION: Section = Section::Buckets;
    const LIST: Self = Self::List;

    fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::List,
            ["new"] => Self::Create,
            [id, "edit"] => Self::Edit(id.parse().ok()?),
            [id, "delete"] => Self::Delete(id.parse().ok()?),
            _ => return None,
        })
    }

    fn has_dialog(self) -> bool {
        !matches!(self, Self::List)
    }
}

impl fmt::Display for Buckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => Ok(()),
            Self::Create => f.write_str("/new"),
            Self::Edit(id) => write!(f, "/{id}/edit"),
            Self::Delete(id) => write!(f, "/{id}/delete"),
        }
    }
}

/// The Telegraf page, or one of its dialogs. A configuration is displayed beside the list, not above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telegrafs {
    /// The page without a dialog or a configuration.
    List,
    /// The dialog that creates a configuration.
    Create,
    /// The configuration beside the list.
    Show(TelegrafId),
    /// The dialog that renames a configuration.
    Rename(TelegrafId),
    /// The dialog that deletes a configuration.
    Delete(TelegrafId),
}

impl PageRoute for Telegrafs {
    const SECTION: Section = Section::Telegrafs;
    const LIST: Self = Self::List;

    fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::List,
            ["new"] => Self::Create,
            [id] => Self::Show(id.parse().ok()?),
            [id, "rename"] => Self::Rename(id.parse().ok()?),
            [id, "delete"] => Self::Delete(id.parse().ok()?),
            _ => return None,
        })
    }

    fn has_dialog(self) -> bool {
        !matches!(self, Self::List | Self::Show(_))
    }
}

impl fmt::Display for Telegrafs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => Ok(()),
            Self::Create => f.write_str("/new"),
            Self::Show(id) => write!(f, "/{id}"),
            Self::Rename(id) => write!(f, "/{id}/rename"),
            Self::Delete(id) => write!(f, "/{id}/delete"),
        }
    }
}
