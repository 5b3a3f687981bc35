//! The certificate of the server's listener: from files, or by ACME.

use tokio::sync::watch;

use jeton_http::certificate_health::CertificateHealth;

use crate::config::TlsSettings;

use super::{acceptor::Acceptor, acme::Acme, start_error::StartError, tls::Tls};

/// The certificate of the server's listener.
pub(super) enum TlsSource {
    /// From files, which are read again when they change.
    Files(Box<Tls>),
    /// By ACME, before it expires again.
    Acme(Box<Acme>),
}

impl TlsSource {
    /// Reads the certificate, and what else the settings name. `health`: learns whether a certificate is missing.
    pub(super) fn begin(settings: TlsSettings, health: &CertificateHealth) -> Result<Self, StartError> {
        Ok(match settings {
            TlsSettings::Files(files) => Self::Files(Box::new(Tls::begin(files)?)),
            TlsSettings::Acme(settings) => Self::Acme(Box::new(Acme::begin(settings, health.clone())?)),
        })
    }

    /// Keeps other servers from using the same certificate by ACME, until this is dropped.
    pub(super) async fn lock(&mut self) -> Result<(), StartError> {
        match self {
            Self::Files(_) => Ok(()),
            Self::Acme(acme) => Ok(acme.lock().await?),
        }
    }

    /// Returns the acceptor of connections, which uses the current certificate.
    pub(super) fn acceptor(&self) -> Acceptor {
        match self {
            Self::Files(tls) => tls.acceptor(),
            Self::Acme(acme) => acme.acceptor(),
        }
    }

    /// Keeps the certificate current, until the sender of `running` is dropped.
    pub(super) async fn watch(self, running: watch::Receiver<()>) {
        match self {
            Self::Files(tls) => tls.watch(running).await,
            Self::Acme(acme) => acme.watch(running).await,
        }
    }
}
