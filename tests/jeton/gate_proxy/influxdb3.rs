//! InfluxDB 3 Core behind the gate, played: Jeton decides alone, and the real credential never leaves.

use jeton_gate::Kind;
use jeton_proxy::UpstreamFailure;
use serde_json::json;

use crate::{home::Home, support::server::answer};

use super::{gated::Gated, played::Played};

/// A gate whose database answers the probe with a status.
pub(super) async fn gated(home: &Home, database: &mut Played, status: &str) -> Gated {
    let gated = Gated::with(home, Kind::Influxdb3, database.address, |config| {
        config.credential = Some("apiv3_admin".to_owned().into());
    })
    .await;
    let probe = database.next().await;
    assert!(!probe.head.contains("authorization"), "{}", probe.head);
    probe.answer(status, "", "").await;
    gated
}

#[tokio::test]
async fn a_database_that_asks_nobody_for_a_credential_keeps_the_gate_closed() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = gated(&home, &mut database, "200 OK").await;
    let token = gated.token(&["read a"]).await.secret;
    let refused = gated.get("/api/v3/query_sql?db=a&q=SELECT%201", &token).await;
    assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{}", refused.body);
    assert_eq!(gated.gate.counters().failures(UpstreamFailure::Unguarded), 1);
}

#[tokio::test]
async fn a_query_goes_on_rebuilt_and_with_the_credential_of_the_gate() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = gated(&home, &mut database, "401 Unauthorized").await;
    let token = gated.token(&["read a"]).await.secret;
    let query = gated.request("POST /api/v3/query_sql", &token).json(&json!({"db": "a", "q": "SELECT 1"}));
    let played = async {
        let mut request = database.next().await;
        assert!(request.head.starts_with("post /api/v3/query_sql"), "{}", request.head);
        assert!(request.head.contains("authorization: bearer apiv3_admin\r\n"), "{}", request.head);
        assert!(!request.head.contains(&token.to_lowercase()), "{}", request.head);
        let length = request.head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse();
        assert!(request.body(length.unwrap()).await.contains("SELECT 1"));
        request.answer("200 OK", "Content-Type: application/json\r\n", "[]").await;
    };
    let (answered, ()) = tokio::join!(answer(query), played);
    assert_eq!(answered.expect(200), json!([]));
}

#[tokio::test]
async fn what_reads_another_database_or_hands_out_tokens_does_not_go_on() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = gated(&home, &mut database, "401 Unauthorized").await;
    let token = gated.token(&["read a", "write a"]).await.secret;
    for target in [
        "/api/v3/query_sql?db=b&q=SELECT%201",
        "/api/v3/query_sql?q=SELECT%201",
        "/api/v3/query_sql?db=a&q=SELECT%20*%20FROM%20%22SYSTEM%22.queries",
        "/query?db=a&q=SELECT%20*%20FROM%20b..m",
        "/api/v3/configure/database/a",
        "/metrics",
    ] {
        let refused = gated.get(target, &token).await;
        assert!(refused.status >= 400 || refused.body.contains("error"), "{target}: {}", refused.body);
    }
    let body = json!({"db": "b", "q": "SELECT 1"});
    let twice = gated.request("POST /api/v3/query_sql?db=a", &token).json(&body);
    assert!([400, 415].contains(&answer(twice).await.status));
    let operator = gated.first.token.clone();
    assert_eq!(gated.post("/api/v3/configure/token/admin", &operator, "").await.status, 403);
    let list = gated.get("/api/v3/configure/database?format=json", &token).await.expect(200);
    assert_eq!(list, json!([{"iox::database": "a"}]));
    assert!(database.is_idle());
}

#[tokio::test]
async fn a_database_that_forbids_the_gate_what_it_allowed_is_503() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = gated(&home, &mut database, "401 Unauthorized").await;
    let token = gated.token(&["read a"]).await.secret;
    let query = gated.get("/api/v3/query_sql?db=a&q=SELECT%201", &token);
    let (answered, ()) = tokio::join!(query, async { database.next().await.answer("403 Forbidden", "", "no").await });
    assert_eq!((answered.status, answered.header("retry-after").as_str()), (503, "1"), "{}", answered.body);
    assert_eq!(gated.gate.counters().failures(UpstreamFailure::Unauthorized), 1);
}
