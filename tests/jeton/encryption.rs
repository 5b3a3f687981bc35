//! TLS of the server itself: versions, HTTP/2, changes of the certificate, and the redirect from http.

use std::{fs, net::SocketAddr, sync::Arc};

use axum::body::{Body, to_bytes};
use hyper::{Request, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use jeton::server::StartError;
use jeton_service::Clock;
use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    version::{TLS12, TLS13},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{
    binary::Program,
    home::Home,
    support::{
        certificates::fixture,
        polling::{WITHIN, poll_until},
        server::{Server, client},
        tls::{ServerFiles, certificate, shown},
    },
};

/// Starts a server with these files.
async fn serve(files: &ServerFiles, home: &Home, more: &[&str]) -> Server {
    let flags = files.flags();
    let flags = [&flags.each_ref().map(String::as_str)[..], more].concat();
    Server::start_with(home, Clock::System, &flags).await
}

/// Connects with a version of TLS and a protocol, and checks the certificate.
async fn connect(
    address: SocketAddr,
    version: &'static SupportedProtocolVersion,
    protocol: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for name in ["first.crt", "second.crt"] {
        roots.add(CertificateDer::from_pem_file(fixture(name)).unwrap()).unwrap();
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_protocol_versions(&[version]).unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

/// Requests `/ping` by HTTP/1.1, and keeps the connection open.
async fn ping(stream: &mut TlsStream<TcpStream>) {
    stream.write_all(b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    stream.flush().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(WITHIN, stream.read_u8()).await.unwrap().unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 204 "), "{}", String::from_utf8_lossy(&head));
}

/// Gets a page by HTTP/2; returns its status and its text, and the task of the connection.
async fn page(stream: TlsStream<TcpStream>, url: &str) -> (u16, String, tokio::task::JoinHandle<()>) {
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let task = tokio::spawn(async move { drop(connection.await) });
    let answer = sender.send_request(Request::get(url).body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let text = to_bytes(Body::new(answer.into_body()), 1 << 20).await.unwrap();
    // The connection stays open for as long as there is a sender.
    let task = tokio::spawn(async move {
        drop(task.await);
        drop(sender);
    });
    (status, String::from_utf8_lossy(&text).into_owned(), task)
}

#[tokio::test]
async fn clients_choose_between_http_1_and_2_over_tls_1_2_and_1_3() {
    let (home, files) = (Home::sqlite(), ServerFiles::of("first"));
    let server = serve(&files, &home, &[]).await;
    for version in [&TLS12, &TLS13] {
        let mut first = connect(server.address, version, "http/1.1").await.unwrap();
        assert_eq!(first.get_ref().1.protocol_version(), Some(version.version));
        ping(&mut first).await;
        ping(&mut first).await;
        let second = connect(server.address, version, "h2").await.unwrap();
        assert_eq!(second.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
        let (status, text, _) = page(second, "https://localhost/docs").await;
        assert_eq!(status, 200);
        assert!(text.contains("curl https://localhost/api/v2/me"), "the host is known");
    }
}

#[tokio::test]
async fn a_new_certificate_is_served_and_open_connections_stay() {
    let (home, files) = (Home::sqlite(), ServerFiles::of("first"));
    let server = serve(&files, &home, &[]).await;
    let mut before = connect(server.address, &TLS13, "http/1.1").await.unwrap();
    assert_eq!(shown(&before), certificate("first"));
    ping(&mut before).await;
    files.put("second");
    let served = async || shown(&connect(server.address, &TLS13, "http/1.1").await.unwrap());
    assert!(poll_until(async || served().await == certificate("second")).await, "the new certificate is served");
    ping(&mut before).await;
}

#[tokio::test]
async fn sighup_reads_the_certificate_again_and_ends_nothing() {
    let (home, files) = (Home::sqlite(), ServerFiles::of("first"));
    let (flags, log) = (files.flags(), home.path().join("log"));
    let program = Program::start_with(&home, &flags.each_ref().map(String::as_str), &log);
    let mut before = connect(program.address, &TLS13, "http/1.1").await.unwrap();
    program.send("HUP");
    let logged = async || fs::read_to_string(&log).unwrap().contains("the certificate was read again");
    assert!(poll_until(logged).await, "a line in the log");
    ping(&mut before).await;
}

#[tokio::test]
async fn a_handshake_that_is_not_finished_ends() {
    let (home, files) = (Home::sqlite(), ServerFiles::of("first"));
    let server = serve(&files, &home, &["--head-timeout-ms=200", "--idle-timeout-ms=600000"]).await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let read = timeout(WITHIN, silent.read(&mut [0])).await.expect("the server closes the connection");
    assert!(matches!(read, Ok(0) | Err(_)));
}

#[tokio::test]
async fn a_connection_of_http_2_on_which_nothing_moves_ends() {
    let (home, files) = (Home::sqlite(), ServerFiles::of("first"));
    let server = serve(&files, &home, &["--head-timeout-ms=600000", "--idle-timeout-ms=2000"]).await;
    // Clients may also use HTTP/2 without ALPN.
    for agreed in ["h2", "http/1.1"] {
        let stream = connect(server.address, &TLS13, agreed).await.unwrap();
        let (status, _, open) = page(stream, "https://localhost/ping").await;
        assert_eq!(status, 204);
        timeout(WITHIN, open).await.expect("the server closes the connection").unwrap();
    }
}

#[tokio::test]
async fn a_connection_without_tls_is_not_answered() {
    let (home, files) = (Home::sqlite(), ServerFiles::of("first"));
    let server = serve(&files, &home, &[]).await;
    let refused = client().get(format!("http://{}/ping", server.address)).send().await;
    assert!(refused.is_err(), "{refused:?}");
}

#[tokio::test]
async fn files_that_are_no_pair_stop_the_start() {
    let home = Home::sqlite();
    let cert = format!("--tls-cert={}", fixture("first.crt").display());
    let key = format!("--tls-key={}", fixture("second.key").display());
    let refused = async |flags: &[&str]| Server::try_start(&home, Clock::System, flags).await.err().expect("a refusal");
    let said = refused(&[cert.as_str(), key.as_str()]).await;
    assert!(matches!(said, StartError::Tls(_)) && said.to_string().contains("can't be used together"), "{said}");
    for (flags, missing) in [(vec![cert.as_str()], "--tls-key"), (vec![key.as_str()], "--tls-cert")] {
        let said = refused(&flags).await;
        assert!(said.to_string().contains(&format!("set {missing} too")), "{said}");
    }
    let said = refused(&["--redirect-addr=127.0.0.1:0"]).await;
    assert!(matches!(said, StartError::TlsFlags(_)), "{said}");
}

#[tokio::test]
async fn pages_are_redirected_to_https_and_what_may_contain_a_secret_is_refused() {
    let (home, files) = (Home::sqlite(), ServerFiles::of("first"));
    let server = serve(&files, &home, &["--redirect-addr=127.0.0.1:0"]).await;
    let http = format!("http://{}/orgs?a=b", server.redirect_address().unwrap());
    let page = client().get(&http).send().await.unwrap();
    let location = format!("https://{}/orgs?a=b", server.address);
    assert_eq!((page.status().as_u16(), page.headers()["location"].to_str().unwrap()), (308, location.as_str()));
    for request in [client().post(&http), client().get(&http).header("authorization", "Token x")] {
        let refused = request.send().await.unwrap();
        assert_eq!((refused.status().as_u16(), refused.headers().get("location")), (403, None));
    }
}

#[tokio::test]
async fn the_redirect_leads_to_the_public_url() {
    let (home, files) = (Home::sqlite(), ServerFiles::of("first"));
    let flags = ["--redirect-addr=127.0.0.1:0", "--public-url=https://tokens.example.com"];
    let server = serve(&files, &home, &flags).await;
    let http = format!("http://{}/", server.redirect_address().unwrap());
    let page = client().get(http).header("host", "elsewhere.example").send().await.unwrap();
    assert_eq!(page.headers()["location"], "https://tokens.example.com/");
    assert_eq!(page.headers().get("strict-transport-security"), None, "not without TLS");
}
