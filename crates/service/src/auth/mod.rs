//! Authentication and delegation: credentials, sessions, passwords, inherited limits, rate limits.

pub(crate) mod accepted_passwords;
pub(crate) mod account_control;
pub mod authenticate;
pub(crate) mod bcrypt_hash;
pub mod caller;
pub mod credential_status;
pub(crate) mod delegation;
pub(crate) mod inherited_limits;
pub(crate) mod lasting_permission;
pub mod login_throttle;
pub mod passwords;
pub(crate) mod permitted_things;
mod queue_limit;
pub(crate) mod rate_limit;
mod rate_limit_key;
pub(crate) mod required_permissions;
pub mod sessions;
pub mod token_holder;
pub(crate) mod tried_passwords;
pub(crate) mod unknown_tokens;
pub mod v1_credentials;
pub mod v1_login;
mod v1_passwords;
pub(crate) mod verifier;
