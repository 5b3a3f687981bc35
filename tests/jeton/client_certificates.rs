//! Certificates of clients: reverse proxies that are trusted for theirs, whatever their address.

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use jeton_service::Clock;
use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    version::{TLS12, TLS13},
};
use sqlx::Row as _;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{
    home::Home,
    support::{
        certificates::fixture,
        polling::{WITHIN, poll_until},
        server::{Server, set_up_body},
    },
};

const PING: &str = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Starts a server with TLS. `ca`: the file of the authorities of clients.
async fn serve(home: &Home, ca: &Path, more: &[&str]) -> Server {
    let (cert, key) = (fixture("first.crt"), fixture("first.key"));
    let flags = [("cert", cert.as_path()), ("key", key.as_path()), ("client-ca", ca)];
    let flags = flags.map(|(name, file)| format!("--tls-{name}={}", file.display()));
    let flags = [&flags.each_ref().map(String::as_str)[..], more].concat();
    Server::start_with(home, Clock::System, &flags).await
}

fn config(version: &'static SupportedProtocolVersion, client: Option<&str>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fixture("first.crt")).unwrap()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_protocol_versions(&[version]).unwrap().with_root_certificates(roots);
    match client {
        Some(name) => {
            let certificate = CertificateDer::from_pem_file(fixture(&format!("{name}.crt"))).unwrap();
            let key = PrivateKeyDer::from_pem_file(fixture(&format!("{name}.key"))).unwrap();
            builder.with_client_auth_cert(vec![certificate], key).unwrap()
        }
        None => builder.with_no_client_auth(),
    }
}

/// Sends a request as a client with a certificate, or without one; returns the status line of the answer, or nothing if
/// the server refuses the client.
async fn ask(
    address: SocketAddr,
    version: &'static SupportedProtocolVersion,
    client: Option<&str>,
    request: &str,
) -> Option<String> {
    let stream = TcpStream::connect(address).await.unwrap();
    let connector = TlsConnector::from(Arc::new(config(version, client)));
    let asked = async {
        let mut stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.ok()?;
        stream.write_all(request.as_bytes()).await.ok()?;
        stream.flush().await.ok()?;
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            line.push(stream.read_u8().await.ok()?);
        }
        Some(String::from_utf8(line).unwrap().trim_end().to_owned())
    };
    timeout(WITHIN, asked).await.expect("an answer, or the end of the connection")
}

/// Sets a server up through a connection that names another client; returns the address in the audit log.
async fn recorded(client: Option<&str>) -> String {
    let home = Home::sqlite();
    let server = serve(&home, &fixture("proxies-ca.crt"), &[]).await;
    let body = set_up_body().to_string();
    let request = format!(
        "POST /api/v2/setup HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.5\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answered = ask(server.address, &TLS13, client, &request).await.expect("an answer");
    assert!(answered.starts_with("HTTP/1.1 201 "), "{answered}");
    let rows = home.rows("SELECT address FROM audit_log WHERE action = 'set up'").await;
    rows[0].get("address")
}

#[tokio::test]
async fn a_proxy_with_a_certificate_names_its_client_and_nobody_without_one_does() {
    assert_eq!(recorded(Some("proxy")).await, "203.0.113.5");
    assert_eq!(recorded(None).await, "127.0.0.1");
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused() {
    let home = Home::sqlite();
    let server = serve(&home, &fixture("proxies-ca.crt"), &[]).await;
    for version in [&TLS12, &TLS13] {
        for (client, is_answered) in [(Some("proxy"), true), (None, true), (Some("stranger"), false)] {
            let answered = ask(server.address, version, client, PING).await;
            assert_eq!(answered.is_some_and(|line| line.starts_with("HTTP/1.1 204 ")), is_answered, "{client:?}");
        }
    }
}

#[tokio::test]
async fn where_a_certificate_is_required_nobody_else_is_answered() {
    let home = Home::sqlite();
    let server = serve(&home, &fixture("proxies-ca.crt"), &["--tls-client-required"]).await;
    for version in [&TLS12, &TLS13] {
        for (client, is_answered) in [(Some("proxy"), true), (None, false), (Some("stranger"), false)] {
            assert_eq!(ask(server.address, version, client, PING).await.is_some(), is_answered, "{client:?}");
        }
    }
}

#[tokio::test]
async fn another_authority_is_used_without_a_restart_and_the_earlier_one_no_more() {
    let (home, directory) = (Home::sqlite(), TempDir::new().unwrap());
    let ca = directory.path().join("ca.crt");
    fs::copy(fixture("proxies-ca.crt"), &ca).unwrap();
    let server = serve(&home, &ca, &[]).await;
    assert!(ask(server.address, &TLS13, Some("proxy"), PING).await.is_some());
    // Longer than the file before, which shows on any file system.
    let both = [fs::read(fixture("others-ca.crt")).unwrap(), b"\n# another authority\n".to_vec()].concat();
    fs::write(&ca, both).unwrap();
    let changed = async || ask(server.address, &TLS13, Some("stranger"), PING).await.is_some();
    assert!(poll_until(changed).await, "the new authority is used");
    assert!(ask(server.address, &TLS13, Some("proxy"), PING).await.is_none());
}

#[tokio::test]
async fn flags_that_do_not_fit_together_are_refused() {
    let home = Home::sqlite();
    let ca = format!("--tls-client-ca={}", fixture("proxies-ca.crt").display());
    for (flag, sentence) in
        [(ca.as_str(), "set --tls-cert and --tls-key too"), ("--tls-client-required", "set --tls-client-ca too")]
    {
        let refused = Server::try_start(&home, Clock::System, &[flag]).await.err().expect("a refusal").to_string();
        assert!(refused.contains(sentence), "{refused}");
    }
}
