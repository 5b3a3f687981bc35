//! The uses of tokens through gates: visible at once, flushed without an audit entry, and deleted with their token.

use jeton_gate::Kind;
use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::{
        command::Shell,
        console::Browser,
        server::{NAME, permission, permission_in, text},
    },
};

use super::{
    gated::{Gated, Token},
    played::Played,
};

/// Writes to a database through the gate, and answers the write as the database.
async fn write(gated: &Gated, database: &mut Played, token: &Token, name: &str) {
    let target = format!("/write?db={name}");
    let write = gated.post(&target, &token.secret, "m v=1");
    let (written, ()) = tokio::join!(write, async { database.next().await.answer("204 No Content", "", "").await });
    assert_eq!(written.status, 204, "{}", written.body);
}

fn path(token: &Token) -> String {
    format!("/api/v2/authorizations/{}/uses", token.id)
}

async fn uses(gated: &Gated, token: &Token) -> Value {
    gated.server.get(&path(token), &gated.first.token).await.expect(200)["uses"].clone()
}

async fn flush(gated: &Gated) {
    gated.server.service.write_uses().await.expect("a flush");
}

#[tokio::test]
async fn what_a_gate_allowed_is_known_at_once_and_written_later() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        let (token, other) = (gated.token(&["write a", "read b"]).await, gated.token(&["write b"]).await);
        assert_eq!(uses(&gated, &token).await, json!([]));
        assert_eq!(gated.post("/write?db=b", &token.secret, "m v=1").await.status, 403);
        assert_eq!(uses(&gated, &token).await, json!([]), "a refused request is no use");
        write(&gated, &mut database, &token, "a").await;
        let before = uses(&gated, &token).await;
        let at = text(&before[0]["lastUsedAt"]);
        let expected = json!([{
            "gate": "plant", "bucketID": gated.bucket("a"), "bucket": "a", "action": "write", "lastUsedAt": at,
        }]);
        assert_eq!(before, expected);
        assert!(home.rows("SELECT gate FROM gate_uses").await.is_empty(), "a request costs no write");
        flush(&gated).await;
        assert_eq!(home.rows("SELECT gate FROM gate_uses").await.len(), 1);
        assert_eq!(uses(&gated, &token).await, expected);
        assert_eq!(uses(&gated, &other).await, json!([]));
        write(&gated, &mut database, &token, "a").await;
        let after = uses(&gated, &token).await;
        assert_ne!(text(&after[0]["lastUsedAt"]), at);
        assert_eq!(after.as_array().map(Vec::len), Some(1), "{after}");
        flush(&gated).await;
        assert_eq!(uses(&gated, &token).await, after);
    })
    .await;
}

#[tokio::test]
async fn a_use_through_a_gate_never_moves_backwards() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        let token = gated.token(&["write a"]).await;
        write(&gated, &mut database, &token, "a").await;
        flush(&gated).await;
        // Another node has recorded a later use.
        home.sql("UPDATE gate_uses SET used_at = used_at + 3600000000").await;
        let later = uses(&gated, &token).await;
        write(&gated, &mut database, &token, "a").await;
        assert_eq!(uses(&gated, &token).await, later);
        flush(&gated).await;
        assert_eq!(uses(&gated, &token).await, later);
    })
    .await;
}

#[tokio::test]
async fn the_uses_of_a_deleted_token_are_gone_and_stay_so() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        let token = gated.token(&["write a", "write b"]).await;
        write(&gated, &mut database, &token, "a").await;
        flush(&gated).await;
        write(&gated, &mut database, &token, "b").await;
        gated.revoke(&token).await;
        assert!(home.rows("SELECT gate FROM gate_uses").await.is_empty());
        flush(&gated).await;
        assert!(home.rows("SELECT gate FROM gate_uses").await.is_empty(), "what was buffered");
        assert_eq!(gated.server.get(&path(&token), &gated.first.token).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_see_a_token_or_a_bucket_does_not_see_its_uses_or_its_name() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        let token = gated.token(&["write a"]).await;
        write(&gated, &mut database, &token, "a").await;
        let record = format!("/api/v2/authorizations/{}", token.id);
        for secret in [token.secret.as_str(), "unknown", ""] {
            let (of_record, of_uses) =
                (gated.server.get(&record, secret).await, gated.server.get(&path(&token), secret).await);
            assert_eq!((of_uses.status, of_uses.body), (401, of_record.body));
        }
        let seen = json!([permission_in("read", "authorizations", &gated.first.org), permission("read", "users")]);
        let reader = gated.server.token(&gated.first.token, &gated.first.org, seen).await.expect(201);
        let shown = gated.server.get(&path(&token), &text(&reader["token"])).await.expect(200);
        assert_eq!((&shown["uses"][0]["bucketID"], shown["uses"][0].get("bucket")), (&json!(gated.bucket("a")), None));
    })
    .await;
}

#[tokio::test]
async fn the_console_and_the_command_line_show_the_uses() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        let token = gated.token(&["write a"]).await;
        let browser = Browser::sign_in(&gated.server, NAME).await;
        let page = format!("/orgs/{}/load-data/tokens/{}", gated.first.org, token.id);
        let before = browser.open(&page).await.body;
        assert!(before.contains("token-uses") && !before.contains("token-gates"), "{before}");
        let shell = Shell::new(&gated.server).with("INFLUX_TOKEN", &gated.first.token);
        let line = format!("auth uses --id {}", token.id);
        assert_eq!(shell.json(&line).await, json!([]));
        write(&gated, &mut database, &token, "a").await;
        let after = browser.open(&page).await.body;
        assert!(after.contains("token-gates") && after.contains("Used through gates"), "{after}");
        assert!(after.contains(">plant<"), "{after}");
        assert_eq!(shell.json(&line).await, uses(&gated, &token).await);
        let table = shell.ok(&line).await;
        let cells: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!((cells.len(), cells[0][0], cells[1][0]), (2, "Gate", "plant"), "{table}");
        let (said, _) = shell.fails("auth uses --id 0000000000000001").await;
        assert!(said.starts_with("could not list the uses of authorization \"0000000000000001\""), "{said}");
    })
    .await;
}
