//! Databases with TLS behind the gate: accepted certificates, and the negotiated protocol.

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use jeton::config::ConfigFile;
use jeton_gate::Kind;
use jeton_model::binding::UpstreamHealth;
use jeton_proxy::UpstreamFailure;
use jeton_service::Clock;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    home::Home,
    support::{
        certificates::fixture,
        server::{Server, answer},
    },
};

use super::{
    configured::{Scene, section, write_through, written},
    gated::Gated,
    played::{Played, WITHIN},
};

/// A TLS terminator before a database.
struct Secure {
    address: SocketAddr,
    /// The protocol that each connection negotiated.
    protocols: mpsc::UnboundedReceiver<Option<Vec<u8>>>,
}

impl Secure {
    /// Listens on a free port of an address, with a certificate whose key is that of the first.
    async fn before(database: SocketAddr, certificate: &str, host: &str) -> Self {
        let listener = TcpListener::bind((host, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = acceptor(certificate);
        let (send, protocols) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(stream, acceptor.clone(), database, send.clone()));
            }
        });
        Self { address, protocols }
    }

    fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Returns the section of a gate before it, which accepts the certificates of a file.
    fn section(&self, authorities: &Path) -> String {
        let plain = format!("upstream = \"http://{}\"\n", self.address);
        let encrypted = format!("upstream = \"{}\"\nupstream-ca-file = \"{}\"\n", self.url(), authorities.display());
        section(self.address, "*").replace(&plain, &encrypted)
    }
}

pub(super) fn acceptor(certificate: &str) -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_file(fixture(certificate)).unwrap()];
    let key = PrivateKeyDer::from_pem_file(fixture("first.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let mut config = config.with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// Passes a connection on, unless the gate does not accept the certificate.
async fn pass_on(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    database: SocketAddr,
    protocols: mpsc::UnboundedSender<Option<Vec<u8>>>,
) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    drop(protocols.send(stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec)));
    let mut onward = TcpStream::connect(database).await.unwrap();
    drop(copy_bidirectional(&mut stream, &mut onward).await);
}

/// Returns a gate before a database with TLS, which accepts the certificates of a file.
async fn gated(home: &Home, url: String, authorities: &str) -> Gated {
    Gated::with(home, Kind::Victoriametrics, "127.0.0.1:9".parse().unwrap(), |config| {
        config.upstream = url;
        config.upstream_ca = Some(fs::read(fixture(authorities)).unwrap());
    })
    .await
}

#[tokio::test]
async fn a_database_with_tls_is_reached_by_http_1_1() {
    let mut database = Played::start().await;
    let mut secure = Secure::before(database.address, "first.crt", "127.0.0.1").await;
    for host in ["127.0.0.1", "localhost"] {
        let home = Home::sqlite();
        let gated = gated(&home, format!("https://{host}:{}", secure.address.port()), "first.crt").await;
        let token = gated.token(&["write a"]).await.secret;
        let write = gated.post("/write?db=a", &token, "m v=1");
        let (written, ()) = tokio::join!(write, async { database.next().await.answer("204 No Content", "", "").await });
        assert_eq!(written.status, 204, "{host}: {}", written.body);
        let protocol = timeout(WITHIN, secure.protocols.recv()).await.expect("a connection").unwrap();
        assert_eq!(protocol.as_deref(), Some(b"http/1.1".as_slice()), "{host}");
    }
}

#[tokio::test]
async fn nothing_is_sent_to_a_database_whose_certificate_is_not_accepted() {
    let mut database = Played::start().await;
    for (certificate, authorities, host) in [
        ("first.crt", "second.crt", "127.0.0.1"),
        ("expired.crt", "expired.crt", "127.0.0.1"),
        ("first.crt", "first.crt", "127.0.0.2"),
    ] {
        let case = format!("{certificate} at {host} with {authorities}");
        let home = Home::sqlite();
        let mut secure = Secure::before(database.address, certificate, host).await;
        let gated = gated(&home, secure.url(), authorities).await;
        let token = gated.token(&["write a"]).await.secret;
        let refused = gated.post("/write?db=a", &token, "m v=1").await;
        assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{case}: {}", refused.body);
        assert_eq!(gated.gate.counters().failures(UpstreamFailure::Unreachable), 1, "{case}");
        assert!(database.is_idle() && secure.protocols.try_recv().is_err(), "{case}");
    }
}

