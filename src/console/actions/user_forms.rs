//! Helpers that the actions on users and members share.

use crate::{
    console::forms::outcome::FormFields,
    model::{Error, UserId},
};

pub(crate) fn user(fields: &FormFields) -> Result<UserId, Error> {
    Ok(fields.get("user").unwrap_or_default().parse()?)
}
