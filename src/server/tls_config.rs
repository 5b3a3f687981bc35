//! The TLS configuration of the server's listener, whose certificate can be replaced while it runs.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    Error, ServerConfig,
    crypto::ring,
    server::{ClientHello, NoClientAuth, NoServerSessionStorage, ResolvesServerCert, danger::ClientCertVerifier},
    sign::CertifiedKey,
};

use super::tls_clients::Clients;

/// The name of HTTP/2 in ALPN.
pub const HTTP2: &[u8] = b"h2";
/// The protocols offered in ALPN, the preferred one first.
const PROTOCOLS: [&[u8]; 2] = [HTTP2, b"http/1.1"];

/// The certificate of new connections. Existing connections keep theirs. Without one, handshakes fail.
#[derive(Default)]
pub(super) struct Current(RwLock<Option<Arc<CertifiedKey>>>);

/// Reveals nothing about the key.
impl fmt::Debug for Current {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Current")
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.get()
    }
}

impl Current {
    /// Returns the certificate with its key.
    pub(super) fn get(&self) -> Option<Arc<CertifiedKey>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Uses another certificate from now on.
    pub(super) fn replace(&self, loaded: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(loaded));
    }
}

/// Returns the configuration. TLS 1.2 is the oldest version that is accepted. `clients`: verifies certificates of
/// clients, if they may show any.
pub(super) fn config(current: &Arc<Current>, clients: Option<&Arc<Clients>>) -> Result<ServerConfig, Error> {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let verifier: Arc<dyn ClientCertVerifier> = match clients {
        Some(clients) => Arc::<Clients>::clone(clients),
        None => Arc::new(NoClientAuth),
    };
    let config = config.with_safe_default_protocol_versions()?.with_client_cert_verifier(verifier);
    let mut config = config.with_cert_resolver(Arc::<Current>::clone(current));
    if clients.is_some() {
        // A session that is resumed would keep a certificate that is not accepted any more.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
    }
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(config)
}
