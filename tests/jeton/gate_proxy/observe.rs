//! Observe mode, before a database that the test plays.

use jeton_gate::Kind;
use jeton_model::binding::UpstreamHealth;
use jeton_proxy::{Mode, Outcome};
use jeton_service::{
    Client, Error,
    auth::v1_login::{Strangers, V1Login},
    error::AuthError,
};
use serde_json::json;

use crate::{
    audit_log::details,
    home::Home,
    support::{
        console::Browser,
        server::{NAME, Server, answer, permission, text},
    },
};

use super::{
    configured::{Scene, section, written},
    gated::Gated,
    played::{Played, Raw},
};

/// Starts a gate that observes, with a credential for its database.
async fn observing(home: &Home, kind: Kind, database: &Played) -> Gated {
    observing_with(home, kind, database, "gate:secret").await
}

/// Starts a gate that observes InfluxDB 3 Core.
async fn observing_core(home: &Home, database: &Played) -> Gated {
    observing_with(home, Kind::Influxdb3, database, "apiv3_admin").await
}

async fn observing_with(home: &Home, kind: Kind, database: &Played, credential: &str) -> Gated {
    Gated::with(home, kind, database.address, |config| {
        config.mode = Mode::Observe;
        config.credential = Some(credential.to_owned().into());
    })
    .await
}

/// The header with the credential of the gate, in lower case.
const OF_GATE: &str = "authorization: basic z2f0ztpzzwnyzxq=\r\n";

#[tokio::test]
async fn what_a_token_lacks_is_counted_and_kept_and_reaches_the_bucket_that_it_names() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = observing(&home, Kind::Victoriametrics, &database).await;
    let token = gated.token(&["write a"]).await;
    let write = gated.post("/write?db=b", &token.secret, "m v=1");
    let played = async {
        let request = database.next().await;
        assert!(request.head.starts_with("post /write?extra_label=db%3db http/1.1\r\n"), "{}", request.head);
        assert!(request.head.contains(OF_GATE), "{}", request.head);
        request.answer("204 No Content", "", "").await;
    };
    let (passed, ()) = tokio::join!(write, played);
    assert_eq!(passed.status, 204);
    let counters = gated.gate.counters();
    assert_eq!((counters.decisions(Outcome::WouldRefuse), counters.decisions(Outcome::Allowed)), (1, 0));
    let kept = &gated.gate.refusals()[0];
    assert_eq!((kept.passed, kept.reason.as_str()), (true, "the token has no permission to write b"));
    assert_eq!(kept.token.map(|id| id.to_string()), Some(token.id.clone()));

    let refused = gated.get("/api/v1/status/tsdb", &token.secret).await;
    assert_eq!(refused.status, 403, "it needs an operator: {}", refused.body);
    assert_eq!(counters.decisions(Outcome::Refused), 1);
    assert!(!gated.gate.refusals()[0].passed);
    assert!(database.is_idle());
}

#[tokio::test]
async fn an_unknown_credential_goes_on_untouched_and_none_of_the_gates_with_it() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = observing(&home, Kind::Victoriametrics, &database).await;
    let mut client = Raw::to(gated.address).await;
    let lines: &[&str] = &[
        "POST /api/v1/admin/tsdb/delete_series?match[]=up&u=any&p=pass HTTP/1.1",
        "Host: localhost",
        "Authorization: Basic YW55OnBhc3M=",
        "Content-Type: multipart/form-data; boundary=x",
        "Cookie: session=1",
        "X-Forwarded-For: 10.0.0.1",
        "Content-Length: 4",
    ];
    client.send(lines, "body").await;
    let mut request = database.next().await;
    let line = "post /api/v1/admin/tsdb/delete_series?match%5b%5d=up&u=any&p=pass http/1.1\r\n";
    assert!(request.head.starts_with(line), "{}", request.head);
    assert!(request.head.contains("authorization: basic yw55onbhc3m=\r\n"), "{}", request.head);
    assert!(request.head.contains("content-type: multipart/form-data; boundary=x\r\n"), "{}", request.head);
    assert_eq!(request.body(4).await, "body");
    for gone in ["cookie", "x-forwarded", OF_GATE] {
        assert!(!request.head.contains(gone), "{gone}: {}", request.head);
    }
    request.answer("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n", "").await;
    let head = client.head().await;
    assert!(head.starts_with("http/1.1 401 ") && head.contains("www-authenticate: basic"), "{head}");
    assert_eq!(gated.gate.health(), UpstreamHealth::Healthy, "it says nothing about the credential of the gate");
    assert_eq!(gated.gate.counters().decisions(Outcome::WouldRefuse), 1);
    let kept = &gated.gate.refusals()[0];
    assert_eq!((kept.passed, kept.token, kept.reason.as_str()), (true, None, "unauthorized access"));
}

