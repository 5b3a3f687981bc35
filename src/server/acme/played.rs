//! An authority that the tests play.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::{AbortHandle, spawn},
};
use tokio_rustls::TlsAcceptor;

use crate::config::AcmeSettings;

/// An authority that answers each connection alike, until the end of the test.
pub(super) struct Played {
    pub(super) settings: AcmeSettings,
    answering: AbortHandle,
    _parent: TempDir,
}

impl Played {
    /// Plays an authority that answers with a body, whatever it is asked.
    pub(super) async fn answering(body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = acceptor();
        let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        let answering = spawn(async move {
            loop {
                let stream = listener.accept().await.unwrap().0;
                // It fails if the client ends the connection before it has read the whole answer.
                drop(respond(&acceptor, stream, answer.as_bytes()).await);
            }
        });
        let parent = TempDir::new().unwrap();
        let settings = AcmeSettings {
            domains: vec!["a.example".into()],
            contacts: Vec::new(),
            directory: format!("https://localhost:{port}/dir").parse().unwrap(),
            root_ca: Some(fixture("first.crt")),
            external_account: None,
            cache: parent.path().join("acme"),
            clients: None,
        };
        Self { settings, answering: answering.abort_handle(), _parent: parent }
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        self.answering.abort();
    }
}

async fn respond(acceptor: &TlsAcceptor, stream: TcpStream, answer: &[u8]) -> io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    stream.write_all(answer).await?;
    stream.shutdown().await
}

fn acceptor() -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_file(fixture("first.crt")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(fixture("first.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()))
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jeton/tls").join(name)
}
