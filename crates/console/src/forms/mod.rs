//! Forms: their fields, the response to one, and the flash message after it.

pub mod flash;
pub(crate) mod org_rules;
pub mod outcome;
pub(crate) mod submit;
