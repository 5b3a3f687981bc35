//! The certificate of the server's listener by ACME (RFC 8555): it is obtained, stored, and renewed before it expires.

mod cache;
mod certificate;
mod challenge;
mod client;
mod error;
mod failures;
mod order;
#[cfg(test)]
mod played;

use std::{fs::File, sync::Arc};

use tokio::{
    sync::watch,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use jeton_http::certificate_health::{CertificateHealth, CertificateProblem};
use jeton_model::Timestamp;
use jeton_service::Clock;

use crate::config::AcmeSettings;

use super::{
    acceptor::Acceptor,
    certificate::Validity,
    directory_lock,
    file_marks::{LOOK_EVERY, Watched},
    hangup::Hangup,
    metrics,
    tls_clients::Clients,
    tls_config::{Current, config},
};

use certificate::Certificate;
use challenge::Challenges;
use failures::{Failures, pause};

pub use cache::files;
pub use certificate::renewal;
pub use error::AcmeError;

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
    /// The lock of the directory, until this is dropped.
    _lock: Option<File>,
}

impl Acme {
    /// Reads the stored certificate. Without one, handshakes fail until there is one. `health`: learns that. The files
    /// are read on this thread, because the server does not answer yet.
    ///
    /// # Errors
    /// Fails if the files of the settings can't be used. A stored certificate that can't be used is ordered anew.
    pub fn begin(settings: AcmeSettings, health: CertificateHealth) -> Result<Self, AcmeError> {
        settings.authorities()?;
        if !cache::has_account(&settings) {
            settings.external_account_key()?;
        }
        cache::close_to_others(&settings);
        let ca = settings.clients.iter().map(|clients| clients.ca.clone()).collect();
        // Before the file is read: a change meanwhile is noticed.
        let (watched, hangup) = (Watched::begin(ca), Hangup::install());
        let clients = settings.clients.as_ref().map(Clients::load).transpose()?.map(Arc::new);
        let (current, challenges) = (Arc::new(Current::default()), Arc::new(Challenges::default()));
        let acceptor = Acceptor::new(config(&current, clients.as_ref())?, Some(challenges.config()?));
        let due = Clock::System.now();
        let (failures, _lock) = (0, None);
        let mut acme =
            Self { settings, current, clients, challenges, acceptor, health, watched, hangup, due, failures, _lock };
        acme.use_stored();
        acme.resume();
        Ok(acme)
    }

