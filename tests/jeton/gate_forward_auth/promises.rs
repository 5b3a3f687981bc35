//! The promises of forward auth, with the shipped configuration of each reverse proxy.

use reqwest::RequestBuilder;

use crate::{
    gate_proxy::played::{Played, Raw, Request},
    home::Home,
    support::server::{Answer, answer},
};

use super::{
    reverse_proxy::{Program, ReverseProxy},
    scene::{CREDENTIAL, Scene},
};

/// A request that reached the database: its head in lower case, and its body.
pub(super) struct Sent {
    pub(super) head: String,
    pub(super) body: String,
}

/// Answers the next request as the database, after a body of `length` bytes.
async fn accept(database: &mut Played, length: usize) -> Sent {
    respond(database.next().await, length).await
}

/// Answers a request as the database, after a body of `length` bytes.
pub(super) async fn respond(mut request: Request, length: usize) -> Sent {
    let body = request.body(length).await;
    let head = request.head.clone();
    request.answer("200 OK", "Content-Type: application/json\r\n", "{\"data\":[]}").await;
    Sent { head, body }
}

/// Returns a write of one row, with headers that neither the gate nor the database may believe.
pub(super) fn forging_write(proxy: &ReverseProxy, target: &str, token: &str) -> RequestBuilder {
    let write = proxy.request(&format!("POST {target}"), token).body("m v=1");
    let forged = [("cookie", "session=forged"), ("x-gate-authorization", "Basic forged"), ("x-gate-args", "db=forged")];
    forged.into_iter().fold(write, |write, (name, value)| write.header(name, value))
}

/// Checks that nothing of the client but the request itself has reached the database.
#[track_caller]
pub(super) fn has_credential_of_the_gate(sent: &Sent, token: &str) {
    let (credential, token) = (CREDENTIAL.to_lowercase(), token.to_lowercase());
    assert!(sent.head.contains(&format!("authorization: {credential}\r\n")), "{}", sent.head);
    for hidden in [token.as_str(), "cookie", "forged", "x-gate-", "x-original-", "x-forwarded-"] {
        assert!(!sent.head.contains(hidden), "{hidden} is in {}", sent.head);
    }
}

#[track_caller]
pub(super) fn has_no_header_of_the_gate(answer: &Answer) {
    let names: Vec<_> = answer.headers.keys().filter(|name| name.as_str().starts_with("x-gate-")).collect();
    assert!(names.is_empty(), "{names:?}");
}

async fn an_allowed_write_passes(program: Program) {
    let home = Home::sqlite();
    let mut scene = Scene::new(&home).await;
    let Some(proxy) = scene.reverse_proxy(program).await else { return };
    let writer = scene.token(&["write a"]).await;
    for target in ["/write?db=a", "/write?db=a&extra_label=db=b", "/api/v2/write?bucket=a&org=acme"] {
        let write = answer(forging_write(&proxy, target, &writer));
        let (answer, sent) = tokio::join!(write, accept(&mut scene.database, 5));
        assert_eq!(answer.status, 200, "{target}: {}", answer.body);
        has_no_header_of_the_gate(&answer);
        let (path, _) = target.split_once('?').unwrap();
        assert!(sent.head.starts_with(&format!("post {path}?extra_label=db%3da http/1.1\r\n")), "{}", sent.head);
        assert_eq!(sent.body, "m v=1");
        has_credential_of_the_gate(&sent, &writer);
    }
}

async fn an_allowed_read_is_limited_to_its_bucket(program: Program) {
    let home = Home::sqlite();
    let mut scene = Scene::new(&home).await;
    let Some(proxy) = scene.reverse_proxy(program).await else { return };
    let reader = scene.token(&["read a"]).await;
    for more in ["", "?extra_label=db=b", "?extra_filters[]={db=\"b\"}&extra_label=db%3Db"] {
        let read = proxy.request(&format!("GET /api/v1/labels{more}"), &reader).header("x-gate-args", "a=forged");
        let (answer, sent) = tokio::join!(answer(read), accept(&mut scene.database, 0));
        assert_eq!((answer.status, answer.body.as_str()), (200, "{\"data\":[]}"), "{more}");
        has_no_header_of_the_gate(&answer);
        assert!(sent.head.starts_with("get /api/v1/labels?extra_label=db%3da http/1.1\r\n"), "{}", sent.head);
        has_credential_of_the_gate(&sent, &reader);
    }
}