#[tokio::test]
async fn credentials_of_the_database_are_no_denials_and_keep_no_token_out() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = observing(&home, Kind::Victoriametrics, &database).await;
    let play = async { database.next().await.answer("204 No Content", "", "").await };
    let (passed, ()) = tokio::join!(gated.post("/write?db=a", "of-the-database", "m v=1"), play);
    assert_eq!(passed.status, 204);
    gated.server.service.write_refusals().await.expect("written");
    assert_eq!(details(&home, "unknown token refused").await, Vec::<serde_json::Value>::new());
}

#[tokio::test]
async fn a_credential_of_the_database_spends_the_hour_of_its_address_only_when_it_is_looked_up() {
    let home = Home::sqlite();
    let server = Server::start_at_rest(&home).await;
    let first = server.set_up().await;
    let client = || Client { address: "192.0.2.1".parse().ok(), ..Client::default() };
    // Ten thousand unknown ones an hour would be too many.
    for _ in 0..10_001 {
        let holder = server.service.holder_among_others("of-the-database", client()).await;
        assert!(matches!(holder, Ok(None)), "{holder:?}");
    }
    let made = server.token(&first.token, &first.org, json!([permission("read", "tasks")])).await.expect(201);
    let holder = server.service.holder_among_others(&text(&made["token"]), client()).await;
    assert!(matches!(holder, Ok(Some(_))), "a token that is new here is found: {holder:?}");
}

#[tokio::test]
async fn a_user_name_of_the_database_spends_the_hour_of_its_address_only_when_it_is_looked_up() {
    let home = Home::sqlite();
    let server = Server::start_at_rest(&home).await;
    server.set_up().await;
    let client = || Client { address: "192.0.2.1".parse().ok(), ..Client::default() };
    // A JWT is not looked up: so many look-ups would be slow. The last twenty of the ten thousand remain.
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA";
    for _ in 0..9_980 {
        drop(server.service.caller_by_token(jwt, client()).await);
    }
    let present = async |username: &str| {
        let login = V1Login { username: username.to_owned(), password: "of-the-database".to_owned().into() };
        server.service.holder_of_login("of-the-database", &login, client(), Strangers::Passed).await
    };
    for _ in 0..100 {
        let holder = present("one").await;
        assert!(matches!(holder, Ok(None)), "{holder:?}");
    }
    let mut names = 1;
    let refused = loop {
        match present(&names.to_string()).await {
            Ok(holder) => assert!(holder.is_none()),
            Err(error) => break error,
        }
        names += 1;
        assert!(names <= 20, "each name costs a query");
    };
    assert!(matches!(refused, Error::Auth(AuthError::TooManyAttempts { .. })), "{refused}");
}

#[tokio::test]
async fn a_token_that_was_revoked_gets_nothing_of_the_gate() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = observing(&home, Kind::Victoriametrics, &database).await;
    let token = gated.token(&["write a"]).await;
    gated.revoke(&token).await;
    let write = gated.post("/write?db=a", &token.secret, "m v=1");
    let played = async {
        let request = database.next().await;
        assert!(request.head.starts_with("post /write?db=a http/1.1\r\n"), "{}", request.head);
        assert!(!request.head.contains(OF_GATE), "{}", request.head);
        request.answer("401 Unauthorized", "", "").await;
    };
    let (passed, ()) = tokio::join!(write, played);
    assert_eq!(passed.status, 401);
}

#[tokio::test]
async fn what_can_be_read_in_two_ways_does_not_reach_the_database() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = observing(&home, Kind::Victoriametrics, &database).await;
    for line in ["GET /api/v1//labels", "GET /x%2fy", "POST /write?db=a&db=b"] {
        let refused = answer(gated.request(line, "")).await;
        assert_eq!(refused.status, 400, "{line}: {}", refused.body);
    }
    let mut client = Raw::to(gated.address).await;
    let lines: &[&str] =
        &["POST /write?db=a HTTP/1.1", "Host: localhost", "Content-Length: 4", "Transfer-Encoding: chunked"];
    client.send(lines, "").await;
    assert!(client.rest().await.starts_with("HTTP/1.1 400 "));
    assert!(database.is_idle());
}

