//! The reasons why there is no new certificate.

use std::{error::Error, io, path::PathBuf};

use crate::{
    config::{AcmeRootError, ExternalAccountError},
    server::tls_clients::ClientCaError,
};

/// Maximum number of characters of a text that the authority may have written.
const LONGEST: usize = 300;

/// The reason why no certificate is obtained by ACME, in one sentence without secrets.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// The file of the authorities that are trusted for the directory can't be used.
    #[error(transparent)]
    Root(#[from] AcmeRootError),
    /// The key of the external account can't be used.
    #[error(transparent)]
    ExternalAccount(#[from] ExternalAccountError),
    /// The authority makes no account that is not bound to an external one.
    #[error("the authority requires an external account; set --acme-eab-kid and --acme-eab-key-file")]
    NoExternalAccount,
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
        "the authority could not verify a domain: {}; let port 443 of the domain, to which it connects, lead to --addr",
        line(.0)
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
    /// Another server uses the directory of the certificate.
    #[error(
        "another server uses the certificate by ACME in {}; stop it, or choose another directory with --data: each server \
         needs a certificate of its own",
        .0.display()
    )]
    Held(PathBuf),
    /// The directory of the certificate can be written to, but not locked.
    #[error(
        "the directory {} can't be locked against other servers: {error}; give this user access to the file jeton.lock \
         in it, or choose with --data a file system that has locks",
        .directory.display()
    )]
    NotLocked {
        /// The directory.
        directory: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
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
    let mut text = line(&error.to_string());
    let mut source = error.source();
    while let Some(cause) = source {
        let said = line(&cause.to_string());
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        source = cause.source();
    }
    text
}

/// Returns the beginning of a text, without control characters: the authority writes it, and it must not look like further
/// lines of the log.
fn line(text: &str) -> String {
    text.chars().take(LONGEST).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_authority_is_one_line_of_limited_length() {
        let text = format!("it\nis\r\x1b[31m{}", "é".repeat(1000));
        let api = instant_acme::Error::Other(text.clone().into());
        for error in [AcmeError::NotVerified(text), api.into()] {
            let said = error.to_string();
            assert!(said.contains(": it is  [31mé") && !said.contains(char::is_control), "{said}");
            assert!((250..=LONGEST).contains(&said.matches('é').count()), "{said}");
        }
    }
}
