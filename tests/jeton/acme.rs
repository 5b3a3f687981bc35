//! Certificates by ACME: from pebble, an authority of Debian for tests, and without an authority that answers.

mod external_account;
mod shared_directory;

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
    sync::Arc,
};

use jeton::server::StartError;
use jeton_service::Clock;
use reqwest::Certificate;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{
    binary::Program,
    home::Home,
    left_out,
    support::{
        certificates::fixture,
        polling::{WITHIN, poll_for, poll_until},
        process::{Process, find},
        server::Server,
    },
};

/// Number of attempts where another program may take a port between finding and using it.
const TRIES: usize = 5;

/// Returns an address of the host `localhost` on which nobody listens.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Returns a client that trusts the authorities of a text in PEM alone.
fn trusting(roots: &[u8]) -> reqwest::Client {
    jeton_client::http::use_ring();
    let builder = reqwest::Client::builder().no_proxy().timeout(WITHIN);
    builder.tls_certs_only([Certificate::from_pem(roots).unwrap()]).build().unwrap()
}

/// Returns the flags of a server that asks the authority at a port.
fn flags(port: u16) -> [String; 4] {
    [
        "--acme-domain=localhost".into(),
        "--acme-contact=mailto:ops@example.com".into(),
        format!("--acme-directory=https://localhost:{port}/dir"),
        format!("--acme-root-ca={}", fixture("first.crt").display()),
    ]
}

/// A running pebble, killed at the end of the test.
struct Authority {
    process: Process,
    directory: SocketAddr,
    management: SocketAddr,
    _files: TempDir,
}

impl Authority {
    /// Starts pebble, which verifies domains at a port; `None` if it is not installed. `keys`: those of external accounts
    /// by their identifiers, one of which it then requires.
    async fn start(port: u16, keys: Option<&Value>) -> Option<Self> {
        let Some(program) = find("pebble") else {
            left_out::without("pebble");
            return None;
        };
        for _ in 0..TRIES {
            let mut started = Self::spawn(&program, port, keys);
            if started.answers().await {
                return Some(started);
            }
        }
        panic!("pebble does not start");
    }

    fn spawn(program: &Path, port: u16, keys: Option<&Value>) -> Self {
        let (directory, management) = (free(), free());
        let files = TempDir::new().unwrap();
        let settings = json!({"pebble": {
            "listenAddress": directory.to_string(),
            "managementListenAddress": management.to_string(),
            "certificate": fixture("first.crt"),
            "privateKey": fixture("first.key"),
            "httpPort": port,
            "tlsPort": port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": keys.is_some(),
            "externalAccountMACKeys": keys.cloned().unwrap_or_else(|| json!({})),
        }});
        let file = files.path().join("pebble.json");
        fs::write(&file, settings.to_string()).unwrap();
        let mut command = Command::new(program);
        command.arg("-config").arg(file).env("PEBBLE_VA_NOSLEEP", "1").env("PEBBLE_WFE_NONCEREJECT", "0");
        Self { process: Process::start(&mut command), directory, management, _files: files }
    }

    /// Waits until it answers; returns false if it ended before.
    async fn answers(&mut self) -> bool {
        let (client, url) = (self.client(), format!("https://localhost:{}/dir", self.directory.port()));
        let answered = async || client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success());
        self.process.becomes_ready(answered).await
    }

    fn client(&self) -> reqwest::Client {
        trusting(&fs::read(fixture("first.crt")).unwrap())
    }

    /// Returns the certificate of the root in PEM.
    async fn root(&self) -> Vec<u8> {
        let url = format!("https://localhost:{}/roots/0", self.management.port());
        let answer = self.client().get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.bytes().await.unwrap().to_vec()
    }
}

