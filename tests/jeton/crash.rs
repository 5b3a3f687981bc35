//! The data after `kill -9`: everything acknowledged, and every use of a token but those of the last minute.

use std::time::Duration;

use serde_json::json;
use sqlx::Row as _;
use tokio::time;

use crate::{
    binary::{Program, post},
    home::{Home, on_both_databases, on_each_database},
    support::{
        server::{Server, client, permission_in, set_up_body, text, with_token},
        shared::column,
    },
};

/// Maximum time until a use is in the database, with a margin for writing it.
const WRITTEN_WITHIN: Duration = Duration::from_secs(65);
/// Interval between queries of the database.
const LOOK_EVERY: Duration = Duration::from_millis(250);

#[tokio::test]
async fn killed_and_started_again_it_still_knows_all_it_acknowledged() {
    on_each_database(async |home| {
        let program = Program::start(&home, &home.path().join("log"));
        let body = post(program.address, "setup", "", set_up_body()).await;
        let (token, org) = (text(&body["auth"]["token"]), text(&body["org"]["id"]));
        let bucket = post(program.address, "buckets", &token, json!({"orgID": org, "name": "last"})).await;
        drop(program);
        let server = Server::start(&home).await;
        let found = server.get(&format!("/api/v2/buckets/{}", text(&bucket["id"])), &token).await;
        assert_eq!(found.expect(200)["name"], "last");
        assert_eq!(server.check_audit_log().await, (3, true));
    })
    .await;
}

/// Waits until the database contains this number of uses of a token.
async fn written(home: &Home, id: &str, uses: i64) {
    let id = column(id);
    let query = format!("SELECT CAST(COALESCE(SUM(uses), 0) AS BIGINT) FROM token_uses WHERE authorization_id = {id}");
    let mut look = time::interval(LOOK_EVERY);
    while home.rows(&query).await[0].get::<i64, _>(0) < uses {
        look.tick().await;
    }
}

#[tokio::test]
async fn killed_a_minute_after_a_use_it_still_knows_of_it() {
    on_both_databases(async |home| {
        let program = Program::start(&home, &home.path().join("log"));
        let first = post(program.address, "setup", "", set_up_body()).await;
        let (operator, org) = (text(&first["auth"]["token"]), text(&first["org"]["id"]));
        let permissions = json!([permission_in("read", "buckets", &org)]);
        let made =
            post(program.address, "authorizations", &operator, json!({"orgID": org, "permissions": permissions})).await;
        let (id, token) = (text(&made["id"]), text(&made["token"]));
        for _ in 0..3 {
            let request = client().get(format!("http://{}/api/v2/buckets", program.address));
            let used = with_token(request.header("user-agent", "Telegraf/1.36"), &token).send().await;
            assert_eq!(used.expect("an answer").status(), 200);
        }
        let path = format!("/api/v2/authorizations/{id}");
        let request = client().get(format!("http://{}{path}", program.address));
        let before = with_token(request, &operator).send().await.expect("an answer");
        let before: serde_json::Value = before.json().await.expect("JSON");
        time::timeout(WRITTEN_WITHIN, written(&home, &id, 3)).await.expect("written within a minute");
        drop(program);

        let server = Server::start(&home).await;
        let after = server.get(&path, &operator).await.expect(200);
        assert!(before["lastUsedAt"].is_string() && after["lastUsedFrom"] == "127.0.0.1", "{before} {after}");
        assert_eq!(after["lastUsedAt"], before["lastUsedAt"]);
        let caller = server.caller(&operator).await;
        let history = server.service.token_history(&caller, id.parse().expect("an id")).await.expect("a history");
        assert_eq!(history.total(), (3, 0));
    })
    .await;
}
