//! Headers that the gate removes from requests and answers, and requests that it never sends on.

use super::{gated::before_played, played::Raw};

const HOST: &str = "Host: localhost";

fn authorization(token: &str) -> String {
    format!("Authorization: Token {token}")
}

#[tokio::test]
async fn what_identifies_or_forwards_a_client_does_not_reach_the_database() {
    let (_home, mut database, gated) = before_played(|config| {
        config.credential = Some("gate:secret".to_owned().into());
    })
    .await;
    let token = gated.token(&["write a"]).await.secret;
    let mut client = Raw::to(gated.address).await;
    let (line, header) = (format!("POST /write?db=a&u=any&p={token} HTTP/1.1"), authorization(&token));
    let lines: &[&str] = &[
        &line,
        HOST,
        &header,
        "Cookie: session=1",
        "X-Forwarded-For: 10.0.0.1",
        "X-Original-URL: /other",
        "X-HTTP-Method-Override: DELETE",
        "X-Jeton-Org: other",
        "X-Hop: 1",
        "Connection: keep-alive, x-hop",
        "Proxy-Authorization: Basic eA==",
        "User-Agent: Telegraf",
        "Content-Length: 4",
    ];
    client.send(lines, "m v=").await;
    let mut request = database.next().await;
    assert!(request.head.starts_with("post /write?extra_label=db%3da http/1.1\r\n"), "{}", request.head);
    assert!(request.head.contains("authorization: basic z2f0ztpzzwnyzxq=\r\n"), "{}", request.head);
    assert!(request.head.contains("user-agent: telegraf\r\n"));
    assert!(request.head.contains(&format!("host: {}\r\n", database.address)));
    assert!(request.head.contains("content-length: 4\r\n"));
    let token = token.to_lowercase();
    for gone in ["cookie", "x-", "proxy-", "keep-alive", "localhost", token.as_str()] {
        assert!(!request.head.contains(gone), "{gone}: {}", request.head);
    }
    assert_eq!(request.body(4).await, "m v=");
    request.answer("204 No Content", "", "").await;
    assert!(client.head().await.starts_with("http/1.1 204 "));
}

#[tokio::test]
async fn an_answer_carries_no_credential_and_nothing_of_its_connection() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["read a"]).await.secret;
    let mut client = Raw::to(gated.address).await;
    client.send(&["GET /api/v1/labels HTTP/1.1", HOST, &authorization(&token)], "").await;
    let headers = "Set-Cookie: a=b\r\nAuthorization: Bearer x\r\nServer: y\r\nAlt-Svc: h3\r\n\
                   Access-Control-Allow-Origin: *\r\nX-Kept: 1\r\n";
    database.next().await.answer("200 OK", headers, "{}").await;
    let head = client.head().await;
    assert!(head.starts_with("http/1.1 200 ") && head.contains("x-kept: 1\r\n"), "{head}");
    for gone in ["set-cookie", "authorization", "server", "alt-svc", "access-control", "connection"] {
        assert!(!head.contains(gone), "{gone}: {head}");
    }
    assert_eq!(client.next(2).await, "{}");
}

#[tokio::test]
async fn a_request_that_is_framed_or_spelled_in_two_ways_is_refused() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = authorization(&gated.token(&["write a", "read a"]).await.secret);
    let write = "POST /write?db=a HTTP/1.1";
    let refused: &[&[&str]] = &[
        &[write, HOST, &token, "Transfer-Encoding: gzip, chunked"],
        &[write, HOST, &token, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        &[write, HOST, &token, "Transfer-Encoding: identity"],
        &[write, HOST, &token, "Content-Length: 1", "Content-Length: 2"],
        &[write, HOST, &token, "Content-Length: +1"],
        &[write, HOST, &token, "Content-Length: 1", "Content-Length: 1"],
        &[write, HOST, &token, "Content-Length: 1", "Transfer-Encoding: chunked"],
        &[write, HOST, &token, "Transfer-Encoding: chunked", "Content-Length: 1"],
        &["POST /write?db=a#x HTTP/1.1", HOST, &token],
        &[write, HOST, &token, &token],
        &[write, HOST, HOST, &token],
        &[write, HOST, &token, "Content-Type: a/b", "Content-Type: c/d"],
        &["POST http://localhost/write?db=a HTTP/1.1", HOST, &token],
        &["POST //write?db=a HTTP/1.1", HOST, &token],
        &["POST /x/../write?db=a HTTP/1.1", HOST, &token],
        &["POST /%2e/write?db=a HTTP/1.1", HOST, &token],
        &["POST /write;x?db=a HTTP/1.1", HOST, &token],
        &["POST /write?db=a;x=1 HTTP/1.1", HOST, &token],
        &["POST /write?db=%zz HTTP/1.1", HOST, &token],
        &["POST /write?db=a&u=any&p=other HTTP/1.1", HOST, &token],
        &["GET /api/v1/labels HTTP/1.1", HOST, &token, "Content-Length: 1"],
        &["CONNECT localhost:80 HTTP/1.1", HOST, &token],
    ];
    for lines in refused {
        let mut client = Raw::to(gated.address).await;
        client.send(lines, "").await;
        let said = client.rest().await;
        assert!(said.starts_with("HTTP/1.1 400 "), "{lines:?}: {said}");
    }
    assert!(database.is_idle(), "nothing reached the database");
}

