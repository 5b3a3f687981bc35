//! The reasons why there is no new certificate.

use std::{error::Error, io, path::PathBuf};

use crate::{config::AcmeRootError, server::tls_clients::ClientCaError};

/// The reason why no certificate is obtained by ACME, in one sentence without secrets.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// The file of the authorities that are trusted for the directory can't be used.
    #[error(transparent)]
    Root(#[from] AcmeRootError),
    /// The authorities of clients can't be used.
    #[error(transparent)]
    Clients(#[from] ClientCaError),
    /// TLS does not accept the configuration.
    #[error("TLS can't be configured: {0}")]
    Tls(#[from] rustls::Error),
    /// No certificate could be made for a challenge.
    #[error("no certificate can be made for the challenge: {0}")]
    Challenge(#[from] rcgen::Error),
    /// There is no HTTP client.
    #[error("no request to the ACME directory can be made: {}", causes(.0))]
    Client(#[from] reqwest::Error),
    /// A request failed, or the authority answered with an error.
    #[error("the ACME directory or its authority does not help: {}", causes(.0))]
    Protocol(#[from] instant_acme::Error),
    /// The authority does not use this challenge.
    #[error("the authority offers no challenge TLS-ALPN-01; choose another one with --acme-directory")]
    NoChallenge,
    /// The authority could not verify a domain.
    #[error(
        "the authority could not verify a domain: {0}; let port 443 of the domain, to which it connects, lead to --addr"
    )]
    NotVerified(String),
    /// The library has panicked on an answer of the authority.
    #[error("the authority's answers can't be used; the log has the panic")]
    Answers,
    /// A new certificate would have to be renewed already.
    #[error("the new certificate is in the last third of its life already; check the clock of this machine")]
    AlreadyDue,
    /// The authority has issued what is no certificate of the key.
    #[error("the certificate can't be used with its key")]
    Unusable,
    /// A file of the cache can't be used.
    #[error("the file {} can't be used: {error}; give this user access to it, or remove it", .path.display())]
    Cache {
        /// The file.
        path: PathBuf,
        /// The error of the operating system, without the content of the file.
        error: io::Error,
    },
}

/// Returns an error and its causes, outermost first.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        source = cause.source();
    }
    text
}
