//! Helpers that the actions on users and members share.

use jeton_http::error::ApiError;
use jeton_model::UserId;

use crate::forms::{outcome::FormFields, users::UserForm};

/// Returns the user whose id the form contains.
pub(crate) fn user(fields: &FormFields) -> Result<UserId, ApiError> {
    Ok(UserForm::from(fields).user.parse()?)
}
