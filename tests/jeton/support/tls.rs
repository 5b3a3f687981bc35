//! The certificate of a server with TLS, and connections to it.

use std::{fs, io, net::SocketAddr, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::certificates::fixture;

/// A directory with the certificate of a server and its key.
pub struct ServerFiles(TempDir);

impl ServerFiles {
    /// Returns a directory with a pair of the fixtures.
    pub fn of(name: &str) -> Self {
        let files = Self(TempDir::new().unwrap());
        files.put(name);
        files
    }

    /// Replaces the pair, one file after the other, as programs do that renew certificates.
    pub fn put(&self, name: &str) {
        for kind in ["crt", "key"] {
            fs::copy(fixture(&format!("{name}.{kind}")), self.0.path().join(kind)).unwrap();
        }
    }

    /// Returns the flags of a server that uses them.
    pub fn flags(&self) -> [String; 2] {
        [("cert", "crt"), ("key", "key")]
            .map(|(flag, kind)| format!("--tls-{flag}={}", self.0.path().join(kind).display()))
    }
}

/// Connects to a server with a certificate of the tests. `protocol`: offered by ALPN; `client`: the certificate that the
/// client shows.
pub async fn connect(address: SocketAddr, protocol: &str, client: Option<&str>) -> io::Result<TlsStream<TcpStream>> {
    encrypt(TcpStream::connect(address).await?, protocol, client).await
}

/// Performs the handshake on a connection, as [`connect`] does.
pub async fn encrypt(stream: TcpStream, protocol: &str, client: Option<&str>) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for name in ["first.crt", "second.crt"] {
        roots.add(CertificateDer::from_pem_file(fixture(name)).unwrap()).unwrap();
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
    let mut config = match client {
        Some(name) => {
            let certificate = CertificateDer::from_pem_file(fixture(&format!("{name}.crt"))).unwrap();
            let key = PrivateKeyDer::from_pem_file(fixture(&format!("{name}.key"))).unwrap();
            builder.with_client_auth_cert(vec![certificate], key).unwrap()
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// Returns the certificate that a connection got.
pub fn shown(stream: &TlsStream<TcpStream>) -> Vec<u8> {
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

/// Returns a certificate of the fixtures.
pub fn certificate(name: &str) -> Vec<u8> {
    CertificateDer::from_pem_file(fixture(&format!("{name}.crt"))).unwrap().to_vec()
}
