//! Answers to challenges of ACME: self-signed certificates that prove the control of a domain (TLS-ALPN-01, RFC 8737).

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::PrivatePkcs8KeyDer,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::server::acceptor::CHALLENGE;

use super::error::AcmeError;

/// The certificates that answer the challenges of the running order, by domain.
#[derive(Default)]
pub(super) struct Challenges(RwLock<BTreeMap<String, Arc<CertifiedKey>>>);

/// Reveals nothing about the keys.
impl fmt::Debug for Challenges {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Challenges")
    }
}

impl ResolvesServerCert for Challenges {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let answers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        answers.get(hello.server_name()?).cloned()
    }
}

impl Challenges {
    /// Answers the challenge of a domain from now on. `digest`: the SHA-256 digest of the key authorization.
    ///
    /// # Errors
    /// Fails if no certificate can be made.
    pub(super) fn answer(&self, domain: &str, digest: &[u8]) -> Result<(), AcmeError> {
        let domain = domain.to_ascii_lowercase();
        let certificate = Arc::new(certificate(&domain, digest)?);
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(domain, certificate);
        Ok(())
    }

    /// Answers no challenge any more.
    pub(super) fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Returns the TLS configuration of challenges.
    ///
    /// # Errors
    /// Fails if TLS does not accept it.
    pub(super) fn config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, rustls::Error> {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions()?.with_no_client_auth();
        let mut config = config.with_cert_resolver(Arc::<Self>::clone(self));
        config.alpn_protocols = vec![CHALLENGE.to_vec()];
        Ok(Arc::new(config))
    }
}

fn certificate(domain: &str, digest: &[u8]) -> Result<CertifiedKey, AcmeError> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(vec![domain.to_owned()])?;
    params.custom_extensions.push(CustomExtension::new_acme_identifier(digest));
    let certificate = params.self_signed(&key)?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let key = ring::default_provider().key_provider.load_private_key(key.into())?;
    // Not parsed as that of a server: its extension is critical, and unknown to others.
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rustls::{
        ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        pki_types::{CertificateDer, ServerName, UnixTime},
    };
    use tokio::net::{TcpListener, TcpStream};
    use tokio_rustls::TlsConnector;

    use crate::{
        config::TlsClients,
        server::{acceptor::Acceptor, tls_clients::Clients, tls_config::config},
    };

    use super::*;

    const DIGEST: [u8; 32] = [7; 32];

    /// Accepts any certificate, as the authority does, which looks at its extension alone.
    #[derive(Debug)]
    struct Authority;

    impl ServerCertVerifier for Authority {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            Ok(ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            ring::default_provider().signature_verification_algorithms.supported_schemes()
        }
    }

    /// Connects with a protocol; returns the certificate, and whether the server goes on with the connection.
    async fn requested(acceptor: &Acceptor, domain: &str, protocol: &[u8]) -> (Option<Vec<u8>>, bool) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().dangerous();
        let mut config = config.with_custom_certificate_verifier(Arc::new(Authority)).with_no_client_auth();
        config.alpn_protocols = vec![protocol.to_vec()];
        let domain = ServerName::try_from(domain.to_owned()).unwrap();
        let asking = async {
            let stream = TcpStream::connect(address).await.unwrap();
            let stream = TlsConnector::from(Arc::new(config)).connect(domain, stream).await.ok()?;
            stream.get_ref().1.peer_certificates().map(|chain| chain[0].to_vec())
        };
        let answering = async { acceptor.accept(listener.accept().await.unwrap().0).await.is_ok() };
        tokio::join!(asking, answering)
    }

    #[tokio::test]
    async fn a_challenge_is_answered_though_the_authority_shows_no_certificate() {
        let ca = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jeton/tls/proxies-ca.crt");
        let clients = Arc::new(Clients::load(&TlsClients { ca, required: true }).unwrap());
        let challenges = Arc::new(Challenges::default());
        let usual = config(&Arc::default(), Some(&clients)).unwrap();
        let acceptor = Acceptor::new(usual, Some(challenges.config().unwrap()));
        assert_eq!(requested(&acceptor, "a.example", CHALLENGE).await, (None, false), "no order is running");
        challenges.answer("A.example", &DIGEST).unwrap();
        let (certificate, goes_on) = requested(&acceptor, "a.example", CHALLENGE).await;
        assert!(certificate.is_some_and(|der| der.windows(DIGEST.len()).any(|bytes| bytes == DIGEST)));
        assert!(!goes_on, "a challenge is no connection of a client");
        assert_eq!(requested(&acceptor, "b.example", CHALLENGE).await, (None, false));
        assert_eq!(requested(&acceptor, "a.example", b"h2").await, (None, false), "it is no certificate of the server");
        challenges.clear();
        assert_eq!(requested(&acceptor, "a.example", CHALLENGE).await, (None, false));
    }
}
