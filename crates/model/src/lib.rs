//! Plain types and pure rules, the same in the server, the browser and the command line.
//!
//! Nothing here does I/O. The time and random bytes are arguments.

pub mod attention;
pub mod audit;
pub mod authorization;
pub mod base_path;
pub mod binding;
pub mod bucket;
pub mod console;
pub mod database_pattern;
pub mod dbrp;
pub mod describe;
pub mod duration;
mod error_code;
pub mod expiry;
pub mod grant;
pub mod id;
mod idempotency_key;
mod json_string;
pub mod leaked;
pub mod narrowing;
pub mod network;
pub mod org;
pub mod org_rules;
pub mod permission;
pub mod permission_error;
pub mod presented_token;
pub mod resource_type;
pub mod rule_violation;
pub mod session_kind;
pub mod supplied_token;
pub mod tally;
pub mod telegraf;
pub mod telegraf_config;
pub mod time;
pub mod token;
pub mod trace_context;
pub mod user;
mod validation_error;
pub mod wording;

#[cfg(feature = "openapi")]
mod openapi;

pub use authorization::{Authorization, LastUse, Liveness, Status, V1Authorization};
pub use base_path::BasePath;
pub use bucket::Bucket;
pub use database_pattern::DatabasePattern;
pub use dbrp::Dbrp;
pub use duration::Span;
pub use error_code::Code;
pub use expiry::Expiry;
pub use id::{AuthorizationId, BucketId, DbrpId, Id, OrgId, TelegrafId, UserId};
pub use idempotency_key::IdempotencyKey;
pub use network::Networks;
pub use org::Org;
pub use permission::{Action, Permission, Resource};
pub use resource_type::ResourceType;
pub use telegraf::Telegraf;
pub use time::Timestamp;
pub use user::User;
pub use validation_error::ValidationError;
