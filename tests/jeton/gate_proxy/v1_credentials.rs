//! 1.x credentials at a gate: a user name and a password in every form of 1.x clients, before real databases and one
//! that the test plays.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use jeton_gate::Kind;
use jeton_proxy::{End, Mode};
use jeton_service::Clock;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::server::{Server, answer},
};

use super::{
    failures::seen,
    gated::{Gated, V1_PASSWORD, before_played, set_v1_password},
    influxdb1_program::Influxd,
    played::{Played, Raw},
    victoriametrics_program::VictoriaMetrics,
};

/// The forms in which 1.x clients present a user name and a password.
pub(super) const FORMS: [&str; 3] = ["query", "basic", "token"];

/// The changes after which a 1.x credential no longer works with [`V1_PASSWORD`].
pub(super) const CHANGES: [&str; 4] = ["deactivation", "networks", "password", "deletion"];

/// Makes one of the changes to the 1.x credential with this path.
pub(super) async fn change(server: &Server, operator: &str, path: &str, change: &str) {
    match change {
        "deactivation" => drop(server.patch(path, operator, json!({"status": "inactive"})).await.expect(200)),
        "networks" => {
            drop(server.patch(path, operator, json!({"allowedNetworks": ["192.0.2.0/24"]})).await.expect(200));
        }
        "password" => set_v1_password(server, operator, path, "another-password").await,
        _ => drop(server.delete(path, operator).await.expect(204)),
    }
}

/// Adds a user name and a password to a request, in one of the forms.
pub(super) fn with_password(request: RequestBuilder, form: &str, user: &str, password: &str) -> RequestBuilder {
    match form {
        "query" => request.query(&[("u", user), ("p", password)]),
        "basic" => request.basic_auth(user, Some(password)),
        _ => request.header("authorization", format!("Token {user}:{password}")),
    }
}

/// Returns a request with a user name and a password in one of the forms.
pub(super) fn presented(gated: &Gated, form: &str, line: &str, user: &str, password: &str) -> RequestBuilder {
    with_password(gated.request(line, ""), form, user, password)
}

/// Writes to bucket `a` with a password, and answers as the database; returns the status.
pub(super) async fn write(gated: &Gated, database: &mut Played, form: &str, user: &str, password: &str) -> u16 {
    let write = presented(gated, form, "POST /write?db=a", user, password).body("m v=1");
    let played = async { database.next().await.answer("204 No Content", "", "").await };
    tokio::join!(answer(write), played).0.status
}

/// Returns the status of a write to bucket `a` that is refused.
async fn refused(gated: &Gated, database: &mut Played, user: &str, password: &str) -> u16 {
    let refused = answer(presented(gated, "basic", "POST /write?db=a", user, password).body("m v=1")).await;
    assert!(database.is_idle(), "nothing reached the database: {}", refused.body);
    refused.status
}

#[tokio::test]
async fn a_1_x_credential_writes_its_database_of_influxdb_in_every_form_and_no_other() {
    let Some(database) = Influxd::start().await else { return };
    let home = Home::sqlite();
    for name in ["a", "b"] {
        database.execute(&format!("CREATE DATABASE {name}")).await;
    }
    let gated = Gated::new(&home, Kind::Influxdb1, database.address()).await;
    let path = gated.v1("grafana", &["write a"], json!({})).await;
    for form in FORMS {
        let write =
            |line: &str| presented(&gated, form, line, "grafana", V1_PASSWORD).body(format!("m,form={form} v=1"));
        assert_eq!(answer(write("POST /write?db=a")).await.status, 204, "{form}");
        let refused = answer(write("POST /write?db=b")).await;
        assert_eq!((refused.status, refused.header("x-influxdb-error").contains("permission")), (403, true), "{form}");
        let unknown =
            answer(presented(&gated, form, "POST /write?db=a", "grafana", "wrong-password").body("m v=1")).await;
        assert_eq!(unknown.expect(401), json!({"error": "authorization failed"}), "the shape of InfluxDB 1.x: {form}");
        let ping = answer(presented(&gated, form, "GET /ping", "grafana", V1_PASSWORD)).await;
        assert_eq!(ping.status, 204, "{form}");
    }
    let rows = database.execute("SELECT * FROM a..m").await;
    assert!(FORMS.iter().all(|form| rows.contains(*form)), "{rows}");
    assert!(!database.execute("SELECT * FROM b..m").await.contains("series"), "nothing is there");

    gated.server.service.write_uses().await.expect("a flush");
    let record = gated.server.get(&path, &gated.first.token).await.expect(200);
    assert_eq!(record["lastUsedFrom"], "127.0.0.1");
    assert_eq!(home.rows("SELECT gate FROM gate_uses WHERE gate = 'plant'").await.len(), 1, "its bucket");
    gated.server.service.write_refusals().await.expect("written");
    let denied = details(&home, "1.x credential refused").await;
    let reasons: Vec<&Value> = denied.iter().map(|detail| &detail["reason"]).collect();
    assert!(reasons.contains(&&json!("wrong password")) && reasons.contains(&&json!("permission")), "{denied:?}");
    assert_eq!(details(&home, "unknown token refused").await, Vec::<Value>::new(), "a right password is no token");
}

