//! The certificate of the server's listener by ACME (RFC 8555): it is obtained, stored, and renewed before it expires.

mod cache;
mod certificate;
mod challenge;
mod client;
mod error;
mod order;

use std::sync::Arc;

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use jeton_http::certificate_health::CertificateHealth;
use jeton_model::Timestamp;
use jeton_service::Clock;

use crate::config::AcmeSettings;

use super::{
    acceptor::Acceptor,
    certificate::Validity,
    file_marks::{LOOK_EVERY, Watched},
    hangup::Hangup,
    metrics,
    tls_clients::Clients,
    tls_config::{Current, config},
};

use certificate::Certificate;
use challenge::Challenges;

pub use cache::files;
pub use certificate::renewal;
pub use error::AcmeError;

/// Number of seconds after a failure until the next attempt: after the first, and at most. Authorities limit the number
/// of failures per hour.
const FIRST_PAUSE: i64 = 60;
const LONGEST_PAUSE: i64 = 6 * 3600;

/// The messages of `/health`.
const MISSING: &str = "there is no certificate yet; the log of the server has the reason";
const NOT_RENEWED: &str = "the certificate could not be renewed; the log of the server has the reason";

/// The certificate of a listener, with the TLS configuration that uses it.
pub struct Acme {
    settings: AcmeSettings,
    current: Arc<Current>,
    clients: Option<Arc<Clients>>,
    challenges: Arc<Challenges>,
    acceptor: Acceptor,
    health: CertificateHealth,
    /// The file of the authorities of clients.
    watched: Watched,
    hangup: Hangup,
    /// The time of the next order.
    due: Timestamp,
    /// Number of failed orders since the last certificate.
    failures: u32,
}

impl Acme {
    /// Reads the stored certificate. Without one, handshakes fail until there is one. `health`: learns that.
    ///
    /// # Errors
    /// Fails if the files of the settings can't be used. A stored certificate that can't be used is ordered anew.
    pub fn begin(settings: AcmeSettings, health: CertificateHealth) -> Result<Self, AcmeError> {
        settings.authorities()?;
        let ca = settings.clients.iter().map(|clients| clients.ca.clone()).collect();
        // Before the file is read: a change meanwhile is noticed.
        let (watched, hangup) = (Watched::begin(ca), Hangup::install());
        let clients = settings.clients.as_ref().map(Clients::load).transpose()?.map(Arc::new);
        let (current, challenges) = (Arc::new(Current::default()), Arc::new(Challenges::default()));
        let acceptor = Acceptor::new(config(&current, clients.as_ref())?, Some(challenges.config()?));
        let due = Clock::System.now();
        let mut acme =
            Self { settings, current, clients, challenges, acceptor, health, watched, hangup, due, failures: 0 };
        acme.use_stored();
        Ok(acme)
    }

    /// Returns the acceptor of connections, which uses the current certificate.
    pub fn acceptor(&self) -> Acceptor {
        self.acceptor.clone()
    }

    /// Obtains and renews the certificate, and reads the authorities of clients again on SIGHUP and after a change,
    /// until the sender of `running` is dropped.
    pub async fn watch(mut self, mut running: watch::Receiver<()>) {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = running.changed() => return,
                () = self.hangup.received() => self.reload_clients(),
                _ = look.tick() => self.look(),
            }
            if self.due <= Clock::System.now() {
                tokio::select! {
                    _ = running.changed() => return,
                    () = self.renew() => {}
                }
            }
        }
    }

    fn use_stored(&mut self) {
        match stored(&self.settings) {
            Ok(Some(certificate)) => self.serve(certificate),
            Ok(None) => {}
            Err(error) => tracing::warn!("the stored certificate is not used: {error}"),
        }
        if self.current.get().is_none() {
            self.health.set(Some(MISSING));
            tracing::warn!("there is no certificate for {} yet: TLS handshakes fail until there is one", self.names());
        }
    }

    fn serve(&mut self, certificate: Certificate) {
        self.due = renewal(certificate.validity);
        metrics::certificate::expires(Some(certificate.validity.end));
        self.current.replace(certificate.key);
        self.health.set(None);
    }

    async fn renew(&mut self) {
        match obtained(&self.settings, &self.challenges).await {
            Ok(certificate) => {
                self.failures = 0;
                let end = certificate.validity.end.to_string();
                tracing::info!(valid_until = end, "the authority has issued a certificate for {}", self.names());
                self.serve(certificate);
            }
            Err(error) => self.postpone(&error),
        }
    }

    fn postpone(&mut self, error: &AcmeError) {
        self.failures = self.failures.saturating_add(1);
        let pause = pause(self.failures);
        self.due = Clock::System.now().plus_seconds(pause);
        metrics::certificate::order_failed(1);
        self.health.set(Some(if self.current.get().is_some() { NOT_RENEWED } else { MISSING }));
        tracing::error!("no certificate was obtained for {}, the next attempt is in {pause} s: {error}", self.names());
    }

    fn names(&self) -> String {
        self.settings.domains.join(", ")
    }

    fn look(&mut self) {
        if self.watched.has_changed() {
            self.reload_clients();
        }
    }

    /// Reads the authorities of clients again. If they can't be used, the earlier ones stay in use.
    fn reload_clients(&mut self) {
        self.watched.note();
        let (Some(current), Some(settings)) = (&self.clients, &self.settings.clients) else { return };
        match Clients::load(settings) {
            Ok(loaded) => {
                current.replace(&loaded);
                tracing::info!("the authorities of certificates of clients were read again");
            }
            Err(error) => tracing::error!("the authorities of certificates of clients stay as they were: {error}"),
        }
    }
}

/// Returns the validity of the stored certificate; `None` if there is none with these settings.
///
/// # Errors
/// Fails if it can't be used.
pub fn stored_validity(settings: &AcmeSettings) -> Result<Option<Validity>, AcmeError> {
    Ok(stored(settings)?.map(|certificate| certificate.validity))
}

fn stored(settings: &AcmeSettings) -> Result<Option<Certificate>, AcmeError> {
    cache::certificate(settings)?.map(|issued| issued.parsed()).transpose()
}

/// Obtains a certificate, and stores it.
async fn obtained(settings: &AcmeSettings, challenges: &Challenges) -> Result<Certificate, AcmeError> {
    let issued = order::obtain(settings, challenges).await?;
    let certificate = issued.parsed()?;
    if let Err(error) = cache::keep_certificate(settings, &issued) {
        tracing::error!("the new certificate is lost at the next start: {error}");
    }
    Ok(certificate)
}

/// Returns the number of seconds until the next attempt. It doubles with each failure.
fn pause(failures: u32) -> i64 {
    (FIRST_PAUSE << failures.saturating_sub(1).min(16)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_become_rarer_with_each_failure_and_never_end() {
        assert_eq!([1, 2, 3, 4].map(pause), [60, 120, 240, 480]);
        assert_eq!([10, 100, u32::MAX].map(pause), [LONGEST_PAUSE; 3]);
    }
}