#[tokio::test]
async fn the_probe_of_a_database_whose_certificate_is_not_accepted_finds_it_unreachable() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let secure = Secure::before(database.address, "first.crt", "127.0.0.1").await;
    let gated = Gated::with(&home, Kind::Influxdb3, secure.address, |config| {
        config.credential = Some("apiv3_admin".to_owned().into());
        config.upstream = secure.url();
        config.upstream_ca = Some(fs::read(fixture("second.crt")).unwrap());
    })
    .await;
    let token = gated.token(&["read a"]).await.secret;
    let refused = gated.get("/api/v3/query_sql?db=a&q=SELECT%201", &token).await;
    assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{}", refused.body);
    assert_eq!(gated.gate.counters().failures(UpstreamFailure::Unreachable), 1);
    assert_eq!(gated.gate.health(), UpstreamHealth::Unreachable);
    assert!(database.is_idle(), "it sees no credential");
}

#[tokio::test]
async fn a_file_without_authorities_keeps_the_server_from_starting() {
    let home = Home::sqlite();
    let database = Played::start().await;
    let secure = Secure::before(database.address, "first.crt", "127.0.0.1").await;
    let (file, path) = (home.path().join("authorities.crt"), home.path().join("jeton.toml"));
    fs::write(&file, "no certificate").unwrap();
    fs::write(&path, secure.section(&file)).unwrap();
    let mut config = home.config(&[]);
    config.file = Some(ConfigFile::read(&path).unwrap());
    let refused = Server::start_as(&home, config, Clock::System).await.err().expect("a refusal").to_string();
    assert!(refused.starts_with("upstream-ca-file of gate plant must contain certificates in PEM"), "{refused}");
}

#[tokio::test]
async fn a_changed_file_of_authorities_is_used_without_a_restart() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let secure = Secure::before(database.address, "first.crt", "127.0.0.1").await;
    let file = home.path().join("authorities.crt");
    fs::copy(fixture("second.crt"), &file).unwrap();
    let scene = Scene::new(&home, &secure.section(&file)).await;
    scene.bind_to(&secure.url()).await;
    let (address, token) = (scene.address("plant").await, scene.writer().await);
    assert_eq!(answer(written(address, &token)).await.status, 503);
    let mut addresses = scene.server.gate_addresses();
    addresses.mark_unchanged();
    fs::copy(fixture("first.crt"), &file).unwrap();
    timeout(WITHIN, addresses.changed()).await.expect("the file is read again").unwrap();
    assert_eq!(write_through(address, &token, &mut database).await.status, 204);
}

#[tokio::test]
async fn a_file_without_authorities_keeps_the_gate_as_it_was() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let secure = Secure::before(database.address, "first.crt", "127.0.0.1").await;
    let file = home.path().join("authorities.crt");
    fs::copy(fixture("first.crt"), &file).unwrap();
    let scene = Scene::new(&home, &secure.section(&file)).await;
    scene.bind_to(&secure.url()).await;
    let (address, token) = (scene.address("plant").await, scene.writer().await);
    let mut addresses = scene.server.gate_addresses();
    addresses.mark_unchanged();
    fs::write(&file, "no certificate").unwrap();
    timeout(WITHIN, addresses.changed()).await.expect("the changed file is noticed").unwrap();
    assert_eq!(scene.address("plant").await, address);
    assert_eq!(write_through(address, &token, &mut database).await.status, 204);
}
