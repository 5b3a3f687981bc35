//! Passwords: who may verify one, what a session needs to change its own, and audit entries.

use serde_json::{Value, json};
use sqlx::Row as _;

use jeton_service::{Client, Error, auth::v1_credentials::V1Credential, error::AuthError};

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::{
        console::Browser,
        server::{Answer, First, NAME, PASSWORD, Server, answer, permission_on, text},
        shared::{column, with_bob},
    },
};

/// A server with alice, an operator, and bob, who has no permissions on others.
struct Scene {
    server: Server,
    first: First,
    bob: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first, bob) = with_bob(Server::start_at_rest(home).await).await;
        Self { server, first, bob }
    }

    async fn session(&self, name: &str) -> String {
        self.server.sign_in(name, PASSWORD).await.cookie()
    }

    /// Changes a user's password by session.
    async fn change(&self, cookie: &str, user: &str, old: &str) -> Answer {
        let request = self.server.request("PUT", &format!("/api/v2/users/{user}/password"));
        let request = request.header("cookie", cookie).basic_auth("any", Some(old));
        answer(request.json(&json!({"password": "password2"}))).await
    }

    /// Sets a user's password by session.
    async fn set(&self, cookie: &str, user: &str) -> Answer {
        let request = self.server.request("POST", &format!("/api/v2/users/{user}/password")).header("cookie", cookie);
        answer(request.json(&json!({"password": "password2"}))).await
    }

    async fn refused(&self, home: &Home) -> Vec<Value> {
        self.server.service.write_refusals().await.expect("written");
        details(home, "password change refused").await
    }
}

#[tokio::test]
async fn whether_a_password_is_right_is_told_to_nobody_who_may_not_change_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let bobs = scene.session("bob").await;
        let alice = &scene.first.user;
        let expected = format!("write:users/{alice} is unauthorized");
        for old in [PASSWORD, "wrong password", PASSWORD, "wrong password", "x", "y", "z"] {
            assert_eq!(scene.change(&bobs, alice, old).await.refused(401), expected, "{old}");
        }
        assert_eq!(scene.server.sign_in(NAME, PASSWORD).await.status, 204, "no guess was counted");
        assert_eq!(scene.refused(&home).await, Vec::<Value>::new());
        let found = details(&home, "session refused").await;
        assert_eq!(found[0]["permission"], format!("write:users/{alice}"), "but the lack is on record");
    })
    .await;
}

#[tokio::test]
async fn failures_count_for_the_user_wherever_the_password_is_tried() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let cookie = scene.session("bob").await;
    for _ in 0..3 {
        assert_eq!(scene.server.sign_in("bob", "wrong password").await.status, 401);
    }
    for _ in 0..2 {
        assert_eq!(scene.change(&cookie, &scene.bob, "wrong password").await.status, 403);
    }
    assert_eq!(scene.change(&cookie, &scene.bob, PASSWORD).await.status, 429);
    assert_eq!(scene.server.sign_in("bob", PASSWORD).await.status, 429);
    // A session may rename its user, which does not reset the throttle.
    let path = format!("/api/v2/users/{}", scene.bob);
    let renamed = scene.server.request("PATCH", &path).header("cookie", &cookie).json(&json!({"name": "robert"}));
    answer(renamed).await.expect(200);
    assert_eq!(scene.server.sign_in("robert", PASSWORD).await.status, 429);
    assert_eq!(scene.server.sign_in(NAME, PASSWORD).await.status, 204);
}

#[tokio::test]
async fn a_right_password_of_a_1_x_credential_frees_no_user_of_the_same_name() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let permissions = json!([permission_on("read", "buckets", &scene.first.bucket, &scene.first.org)]);
    let body = json!({"orgID": scene.first.org, "token": NAME, "permissions": permissions});
    let made = scene.server.post("/private/legacy/authorizations", &scene.first.token, body).await.expect(201);
    let path = format!("/private/legacy/authorizations/{}/password", text(&made["id"]));
    scene.server.post(&path, &scene.first.token, json!({"password": "grafana-password"})).await.expect(204);
    let client = Client { address: "127.0.0.1".parse().ok(), ..Client::default() };
    for _ in 0..5 {
        assert_eq!(scene.server.sign_in(NAME, "wrong password").await.status, 401);
    }
    let credential = V1Credential::Password { username: NAME.into(), password: "grafana-password".into() };
    assert!(scene.server.service.caller_by_v1_credential(Some(credential), client).await.is_ok());
    assert_eq!(scene.server.sign_in(NAME, PASSWORD).await.status, 429);
}

#[tokio::test]
async fn when_refusals_were_written_all_earlier_ones_are_on_record() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        assert_eq!(scene.server.sign_in(NAME, "wrong password").await.status, 401);
        // The second write finds nothing left to write, but the first has not committed yet.
        let second = async {
            scene.server.service.write_refusals().await.expect("written");
            details(&home, "sign-in refused").await.len()
        };
        let (first, found) = tokio::join!(scene.server.service.write_refusals(), second);
        first.expect("written");
        assert_eq!(found, 1);
    })
    .await;
}

