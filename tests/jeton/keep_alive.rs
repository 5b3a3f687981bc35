//! Timeouts of connections: idle ones stay open for reverse proxies, half-sent requests do not.

use std::{net::SocketAddr, time::Duration};

use jeton_service::Clock;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{
    home::Home,
    support::{
        polling::poll_until,
        server::{NAME, Server, set_up_body},
    },
};

/// A short time for a head. Connections that send no half of a head live far longer than the test.
const SHORT_HEADS: [&str; 3] = ["--head-timeout-ms=200", "--idle-timeout-ms=600000", "--metrics-addr=127.0.0.1:0"];
const HALF: &str = "GET /ping HTTP/1.1\r\nHost: local";
const PING: &str = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n";
/// Maximum time that what must happen may take on a slow machine.
const WITHIN: Duration = Duration::from_secs(60);

struct Connection(TcpStream);

impl Connection {
    async fn to(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.expect("a connection"))
    }

    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.expect("an open connection");
    }

    /// Reads a whole answer; returns its head.
    async fn answer(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.expect("the head of an answer"));
        }
        let head = String::from_utf8(head).expect("text").to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.parse().expect("a length"));
        self.0.read_exact(&mut vec![0; length]).await.expect("the body of an answer");
        head
    }

    /// Asks for `/ping`, whatever the answer.
    async fn ping(&mut self) {
        self.send(PING).await;
        assert!(self.answer().await.starts_with("http/1.1 "));
    }

    /// Waits until the server closes the connection.
    async fn closes(mut self) {
        let mut byte = [0];
        let read = timeout(WITHIN, self.0.read(&mut byte)).await.expect("the server closes the connection");
        assert!(matches!(read, Ok(0) | Err(_)), "it says nothing before");
    }
}

fn post(body: &Value) -> (String, String) {
    let body = body.to_string();
    let head = format!("POST /api/v2/setup HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
    (head, body)
}

#[tokio::test]
async fn half_a_head_is_given_up_soon_and_idle_connections_are_kept() {
    let home = Home::sqlite();
    let server = Server::start_with(&home, Clock::System, &SHORT_HEADS).await;
    let metrics = server.metrics_address().expect("a listener for the metrics");
    for address in [server.address, metrics] {
        let (mut unused, mut used) = (Connection::to(address).await, Connection::to(address).await);
        used.ping().await;
        for earlier in 0..3 {
            let mut half = Connection::to(address).await;
            for _ in 0..earlier {
                half.ping().await;
            }
            half.send(HALF).await;
            half.closes().await;
        }
        // Each of the three closed connections took as long as a head may take.
        used.ping().await;
        unused.ping().await;
    }
}

#[tokio::test]
async fn half_a_head_after_a_request_with_a_body_is_given_up_soon() {
    let home = Home::sqlite();
    let server = Server::start_with(&home, Clock::System, &SHORT_HEADS).await;
    let mut connection = Connection::to(server.address).await;
    let (head, body) = post(&set_up_body());
    connection.send(&head).await;
    connection.send(&body).await;
    assert!(connection.answer().await.starts_with("http/1.1 201 "));
    connection.send(HALF).await;
    connection.closes().await;
}

#[tokio::test]
async fn a_head_that_trickles_in_is_given_up_soon() {
    let home = Home::sqlite();
    let server = Server::start_with(&home, Clock::System, &SHORT_HEADS).await;
    let mut connection = Connection::to(server.address).await;
    connection.send(HALF).await;
    let trickle = async {
        let mut byte = [0];
        while connection.0.write_all(b"x").await.is_ok() {
            // Nothing but the end is ever read.
            if timeout(Duration::from_millis(20), connection.0.read(&mut byte)).await.is_ok() {
                break;
            }
        }
    };
    timeout(WITHIN, trickle).await.expect("the server closes the connection");
}

#[tokio::test]
async fn a_body_may_take_longer_than_a_head() {
    let home = Home::sqlite();
    let server = Server::start_with(&home, Clock::System, &SHORT_HEADS).await;
    let mut slow = Connection::to(server.address).await;
    let (head, body) = post(&set_up_body());
    slow.send(&head).await;
    let mut half = Connection::to(server.address).await;
    half.send(HALF).await;
    // A head has had its time once this returns.
    half.closes().await;
    let (first, rest) = body.split_at(body.len() / 2);
    slow.send(first).await;
    slow.send(rest).await;
    assert!(slow.answer().await.starts_with("http/1.1 201 "), "{NAME} is set up");
}

#[tokio::test]
async fn an_idle_connection_is_closed_in_the_end() {
    let home = Home::sqlite();
    let flags = ["--head-timeout-ms=600000", "--idle-timeout-ms=200"];
    let server = Server::start_with(&home, Clock::System, &flags).await;
    Connection::to(server.address).await.closes().await;
    let mut half = Connection::to(server.address).await;
    half.send(HALF).await;
    half.closes().await;
}

#[tokio::test]
async fn a_connection_whose_last_body_nobody_read_is_closed_in_the_end() {
    let home = Home::sqlite();
    let flags = ["--head-timeout-ms=600000", "--idle-timeout-ms=200"];
    let server = Server::start_with(&home, Clock::System, &flags).await;
    let refused = "POST /api/v2/authorizations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
    let mut silent = Connection::to(server.address).await;
    silent.send(refused).await;
    assert!(silent.answer().await.starts_with("http/1.1 401 "));
    silent.closes().await;
    let mut half = Connection::to(server.address).await;
    half.send(refused).await;
    assert!(half.answer().await.starts_with("http/1.1 401 "));
    half.send(HALF).await;
    half.closes().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_its_connection() {
    let home = Home::sqlite();
    let server = Server::start_with(&home, Clock::System, &["--write-timeout-ms=100"]).await;
    let mut silent = Connection::to(server.address).await;
    // The answers together exceed what the sockets of both sides hold.
    silent.send(&"GET /api/v2/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(500)).await;
    let is_closed = poll_until(async || silent.0.write_all(b"\r\n").await.is_err()).await;
    assert!(is_closed, "nothing arrives any more");
}
