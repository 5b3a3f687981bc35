//! Errors of the set-up.

use jeton_model::Code;

/// The reason why the set-up is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// There are users already.
    #[error("onboarding has already been completed")]
    AlreadyDone,
    /// Fields are missing: their names.
    #[error("onboarding failed: missing required fields [{}]", .0.join(","))]
    Missing(Vec<String>),
}

impl SetupError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::AlreadyDone => Code::Conflict,
            Self::Missing(..) => Code::Unprocessable,
        }
    }
}
