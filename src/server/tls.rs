//! TLS of the server's listener, whose certificate and key are reloaded when they change.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};
use secrecy::{ExposeSecret as _, SecretSlice};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use jeton_model::Timestamp;
use jeton_service::Clock;

use crate::config::TlsFiles;

use super::{
    acceptor::Acceptor,
    certificate::not_after,
    file_marks::{LOOK_EVERY, Watched},
    hangup::Hangup,
    metrics,
    private_files::open_to_others,
    tls_clients::{ClientCaError, Clients},
    tls_config::{Current, config},
};

/// The reason why a certificate cannot be used, in one sentence without the content of the files.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("the file {} of {flag} can't be read: {error}; give this user read access, or another file", .path.display())]
    Read {
        /// The flag that names the file.
        flag: &'static str,
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// There is no certificate in the file.
    #[error("the file {} contains no certificate in PEM; give that of the server, followed by those between it and the root, in --tls-cert", .0.display())]
    NoCertificate(PathBuf),
    /// There is no key in the file.
    #[error("the file {} contains no private key in PEM, or one with a password; give the key without a password in --tls-key", .0.display())]
    NoKey(PathBuf),
    /// The key is not that of the certificate, or is of a kind that is not supported.
    #[error("the certificate {} and the key {} can't be used together: {reason}; give the key of this certificate", .files.cert.display(), .files.key.display())]
    Unusable {
        /// The files.
        files: TlsFiles,
        /// The reason.
        reason: String,
    },
    /// The authorities of clients can't be used.
    #[error(transparent)]
    Clients(#[from] ClientCaError),
}

impl TlsError {
    fn unusable(files: &TlsFiles, error: &rustls::Error) -> Self {
        Self::Unusable { files: files.clone(), reason: error.to_string() }
    }
}

/// The certificate of a listener, with the TLS configuration that uses it.
pub struct Tls {
    files: TlsFiles,
    current: Arc<Current>,
    clients: Option<Arc<Clients>>,
    acceptor: Acceptor,
    watched: Watched,
    hangup: Hangup,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// Fails if the files cannot be used.
    pub fn begin(files: TlsFiles) -> Result<Self, TlsError> {
        let ca = files.clients.as_ref().map(|clients| clients.ca.clone());
        let paths = [files.cert.clone(), files.key.clone()].into_iter().chain(ca).collect();
        // Before the files are read: a change meanwhile is noticed.
        let (watched, hangup) = (Watched::begin(paths), Hangup::install());
        let loaded = load(&files)?;
        let clients = load_clients(&files)?.map(Arc::new);
        warn_if_expired(&loaded);
        show_expiry(&loaded);
        let current = Arc::new(Current::default());
        current.replace(loaded);
        let config = config(&current, clients.as_ref()).map_err(|error| TlsError::unusable(&files, &error))?;
        let acceptor = Acceptor::new(config, None);
        Ok(Self { files, current, clients, acceptor, watched, hangup })
    }

    /// Returns the acceptor of connections, which uses the current certificate.
    pub fn acceptor(&self) -> Acceptor {
        self.acceptor.clone()
    }

    /// Reads the files again on SIGHUP and after a change, until the sender of `running` is dropped.
    pub async fn watch(mut self, mut running: watch::Receiver<()>) {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = running.changed() => return,
                () = self.hangup.received() => self.reload(),
                _ = look.tick() => self.look(),
            }
        }
    }

    /// Reloads the files if they have changed.
    fn look(&mut self) {
        if self.watched.has_changed() {
            self.reload();
        }
    }

    /// Reloads the files. If they can't be used, such as when only one of the two was replaced yet, the earlier
    /// certificate stays in use.
    fn reload(&mut self) {
        self.watched.note();
        match load(&self.files).and_then(|loaded| Ok((loaded, load_clients(&self.files)?))) {
            Ok((loaded, clients)) => {
                if let (Some(current), Some(clients)) = (&self.clients, clients) {
                    current.replace(&clients);
                }
                let end = expiry(&loaded).map_or_else(|| "unknown".into(), |end| end.to_string());
                warn_if_expired(&loaded);
                show_expiry(&loaded);
                self.current.replace(loaded);
                tracing::info!(valid_until = end, "the certificate was read again");
                if let Some(said) = caution(&self.files.key) {
                    tracing::warn!("{said}");
                }
            }
            Err(error) => tracing::error!("the certificate stays as it was: {error}"),
        }
    }
}

/// Returns a warning if every user of this machine has access to a key. A group may: some systems have one for keys.
pub fn caution(key: &Path) -> Option<String> {
    let mode = open_to_others(key).filter(|mode| !mode.ends_with('0'))?;
    let key = key.display();
    Some(format!("every user of this machine has access to {key} (its mode is {mode}); run: chmod o-rwx {key}"))
}

/// Returns the end of validity of the certificate in these files; `None` if it cannot be parsed.
///
/// # Errors
/// Fails if the files cannot be used.
pub fn valid_until(files: &TlsFiles) -> Result<Option<Timestamp>, TlsError> {
    load_clients(files)?;
    load(files).map(|loaded| expiry(&loaded))
}