#[tokio::test]
async fn a_database_without_authentication_stays_as_open_as_it_was() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = observing_core(&home, &database).await;
    database.next().await.answer("200 OK", "", "").await;
    let token = gated.token(&["read a"]).await.secret;
    for (token, outcome) in [("", Outcome::WouldRefuse), (token.as_str(), Outcome::Allowed)] {
        let asked = async {
            loop {
                let answered = gated.get("/api/v3/query_sql?db=a&q=SELECT%201", token).await;
                // Until the answer to the probe was read, the gate is closed.
                if answered.status != 503 {
                    return answered;
                }
            }
        };
        let played = async {
            let mut is_query = false;
            // The gate goes on probing.
            while !is_query {
                let request = database.next().await;
                assert!(!request.head.contains("authorization"), "{}", request.head);
                is_query = request.head.starts_with("get /api/v3/query_sql");
                request.answer("200 OK", "Content-Type: application/json\r\n", "[]").await;
            }
        };
        let (answered, ()) = tokio::join!(asked, played);
        assert_eq!(answered.expect(200), json!([]));
        assert!(gated.gate.counters().decisions(outcome) > 0);
    }
    let admin = gated.post("/api/v3/configure/token/admin", "", "").await;
    assert_eq!(admin.status, 401, "nobody creates a token of an administrator");
}

/// Answers each request of a gate, and its probes with another status.
fn play(mut database: Played, probed: &'static str) {
    tokio::spawn(async move {
        loop {
            let request = database.next().await;
            let is_probe = request.head.starts_with("get /api/v3/configure/database");
            let status = if is_probe { probed } else { "200 OK" };
            request.answer(status, "Content-Type: application/json\r\n", "[]").await;
        }
    });
}

#[tokio::test]
async fn a_database_without_authentication_answers_one_token_after_another_and_is_shown_as_open() {
    let database = Played::start().await;
    let home = Home::sqlite();
    let gated = observing_core(&home, &database).await;
    play(database, "200 OK");
    let token = gated.token(&["read a"]).await.secret;
    let query = "/api/v3/query_sql?db=a&q=SELECT%201";
    // Until the answer to the probe was read, the gate is closed.
    while gated.get(query, &token).await.status == 503 {}
    for _ in 0..5 {
        assert_eq!(gated.get(query, &token).await.expect(200), json!([]));
        assert_eq!(gated.gate.health(), UpstreamHealth::Unguarded, "an answer does not show that it is guarded");
        assert!(gated.gate.upstream_is_up());
    }
}

#[tokio::test]
async fn a_database_that_fails_at_the_probe_is_not_taken_for_one_without_authentication() {
    let database = Played::start().await;
    let home = Home::sqlite();
    let gated = observing_core(&home, &database).await;
    play(database, "503 Service Unavailable");
    let token = gated.token(&["read a"]).await.secret;
    while gated.gate.health() != UpstreamHealth::Unguarded {
        tokio::task::yield_now().await;
    }
    for _ in 0..5 {
        let refused = gated.get("/api/v3/query_sql?db=a&q=SELECT%201", &token).await;
        assert_eq!(refused.status, 503, "nothing was sent: {}", refused.body);
    }
}

#[tokio::test]
async fn a_stranger_whose_request_the_database_does_not_answer_says_nothing_about_its_health() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = observing(&home, Kind::Victoriametrics, &database).await;
    let closed = async { drop(database.next().await) };
    let (answered, ()) = tokio::join!(gated.get("/api/v1/labels", "of-the-database"), closed);
    assert_eq!(answered.status, 502, "{}", answered.body);
    assert_eq!(gated.gate.health(), UpstreamHealth::Unknown);
    assert!(gated.gate.upstream_is_up());
}

#[tokio::test]
async fn the_page_and_the_api_show_the_mode_and_what_would_be_refused() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let scene = Scene::new(&home, &(section(database.address, "*") + "mode = \"observe\"\n")).await;
    let address = scene.address("plant").await;
    let accept = async { database.next().await.answer("204 No Content", "", "").await };
    let (passed, ()) = tokio::join!(answer(written(address, "of-the-database")), accept);
    assert_eq!(passed.status, 204);
    let gates = scene.server.get("/api/v2/gates", &scene.first.token).await.expect(200);
    let gate = &gates["gates"][0];
    assert_eq!((&gate["mode"], &gate["requests"]["wouldRefuse"]), (&json!("observe"), &json!(1)));
    assert_eq!((&gate["requests"]["allowed"], &gate["refusals"][0]["passed"]), (&json!(0), &json!(true)));
    let findings = gate["findings"].to_string();
    assert!(findings.contains("as open as before") && findings.contains("enforce"), "{findings}");
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let page = format!("/orgs/{}/settings/databases", scene.first.org);
    let list = browser.open(&page).await.body;
    assert!(list.contains("Observe") && list.contains("1 would be"), "{list}");
    let drawer = browser.open(&format!("{page}/plant")).await.body;
    assert!(drawer.contains("1 would be refused") && drawer.contains(">Would be refused<"), "{drawer}");
    let explained = browser.open(&format!("{page}/plant?request=POST%20%2Fwrite%3Fdb%3Da")).await.body;
    let said = ["Refused with status 401", "the gate observes, so that the request may go on all the same"];
    assert!(said.iter().all(|one| explained.contains(one)), "{explained}");
}
