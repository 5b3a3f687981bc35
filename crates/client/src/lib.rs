//! The commands that are clients of the API, with the names and flags of `influx`.

pub mod auth;
mod authorization;
pub mod bucket;
pub mod config;
mod duration;
mod environment;
pub mod error;
pub mod flags;
pub mod http;
pub mod org;
pub mod output;
mod permission_flags;
mod permission_spec;
pub mod ping;
pub mod profiles;
mod resolve;
mod response;
pub mod rows;
pub mod secret;
pub mod server_flags;
pub mod setup;
mod table;
mod url;
pub mod user;
pub mod v1;
mod wording;
