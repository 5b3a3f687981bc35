//! The flags of the export of audit entries.

use super::audit_http::NotASinkUrl;

/// The reason why the flags of the export are not used, in one sentence without their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditOutError {
    /// The export is required, and there is no sink.
    #[error(
        "--audit-out-required needs a place for the entries; set --audit-file, --audit-syslog or --audit-http too, or \
         remove it"
    )]
    NoSink,
    /// A flag of the HTTP sink is set, and its URL is not.
    #[error("{0} belongs to the HTTP sink of the audit log; set --audit-http too, or remove it")]
    NoUrl(&'static str),
    /// The URL of the HTTP sink is not accepted.
    #[error("--audit-http: {0}")]
    Url(#[from] NotASinkUrl),
}