/// Starts an authority, and a server at the port at which it verifies domains; `None` if pebble is not installed. `keys`:
/// those of external accounts; `more`: flags of the server.
async fn started(home: &Home, keys: Option<&Value>, more: &[&str]) -> Option<(Authority, Server)> {
    for _ in 0..TRIES {
        let address = free();
        let authority = Authority::start(address.port(), keys).await?;
        let (flags, address) = (flags(authority.directory.port()), format!("--addr={address}"));
        let flags = [&flags.each_ref().map(String::as_str)[..], &[address.as_str()], more].concat();
        match Server::try_start(home, Clock::System, &flags).await {
            Ok(server) => return Some((authority, server)),
            Err(StartError::Taken { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("every port was taken")
}

/// Connects with HTTP/2 as a client that trusts a root; returns the certificate of the server.
async fn certificate(address: SocketAddr, root: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root).unwrap()).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let (stream, name) = (TcpStream::connect(address).await?, ServerName::try_from("localhost").unwrap());
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let connection = stream.get_ref().1;
    assert_eq!(connection.alpn_protocol(), Some(b"h2".as_slice()));
    Ok(connection.peer_certificates().unwrap()[0].to_vec())
}

/// Waits until a server has a certificate of a root; returns it.
async fn obtained(address: SocketAddr, root: &[u8]) -> Vec<u8> {
    poll_for(async || certificate(address, root).await.ok()).await.expect("a certificate")
}

/// Waits until a text is in a log.
async fn logged(log: &Path, text: &str) {
    let logged = async || fs::read_to_string(log).unwrap().contains(text);
    assert!(poll_until(logged).await, "no line in the log: {text}");
}

#[tokio::test]
async fn a_certificate_is_obtained_served_and_kept_for_the_next_start() {
    let home = Home::sqlite();
    let Some((authority, server)) = started(&home, None, &[]).await else { return };
    let root = authority.root().await;
    let first = obtained(server.address, &root).await;
    let url = format!("https://localhost:{}/health", server.address.port());
    let health: Value = trusting(&root).get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!((&health["status"], &health["message"]), (&json!("pass"), &json!("ready for queries and writes")));
    let mode = |name: &str| fs::metadata(home.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(["acme", "acme/account.json", "acme/certificate.json"].map(mode), [0o700, 0o600, 0o600]);
    server.stop().await;

    // Nobody is there who could issue another one.
    let flags = flags(authority.directory.port());
    drop(authority);
    let again = Server::start_with(&home, Clock::System, &flags.each_ref().map(String::as_str)).await;
    assert_eq!(certificate(again.address, &root).await.unwrap(), first);
}

#[tokio::test]
async fn without_a_certificate_handshakes_fail_and_the_log_has_the_reason() {
    let home = Home::sqlite();
    let (flags, log) = (flags(1), home.path().join("log"));
    let program = Program::start_with(&home, &flags.each_ref().map(String::as_str), &log);
    logged(&log, "no certificate was obtained for localhost").await;
    let said = fs::read_to_string(&log).unwrap();
    assert!(said.contains("there is no certificate for localhost yet"), "{said}");
    let root = fs::read(fixture("first.crt")).unwrap();
    assert!(certificate(program.address, &root).await.is_err());
}

#[tokio::test]
async fn settings_that_do_not_fit_together_stop_the_start() {
    let home = Home::sqlite();
    let refused = async |flags: &[&str]| Server::try_start(&home, Clock::System, flags).await.err().expect("a refusal");
    for (flags, said) in [
        (["--acme-domain=localhost", "--tls-cert=c"], "remove it, or --tls-cert and --tls-key"),
        (["--acme-contact=mailto:ops@example.com", "--echo-own-token"], "set --acme-domain too"),
        (["--acme-domain=localhost", "--acme-root-ca=none.pem"], "of --acme-root-ca can't be read"),
        (["--acme-domain=localhost", "--tls-client-ca=none.pem"], "of --tls-client-ca can't be read"),
    ] {
        let refusal = refused(&flags).await.to_string();
        assert!(refusal.contains(said), "{said}: {refusal}");
    }
}
