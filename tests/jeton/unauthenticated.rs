//! The cost of requests without credentials.

use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use jeton_service::{
    Client, Error,
    auth::{
        v1_credentials::V1Credential,
        v1_login::{Strangers, V1Login},
    },
    error::AuthError,
};

use crate::{
    binary::Program,
    home::{Home, on_each_database},
    support::server::{Server, answer, client, permission_on, set_up_body, text},
};

#[tokio::test]
async fn the_pages_about_the_api_differ_in_nonce_origin_and_theme_alone() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let page = async |host: &str, cookie: &str| {
        let request = server.request("GET", "/docs").header("host", host).header("cookie", cookie);
        let answer = answer(request).await;
        assert_eq!(answer.status, 200);
        let policy = answer.header("content-security-policy");
        let nonce =
            policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce").to_owned();
        assert!(answer.body.contains(&format!("<style nonce=\"{nonce}\">")), "the style is let in");
        answer.body.replace(&nonce, "NONCE")
    };
    let first = page("tokens.example:8086", "").await;
    assert_eq!(first, page("tokens.example:8086", "").await);
    assert!(first.contains("curl http://tokens.example:8086/api/v2/me"));
    let other = page("other.example", "").await;
    assert_eq!(first.replace("http://tokens.example:8086", "http://other.example"), other);
    assert!(!first.contains("data-theme"));
    assert!(page("other.example", "jeton-theme=dark").await.contains("data-theme=\"dark\""));
    let odd = page("a\"b&'.example", "").await;
    assert!(!odd.contains("a\"b"), "what a client writes is no markup");
}

#[tokio::test]
async fn asking_for_the_metrics_counts_nothing() {
    let home = Home::sqlite();
    // In a process of its own: metrics are per process.
    let program = Program::start(&home, &home.path().join("log"));
    let metrics = async || {
        let answer = client().get(format!("http://{}/metrics", program.address)).send().await;
        let text = answer.expect("an answer").text().await.expect("a text");
        text.lines().find(|line| line.starts_with("jeton_tokens{state=\"active\"}")).map(str::to_owned)
    };
    let none = Some("jeton_tokens{state=\"active\"} 0".to_owned());
    assert_eq!(metrics().await, none);
    crate::binary::post(program.address, "setup", "", set_up_body()).await;
    assert_eq!(metrics().await, none, "counted again within half a minute, and not for this request");
}

#[tokio::test]
async fn the_metrics_move_or_go() {
    let home = Home::sqlite();
    let clock = || jeton_service::Clock::System;
    let server = Server::start_with(&home, clock(), &["--metrics-addr=off"]).await;
    assert_eq!(server.get("/metrics", "").await.status, 404);
    assert_eq!(server.get("/health", "").await.status, 200);
    assert_eq!(server.metrics_address(), None);
    server.stop().await;
    let server = Server::start_with(&home, clock(), &["--metrics-addr=127.0.0.1:0"]).await;
    assert_eq!(server.get("/metrics", "").await.status, 404);
    let address = server.metrics_address().expect("a listener of their own");
    let elsewhere = async |path: &str| answer(client().get(format!("http://{address}{path}"))).await;
    let metrics = elsewhere("/metrics").await;
    assert_eq!(metrics.status, 200);
    assert!(metrics.body.contains("jeton_tokens"));
    for path in ["/", "/api/v2/me", "/health", "/sign-in"] {
        assert_eq!(elsewhere(path).await.status, 404, "{path}");
    }
    server.stop().await;
}

/// Returns the status of a response that arrives before the body is sent.
async fn status_without_body(server: &Server, path: &str, kind: &str) -> u16 {
    let mut stream = TcpStream::connect(server.address).await.expect("a connection");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: 400000\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("a head");
    let mut answer = [0; 12];
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_exact(&mut answer)).await;
    read.expect("an answer before the body").expect("an answer");
    String::from_utf8_lossy(&answer[9..]).parse().expect("a status")
}

#[tokio::test]
async fn a_set_up_that_comes_too_late_is_refused_before_it_is_read() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        assert_eq!(status_without_body(&server, "/api/v2/setup", "application/json").await, 422);
        assert_eq!(status_without_body(&server, "/setup", "application/x-www-form-urlencoded").await, 422);
    })
    .await;
}

fn from(address: &str) -> Client {
    Client { address: address.parse().ok(), ..Client::default() }
}

/// An unknown token that looks like a JWT, which is not looked up: so many look-ups would be slow.
const UNKNOWN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA";

