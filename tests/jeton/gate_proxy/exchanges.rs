//! Running exchanges: they end with their token, their client, or their time.

use std::time::Duration;

use jeton_gate::Kind;
use jeton_proxy::End;
use tokio::time::timeout;

use crate::home::{Home, on_each_database};

use super::{
    gated::{Gated, before_played},
    played::{Played, Raw, Request, WITHIN},
};

/// Begins a read, whose answer the database begins.
async fn begin(gated: &Gated, database: &mut Played, token: &str) -> (Raw, Request) {
    let (mut client, mut request) = ask(gated, database, token).await;
    request.begin().await;
    assert!(client.head().await.starts_with("http/1.1 200 "));
    assert_eq!(client.next(11).await, "6\r\nfirst\n\r\n");
    (client, request)
}

/// Sends a read, which the database does not answer.
async fn ask(gated: &Gated, database: &mut Played, token: &str) -> (Raw, Request) {
    let mut client = Raw::to(gated.address).await;
    let authorization = format!("Authorization: Token {token}");
    client.send(&["GET /api/v1/export?match[]=up HTTP/1.1", "Host: localhost", &authorization], "").await;
    (client, database.next().await)
}

#[tokio::test]
async fn an_answer_ends_without_its_last_chunk_when_the_token_is_revoked() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        let token = gated.token(&["read a"]).await;
        let (client, request) = begin(&gated, &mut database, &token.secret).await;
        gated.revoke(&token).await;
        assert_eq!(client.rest().await, "", "no last chunk");
        request.closed().await;
        assert_eq!(gated.gate.counters().ends(End::Revoked), 1);
    })
    .await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off_too() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["read a"]).await;
    let (client, request) = begin(&gated, &mut database, &token.secret).await;
    let flooding = tokio::spawn(request.flood());
    gated.revoke(&token).await;
    timeout(WITHIN, flooding).await.expect("the exchange ends while the client does not read").unwrap();
    assert!(!client.rest().await.ends_with("0\r\n\r\n"));
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_its_connection() {
    let (_home, mut database, gated) = before_played(|config| config.limits.write = Duration::from_millis(100)).await;
    let token = gated.token(&["read a"]).await;
    let (_client, request) = begin(&gated, &mut database, &token.secret).await;
    timeout(WITHIN, request.flood()).await.expect("the exchange ends while the client does not read");
}

#[tokio::test]
async fn a_request_without_an_answer_is_401_when_its_token_is_revoked() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["read a"]).await;
    let (mut client, request) = ask(&gated, &mut database, &token.secret).await;
    gated.revoke(&token).await;
    assert!(client.head().await.starts_with("http/1.1 401 "));
    request.closed().await;
}

#[tokio::test]
async fn a_token_that_is_revoked_while_its_query_arrives_asks_nothing() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["read a"]).await;
    let mut client = Raw::to(gated.address).await;
    let lines: &[&str] = &[
        "POST /api/v1/series HTTP/1.1",
        "Host: localhost",
        &format!("Authorization: Token {}", token.secret),
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: 10",
        "Expect: 100-continue",
    ];
    client.send(lines, "").await;
    assert!(client.head().await.starts_with("http/1.1 100 "), "the token worked, and the gate reads the body");
    gated.revoke(&token).await;
    client.say("match[]=up").await;
    assert!(client.head().await.starts_with("http/1.1 401 "));
    assert!(database.is_idle());
}

#[tokio::test]
async fn a_client_that_leaves_ends_its_exchange() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["read a"]).await.secret;
    let (client, request) = ask(&gated, &mut database, &token).await;
    drop(client);
    request.closed().await;
    let (client, request) = begin(&gated, &mut database, &token).await;
    drop(client);
    request.closed().await;
}

#[tokio::test]
async fn an_exchange_takes_no_longer_than_its_gate_permits() {
    let (_home, mut database, gated) = before_played(|config| {
        // The gate looks at it at any moment, and the request has to reach the database before.
        config.limits.max_query = Duration::from_secs(2);
    })
    .await;
    let token = gated.token(&["read a"]).await.secret;
    let (mut client, request) = ask(&gated, &mut database, &token).await;
    let head = client.head().await;
    assert!(head.starts_with("http/1.1 503 ") && head.contains("retry-after: 1\r\n"), "{head}");
    request.closed().await;
    assert_eq!(gated.gate.counters().ends(End::TooLong), 1);
}