#[tokio::test]
async fn a_1_x_credential_reads_its_database_of_influxdb() {
    let Some(database) = Influxd::start().await else { return };
    let home = Home::sqlite();
    for (name, host) in [("a", "own"), ("b", "foreign")] {
        database.execute(&format!("CREATE DATABASE {name}")).await;
        database.write(name, &format!("m,host={host} v=1")).await;
    }
    let gated = Gated::new(&home, Kind::Influxdb1, database.address()).await;
    gated.v1("grafana", &["read a"], json!({})).await;
    for form in FORMS {
        let query = async |name: &str| {
            let request = presented(&gated, form, "GET /query", "grafana", V1_PASSWORD);
            answer(request.query(&[("db", name), ("q", "SELECT * FROM m")])).await.body
        };
        let (own, foreign) = (query("a").await, query("b").await);
        assert!(own.contains("own"), "{form}: {own}");
        assert!(foreign.contains("database not found: b") && !foreign.contains("foreign"), "{form}: {foreign}");
    }
}

#[tokio::test]
async fn a_1_x_credential_writes_its_bucket_of_victoriametrics_on_1_x_paths_alone() {
    let Some(database) = VictoriaMetrics::start().await else { return };
    let home = Home::sqlite();
    let gated = Gated::new(&home, Kind::Victoriametrics, database.address()).await;
    gated.v1("grafana", &["write a"], json!({})).await;
    for form in FORMS {
        for path in ["/write", "/influx/write"] {
            let write = |name: &str| {
                let line = format!("POST {path}?db={name}");
                presented(&gated, form, &line, "grafana", V1_PASSWORD).body(format!("{form} value=1"))
            };
            assert_eq!(answer(write("a")).await.status, 204, "{form} {path}");
            assert_eq!(answer(write("b")).await.status, 403, "{form} {path}");
        }
        let line = "POST /api/v1/import/prometheus?db=a";
        let other = answer(presented(&gated, form, line, "grafana", V1_PASSWORD).body("up 1\n")).await;
        assert_eq!(other.status, 401, "{form}: no path of 1.x");
    }
    let expected = FORMS.map(|form| (format!("{form}_value"), "a".to_owned()));
    assert_eq!(database.databases().await, BTreeSet::from(expected));
}

#[tokio::test]
async fn a_token_as_password_is_the_token_whatever_the_user_name() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        gated.v1("grafana", &["read a"], json!({})).await;
        let token = gated.token(&["write a"]).await;
        let before = gated.server.service.password_verifications();
        for form in FORMS {
            for user in ["any", "grafana"] {
                assert_eq!(write(&gated, &mut database, form, user, &token.secret).await, 204, "{form} {user}");
            }
        }
        gated.revoke(&token).await;
        for user in ["any", "grafana"] {
            assert_eq!(refused(&gated, &mut database, user, &token.secret).await, 401, "{user}");
        }
        assert_eq!(gated.server.service.password_verifications(), before, "a token is none, deleted or not");
    })
    .await;
}

#[tokio::test]
async fn two_credentials_in_one_request_are_refused_though_both_work() {
    let (_home, mut database, gated) = before_played(|_| {}).await;
    gated.v1("grafana", &["write a"], json!({})).await;
    gated.v1("telegraf", &["write a"], json!({})).await;
    let token = gated.token(&["write a"]).await.secret;
    let line = format!("POST /write?db=a&u=grafana&p={V1_PASSWORD}");
    let other_name = gated.request(&line, "").basic_auth("telegraf", Some(V1_PASSWORD));
    let other_secret = gated.request(&line, &token);
    for request in [other_name, other_secret] {
        let refused = answer(request.body("m v=1")).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
    }
    let same = gated.request(&line, "").basic_auth("grafana", Some(V1_PASSWORD)).body("m v=1");
    let played = async { database.next().await.answer("204 No Content", "", "").await };
    assert_eq!(tokio::join!(answer(same), played).0.status, 204, "one credential in two places");
}

