//! Forms: their fields, the response to one, and the flash message after it.

pub(crate) mod account;
pub(crate) mod buckets;
pub(crate) mod databases;
pub mod flash;
mod form;
pub(crate) mod members;
pub(crate) mod orgs;
pub mod outcome;
pub(crate) mod preferences;
pub(crate) mod session;
pub(crate) mod submit;
pub(crate) mod telegrafs;
pub(crate) mod tokens;
pub(crate) mod users;