#[tokio::test]
async fn a_refusal_comes_before_the_body_is_asked_for() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = authorization(&gated.token(&["write a"]).await.secret);
    let head = |database: &str| format!("POST /write?db={database} HTTP/1.1");
    let waits = ["Expect: 100-continue", "Content-Length: 4"];
    let mut client = Raw::to(gated.address).await;
    client.send(&[&head("b"), HOST, &token, waits[0], waits[1]], "").await;
    assert!(client.head().await.starts_with("http/1.1 403 "));
    assert!(database.is_idle());

    let mut client = Raw::to(gated.address).await;
    client.send(&[&head("a"), HOST, &token, waits[0], waits[1]], "").await;
    assert!(client.head().await.starts_with("http/1.1 100 "));
    client.say("m v=").await;
    let mut request = database.next().await;
    assert_eq!(request.body(4).await, "m v=");
    request.answer("204 No Content", "", "").await;
    assert!(client.head().await.starts_with("http/1.1 204 "));
}

#[tokio::test]
async fn a_client_that_still_sends_sees_the_refusal_before_the_connection_closes() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = authorization(&gated.token(&["write a"]).await.secret);
    let mut client = Raw::to(gated.address).await;
    client.send(&["POST /write?db=b HTTP/1.1", HOST, &token, "Content-Length: 10000000"], "m v=1\n").await;
    let head = client.head().await;
    assert!(head.starts_with("http/1.1 403 ") && head.contains("connection: close\r\n"), "{head}");
    client.say(&"m v=1\n".repeat(1000)).await;
    assert_eq!(client.rest().await, "the token has no permission to write b");
    assert!(database.is_idle());
}

#[tokio::test]
async fn http_1_0_is_not_supported() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = authorization(&gated.token(&["read a"]).await.secret);
    let mut client = Raw::to(gated.address).await;
    client.send(&["GET /api/v1/labels HTTP/1.0", HOST, &token], "").await;
    let head = client.head().await;
    assert!(head.contains(" 505 "), "{head}");
    assert!(client.rest().await.contains("proxy_http_version 1.1"));
    assert!(database.is_idle());
}

#[tokio::test]
async fn a_preflight_is_answered_without_a_token_and_permits_no_other_site() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let mut client = Raw::to(gated.address).await;
    let method = "Access-Control-Request-Method: POST";
    client.send(&["OPTIONS /write?db=a HTTP/1.1", HOST, "Origin: https://other.example", method], "").await;
    let head = client.head().await;
    assert!(head.starts_with("http/1.1 204 ") && !head.contains("access-control-"), "{head}");
    assert!(database.is_idle());
}

#[tokio::test]
async fn a_body_that_decides_has_a_maximum_size_and_time() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = authorization(&gated.token(&["read a"]).await.secret);
    let head = ["POST /api/v1/query HTTP/1.1", HOST, &token, "Content-Type: application/x-www-form-urlencoded"];
    let mut large = Raw::to(gated.address).await;
    large.send(&[&head[..], &["Content-Length: 70000"]].concat(), &"x".repeat(70000)).await;
    let answered = large.head().await;
    assert!(answered.starts_with("http/1.1 413 "), "{answered}");
    let mut late = Raw::to(gated.address).await;
    late.send(&[&head[..], &["Content-Length: 10"]].concat(), "query=").await;
    let answered = late.head().await;
    assert!(answered.starts_with("http/1.1 408 "), "{answered}");
    assert!(database.is_idle());
}
