//! HTTP in general: what the API and the console share. No rules, no routes of either.

pub mod assets;
pub mod audit_export;
pub mod base_path;
pub mod certificate_health;
pub mod client_info;
pub mod cookies;
pub mod csrf;
pub mod csv;
pub mod entity_tag;
pub mod error;
mod forwarded;
mod gate_operations;
pub mod gates;
pub mod json_response;
pub mod json_stream;
pub mod plain_text;
pub mod public_urls;
pub mod request_limits;
pub mod request_trace;
pub mod security_headers;
pub mod settings;
pub mod state;
pub mod telemetry;