#[tokio::test]
async fn ten_thousand_unknown_tokens_an_hour_are_enough_for_an_address() {
    let home = Home::sqlite();
    let server = Server::start_at_rest(&home).await;
    let first = server.set_up().await;
    let show = async |token: &str, address: &str| server.service.caller_by_token(token, from(address)).await;
    assert!(show(&first.token, "192.0.2.1").await.is_ok());
    for _ in 0..10_000 {
        assert!(matches!(show(UNKNOWN, "192.0.2.1").await, Err(Error::Auth(AuthError::Unauthenticated))));
    }
    assert!(matches!(show(UNKNOWN, "192.0.2.1").await, Err(Error::Auth(AuthError::TooManyAttempts { seconds: 3601 }))));
    assert!(matches!(show("another", "192.0.2.1").await, Err(Error::Auth(AuthError::TooManyAttempts { .. }))));
    let v1 = V1Credential::Token("another".to_owned().into());
    let refused = server.service.caller_by_v1_credential(Some(v1), from("192.0.2.1")).await;
    assert!(matches!(refused, Err(Error::Auth(AuthError::TooManyAttempts { .. }))), "by this way too");
    assert!(show(&first.token, "192.0.2.1").await.is_ok(), "who was known goes on");
    assert!(matches!(show(UNKNOWN, "192.0.2.2").await, Err(Error::Auth(AuthError::Unauthenticated))), "others go on");
    server.clock.advance(3600);
    assert!(matches!(show(UNKNOWN, "192.0.2.1").await, Err(Error::Auth(AuthError::Unauthenticated))));
}

#[tokio::test]
async fn a_1_x_client_that_was_accepted_goes_on_though_its_address_has_spent_its_budget() {
    let home = Home::sqlite();
    let server = Server::start_at_rest(&home).await;
    let first = server.set_up().await;
    let permissions = json!([permission_on("read", "buckets", &first.bucket, &first.org)]);
    let body = json!({"orgID": first.org, "token": "grafana", "permissions": permissions});
    let created = server.post("/private/legacy/authorizations", &first.token, body).await.expect(201);
    let path = format!("/private/legacy/authorizations/{}/password", text(&created["id"]));
    // A password that is set again has another hash: no verification of it is remembered, as after a rest.
    let set = async |password: &str| {
        server.post(&path, &first.token, json!({"password": password})).await.expect(204);
    };
    let show = async |password: &str, address: &str| {
        let login = V1Login { username: "grafana".into(), password: password.to_owned().into() };
        let holder = server.service.holder_of_login(password, &login, from(address), Strangers::Refused).await;
        holder.map(|holder| holder.is_some())
    };
    let is_spent = |shown: Result<bool, Error>| matches!(shown, Err(Error::Auth(AuthError::TooManyAttempts { .. })));
    set("its password").await;
    assert_eq!(show("its password", "192.0.2.1").await, Ok(true));
    for address in ["192.0.2.1", "192.0.2.2"] {
        for _ in 0..10_000 {
            drop(server.service.caller_by_token(UNKNOWN, from(address)).await);
        }
    }
    set("its password").await;
    assert!(is_spent(show("its password", "192.0.2.2").await), "it was not accepted from there");
    assert!(is_spent(show("a new guess", "192.0.2.1").await));
    assert_eq!(show("its password", "192.0.2.1").await, Ok(true));
    set("another password").await;
    assert_eq!(show("its password", "192.0.2.1").await, Ok(false));
    assert!(is_spent(show("its password", "192.0.2.1").await), "a changed password is a guess");
    assert!(is_spent(show("another password", "192.0.2.1").await), "a new one was not accepted yet");
}

#[tokio::test]
async fn a_spent_budget_is_told_with_the_time_to_wait() {
    let home = Home::sqlite();
    let server = Server::start_at_rest(&home).await;
    let first = server.set_up().await;
    for _ in 0..10_000 {
        drop(server.service.caller_by_token(UNKNOWN, from("127.0.0.1")).await);
    }
    let refused = server.get("/api/v2/me", "nobody's").await;
    assert_eq!(refused.header("retry-after"), "3601");
    assert_eq!(refused.refused(429), "too many attempts; try again in 3601 seconds");
    server.clock.advance(3600);
    assert_eq!(server.get("/api/v2/me", "nobody's").await.status, 401);
    assert_eq!(server.get("/api/v2/me", &first.token).await.status, 200);
}

#[tokio::test]
async fn known_tokens_spend_nothing() {
    let home = Home::sqlite();
    let server = Server::start_at_rest(&home).await;
    let first = server.set_up().await;
    let made =
        server.token(&first.token, &first.org, json!([crate::support::server::permission("read", "tasks")])).await;
    let made = made.expect(201);
    let (token, id) = (crate::support::server::text(&made["token"]), crate::support::server::text(&made["id"]));
    let path = format!("/api/v2/authorizations/{id}");
    server.patch(&path, &first.token, json!({"status": "inactive"})).await.expect(200);
    for _ in 0..300 {
        drop(server.service.caller_by_token(&token, from("192.0.2.1")).await);
    }
    for _ in 0..10_000 {
        let refused = server.service.caller_by_token(UNKNOWN, from("192.0.2.1")).await;
        assert!(matches!(refused, Err(Error::Auth(AuthError::Unauthenticated))), "an inactive token is known");
    }
}
