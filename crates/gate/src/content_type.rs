//! The content types under which bodies are sent.

/// Line protocol, and every other plain text.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
/// JSON.
pub(crate) const JSON: &str = "application/json";
/// A form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
/// Protocol Buffers.
pub(crate) const PROTOBUF: &str = "application/x-protobuf";
/// Any bytes.
pub(crate) const BYTES: &str = "application/octet-stream";
