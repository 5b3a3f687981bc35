//! The reasons why a server does not start.

use std::{io, net::SocketAddr};

use jeton_http::public_urls::PublicUrlError;
use jeton_service::audit::KeyError;

use crate::config::{AuditOutError, ConfigFileError, SinkFileError, TlsFlagsError};

use super::{
    acme::AcmeError, backup::ScheduleError, data_dir::DataError, first_set_up::FirstSetUpError, gates, tls::TlsError,
};

/// The reason why the server did not start, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens on the address.
    #[error("the address {address} is in use by another program; stop it or choose another address with {flag}")]
    Taken {
        /// The address.
        address: SocketAddr,
        /// The flag that sets the address.
        flag: &'static str,
    },
    /// The address cannot be listened on for another reason.
    #[error("can't listen on {address}: {error}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The configuration file, or the credential of a gate, is not valid.
    #[error(transparent)]
    ConfigFile(#[from] ConfigFileError),
    /// The public URLs are inconsistent.
    #[error(transparent)]
    PublicUrls(#[from] PublicUrlError),
    /// The flags of the audit export are inconsistent.
    #[error(transparent)]
    AuditOut(#[from] AuditOutError),
    /// A file of the HTTP sink of the audit export cannot be used.
    #[error(transparent)]
    AuditHttp(#[from] SinkFileError),
    /// The flags of TLS are inconsistent.
    #[error(transparent)]
    TlsFlags(#[from] TlsFlagsError),
    /// The certificate or its key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No certificate can be obtained by ACME.
    #[error(transparent)]
    Acme(#[from] AcmeError),
    /// The data cannot be opened.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The audit log cannot be continued, for example because it was started with another key.
    #[error(transparent)]
    AuditKey(#[from] KeyError),
    /// Backups cannot be scheduled.
    #[error(transparent)]
    Backups(#[from] ScheduleError),
    /// The variables `JETON_INIT_*` do not set up the server.
    #[error(transparent)]
    FirstSetUp(#[from] FirstSetUpError),
    /// A gate cannot run.
    #[error(transparent)]
    Gate(#[from] gates::GateError),
    /// The listener failed after the start.
    #[error("the server stopped: {0}")]
    Stopped(io::Error),
}
