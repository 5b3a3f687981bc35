//! Failures of the database, of Jeton's own, and of tokens.

use jeton_gate::Kind;
use jeton_proxy::UpstreamFailure;
use serde_json::json;

use crate::{
    home::{Home, on_each_database},
    support::server::{Answer, permission_on, text},
};

use super::{
    gated::{Gated, before_played},
    played::{Played, Raw},
};

/// The answer as a client sees it, without its time.
pub(super) fn seen(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (answer.status, headers.collect(), answer.body.clone())
}

#[tokio::test]
async fn tokens_that_do_not_work_are_answered_alike() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        let revoked = gated.token(&["write a"]).await;
        let write = gated.post("/write?db=a", &revoked.secret, "m v=1");
        let (written, ()) = tokio::join!(write, async { database.next().await.answer("204 No Content", "", "").await });
        assert_eq!(written.status, 204);
        gated.revoke(&revoked).await;

        let inactive = gated.token(&["write a"]).await;
        let path = format!("/api/v2/authorizations/{}", inactive.id);
        gated.server.patch(&path, &gated.first.token, json!({"status": "inactive"})).await.expect(200);
        let permission = permission_on("write", "buckets", &gated.first.bucket, &gated.first.org);
        let body = json!({"orgID": gated.first.org, "permissions": [permission], "allowedNetworks": ["192.0.2.0/24"]});
        let foreign = gated.server.post("/api/v2/authorizations", &gated.first.token, body).await.expect(201);

        let unknown = gated.post("/write?db=a", "unknown", "m v=1").await;
        assert_eq!(unknown.status, 401, "{}", unknown.body);
        for secret in [revoked.secret, inactive.secret, text(&foreign["token"]), String::new()] {
            let refused = gated.post("/write?db=a", &secret, "m v=1").await;
            assert_eq!(seen(&refused), seen(&unknown));
        }
        assert!(database.is_idle());
    })
    .await;
}

#[tokio::test]
async fn a_failure_of_jetons_database_is_503_and_never_401() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        let token = gated.token(&["write a"]).await.secret;
        gated.server.service.close().await;
        let refused = gated.post("/write?db=a", &token, "m v=1").await;
        assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{}", refused.body);
        assert!(database.is_idle());
    })
    .await;
}

#[tokio::test]
async fn a_database_that_gives_no_answer_is_502_and_is_asked_once() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["write a"]).await.secret;
    let write = gated.post("/write?db=a", &token, "m v=1");
    let (answer, ()) = tokio::join!(write, async { drop(database.next().await) });
    assert_eq!(answer.status, 502, "{}", answer.body);
    assert!(database.is_idle(), "a write is not repeated");
    assert_eq!(gated.gate.counters().failures(UpstreamFailure::NoAnswer), 1);
}

#[tokio::test]
async fn a_refused_credential_of_the_gate_and_a_switched_protocol_are_its_failures() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["read a"]).await.secret;
    let answers = [
        ("401 Unauthorized", "WWW-Authenticate: Basic\r\n", 503, UpstreamFailure::Unauthorized),
        ("101 Switching Protocols", "Upgrade: h2c\r\n", 502, UpstreamFailure::NoAnswer),
    ];
    for (status, headers, expected, failure) in answers {
        let read = gated.get("/api/v1/labels", &token);
        let (answer, ()) = tokio::join!(read, async { database.next().await.answer(status, headers, "").await });
        assert_eq!(answer.status, expected, "{status}: {}", answer.body);
        assert_eq!(answer.header("www-authenticate"), "");
        assert_eq!(gated.gate.counters().failures(failure), 1);
    }
}

#[tokio::test]
async fn a_gate_that_stops_finishes_what_runs() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["read a"]).await.secret;
    let mut client = Raw::to(gated.address).await;
    let authorization = format!("Authorization: Token {token}");
    client.send(&["GET /api/v1/labels HTTP/1.1", "Host: localhost", &authorization], "").await;
    let request = database.next().await;
    let stopped = gated.stop();
    request.answer("200 OK", "", "{}").await;
    assert!(client.head().await.starts_with("http/1.1 200 "));
    assert_eq!(client.rest().await, "{}");
    stopped.await.unwrap();
}

#[tokio::test]
async fn a_body_that_its_client_cuts_off_is_400_and_no_failure_of_the_database() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    let token = gated.token(&["write a"]).await.secret;
    let mut client = Raw::to(gated.address).await;
    let authorization = format!("Authorization: Token {token}");
    let lines = ["POST /write?db=a HTTP/1.1", "Host: localhost", &authorization, "Content-Length: 10"];
    client.send(&lines, "m v=1").await;
    let mut request = database.next().await;
    assert_eq!(request.body(5).await, "m v=1");
    client.finish().await;
    let head = client.head().await;
    assert!(head.starts_with("http/1.1 400 "), "{head}");
    request.closed().await;
    for failure in UpstreamFailure::ALL {
        assert_eq!(gated.gate.counters().failures(failure), 0, "{failure:?}");
    }
}