fn expiry(loaded: &CertifiedKey) -> Option<Timestamp> {
    not_after(loaded.cert.first()?)
}

/// Logs that a certificate has expired. It is used nevertheless: clients refuse it with a clear reason.
fn warn_if_expired(loaded: &CertifiedKey) {
    if let Some(end) = expiry(loaded).filter(|end| *end < Clock::System.now()) {
        tracing::warn!("the certificate of --tls-cert expired on {}; renew it", end.date());
    }
}

fn show_expiry(loaded: &CertifiedKey) {
    metrics::certificate::expires(expiry(loaded));
}

fn load_clients(files: &TlsFiles) -> Result<Option<Clients>, TlsError> {
    Ok(files.clients.as_ref().map(Clients::load).transpose()?)
}

fn load(files: &TlsFiles) -> Result<CertifiedKey, TlsError> {
    let cert = read(&files.cert, "--tls-cert")?;
    let chain = CertificateDer::pem_slice_iter(cert.expose_secret()).collect::<Result<Vec<_>, _>>();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| TlsError::NoCertificate(files.cert.clone()))?;
    let key = read(&files.key, "--tls-key")?;
    // The parser's error is dropped: it would quote lines of the file.
    let key = PrivateKeyDer::from_pem_slice(key.expose_secret()).map_err(|_| TlsError::NoKey(files.key.clone()))?;
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| TlsError::unusable(files, &error))
}

fn read(path: &Path, flag: &'static str) -> Result<SecretSlice<u8>, TlsError> {
    let content = fs::read(path).map_err(|error| TlsError::Read { flag, path: path.into(), error })?;
    Ok(SecretSlice::from(content))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use crate::config::TlsClients;

    use super::*;

    /// The certificates of the tests.
    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jeton/tls").join(name)
    }

    fn files(cert: &str, key: &str) -> TlsFiles {
        TlsFiles { cert: fixture(cert), key: fixture(key), clients: None }
    }

    fn refusal(files: &TlsFiles) -> String {
        valid_until(files).map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn a_certificate_with_its_key_is_accepted_and_shows_its_expiry() {
        for (cert, end) in [("first.crt", "2119-01-01T00:00:00Z"), ("expired.crt", "2021-01-01T00:00:00Z")] {
            let until = valid_until(&files(cert, "first.key")).unwrap();
            assert_eq!(until.map(|end| end.to_string()).as_deref(), Some(end), "{cert}");
        }
    }

    #[test]
    fn what_is_no_pair_is_refused_without_the_content_of_the_files() {
        assert!(refusal(&files("first.crt", "second.key")).contains("can't be used together"));
        assert!(refusal(&files("first.key", "first.key")).contains("contains no certificate"));
        assert!(refusal(&files("first.crt", "first.crt")).contains("contains no private key"));
        assert!(refusal(&files("none.crt", "first.key")).contains("of --tls-cert can't be read"));
        assert!(refusal(&files("first.crt", "none.key")).contains("of --tls-key can't be read"));
        let directory = TempDir::new().unwrap();
        let key = directory.path().join("key");
        fs::write(&key, "-----BEGIN hunter2hunter2\nhunter2\n").unwrap();
        let said = refusal(&TlsFiles { cert: fixture("first.crt"), key, clients: None });
        assert!(said.contains("contains no private key") && !said.contains("hunter2"), "{said}");
    }

    #[tokio::test]
    async fn where_clients_show_certificates_no_session_is_resumed() {
        let clients = TlsClients { ca: fixture("proxies-ca.crt"), required: false };
        for (clients, is_resumed) in [(None, true), (Some(clients), false)] {
            let tls = Tls::begin(TlsFiles { clients, ..files("first.crt", "first.key") }).unwrap();
            let acceptor = tls.acceptor();
            let config = acceptor.config();
            assert_eq!(config.send_tls13_tickets > 0, is_resumed);
            assert_eq!(config.session_storage.can_cache(), is_resumed);
            assert!(!config.ticketer.enabled());
        }
    }

    #[tokio::test]
    async fn a_change_is_used_once_both_files_fit() {
        let directory = TempDir::new().unwrap();
        let place = |name: &str| directory.path().join(name);
        let put = |fixed: &str, name: &str| {
            fs::copy(fixture(fixed), place(name)).unwrap();
        };
        put("first.crt", "cert");
        put("first.key", "key");
        let mut tls = Tls::begin(TlsFiles { cert: place("cert"), key: place("key"), clients: None }).unwrap();
        let served = |tls: &Tls| tls.current.get().unwrap().cert.clone();
        let first = served(&tls);
        put("second.crt", "cert");
        tls.reload();
        assert_eq!(served(&tls), first, "the key is that of the first");
        put("second.key", "key");
        tls.reload();
        assert_ne!(served(&tls), first);
    }
}