#[tokio::test]
async fn a_token_has_only_so_many_queries_at_once() {
    let (_home, mut database, gated) = before_played(|config| {
        config.limits.max_queries_per_token = 1;
    })
    .await;
    let (token, other) = (gated.token(&["read a"]).await.secret, gated.token(&["read a"]).await.secret);
    let (_client, mut request) = begin(&gated, &mut database, &token).await;
    let refused = gated.get("/api/v1/labels", &token).await;
    assert_eq!((refused.status, refused.header("retry-after").as_str()), (429, "1"), "{}", refused.body);
    let (_other, _request) = begin(&gated, &mut database, &other).await;
    request.say("0\r\n\r\n").await;
    let again = async {
        while gated.get("/api/v1/labels", &token).await.status == 429 {
            tokio::task::yield_now().await;
        }
    };
    let answered = async { database.next().await.answer("200 OK", "", "{}").await };
    timeout(WITHIN, async { tokio::join!(again, answered) }).await.expect("the place of the first query is free again");
}

#[tokio::test]
async fn a_request_of_a_suspended_bucket_is_503_and_one_that_runs_ends() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["read a", "write a"]).await.secret;
    let (client, request) = begin(&gated, &mut database, &token).await;
    gated.suspend("a");
    assert_eq!(client.rest().await, "", "no last chunk");
    request.closed().await;
    assert_eq!(gated.gate.counters().ends(End::Unbound), 1);
    for refused in [gated.get("/api/v1/labels", &token).await, gated.post("/write?db=a", &token, "m v=1").await] {
        assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{}", refused.body);
    }
    assert!(database.is_idle());
}

#[tokio::test]
async fn an_exchange_ends_with_the_binding_of_its_bucket_and_another_goes_on() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let (token, other) = (gated.token(&["read a"]).await.secret, gated.token(&["read b"]).await.secret);
    let (mut kept, mut goes_on) = begin(&gated, &mut database, &other).await;
    let (mut client, request) = ask(&gated, &mut database, &token).await;
    gated.unbind("a");
    assert!(client.head().await.starts_with("http/1.1 503 "), "a token that works is not told otherwise");
    request.closed().await;
    goes_on.say("0\r\n\r\n").await;
    assert_eq!(kept.next(5).await, "0\r\n\r\n");
}

#[tokio::test]
async fn an_answer_ends_without_its_last_chunk_when_its_time_is_over() {
    let (_home, mut database, gated) = before_played(|config| {
        config.limits.max_query = Duration::from_secs(2);
    })
    .await;
    let token = gated.token(&["read a"]).await.secret;
    let (client, request) = begin(&gated, &mut database, &token).await;
    assert_eq!(client.rest().await, "", "no last chunk");
    request.closed().await;
    assert_eq!(gated.gate.counters().ends(End::TooLong), 1);
}

#[tokio::test]
async fn bindings_that_can_not_be_read_are_503_and_keep_no_exchange_beyond_its_end() {
    let (_home, mut database, gated) = before_played(|config| {
        config.limits.max_query = Duration::from_secs(5);
    })
    .await;
    let (token, revoked) = (gated.token(&["read a"]).await.secret, gated.token(&["read a"]).await);
    let (client, request) = begin(&gated, &mut database, &token).await;
    let (other, ended) = begin(&gated, &mut database, &revoked.secret).await;
    gated.hang();
    gated.revoke(&revoked).await;
    ended.closed().await;
    request.closed().await;
    assert_eq!((client.rest().await, other.rest().await), (String::new(), String::new()), "no last chunk");
    assert_eq!((gated.gate.counters().ends(End::Revoked), gated.gate.counters().ends(End::TooLong)), (1, 1));
    let refused = gated.get("/api/v1/labels", &token).await;
    assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{}", refused.body);
}
