//! The routes of the API Tokens page.

use std::fmt;

use jeton_model::AuthorizationId;

use super::{PageRoute, Section};

/// The format of an export of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// Comma-separated values, one row per token.
    Csv,
    /// JSON, with all tokens in one document.
    Json,
}

impl Export {
    /// All formats, in the order of the menu.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Json];

    /// Returns its file extension.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// The API Tokens page, or one of its dialogs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokens {
    /// The page without a dialog.
    List,
    /// The dialog that generates an All Access API Token.
    AllAccess,
    /// The dialog that generates a Custom API Token.
    Custom,
    /// The drawer with the details of a token.
    Details(AuthorizationId),
    /// The drawer with the description as a field.
    Edit(AuthorizationId),
    /// The list with the description as a field in the token's row.
    Rename(AuthorizationId),
    /// The dialog that changes expiry and networks.
    Limits(AuthorizationId),
    /// The dialog that clones a token.
    Clone(AuthorizationId),
    /// The dialog that rotates a token.
    Rotate(AuthorizationId),
    /// The dialog that deletes a token.
    Delete(AuthorizationId),
    /// The dialog that deactivates the descendants.
    Descendants(AuthorizationId),
    /// The dialog with the filters.
    Filter,
    /// The dialog with columns and density.
    Look,
    /// The dialog that deletes the selected tokens.
    Selected,
    /// The dialog that reports leaked tokens.
    Leaked,
    /// The dialog about all tokens that match the attention filter.
    Remedy,
    /// The list as a file.
    Export(Export),
}

impl PageRoute for Tokens {
    const SECTION: Section = Section::Tokens;
    const LIST: Self = Self::List;

    fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::List,
            ["generate", "all-access"] => Self::AllAccess,
            ["generate", "custom-api"] => Self::Custom,
            ["filter"] => Self::Filter,
            ["look"] => Self::Look,
            ["selected"] => Self::Selected,
            ["leaked"] => Self::Leaked,
            ["remedy"] => Self::Remedy,
            ["export.csv"] => Self::Export(Export::Csv),
            ["export.json"] => Self::Export(Export::Json),
            [id] => Self::Details(id.parse().ok()?),
            [id, "edit"] => Self::Edit(id.parse().ok()?),
            [id, "rename"] => Self::Rename(id.parse().ok()?),
            [id, "limits"] => Self::Limits(id.parse().ok()?),
            [id, "clone"] => Self::Clone(id.parse().ok()?),
            [id, "rotate"] => Self::Rotate(id.parse().ok()?),
            [id, "descendants"] => Self::Descendants(id.parse().ok()?),
            [id, "delete"] => Self::Delete(id.parse().ok()?),
            _ => return None,
        })
    }

    fn has_dialog(self) -> bool {
        !matches!(self, Self::List | Self::Rename(_) | Self::Export(_))
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => Ok(()),
            Self::AllAccess => f.write_str("/generate/all-access"),
            Self::Custom => f.write_str("/generate/custom-api"),
            Self::Details(id) => write!(f, "/{id}"),
            Self::Edit(id) => write!(f, "/{id}/edit"),
            Self::Rename(id) => write!(f, "/{id}/rename"),
            Self::Limits(id) => write!(f, "/{id}/limits"),
            Self::Clone(id) => write!(f, "/{id}/clone"),
            Self::Rotate(id) => write!(f, "/{id}/rotate"),
            Self::Descendants(id) => write!(f, "/{id}/descendants"),
            Self::Delete(id) => write!(f, "/{id}/delete"),
            Self::Filter => f.write_str("/filter"),
            Self::Look => f.write_str("/look"),
            Self::Selected => f.write_str("/selected"),
            Self::Leaked => f.write_str("/leaked"),
            Self::Remedy => f.write_str("/remedy"),
            Self::Export(export) => write!(f, "/export.{}", export.ending()),
        }
    }
}
