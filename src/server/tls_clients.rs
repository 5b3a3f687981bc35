//! The certificates that clients of the server's listener may show, by the authorities that issue them.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::ring,
    pki_types::{CertificateDer, UnixTime, pem::PemObject as _},
    server::{
        WebPkiClientVerifier,
        danger::{ClientCertVerified, ClientCertVerifier},
    },
};

use crate::config::TlsClients;

/// The reason why the certificates of the authorities cannot be used, in one sentence without the content of the file.
#[derive(Debug, thiserror::Error)]
pub enum ClientCaError {
    /// The file cannot be read.
    #[error("the file {} of --tls-client-ca can't be read: {error}; give this user read access, or another file", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// There is no certificate in the file, or one that is damaged.
    #[error("the file {} contains no certificates in PEM; give those of the authorities that issue certificates of reverse proxies in --tls-client-ca", .0.display())]
    NoCertificate(PathBuf),
    /// A certificate in the file is none of an authority.
    #[error("a certificate in the file {} of --tls-client-ca can't be used: {reason}", .path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
}

/// Verifies certificates with the current authorities.
pub(super) struct Clients {
    required: bool,
    verifier: RwLock<Arc<dyn ClientCertVerifier>>,
}

impl fmt::Debug for Clients {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clients")
    }
}

impl Clients {
    /// Reads the authorities.
    ///
    /// # Errors
    /// Fails if the file cannot be used.
    pub(super) fn load(clients: &TlsClients) -> Result<Self, ClientCaError> {
        let verifier = verifier(&clients.ca)?;
        Ok(Self { required: clients.required, verifier: RwLock::new(verifier) })
    }

    /// Uses the authorities of another one from now on.
    pub(super) fn replace(&self, loaded: &Self) {
        *self.verifier.write().unwrap_or_else(PoisonError::into_inner) = loaded.current();
    }

    fn current(&self) -> Arc<dyn ClientCertVerifier> {
        Arc::clone(&self.verifier.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ClientCertVerifier for Clients {
    fn client_auth_mandatory(&self) -> bool {
        self.required
    }

    /// Names no authority: the names could not change with the file.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.current().verify_client_cert(end_entity, intermediates, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.current().verify_tls12_signature(message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.current().verify_tls13_signature(message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.current().supported_verify_schemes()
    }
}

fn verifier(ca: &Path) -> Result<Arc<dyn ClientCertVerifier>, ClientCaError> {
    let content = fs::read(ca).map_err(|error| ClientCaError::Read { path: ca.into(), error })?;
    let unusable = |reason: String| ClientCaError::Unusable { path: ca.into(), reason };
    let certificates = CertificateDer::pem_slice_iter(&content).collect::<Result<Vec<_>, _>>();
    let certificates = certificates.ok().filter(|certificates| !certificates.is_empty());
    let mut roots = RootCertStore::empty();
    for certificate in certificates.ok_or_else(|| ClientCaError::NoCertificate(ca.into()))? {
        roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
    }
    let provider = Arc::new(ring::default_provider());
    let built = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
    built.map_err(|error| unusable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jeton/tls").join(name)
    }

    fn load(name: &str) -> Result<Clients, ClientCaError> {
        Clients::load(&TlsClients { ca: fixture(name), required: false })
    }

    fn accepts(clients: &Clients, name: &str) -> bool {
        let certificate = CertificateDer::from_pem_file(fixture(name)).unwrap();
        // 2026.
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1_780_000_000));
        clients.verify_client_cert(&certificate, &[], now).is_ok()
    }

    #[test]
    fn a_certificate_of_the_authority_of_the_moment_is_accepted_and_no_other() {
        let clients = load("proxies-ca.crt").unwrap();
        assert!(accepts(&clients, "proxy.crt"));
        assert!(!accepts(&clients, "stranger.crt"));
        assert!(!accepts(&clients, "first.crt"));
        clients.replace(&load("others-ca.crt").unwrap());
        assert!(accepts(&clients, "stranger.crt"));
        assert!(!accepts(&clients, "proxy.crt"));
    }

    #[test]
    fn a_certificate_for_servers_alone_is_none_of_a_client() {
        let clients = load("purposes-ca.crt").unwrap();
        assert!(accepts(&clients, "for-any.crt"), "no purpose is stated");
        assert!(!accepts(&clients, "for-servers.crt"));
        assert!(!accepts(&clients, "purposes-ca.crt"), "an authority is no client");
    }

    #[test]
    fn a_file_without_certificates_is_refused_without_its_content() {
        assert!(load("none.crt").unwrap_err().to_string().contains("of --tls-client-ca can't be read"));
        let said = load("first.key").unwrap_err().to_string();
        assert!(said.contains("contains no certificates") && !said.contains("MIGH"), "{said}");
    }
}
