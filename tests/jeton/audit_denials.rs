//! Entries of the audit log about denials: tokens, permissions and sign-ins that were refused.

use serde_json::json;
use sqlx::Row as _;

use crate::{
    audit_log::{details, reader_of_buckets},
    home::on_each_database,
    support::{
        people::last_actions,
        server::{NAME, Server, permission, permission_in, permission_on, text},
        shared::column,
    },
};

async fn write_refusals(server: &Server) {
    server.service.write_refusals().await.expect("written");
}

#[tokio::test]
async fn a_known_token_that_is_refused_is_on_record_with_the_reason() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        let first = server.set_up().await;
        let (id, token) = reader_of_buckets(&server, &first).await;
        let number = column(&id);
        let set = async |what: &str| home.sql(&format!("UPDATE authorizations SET {what} WHERE id = {number}")).await;
        server.get("/api/v2/users", &token).await.expect(200);
        server.post("/api/v2/buckets", &token, json!({"orgID": first.org, "name": "b"})).await.refused(401);
        set("status = 'inactive'").await;
        server.get("/api/v2/me", &token).await.refused(401);
        set("status = 'active', allowed_networks = '10.0.0.0/8'").await;
        server.get("/api/v2/me", &token).await.refused(401);
        set("allowed_networks = NULL, expires_at = 1").await;
        server.get("/api/v2/me", &token).await.refused(401);
        set("expires_at = NULL, ended_at = 1").await;
        server.get("/api/v2/me", &token).await.refused(401);
        write_refusals(&server).await;
        let found = details(&home, "authorization refused").await;
        let reasons: Vec<String> = found.iter().map(|detail| text(&detail["reason"])).collect();
        assert_eq!(reasons, ["permission", "inactive", "network", "expired", "ended"]);
        assert_eq!(found[0]["permission"], format!("write:orgs/{}/buckets", first.org));
        let rows = home.rows("SELECT actor_authorization_id, subject_id, address, org_id FROM audit_log WHERE action = 'authorization refused'").await;
        for row in rows {
            assert_eq!(row.get::<i64, _>("actor_authorization_id"), number);
            assert_eq!(row.get::<i64, _>("subject_id"), number);
            assert_eq!(row.get::<String, _>("address"), "127.0.0.1");
            assert!(row.get::<Option<i64>, _>("org_id").is_some());
        }
        assert!(server.check_audit_log().await.1);
    })
    .await;
}

#[tokio::test]
async fn what_a_token_may_not_grant_is_on_record_as_lacking() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let permissions = json!([
            permission_in("write", "authorizations", &first.org),
            permission_on("write", "users", &first.user, &first.org)
        ]);
        let weak = text(&server.token(&first.token, &first.org, permissions).await.expect(201)["token"]);
        server.token(&weak, &first.org, json!([permission("read", "users")])).await.refused(403);
        write_refusals(&server).await;
        let found = details(&home, "authorization refused").await;
        assert_eq!((&found[0]["reason"], &found[0]["permission"]), (&json!("permission"), &json!("read:users")));
    })
    .await;
}

#[tokio::test]
async fn an_unknown_token_is_on_record_once_a_minute_and_the_rest_is_counted() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        server.set_up().await;
        for _ in 0..20 {
            server.get("/api/v2/me", "nobody-has-this-token").await.refused(401);
        }
        server.clock.advance(61);
        server.get("/api/v2/me", "nobody-has-this-token").await.refused(401);
        write_refusals(&server).await;
        let found = details(&home, "unknown token refused").await;
        assert_eq!(found, [json!({}), json!({"moreLikeIt": 19})]);
        server.get("/api/v2/me", "").await.refused(401);
        write_refusals(&server).await;
        assert_eq!(details(&home, "unknown token refused").await.len(), 2, "no token is no unknown token");
    })
    .await;
}

#[tokio::test]
async fn a_refused_sign_in_is_on_record_and_an_unknown_name_is_not_written_down() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        server.sign_in(NAME, "wrong password").await.refused(401);
        server.sign_in("my password by mistake", "x").await.refused(401);
        write_refusals(&server).await;
        let expected = [json!({"reason": "wrong password", "name": NAME}), json!({"reason": "unknown name"})];
        assert_eq!(details(&home, "sign-in refused").await, expected);
        let rows = home
            .rows("SELECT subject_id, actor_user_id FROM audit_log WHERE action = 'sign-in refused' ORDER BY seq")
            .await;
        assert!(rows[0].get::<Option<i64>, _>("subject_id").is_some());
        assert_eq!(rows[1].get::<Option<i64>, _>("subject_id"), None);
        assert_eq!(rows[0].get::<Option<i64>, _>("actor_user_id"), None, "nobody knows who it was");
    })
    .await;
}

#[tokio::test]
async fn what_waits_is_written_when_the_server_stops() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        server.get("/api/v2/me", "nobody-has-this-token").await.refused(401);
        server.stop().await;
        assert_eq!(last_actions(&home, 1).await, ["unknown token refused"]);
    })
    .await;
}
