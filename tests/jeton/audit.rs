//! The audit log: its entries, and that tampering is detected.

use serde_json::json;
use sqlx::Row as _;

use crate::{
    home::{Home, on_each_database},
    support::{
        server::{First, NAME, PASSWORD, Server, permission_in, text},
        shared::column,
    },
};

async fn actions(home: &Home) -> Vec<String> {
    let rows = home.rows("SELECT action FROM audit_log ORDER BY seq").await;
    rows.iter().map(|row| row.get("action")).collect()
}

/// Makes one change of each kind to a token, after set-up: five entries in total.
async fn some_changes(server: &Server) -> First {
    let first = server.set_up().await;
    let created =
        server.token(&first.token, &first.org, json!([permission_in("read", "buckets", &first.org)])).await.expect(201);
    let path = format!("/api/v2/authorizations/{}", text(&created["id"]));
    server.patch(&path, &first.token, json!({"status": "inactive"})).await.expect(200);
    server.delete(&path, &first.token).await.expect(204);
    first
}

#[tokio::test]
async fn each_change_is_one_row_in_its_order() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = some_changes(&server).await;
        let token = &first.token;
        let bob = server.user(token, "bob").await;
        server.patch(&format!("/api/v2/users/{bob}"), token, json!({"name": "rob"})).await.expect(200);
        server
            .post(&format!("/api/v2/users/{bob}/password"), token, json!({"password": "password2"}))
            .await
            .expect(204);
        let org = server.org(token, "o").await;
        server.post(&format!("/api/v2/orgs/{org}/members"), token, json!({"id": bob})).await.expect(201);
        server.delete(&format!("/api/v2/orgs/{org}/members/{bob}"), token).await.expect(204);
        server.patch(&format!("/api/v2/orgs/{org}"), token, json!({"name": "p"})).await.expect(200);
        let bucket = server.bucket(token, &org, "b").await;
        server.patch(&format!("/api/v2/buckets/{bucket}"), token, json!({"name": "c"})).await.expect(200);
        server.delete(&format!("/api/v2/buckets/{bucket}"), token).await.expect(204);
        server.delete(&format!("/api/v2/orgs/{org}"), token).await.expect(204);
        let cookie = server.sign_in("rob", "password2").await.cookie();
        crate::support::server::answer(server.request("POST", "/api/v2/signout").header("cookie", cookie))
            .await
            .expect(204);
        server.delete(&format!("/api/v2/users/{bob}"), token).await.expect(204);
        let expected = [
            "set up",
            "authorization created",
            "authorization created",
            "authorization updated",
            "authorization deleted",
            "user created",
            "user updated",
            "password set",
            "organization created",
            "member added",
            "member removed",
            "organization updated",
            "bucket created",
            "bucket updated",
            "bucket deleted",
            "organization deleted",
            "signed in",
            "signed out",
            "user deleted",
        ];
        assert_eq!(actions(&home).await, expected);
        assert_eq!(server.check_audit_log().await, (19, true));
    })
    .await;
}

#[tokio::test]
async fn it_says_who_did_it_with_what_and_from_where() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        server.user(&first.token, "bob").await;
        let rows = home.rows("SELECT actor_user_id, actor_authorization_id, address, detail FROM audit_log WHERE action = 'user created'").await;
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].get::<i64, _>("actor_user_id"), column(&first.user));
        assert_eq!(rows[0].get::<i64, _>("actor_authorization_id"), column(&first.authorization));
        assert_eq!(rows[0].get::<String, _>("address"), "127.0.0.1");
        assert_eq!(rows[0].get::<String, _>("detail"), r#"{"name":"bob","status":"active"}"#);
    })
    .await;
}

#[tokio::test]
async fn reading_and_what_was_asked_for_wrongly_leave_no_row() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        server.get("/api/v2/authorizations", &first.token).await.expect(200);
        server.post("/api/v2/users", &first.token, json!({"name": NAME})).await.refused(422);
        server.post("/api/v2/authorizations", &first.token, json!({"orgID": first.org})).await.refused(400);
        assert_eq!(actions(&home).await, ["set up", "authorization created"]);
    })
    .await;
}

#[tokio::test]
async fn it_holds_no_secret() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = some_changes(&server).await;
        let cookie = server.sign_in(NAME, PASSWORD).await.cookie();
        let (_, key) = cookie.split_once('=').expect("a cookie");
        let details = home.rows("SELECT detail FROM audit_log").await;
        for detail in details.iter().map(|row| row.get::<String, _>("detail")) {
            for secret in [first.token.as_str(), key, PASSWORD, "$argon2", "$influxdb2"] {
                assert!(!detail.contains(secret), "{detail}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn altering_any_row_breaks_the_chain() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        some_changes(&server).await;
        home.sql("CREATE TABLE kept AS SELECT * FROM audit_log").await;
        let texts = ["action", "address", "actor_session", "subject_type", "detail", "prev", "hash"]
            .map(|column| format!("{column} = COALESCE({column}, '') || 'x'"));
        let numbers = ["at", "actor_user_id", "actor_authorization_id", "org_id", "subject_id"]
            .map(|column| format!("{column} = COALESCE({column}, 0) + 1"));
        for seq in 1..=5 {
            for change in texts.iter().chain(&numbers) {
                assert_eq!(home.sql(&format!("UPDATE audit_log SET {change} WHERE seq = {seq}")).await, 1);
                assert_eq!(server.check_audit_log().await, (seq - 1, false), "row {seq}: {change}");
                home.sql("DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM kept").await;
            }
        }
        assert_eq!(server.check_audit_log().await, (5, true));
    })
    .await;
}

#[tokio::test]
async fn dropping_adding_or_moving_a_row_breaks_the_chain() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        some_changes(&server).await;
        home.sql("CREATE TABLE kept AS SELECT * FROM audit_log").await;
        let columns = "at, action, actor_user_id, actor_authorization_id, address, org_id, subject_type, subject_id, detail, prev, hash";
        let changes = [
            ("the first is dropped", "DELETE FROM audit_log WHERE seq = 1".into()),
            ("one is dropped", "DELETE FROM audit_log WHERE seq = 3".into()),
            ("the last is dropped", "DELETE FROM audit_log WHERE seq = 5".into()),
            ("all are dropped", "DELETE FROM audit_log".into()),
            ("one is added", format!("INSERT INTO audit_log (seq, {columns}) SELECT 6, {columns} FROM audit_log WHERE seq = 5")),
            ("two change places", "UPDATE audit_log SET seq = 9 WHERE seq = 3; UPDATE audit_log SET seq = 3 WHERE seq = 4; UPDATE audit_log SET seq = 4 WHERE seq = 9".into()),
        ];
        for (what, sql) in changes {
            home.sql(&sql).await;
            assert!(!server.check_audit_log().await.1, "{what}");
            home.sql("DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM kept").await;
        }
        assert_eq!(server.check_audit_log().await, (5, true));
    })
    .await;
}
