//! `--expired-retention`: what expired or ended long ago is deleted, and nothing else.

use serde_json::{Value, json};

use crate::{
    home::on_each_database,
    support::{
        server::{First, Server, permission_in, text},
        shared::column,
    },
};

const DAY: i64 = 86_400;

/// Creates a token that lives for so many days; returns its id.
async fn made(server: &Server, first: &First, owner: &str, days: Option<i64>) -> String {
    let body = json!({
        "orgID": first.org, "userID": owner, "permissions": [permission_in("read", "tasks", &first.org)],
        "expiresAt": days.map(|days| server.clock.now().plus_seconds(days * DAY).to_string()),
    });
    text(&server.post("/api/v2/authorizations", &first.token, body).await.expect(201)["id"])
}

#[tokio::test]
async fn what_expired_or_ended_long_ago_is_deleted_as_the_systems_own_act() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        let first = server.set_up().await;
        let owner = &first.user;
        let expired = made(&server, &first, owner, Some(1)).await;
        let kept = [made(&server, &first, owner, Some(2)).await, made(&server, &first, owner, Some(300)).await];
        let endless = made(&server, &first, owner, None).await;
        let bob = server.user(&first.token, "bob").await;
        let ended = made(&server, &first, &bob, None).await;
        server.delete(&format!("/api/v2/users/{bob}"), &first.token).await.expect(204);
        let end = server.clock.now().plus_seconds(DAY).to_string();
        let v1 = json!({
            "token": "telegraf", "orgID": first.org, "expiresAt": end,
            "permissions": [permission_in("read", "tasks", &first.org)],
        });
        let v1 = server.post("/private/legacy/authorizations", &first.token, v1).await.expect(201);
        let gone = [expired, ended, text(&v1["id"])];
        // The first expired exactly ten days ago, the second nine days ago.
        server.clock.advance(11 * DAY);
        let clock = server.clock.clone();
        server.stop().await;
        let server = Server::start_with(&home, clock, &["--expired-retention=10d"]).await;
        server.stop().await;

        let rows = home.rows("SELECT id FROM authorizations").await;
        let left: Vec<i64> = rows.iter().map(|row| sqlx::Row::get(row, 0)).collect();
        for id in kept.iter().chain([&endless, &first.authorization]) {
            assert!(left.contains(&column(id)), "{id} is kept");
        }
        assert_eq!(left.len(), 4, "the others are deleted");
        let columns = "subject_id, action, actor_user_id, actor_authorization_id, detail";
        let rows = home
            .rows(&format!(
                "SELECT {columns} FROM audit_log WHERE action LIKE '%deleted' AND subject_type = 'authorizations'"
            ))
            .await;
        assert_eq!(rows.len(), gone.len());
        for row in &rows {
            let subject: i64 = sqlx::Row::get(row, "subject_id");
            assert!(gone.iter().any(|id| column(id) == subject));
            let actors: [Option<i64>; 2] =
                ["actor_user_id", "actor_authorization_id"].map(|name| sqlx::Row::get(row, name));
            assert_eq!(actors, [None, None], "nobody's act");
            let detail: Value = serde_json::from_str(&sqlx::Row::get::<String, _>(row, "detail")).expect("JSON");
            assert_eq!(detail["via"], "retention");
        }
        let tombstones = home.rows("SELECT subject_id FROM tombstones WHERE subject_type = 'authorizations'").await;
        assert_eq!(tombstones.len(), gone.len(), "no import brings them back");
    })
    .await;
}

#[tokio::test]
async fn without_a_retention_expired_tokens_are_kept() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        let first = server.set_up().await;
        let expired = made(&server, &first, &first.user, Some(1)).await;
        server.clock.advance(10_000 * DAY);
        let clock = server.clock.clone();
        server.stop().await;
        let server = Server::start_with(&home, clock, &[]).await;
        let path = format!("/api/v2/authorizations/{expired}");
        assert_eq!(server.get(&path, &first.token).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn any_number_of_them_is_deleted_in_portions() {
    let home = crate::home::Home::sqlite();
    let server = Server::start_at_rest(&home).await;
    let first = server.set_up().await;
    for _ in 0..201 {
        made(&server, &first, &first.user, Some(1)).await;
    }
    server.clock.advance(11 * DAY);
    assert_eq!(server.service.delete_expired(10).await, Ok(201));
    assert_eq!(server.service.delete_expired(10).await, Ok(0));
    let (_, whole) = server.check_audit_log().await;
    assert!(whole);
}
