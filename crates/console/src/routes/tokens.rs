//! The routes of the API Tokens page.

use std::{fmt, str::FromStr};

use jeton_model::AuthorizationId;

use super::page_routes::page_routes;

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

/// Formats the name of the file in the address.
impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "export.{}", self.ending())
    }
}

impl FromStr for Export {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let ending = name.strip_prefix("export.").ok_or(())?;
        Self::ALL.into_iter().find(|export| export.ending() == ending).ok_or(())
    }
}

page_routes! {
    /// The API Tokens page, or one of its dialogs.
    Tokens in Tokens {
        /// The page without a dialog.
        List [] page,
        /// The dialog that generates an All Access API Token.
        AllAccess ["generate", "all-access"] dialog,
        /// The dialog that generates a Custom API Token.
        Custom ["generate", "custom-api"] dialog,
        /// The dialog with the filters.
        Filter ["filter"] dialog,
        /// The dialog with columns and density.
        Look ["look"] dialog,
        /// The dialog that deletes the selected tokens.
        Selected ["selected"] dialog,
        /// The dialog that reports leaked tokens.
        Leaked ["leaked"] dialog,
        /// The dialog about all tokens that match the attention filter.
        Remedy ["remedy"] dialog,
        /// The list as a file.
        Export(export: Export) [export] page,
        /// The drawer with the details of a token.
        Details(id: AuthorizationId) [id] dialog,
        /// The drawer with the description as a field.
        Edit(id: AuthorizationId) [id, "edit"] dialog,
        /// The list with the description as a field in the token's row.
        Rename(id: AuthorizationId) [id, "rename"] page,
        /// The dialog that changes expiry and networks.
        Limits(id: AuthorizationId) [id, "limits"] dialog,
        /// The dialog that clones a token.
        Clone(id: AuthorizationId) [id, "clone"] dialog,
        /// The dialog that rotates a token.
        Rotate(id: AuthorizationId) [id, "rotate"] dialog,
        /// The dialog that deactivates the descendants.
        Descendants(id: AuthorizationId) [id, "descendants"] dialog,
        /// The dialog that deletes a token.
        Delete(id: AuthorizationId) [id, "delete"] dialog,
    }
}