    /// Locks the directory of the certificate: servers that share a PostgreSQL and are given the audit key may have the
    /// same data directory, and each would replace the account and the certificate of the other. Without access to the
    /// directory, nothing is ordered, and nothing needs a lock: the stored certificate is used while it is valid.
    ///
    /// # Errors
    /// Fails if another server holds the lock, or if the directory can't be locked although it may be written to, as on
    /// a file system without locks.
    pub async fn lock(&mut self) -> Result<(), AcmeError> {
        let directory = &self.settings.cache;
        match directory_lock::lock(directory).await {
            Ok(None) => return Err(AcmeError::Held(directory.clone())),
            Ok(held) => self._lock = held,
            Err(error) if cache::is_closed(directory, &error) => tracing::warn!(
                "no certificate is obtained or renewed: this user may not write to {} ({error})",
                directory.display()
            ),
            Err(error) => return Err(AcmeError::NotLocked { directory: directory.clone(), error }),
        }
        Ok(())
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
            self.health.set(Some(CertificateProblem::Missing));
            tracing::warn!("there is no certificate for {} yet: TLS handshakes fail until there is one", self.names());
        }
    }

    /// Waits with the next order as long as the failed ones before the start require.
    fn resume(&mut self) {
        let now = Clock::System.now();
        match cache::failures(&self.settings) {
            Ok(Some(failures)) => {
                self.failures = failures.number;
                self.due = self.due.max(failures.due_after_restart(now));
                if self.current.get().is_some() {
                    self.health.set(Some(CertificateProblem::NotRenewed));
                }
                let pause = self.due.seconds_since(now).max(0);
                tracing::warn!("the last order of a certificate failed, the next attempt is in {pause} s");
            }
            Ok(None) => {}
            Err(error) => tracing::warn!("failed orders before this start do not count: {error}"),
        }
    }

    fn serve(&mut self, certificate: Certificate) {
        self.due = renewal(certificate.validity);
        metrics::certificate::expires(Some(certificate.validity.end));
        metrics::certificate::renews(Some(self.due));
        self.current.replace(certificate.key);
        self.health.set(None);
    }

    async fn renew(&mut self) {
        match attempted(self.settings.clone(), Arc::clone(&self.challenges), self.failures).await {
            Ok(certificate) => self.use_issued(certificate),
            Err(error) => self.postpone(&error),
        }
    }

    fn use_issued(&mut self, certificate: Certificate) {
        let end = certificate.validity.end.to_string();
        tracing::info!(valid_until = end, "the authority has issued a certificate for {}", self.names());
        self.serve(certificate);
        if self.due <= Clock::System.now() {
            // Otherwise the next order would follow at once, and so on.
            self.postpone(&AcmeError::AlreadyDue);
        } else {
            self.failures = 0;
        }
    }

    fn postpone(&mut self, error: &AcmeError) {
        self.failures = self.failures.saturating_add(1);
        let pause = pause(self.failures);
        self.due = Clock::System.now().plus_seconds(pause);
        metrics::certificate::order_failed(1);
        let is_missing = self.current.get().is_none();
        let problem = if is_missing { CertificateProblem::Missing } else { CertificateProblem::NotRenewed };
        self.health.set(Some(problem));
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

/// Obtains a certificate after a number of failures. The attempt counts as another one until its certificate is stored,
/// also if the server ends before. Nothing is asked of the authority if that can't be stored: the certificate could not
/// be stored either.
async fn attempted(
    settings: AcmeSettings,
    challenges: Arc<Challenges>,
    failures: u32,
) -> Result<Certificate, AcmeError> {
    let attempt = Failures { number: failures.saturating_add(1), last: Clock::System.now() };
    cache::blocking(&settings, move |settings| cache::keep_failures(settings, attempt)).await?;
    let answers = Arc::clone(&challenges);
    // A task of its own, which ends with this future: the library panics on some answers of an authority.
    let mut task = JoinSet::new();
    task.spawn(async move { obtained(&settings, &answers).await });
    let ended = task.join_next().await;
    challenges.clear();
    ended.and_then(Result::ok).unwrap_or(Err(AcmeError::Answers))
}

/// Obtains a certificate, and stores it.
async fn obtained(settings: &AcmeSettings, challenges: &Challenges) -> Result<Certificate, AcmeError> {
    let issued = order::obtain(settings, challenges).await?;
    let certificate = issued.parsed()?;
    let is_due = renewal(certificate.validity) <= Clock::System.now();
    let keep = move |settings: &AcmeSettings| -> Result<(), AcmeError> {
        cache::keep_certificate(settings, &issued)?;
        if is_due { Ok(()) } else { cache::forget_failures(settings) }
    };
    if let Err(error) = cache::blocking(settings, keep).await {
        tracing::error!("the new certificate is lost at the next start: {error}");
    }
    Ok(certificate)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rcgen::{CertificateParams, KeyPair};

    use super::{certificate::Issued, played::Played, *};

    /// The directory of an authority whose URLs are none, on which the library panics.
    const NONSENSE: &str = r#"{"newNonce": "no URL", "newAccount": "no URL", "newOrder": "no URL"}"#;

    fn begun(settings: &AcmeSettings) -> Acme {
        Acme::begin(settings.clone(), CertificateHealth::default()).unwrap()
    }

    /// Returns a certificate that is valid on the first day of a year.
    fn issued(year: i32) -> Issued {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
        (params.not_before, params.not_after) = (rcgen::date_time_ymd(year, 1, 1), rcgen::date_time_ymd(year, 1, 2));
        Issued { chain: params.self_signed(&key).unwrap().pem(), key: key.serialize_pem().into() }
    }

    #[tokio::test]
    async fn answers_on_which_the_library_panics_are_a_failure_that_a_restart_remembers() {
        let authority = Played::answering(NONSENSE.into()).await;
        let mut acme = begun(&authority.settings);
        assert!(acme.due <= Clock::System.now(), "the first order follows at once");
        let attempt = attempted(authority.settings.clone(), Arc::default(), 0).await;
        assert!(matches!(attempt, Err(AcmeError::Answers)));
        acme.renew().await;
        assert!(acme.failures == 1 && acme.due > Clock::System.now());
        let again = begun(&authority.settings);
        assert!(again.failures == 1 && again.due > Clock::System.now());
        let others = AcmeSettings { domains: vec!["b.example".into()], ..authority.settings.clone() };
        assert!(begun(&others).due <= Clock::System.now(), "of another domain, no order has failed");
    }

    #[tokio::test]
    async fn a_renewal_that_failed_before_a_restart_is_still_reported() {
        let authority = Played::answering(NONSENSE.into()).await;
        let health = CertificateHealth::default();
        let begin = || Acme::begin(authority.settings.clone(), health.clone()).unwrap();
        cache::keep_certificate(&authority.settings, &issued(2999)).unwrap();
        begin();
        assert_eq!(health.problem(), None);
        cache::keep_failures(&authority.settings, Failures { number: 1, last: Clock::System.now() }).unwrap();
        begin();
        assert_eq!(health.problem(), Some(CertificateProblem::NotRenewed));
    }

    #[tokio::test]
    async fn one_server_at_a_time_uses_a_certificate() {
        let authority = Played::answering(NONSENSE.into()).await;
        let (mut first, mut second) = (begun(&authority.settings), begun(&authority.settings));
        first.lock().await.unwrap();
        assert!(matches!(second.lock().await, Err(AcmeError::Held(_))));
        drop(first);
        second.lock().await.unwrap();
    }

    #[tokio::test]
    async fn a_directory_that_can_be_written_to_and_not_locked_is_refused() {
        let authority = Played::answering(NONSENSE.into()).await;
        let mut acme = begun(&authority.settings);
        fs::create_dir_all(authority.settings.cache.join(directory_lock::LOCK)).unwrap();
        let refused = acme.lock().await.unwrap_err();
        assert!(matches!(refused, AcmeError::NotLocked { .. }), "{refused}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_key_that_others_could_read_is_closed_at_the_start() {
        use std::os::unix::fs::PermissionsExt as _;
        let authority = Played::answering(NONSENSE.into()).await;
        cache::keep_certificate(&authority.settings, &issued(2999)).unwrap();
        let stored = authority.settings.cache.join("certificate.json");
        fs::set_permissions(&stored, fs::Permissions::from_mode(0o644)).unwrap();
        begun(&authority.settings);
        assert_eq!(fs::metadata(&stored).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[tokio::test]
    async fn what_cannot_be_stored_is_not_ordered() {
        let authority = Played::answering(NONSENSE.into()).await;
        fs::write(&authority.settings.cache, "no directory").unwrap();
        let attempt = attempted(authority.settings.clone(), Arc::default(), 0).await;
        assert!(matches!(attempt, Err(AcmeError::Cache { .. })));
    }

    #[tokio::test]
    async fn a_certificate_that_is_due_already_is_used_and_not_followed_by_an_order_at_once() {
        let authority = Played::answering(NONSENSE.into()).await;
        let mut acme = begun(&authority.settings);
        acme.use_issued(issued(2020).parsed().unwrap());
        assert!(acme.current.get().is_some() && acme.failures == 1 && acme.due > Clock::System.now());
        acme.use_issued(issued(2999).parsed().unwrap());
        assert!(acme.failures == 0 && acme.due > Clock::System.now().plus_seconds(86_400));
    }
}
