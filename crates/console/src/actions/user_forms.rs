//! Helpers that the actions on users and members share.

use jeton_http::error::ApiError;
use jeton_model::UserId;

use crate::forms::outcome::FormFields;

/// Returns the user whose id the form contains.
pub(crate) fn user(fields: &FormFields) -> Result<UserId, ApiError> {
    Ok(fields.get("user").unwrap_or_default().parse()?)
}
