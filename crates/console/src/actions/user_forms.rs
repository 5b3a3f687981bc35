//! Helpers that the actions on users and members share.

use jeton_model::{Error, UserId};

use crate::forms::outcome::FormFields;

pub(crate) fn user(fields: &FormFields) -> Result<UserId, Error> {
    Ok(fields.get("user").unwrap_or_default().parse()?)
}
