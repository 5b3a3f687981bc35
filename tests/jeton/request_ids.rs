//! Ids of requests and traces: in the log, in answers, and in what a gate sends to its database.

use std::{fs, path::Path};

use jeton_gate::Kind;
use serde_json::Value;

use crate::{
    binary::Program,
    gate_proxy::{
        gated::Gated,
        played::{Played, Raw},
    },
    home::Home,
    support::server::{Server, answer, client},
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Returns the spans of the lines about answered requests.
fn spans(log: &Path) -> Vec<Value> {
    let log = fs::read_to_string(log).expect("a log");
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    lines.filter(|line| line["fields"]["message"] == "answered a request").map(|line| line["span"].clone()).collect()
}

#[tokio::test]
async fn an_answer_repeats_a_valid_id_and_no_other() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    for path in ["/health", "/api/v2/me", "/no-such-path"] {
        let named = answer(server.request("GET", path).header("x-request-id", "edge-7")).await;
        assert_eq!(named.header("x-request-id"), "edge-7", "{path}");
    }
    for invalid in ["a b", "a;b", &"x".repeat(65)] {
        let answered = answer(server.request("GET", "/health").header("x-request-id", invalid)).await;
        assert_eq!((answered.status, answered.header("x-request-id").as_str()), (200, ""), "{invalid}");
    }
    let twice = server.request("GET", "/health").header("x-request-id", "a").header("x-request-id", "b");
    assert_eq!(answer(twice).await.header("x-request-id"), "");
    assert_eq!(server.get("/health", "").await.header("x-request-id"), "");
}

#[tokio::test]
async fn the_log_names_a_request_and_its_trace() {
    let home = Home::sqlite();
    let log = home.path().join("log");
    let program = Program::start_with(&home, &["--log-format=json"], &log);
    let health = || client().get(format!("http://{}/health", program.address));
    answer(health().header("x-request-id", "edge-7").header("traceparent", PARENT)).await;
    answer(health().header("x-request-id", "a b").header("traceparent", PARENT.to_uppercase())).await;
    let made = answer(health()).await.header("x-request-id");
    assert!(made.len() == 32 && made.bytes().all(|byte| byte.is_ascii_hexdigit()), "{made}");
    let spans = spans(&log);
    let of = |id: &str| spans.iter().find(|span| span["request_id"] == id);
    assert_eq!(of("edge-7").expect("a line")["trace_id"], TRACE);
    assert!(of(&made).is_some(), "{spans:?}");
    assert!(of("a b").is_none(), "{spans:?}");
    assert_eq!(spans.iter().filter(|span| span["trace_id"].is_string()).count(), 1, "{spans:?}");
}

#[tokio::test]
async fn a_gate_passes_on_what_names_a_request_if_it_is_valid() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
    let authorization = format!("Authorization: Token {}", gated.token(&["read a"]).await.secret);
    let (line, parent) = ("GET /api/v1/labels HTTP/1.1", format!("traceparent: {PARENT}"));
    for (id, expected) in [("X-Request-Id: edge-7", true), ("X-Request-Id: a b", false)] {
        let mut client = Raw::to(gated.address).await;
        client.send(&[line, "Host: localhost", &authorization, id, &parent, "tracestate: a=1"], "").await;
        let request = database.next().await;
        for passed in [format!("traceparent: {PARENT}\r\n"), "tracestate: a=1\r\n".to_owned()] {
            assert!(request.head.contains(&passed), "{}", request.head);
        }
        assert_eq!(request.head.contains("x-request-id: edge-7\r\n"), expected, "{}", request.head);
        request.answer("200 OK", "", "{}").await;
        let head = client.head().await;
        assert_eq!(head.contains("x-request-id: edge-7\r\n"), expected, "{head}");
    }
    let mut client = Raw::to(gated.address).await;
    let invalid = parent.replace("-01", "-0x");
    client.send(&[line, "Host: localhost", &authorization, &invalid, "tracestate: a=1"], "").await;
    let request = database.next().await;
    assert!(!request.head.contains("trace"), "{}", request.head);
    request.answer("200 OK", "", "{}").await;
    assert!(client.head().await.starts_with("http/1.1 200 "));
}
