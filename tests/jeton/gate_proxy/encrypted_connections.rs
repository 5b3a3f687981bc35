//! Connections with TLS to a gate: their handshake has a maximum time and a place, and their end shows whether the answer
//! is whole.

use std::{
    io::ErrorKind,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use http::HeaderMap;
use jeton_proxy::{ClientStream, Encrypted, Encryption, GateConfig, Handshake};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, client::TlsStream};

use crate::{home::Home, support::tls::connect};

use super::{
    gated::Gated,
    https::acceptor,
    played::{Played, Raw, Request, WITHIN},
};

const PREFLIGHT: &str = "OPTIONS /write HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// TLS with the certificate of the tests.
struct OfTests(TlsAcceptor);

impl Encryption for OfTests {
    fn accept(&self, stream: ClientStream) -> Handshake {
        let accepted = self.0.accept(stream);
        Box::pin(async move { Ok(Encrypted { stream: Box::new(accepted.await?), certified_until: None }) })
    }

    fn client_address(&self, _: IpAddr, _: &HeaderMap) -> Option<IpAddr> {
        None
    }
}

async fn gated(home: &Home, upstream: SocketAddr, change: impl FnOnce(&mut GateConfig)) -> Gated {
    Gated::encrypted(home, upstream, Arc::new(OfTests(acceptor("first.crt"))), change).await
}

/// Connects and sends a text.
async fn ask(gated: &Gated, said: &str) -> TlsStream<TcpStream> {
    let mut stream = connect(gated.address, "http/1.1", None).await.unwrap();
    stream.write_all(said.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    stream
}

/// Begins a read, whose answer has begun to arrive.
async fn begin(gated: &Gated, database: &mut Played, token: &str) -> (TlsStream<TcpStream>, Request) {
    let head = format!("GET /api/v1/labels HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {token}\r\n\r\n");
    let mut client = ask(gated, &head).await;
    let mut request = database.next().await;
    request.begin().await;
    assert_eq!(status(&mut client).await, *b"HTTP/1.1 200");
    (client, request)
}

/// Returns the beginning of an answer.
async fn status(client: &mut TlsStream<TcpStream>) -> [u8; 12] {
    let mut begun = [0; 12];
    timeout(WITHIN, client.read_exact(&mut begun)).await.expect("an answer").unwrap();
    begun
}

/// Returns what comes until the end of a connection, and whether it was ended regularly.
async fn rest(mut stream: TlsStream<TcpStream>) -> (String, bool) {
    let mut rest = Vec::new();
    let ended = timeout(WITHIN, stream.read_to_end(&mut rest)).await.expect("the gate closes the connection");
    if let Err(error) = &ended {
        assert!(matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset), "{error}");
    }
    (String::from_utf8(rest).unwrap(), ended.is_ok())
}

#[tokio::test]
async fn a_handshake_has_the_time_of_a_head_and_the_place_of_a_connection() {
    let (home, database) = (Home::sqlite(), Played::start().await);
    let gated = gated(&home, database.address, |config| {
        config.limits.max_connections = 1;
        config.limits.head = Duration::from_secs(3);
    })
    .await;
    let silent = Raw::to(gated.address).await;
    let early = timeout(Duration::from_millis(200), ask(&gated, PREFLIGHT)).await;
    assert!(early.is_err(), "there is no place for a second");
    assert_eq!(silent.rest().await, "", "the handshake ended");
    let mut second = timeout(WITHIN, ask(&gated, PREFLIGHT)).await.expect("a place");
    assert_eq!(status(&mut second).await, *b"HTTP/1.1 204");
}

#[tokio::test]
async fn an_answer_that_is_cut_has_no_regular_end() {
    let (home, mut database) = (Home::sqlite(), Played::start().await);
    let gated = gated(&home, database.address, |_| {}).await;
    let token = gated.token(&["read a"]).await;
    let (client, request) = begin(&gated, &mut database, &token.secret).await;
    drop(request);
    let (said, is_regular) = rest(client).await;
    assert!(!said.ends_with("0\r\n\r\n") && !is_regular, "{said}");

    let (client, _request) = begin(&gated, &mut database, &token.secret).await;
    gated.revoke(&token).await;
    let (said, is_regular) = rest(client).await;
    assert!(!said.ends_with("0\r\n\r\n") && !is_regular, "{said}");
}

#[tokio::test]
async fn a_client_that_is_refused_while_it_sends_sees_the_answer_and_its_end() {
    let (home, database) = (Home::sqlite(), Played::start().await);
    let gated = gated(&home, database.address, |_| {}).await;
    let head = "POST /write?db=a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";
    let client = ask(&gated, &format!("{head}{}", "x".repeat(10_000))).await;
    let (said, is_regular) = rest(client).await;
    assert!(said.starts_with("HTTP/1.1 401 ") && is_regular, "{said}");
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_its_connection() {
    let (home, mut database) = (Home::sqlite(), Played::start().await);
    let gated = gated(&home, database.address, |config| config.limits.write = Duration::from_millis(100)).await;
    let token = gated.token(&["read a"]).await;
    let (_client, request) = begin(&gated, &mut database, &token.secret).await;
    timeout(WITHIN, request.flood()).await.expect("the exchange ends while the client does not read");
}
