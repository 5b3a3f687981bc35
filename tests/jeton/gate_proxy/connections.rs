//! Connections of clients: none is kept for nothing, and there is a maximum number of them.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::Full;
use hyper::client::conn::http2::handshake;
use hyper_util::rt::{TokioExecutor, TokioIo};
use jeton_gate::Kind;
use tokio::{net::TcpStream, time::timeout};

use crate::home::Home;

use super::{
    gated::Gated,
    played::{Played, Raw, WITHIN},
};

/// Time for a head. The one whole head of the test takes less on a busy machine.
const WHOLE_HEAD: Duration = Duration::from_secs(3);
const PREFLIGHT: &[&str] = &["OPTIONS /write HTTP/1.1", "Host: localhost"];

#[tokio::test]
async fn a_client_that_does_not_send_a_whole_head_is_not_waited_for() {
    let database = Played::start().await;
    let home = Home::sqlite();
    let gated = Gated::with(&home, Kind::Victoriametrics, database.address, |config| {
        config.limits.head = WHOLE_HEAD;
    })
    .await;
    let beginnings = ["", "G", "PRI * HTTP/2.0\r\n\r\nSM\r\n", "GET /api/v1/labels HTTP/1.1\r\nHost: localhost\r\n"];
    let address = gated.address;
    let waiting = beginnings.map(|begun| async move {
        let mut client = Raw::to(address).await;
        client.say(begun).await;
        assert_eq!(client.rest().await, "", "{begun:?}");
    });
    join_all(waiting).await;
    let mut client = Raw::to(gated.address).await;
    client.send(PREFLIGHT, "OPTIONS /write HTTP/1.1\r\n").await;
    assert!(client.head().await.starts_with("http/1.1 204 "));
    assert_eq!(client.rest().await, "", "a second head");
}

#[tokio::test]
async fn a_connection_of_http_2_without_requests_is_closed() {
    let database = Played::start().await;
    let home = Home::sqlite();
    let gated = Gated::with(&home, Kind::Victoriametrics, database.address, |config| {
        config.limits.idle = Duration::from_millis(100);
    })
    .await;
    let stream = TcpStream::connect(gated.address).await.unwrap();
    let connected = handshake::<_, _, Full<Bytes>>(TokioExecutor::new(), TokioIo::new(stream)).await;
    let (_send, connection) = connected.unwrap();
    drop(timeout(WITHIN, connection).await.expect("the gate closes the connection"));
}

#[tokio::test]
async fn a_gate_has_a_maximum_number_of_connections() {
    let database = Played::start().await;
    let home = Home::sqlite();
    let gated = Gated::with(&home, Kind::Victoriametrics, database.address, |config| {
        config.limits.max_connections = 1;
    })
    .await;
    let mut first = Raw::to(gated.address).await;
    first.send(PREFLIGHT, "").await;
    assert!(first.head().await.starts_with("http/1.1 204 "));
    let mut second = Raw::to(gated.address).await;
    second.send(PREFLIGHT, "").await;
    let early = timeout(Duration::from_millis(200), second.head()).await;
    assert!(early.is_err(), "there is no place for the second");
    drop(first);
    assert!(second.head().await.starts_with("http/1.1 204 "));
}
