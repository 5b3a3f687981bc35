//! Errors of DBRP mappings.

use jeton_model::Code;

/// The reason why a DBRP mapping is not found or not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbrpError {
    /// The organization is missing.
    #[error("either 'org' or 'orgID' must be provided")]
    OrgRequired,
    /// No organization has this name.
    #[error("invalid org \"{name}\": organization not found")]
    OrgNotFound {
        /// The name that was looked up.
        name: String,
    },
    /// The organization has a mapping for this database and retention policy.
    #[error("another DBRP mapping with same orgID, db, and rp exists")]
    Exists,
    /// The mapping does not exist.
    #[error("unable to find DBRP")]
    NotFound,
}

impl DbrpError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::OrgRequired => Code::Invalid,
            Self::OrgNotFound { .. } | Self::NotFound => Code::NotFound,
            Self::Exists => Code::Conflict,
        }
    }
}