#[tokio::test]
async fn every_failed_change_is_on_record_with_who_tried_and_whose_it_is() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.session(NAME).await;
        for _ in 0..5 {
            assert_eq!(scene.change(&cookie, &scene.bob, "wrong password").await.status, 403);
        }
        for _ in 0..3 {
            assert_eq!(scene.change(&cookie, &scene.bob, "wrong password").await.status, 429);
        }
        let found = scene.refused(&home).await;
        let reasons: Vec<&str> = found.iter().filter_map(|detail| detail["reason"].as_str()).collect();
        assert_eq!(reasons, [["wrong password"; 5].as_slice(), &["too many attempts"]].concat());
        assert!(found.iter().all(|detail| detail["name"] == "bob"));
        let rows = home
            .rows("SELECT actor_user_id, actor_session, subject_id, address FROM audit_log WHERE action = 'password change refused'")
            .await;
        for row in rows {
            assert_eq!(row.get::<i64, _>("actor_user_id"), column(&scene.first.user));
            assert_eq!(row.get::<i64, _>("subject_id"), column(&scene.bob));
            assert_eq!(row.get::<String, _>("actor_session").len(), 16);
            assert_eq!(row.get::<String, _>("address"), "127.0.0.1");
        }
        assert!(scene.server.check_audit_log().await.1);
    })
    .await;
}

#[tokio::test]
async fn a_1_x_password_that_is_tried_too_often_is_on_record() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let permissions = json!([permission_on("read", "buckets", &scene.first.bucket, &scene.first.org)]);
        let body = json!({"orgID": scene.first.org, "token": "grafana", "permissions": permissions});
        scene.server.post("/private/legacy/authorizations", &scene.first.token, body).await.expect(201);
        for guess in 0..7 {
            let password = format!("wrong {guess}").into();
            let credential = V1Credential::Password { username: "grafana".into(), password };
            let refused = scene.server.service.caller_by_v1_credential(Some(credential), Client::default()).await;
            let error = refused.expect_err("a refusal");
            assert_eq!(matches!(error, Error::Auth(AuthError::TooManyAttempts { .. })), guess >= 5, "{error:?}");
        }
        scene.server.service.write_refusals().await.expect("written");
        let found = details(&home, "1.x credential refused").await;
        let reasons: Vec<&str> = found.iter().filter_map(|detail| detail["reason"].as_str()).collect();
        assert_eq!(reasons, ["wrong password", "too many attempts"]);
    })
    .await;
}

#[tokio::test]
async fn a_session_changes_its_own_users_password_only_with_the_present_one() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, alice) = (&scene.server, &scene.first.user);
        let cookie = scene.session(NAME).await;
        let refused = scene.set(&cookie, alice).await.refused(403);
        assert!(refused.contains("PUT /api/v2/me/password"), "{refused}");
        let browser = Browser::sign_in(server, NAME).await;
        let page = format!("/orgs/{}/settings/users/{alice}/password", scene.first.org);
        let refused = browser.send(&page, &[("password", "password2")]).await;
        assert_eq!(refused.status, 403);
        assert!(refused.body.contains("on the Account page") && !refused.body.contains("password2"));
        assert!(browser.open(&page).await.body.contains("on the Account page"));
        let found = scene.refused(&home).await;
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|detail| detail["reason"] == "without the present password"));
        assert_eq!(scene.change(&cookie, alice, "wrong password").await.status, 403);
        assert_eq!(server.sign_in(NAME, PASSWORD).await.status, 204, "nothing has changed");
        assert_eq!(scene.change(&cookie, alice, PASSWORD).await.status, 204);
        assert_eq!(server.sign_in(NAME, "password2").await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn an_operators_session_sets_anothers_password_and_both_are_on_record() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.session(NAME).await;
        scene.set(&cookie, &scene.bob).await.expect(204);
        assert_eq!(scene.server.sign_in("bob", "password2").await.status, 204);
        let row = home
            .rows("SELECT actor_user_id, actor_session, subject_id FROM audit_log WHERE action = 'password set' ORDER BY seq DESC LIMIT 1")
            .await
            .remove(0);
        assert_eq!(row.get::<i64, _>("actor_user_id"), column(&scene.first.user));
        assert_eq!(row.get::<i64, _>("subject_id"), column(&scene.bob));
        assert_eq!(row.get::<String, _>("actor_session").len(), 16);
        let bobs = scene.server.sign_in("bob", "password2").await.cookie();
        assert_eq!(scene.set(&bobs, &scene.first.user).await.status, 401, "bob sets nobody's");
    })
    .await;
}
