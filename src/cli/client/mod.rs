//! The commands that are clients of the API, with the names and flags of `influx`.

pub(crate) mod auth;
mod authorization;
pub(crate) mod bucket;
pub(crate) mod config;
mod duration;
pub mod http;
pub(crate) mod org;
mod permission_flags;
mod permission_spec;
pub(crate) mod ping;
pub(crate) mod profiles;
mod resolve;
mod response;
pub(crate) mod rows;
pub(crate) mod server_flags;
pub(crate) mod setup;
mod url;
pub(crate) mod user;
pub(crate) mod v1;
mod wording;