#[tokio::test]
async fn a_credential_that_does_not_work_is_answered_like_an_unknown_token() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let server = Server::start_at_rest(&home).await;
        let gated = Gated::on(server, Kind::Victoriametrics, database.address, |_| {}).await;
        let expiry = gated.server.clock.now().plus_seconds(600).to_string();
        gated.v1("foreign", &["write a"], json!({"allowedNetworks": ["192.0.2.0/24"]})).await;
        gated.v1("ending", &["write a"], json!({"expiresAt": expiry})).await;
        let inactive = gated.v1("inactive", &["write a"], json!({})).await;
        for name in ["ending", "inactive"] {
            assert_eq!(write(&gated, &mut database, "query", name, V1_PASSWORD).await, 204, "{name}");
        }
        gated.server.patch(&inactive, &gated.first.token, json!({"status": "inactive"})).await.expect(200);
        gated.server.clock.advance(600);
        let unknown = gated.post("/write?db=a", "unknown", "m v=1").await;
        assert_eq!(unknown.status, 401, "{}", unknown.body);
        for name in ["foreign", "ending", "inactive"] {
            let refused = answer(presented(&gated, "basic", "POST /write?db=a", name, V1_PASSWORD).body("m v=1")).await;
            assert_eq!(seen(&refused), seen(&unknown), "{name}");
        }
        assert!(database.is_idle());
        gated.server.service.write_refusals().await.expect("written");
        let denied = details(&home, "1.x credential refused").await;
        for reason in ["network", "expired", "inactive"] {
            assert!(denied.iter().any(|detail| detail["reason"] == reason), "{reason}: {denied:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_changed_password_a_deletion_and_a_deactivation_count_at_once_and_end_what_runs() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        for change in ["password", "deletion", "deactivation"] {
            let path = gated.v1(change, &["write a"], json!({})).await;
            let mut client = Raw::to(gated.address).await;
            let authorization = format!("Authorization: Token {change}:{V1_PASSWORD}");
            let lines = ["POST /write?db=a HTTP/1.1", "Host: localhost", &authorization, "Content-Length: 5"];
            client.send(&lines, "m v=1").await;
            let running = database.next().await;
            match change {
                "password" => gated.set_v1_password(&path, "another-password").await,
                "deletion" => _ = gated.server.delete(&path, &gated.first.token).await.expect(204),
                _ => {
                    let status = json!({"status": "inactive"});
                    gated.server.patch(&path, &gated.first.token, status).await.expect(200);
                }
            }
            assert_eq!(refused(&gated, &mut database, change, V1_PASSWORD).await, 401, "{change}");
            assert!(client.head().await.starts_with("http/1.1 401 "), "{change}");
            running.closed().await;
        }
        assert_eq!(gated.gate.counters().ends(End::Revoked), 3);
        assert_eq!(write(&gated, &mut database, "basic", "password", "another-password").await, 204);
    })
    .await;
}

#[tokio::test]
async fn a_failure_of_jetons_database_is_503_for_a_1_x_credential_too() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        gated.v1("grafana", &["write a"], json!({})).await;
        gated.server.service.close().await;
        let write = presented(&gated, "basic", "POST /write?db=a", "grafana", V1_PASSWORD).body("m v=1");
        let refused = answer(write).await;
        assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{}", refused.body);
        assert!(database.is_idle());
    })
    .await;
}

#[tokio::test]
async fn without_jetons_database_a_1_x_credential_that_was_used_goes_on_where_stale_reads_are_allowed() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let server = Server::start_with(&home, Clock::System, &["--stale-reads=1h"]).await;
        let gated = Gated::on(server, Kind::Victoriametrics, database.address, |_| {}).await;
        for name in ["used", "unused"] {
            gated.v1(name, &["write a"], json!({})).await;
        }
        assert_eq!(write(&gated, &mut database, "basic", "used", V1_PASSWORD).await, 204);
        gated.server.service.close().await;
        // Longer than memory is used without being compared.
        let closed = Instant::now();
        while closed.elapsed() < Duration::from_secs(1) {
            assert_eq!(write(&gated, &mut database, "basic", "used", V1_PASSWORD).await, 204);
        }
        for form in FORMS {
            assert_eq!(write(&gated, &mut database, form, "used", V1_PASSWORD).await, 204, "{form}");
        }
        for (user, password) in [("used", "wrong-password"), ("unused", V1_PASSWORD)] {
            assert_eq!(refused(&gated, &mut database, user, password).await, 503, "{user}: nobody can tell");
        }
    })
    .await;
}

#[tokio::test]
async fn a_gate_that_observes_knows_1_x_credentials_and_passes_those_of_the_database() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = Gated::with(&home, Kind::Victoriametrics, database.address, |config| {
        config.mode = Mode::Observe;
        config.credential = Some("gate:secret".to_owned().into());
    })
    .await;
    gated.v1("grafana", &["write a"], json!({})).await;
    for (user, target, verifications) in [("grafana", "extra_label=db%3da", 1), ("of-the-database", "db=a", 0)] {
        let before = gated.server.service.password_verifications();
        let write = presented(&gated, "basic", "POST /write?db=a", user, V1_PASSWORD).body("m v=1");
        let played = async {
            let request = database.next().await;
            assert!(request.head.starts_with(&format!("post /write?{target} http/1.1\r\n")), "{}", request.head);
            request.answer("204 No Content", "", "").await;
        };
        assert_eq!(tokio::join!(answer(write), played).0.status, 204, "{user}");
        assert_eq!(gated.server.service.password_verifications() - before, verifications, "{user}");
    }
}
