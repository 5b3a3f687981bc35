//! The promises of forward auth with Traefik, which cannot change the query string: its database is an InfluxDB 1.x.
//! Without a program in `JETON_TRAEFIK`, which `make nightly` sets, they test nothing.

use jeton_model::binding::GateKind;

use crate::{
    gate_proxy::played::{Played, Raw},
    home::Home,
    support::server::answer,
};

use super::{
    promises::{Sent, forging_write, has_credential_of_the_gate, has_no_header_of_the_gate, respond},
    reverse_proxy::{Program, ReverseProxy},
    scene::Scene,
};

const QUERY: &str = "/query?db=a&q=SELECT+*+FROM+m";
/// An answer to a question about the databases that names none.
const NO_LIST: &str = r#"{"results":[{"statement_id":0,"error":"not executed"}]}"#;

/// Returns Traefik before a database that asks for a credential.
async fn guarded(home: &Home) -> Option<(Scene, ReverseProxy)> {
    Program::Traefik.path()?;
    let scene = Scene::guarded(home).await;
    let proxy = scene.reverse_proxy(Program::Traefik).await?;
    Some((scene, proxy))
}

/// Returns Traefik before a database without credential, which is not probed.
async fn open(home: &Home) -> Option<(Scene, ReverseProxy)> {
    Program::Traefik.path()?;
    let scene = Scene::with(home, GateKind::Influxdb1, "auth = \"classify\"\n", true).await;
    let proxy = scene.reverse_proxy(Program::Traefik).await?;
    Some((scene, proxy))
}

/// Answers the next request as the database, after the probes, which have no credential, and the questions about the
/// databases, which the gate asks for itself.
async fn accept(database: &mut Played, length: usize) -> Sent {
    loop {
        let request = database.next().await;
        let line = request.head.lines().next().unwrap_or_default();
        if line.contains("show") && request.head.contains("\r\nauthorization: ") {
            request.answer("200 OK", "Content-Type: application/json\r\n", NO_LIST).await;
        } else if request.head.contains("\r\nauthorization: ") {
            return respond(request, length).await;
        } else {
            request.answer("401 Unauthorized", "", "").await;
        }
    }
}

#[tokio::test]
async fn an_allowed_write_passes_with_the_credential_of_the_gate() {
    let home = Home::sqlite();
    let Some((mut scene, proxy)) = guarded(&home).await else { return };
    let writer = scene.token(&["write a"]).await;
    for target in ["/write?db=a", "/write?precision=s&db=a"] {
        let write = answer(forging_write(&proxy, target, &writer));
        let (answer, sent) = tokio::join!(write, accept(&mut scene.database, 5));
        assert_eq!(answer.status, 200, "{target}: {}", answer.body);
        has_no_header_of_the_gate(&answer);
        assert!(sent.head.starts_with(&format!("post {target} http/1.1\r\n")), "{}", sent.head);
        assert_eq!(sent.body, "m v=1");
        has_credential_of_the_gate(&sent, &writer);
    }
}

#[tokio::test]
async fn an_allowed_read_passes_with_the_credential_of_the_gate() {
    let home = Home::sqlite();
    let Some((mut scene, proxy)) = guarded(&home).await else { return };
    let reader = scene.token(&["read a"]).await;
    let read = proxy.request(&format!("GET {QUERY}"), &reader);
    let (answer, sent) = tokio::join!(answer(read), accept(&mut scene.database, 0));
    assert_eq!((answer.status, answer.body.as_str()), (200, "{\"data\":[]}"));
    has_no_header_of_the_gate(&answer);
    assert!(sent.head.starts_with(&format!("get {} http/1.1\r\n", QUERY.to_lowercase())), "{}", sent.head);
    has_credential_of_the_gate(&sent, &reader);
}

#[tokio::test]
async fn what_is_refused_does_not_reach_the_database() {
    let home = Home::sqlite();
    let Some((mut scene, proxy)) = open(&home).await else { return };
    let token = scene.token(&["write a", "read a"]).await;
    let foreign = answer(proxy.request("POST /write?db=b", &token).body("m v=1")).await;
    assert!(foreign.body.contains("no permission to write b"), "{}", foreign.body);
    let more = answer(proxy.request("POST /write?db=a&more=1", &token).body("m v=1")).await;
    assert!(more.body.contains("use the gate as a proxy"), "{}", more.body);
    let query = proxy.request("POST /query", &token).header("content-type", "application/x-www-form-urlencoded");
    let query = answer(query.body("db=a&q=SELECT+*+FROM+m")).await;
    assert!(query.body.contains("use the gate as a proxy"), "{}", query.body);
    let in_url = answer(proxy.request(&format!("POST /write?db=a&u=any&p={token}"), "").body("m v=1")).await;
    for refused in [&foreign, &more, &query, &in_url] {
        assert_eq!(refused.status, 403, "{}", refused.body);
        has_no_header_of_the_gate(refused);
    }
    let with_body = answer(proxy.request(&format!("GET {QUERY}"), &token).body("db=b")).await;
    assert_eq!(with_body.status, 413, "{}", with_body.body);
    let stranger = answer(proxy.request("POST /write?db=a", "unknown").body("m v=1")).await;
    assert_eq!(stranger.status, 401, "{}", stranger.body);
    assert!(stranger.header("www-authenticate").starts_with("Basic "));
    has_no_header_of_the_gate(&stranger);
    assert!(scene.database.is_idle());
}

#[tokio::test]
async fn no_body_of_a_read_reaches_the_database() {
    let home = Home::sqlite();
    let Some((mut scene, proxy)) = open(&home).await else { return };
    let authorization = format!("Authorization: Token {}", scene.token(&["read a"]).await);
    let mut client = Raw::to(proxy.address).await;
    let line = format!("GET {QUERY} HTTP/1.1");
    let lines = [line.as_str(), "Host: localhost", &authorization, "Transfer-Encoding: chunked"];
    client.send(&lines, "4\r\ndb=b\r\n0\r\n\r\n").await;
    let head = client.head().await;
    assert!(head.starts_with("http/1.1 4"), "{head}");
    assert!(scene.database.is_idle());
}

#[tokio::test]
async fn a_failing_jeton_is_503() {
    let home = Home::sqlite();
    let Some((mut scene, proxy)) = open(&home).await else { return };
    let token = scene.token(&["write a"]).await;
    scene.server.service.close().await;
    let refused = answer(proxy.request("POST /write?db=a", &token).body("m v=1")).await;
    assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{}", refused.body);
    has_no_header_of_the_gate(&refused);
    assert!(scene.database.is_idle());
}

/// Traefik cannot answer 503 instead.
#[tokio::test]
async fn a_stopped_jeton_is_500() {
    let home = Home::sqlite();
    let Some((mut scene, proxy)) = open(&home).await else { return };
    let token = scene.token(&["write a"]).await;
    scene.server.stop().await;
    let refused = answer(proxy.request("POST /write?db=a", &token).body("m v=1")).await;
    assert_eq!(refused.status, 500, "{}", refused.body);
    assert!(scene.database.is_idle());
}