async fn what_is_refused_does_not_reach_the_database(program: Program) {
    let home = Home::sqlite();
    let mut scene = Scene::new(&home).await;
    let Some(proxy) = scene.reverse_proxy(program).await else { return };
    let token = scene.token(&["write a", "read a"]).await;
    let foreign = answer(proxy.request("POST /write?db=b", &token).body("m v=1")).await;
    assert!(foreign.body.contains("no permission to write b"), "{}", foreign.body);
    let query = proxy.request("POST /api/v1/query", &token).header("content-type", "application/x-www-form-urlencoded");
    let query = answer(query.body("query=up")).await;
    assert!(query.body.contains("use the gate as a proxy"), "{}", query.body);
    let with_body = answer(proxy.request("GET /api/v1/labels", &token).body("extra_label=db=b")).await;
    let in_url = answer(proxy.request(&format!("POST /write?db=a&u=any&p={token}"), "").body("m v=1")).await;
    for refused in [&foreign, &query, &with_body, &in_url] {
        assert_eq!(refused.status, 403, "{}", refused.body);
        has_no_header_of_the_gate(refused);
    }
    let stranger = answer(proxy.request("POST /write?db=a", "unknown").body("m v=1")).await;
    assert_eq!(stranger.status, 401, "{}", stranger.body);
    assert!(stranger.header("www-authenticate").starts_with("Basic "));
    has_no_header_of_the_gate(&stranger);
    assert!(scene.database.is_idle());
}

/// Go removes the header that says that a body is chunked: Caddy begins to send such a request, and does not end it.
async fn no_body_of_a_read_reaches_the_database(program: Program) {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let Some(proxy) = scene.reverse_proxy(program).await else { return };
    let authorization = format!("Authorization: Token {}", scene.token(&["read a"]).await);
    let mut client = Raw::to(proxy.address).await;
    let lines = ["GET /api/v1/labels HTTP/1.1", "Host: localhost", &authorization, "Transfer-Encoding: chunked"];
    client.send(&lines, "10\r\nextra_label=db=b\r\n0\r\n\r\n").await;
    let head = client.head().await;
    assert!(head.starts_with("http/1.1 4") || head.starts_with("http/1.1 5"), "{head}");
}

async fn a_failing_jeton_is_503(program: Program) {
    let home = Home::sqlite();
    let mut scene = Scene::new(&home).await;
    let Some(proxy) = scene.reverse_proxy(program).await else { return };
    let token = scene.token(&["write a"]).await;
    scene.server.service.close().await;
    let refused = answer(proxy.request("POST /write?db=a", &token).body("m v=1")).await;
    assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{}", refused.body);
    has_no_header_of_the_gate(&refused);
    assert!(scene.database.is_idle());
}

async fn a_stopped_jeton_is_503(program: Program) {
    let home = Home::sqlite();
    let mut scene = Scene::new(&home).await;
    let Some(proxy) = scene.reverse_proxy(program).await else { return };
    let token = scene.token(&["write a"]).await;
    scene.server.stop().await;
    let refused = answer(proxy.request("POST /write?db=a", &token).body("m v=1")).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(scene.database.is_idle());
}

/// Tests each promise with a reverse proxy.
macro_rules! promises {
    ($name:ident, $program:expr) => {
        mod $name {
            use super::Program;

            #[tokio::test]
            async fn an_allowed_write_passes() {
                super::an_allowed_write_passes($program).await;
            }

            #[tokio::test]
            async fn an_allowed_read_is_limited_to_its_bucket() {
                super::an_allowed_read_is_limited_to_its_bucket($program).await;
            }

            #[tokio::test]
            async fn what_is_refused_does_not_reach_the_database() {
                super::what_is_refused_does_not_reach_the_database($program).await;
            }

            #[tokio::test]
            async fn no_body_of_a_read_reaches_the_database() {
                super::no_body_of_a_read_reaches_the_database($program).await;
            }

            #[tokio::test]
            async fn a_failing_jeton_is_503() {
                super::a_failing_jeton_is_503($program).await;
            }

            #[tokio::test]
            async fn a_stopped_jeton_is_503() {
                super::a_stopped_jeton_is_503($program).await;
            }
        }
    };
}

promises!(nginx, Program::Nginx);
promises!(caddy, Program::Caddy);
promises!(haproxy, Program::Haproxy);
