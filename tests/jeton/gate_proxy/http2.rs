//! HTTP/2 without TLS, with which some clients begin.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    body::Incoming,
    client::conn::http2::{Builder, SendRequest, handshake},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use jeton_proxy::End;
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::timeout};

use super::{
    gated::{Gated, before_played},
    played::{Played, Request, WITHIN},
};

async fn connect(gated: &Gated) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(gated.address).await.unwrap();
    let (send, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    send
}

/// Connects a client that never reads a byte of an answer, and answers the pings of the gate.
async fn connect_without_reading(gated: &Gated) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(gated.address).await.unwrap();
    let mut builder = Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(0_u32);
    let (send, connection) = builder.handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    send
}

/// Begins a read, whose answer the database begins.
async fn begin(
    client: &mut SendRequest<Full<Bytes>>,
    gated: &Gated,
    database: &mut Played,
    token: &str,
) -> (http::Response<Incoming>, Request) {
    let read = client.send_request(request("GET", gated, "/api/v1/labels", token, ""));
    let played = async {
        let mut request = database.next().await;
        request.begin().await;
        request
    };
    let (answer, request) = tokio::join!(read, played);
    (answer.unwrap(), request)
}

fn request(method: &str, gated: &Gated, target: &str, token: &str, body: &'static str) -> http::Request<Full<Bytes>> {
    let request = http::Request::builder().method(method).uri(format!("http://{}{target}", gated.address));
    let request = request.header("authorization", format!("Token {token}"));
    request.body(Full::new(Bytes::from_static(body.as_bytes()))).unwrap()
}

#[tokio::test]
async fn a_write_by_http_2_is_decided_and_carried() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["write a"]).await.secret;
    let mut client = connect(&gated).await;
    let write = client.send_request(request("POST", &gated, "/write?db=a", &token, "m v=1"));
    let played = async {
        let mut request = database.next().await;
        assert!(request.head.starts_with("post /write?extra_label=db%3da http/1.1\r\n"), "{}", request.head);
        assert_eq!(request.body(5).await, "m v=1");
        request.answer("204 No Content", "", "").await;
    };
    let (written, ()) = tokio::join!(write, played);
    assert_eq!(written.unwrap().status(), 204);
    let refused = client.send_request(request("POST", &gated, "/write?db=b", &token, "m v=1")).await.unwrap();
    assert_eq!(refused.status(), 403);
    assert!(database.is_idle());
}

#[tokio::test]
async fn a_revoked_token_ends_its_stream_and_no_other() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let (revoked, other) = (gated.token(&["read a"]).await, gated.token(&["read a"]).await.secret);
    let mut client = connect(&gated).await;
    let mut answers = Vec::new();
    let mut requests = Vec::new();
    for token in [&revoked.secret, &other] {
        let read = client.send_request(request("GET", &gated, "/api/v1/labels", token, ""));
        let played = async {
            let mut request = database.next().await;
            request.begin().await;
            request
        };
        let (answer, request) = tokio::join!(read, played);
        answers.push(answer.unwrap().into_body());
        requests.push(request);
    }
    gated.revoke(&revoked).await;
    let (ended, kept) = (answers.remove(0), answers.remove(0));
    assert!(timeout(WITHIN, ended.collect()).await.expect("the stream ends").is_err());
    requests.remove(1).say("0\r\n\r\n").await;
    assert_eq!(kept.collect().await.unwrap().to_bytes(), "first\n");
}

#[tokio::test]
async fn the_query_of_a_client_that_does_not_read_ends_with_its_token() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["read a"]).await;
    let mut client = connect_without_reading(&gated).await;
    let (_answer, request) = begin(&mut client, &gated, &mut database, &token.secret).await;
    gated.revoke(&token).await;
    request.closed().await;
    assert_eq!(gated.gate.counters().ends(End::Revoked), 1);
}

#[tokio::test]
async fn a_client_that_does_not_read_keeps_no_query_beyond_its_time() {
    let (_home, mut database, gated) = before_played(|config| {
        config.limits.max_queries_per_token = 1;
        config.limits.max_query = Duration::from_secs(2);
    })
    .await;
    let token = gated.token(&["read a"]).await.secret;
    let mut client = connect_without_reading(&gated).await;
    let (_answer, first) = begin(&mut client, &gated, &mut database, &token).await;
    first.closed().await;
    assert_eq!(gated.gate.counters().ends(End::TooLong), 1);
    let (again, _second) = begin(&mut client, &gated, &mut database, &token).await;
    assert_eq!(again.status(), 200, "the place of the first query is free");
}

/// Returns a frame of HTTP/2 of stream 1, or of the connection if it has settings.
fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    let stream = if kind == SETTINGS { 0 } else { 1 };
    let length = u8::try_from(payload.len()).unwrap_or(u8::MAX);
    assert!(length < u8::MAX, "a short frame");
    let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, stream];
    frame.extend_from_slice(payload);
    frame
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const END_HEADERS: u8 = 4;

/// Returns a literal of a header block.
fn literal(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    assert!(length < 127, "a short text");
    let mut literal = vec![length];
    literal.extend_from_slice(text.as_bytes());
    literal
}

#[tokio::test]
async fn an_upload_that_is_reset_has_no_regular_end_in_the_database() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["write a"]).await.secret;
    // The method and the scheme are indexed, the path and the authority have indexed names.
    let mut headers = vec![0x83, 0x86, 0x04];
    headers.extend(literal("/write?db=a"));
    headers.push(0x01);
    headers.extend(literal("localhost"));
    headers.push(0x00);
    headers.extend(literal("authorization"));
    headers.extend(literal(&format!("Token {token}")));
    let mut client = TcpStream::connect(gated.address).await.unwrap();
    let opening = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    let begun = [opening, frame(SETTINGS, 0, &[]), frame(HEADERS, END_HEADERS, &headers), frame(DATA, 0, b"m v=1")];
    client.write_all(&begun.concat()).await.unwrap();
    let mut request = database.next().await;
    assert!(request.head.contains("transfer-encoding: chunked\r\n"), "{}", request.head);
    assert_eq!(request.body(10).await, "5\r\nm v=1\r\n");
    client.write_all(&frame(RST_STREAM, 0, &[0; 4])).await.unwrap();
    assert_eq!(request.rest().await, "", "no last chunk");
}
