//! Revocation takes effect with the next request, and is permanent.

use serde_json::json;

use crate::{
    home::{Home, on_each_database},
    support::server::{First, Server, members, permission, permission_in, permission_on, text},
};

/// A server with bob, and a token of his that reads buckets.
struct Scene {
    server: Server,
    first: First,
    bob: String,
    token: String,
    authorization: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        let bob = server.user(&first.token, "bob").await;
        let permissions =
            json!([permission_in("read", "buckets", &first.org), permission_on("read", "users", &bob, &first.org)]);
        let body = json!({"orgID": first.org, "userID": bob, "permissions": permissions});
        let created = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        let (token, authorization) = (text(&created["token"]), text(&created["id"]));
        Self { server, first, bob, token, authorization }
    }

    fn path(&self) -> String {
        format!("/api/v2/authorizations/{}", self.authorization)
    }

    async fn status(&self) -> u16 {
        self.server.get("/api/v2/me", &self.token).await.status
    }

    async fn set_user(&self, status: &str) {
        let path = format!("/api/v2/users/{}", self.bob);
        self.server.patch(&path, &self.first.token, json!({"status": status})).await.expect(200);
    }

    async fn delete(&self, path: &str) {
        self.server.delete(path, &self.first.token).await.expect(204);
    }

    /// Gives bob a password and signs him in.
    async fn session(&self) -> String {
        let path = format!("/api/v2/users/{}/password", self.bob);
        self.server.post(&path, &self.first.token, json!({"password": "password2"})).await.expect(204);
        self.server.sign_in("bob", "password2").await.cookie()
    }

    async fn buckets_of(&self, cookie: &str) -> Vec<String> {
        let request = self.server.request("GET", "/api/v2/buckets").header("cookie", cookie);
        members(&crate::support::server::answer(request).await.expect(200)["buckets"], "name")
    }
}

#[tokio::test]
async fn a_deleted_token_is_refused_at_once() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        assert_eq!(scene.status().await, 200);
        scene.delete(&scene.path()).await;
        assert_eq!(scene.status().await, 401);
    })
    .await;
}

#[tokio::test]
async fn an_inactive_token_permits_nothing_until_it_is_active_again() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let set = async |status: &str| {
            scene.server.patch(&scene.path(), &scene.first.token, json!({"status": status})).await.expect(200)
        };
        set("inactive").await;
        assert_eq!(scene.server.get("/api/v2/me", &scene.token).await.refused(401), "token is inactive");
        let buckets = scene.server.get("/api/v2/buckets", &scene.token).await.expect(200);
        assert_eq!(buckets["buckets"], json!([]));
        set("active").await;
        assert_eq!(scene.status().await, 200);
    })
    .await;
}

#[tokio::test]
async fn everything_of_an_inactive_user_is_refused() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.session().await;
        scene.set_user("inactive").await;
        assert_eq!(scene.server.get("/api/v2/me", &scene.token).await.refused(403), "User is inactive");
        assert_eq!(scene.server.me(&cookie).await.refused(403), "User is inactive");
        scene.set_user("active").await;
        assert_eq!(scene.status().await, 200);
    })
    .await;
}

#[tokio::test]
async fn nothing_revives_what_ended_with_its_user() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.session().await;
        scene.delete(&format!("/api/v2/users/{}", scene.bob)).await;
        assert_eq!(scene.status().await, 403);
        assert_eq!(scene.server.me(&cookie).await.refused(403), "User is inactive");

        let again = json!({"id": scene.bob, "name": "bob"});
        scene.server.post("/api/v2/users", &scene.first.token, again).await.expect(201);
        assert_eq!(scene.status().await, 401);
        assert_eq!(scene.server.me(&cookie).await.status, 401);
        assert_eq!(scene.server.sign_in("bob", "password2").await.status, 401);
        assert_eq!(scene.server.get(&scene.path(), &scene.first.token).await.status, 404);
        let on = scene.server.patch(&scene.path(), &scene.first.token, json!({"status": "active"})).await;
        assert_eq!(on.status, 404);
        assert_eq!(scene.status().await, 401);
    })
    .await;
}

#[tokio::test]
async fn deleting_an_organization_ends_its_tokens() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let other = server.org(&first.token, "other").await;
        let of_other =
            text(&server.token(&first.token, &other, json!([permission("read", "users")])).await.expect(201)["token"]);
        assert_eq!(server.get("/api/v2/me", &of_other).await.status, 200);
        scene.delete(&format!("/api/v2/orgs/{other}")).await;
        assert_eq!(server.get("/api/v2/me", &of_other).await.status, 401);
        assert_eq!(scene.status().await, 200, "a token of another organization lives on");
        let listed = server.get("/api/v2/authorizations", &first.token).await.expect(200);
        assert_eq!(
            members(&listed["authorizations"], "id"),
            [first.authorization.clone(), scene.authorization.clone()]
        );
    })
    .await;
}

#[tokio::test]
async fn changing_what_ended_changes_nothing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.delete(&format!("/api/v2/users/{}", scene.bob)).await;
        let rows = async || {
            let rows = home
                .rows("SELECT CAST(updated_at AS TEXT) || status || description AS row FROM authorizations ORDER BY id")
                .await;
            rows.iter().map(|row| sqlx::Row::get::<String, _>(row, "row")).collect::<Vec<_>>()
        };
        let before = (rows().await, scene.server.check_audit_log().await);
        let body = json!({"status": "inactive", "description": "changed"});
        let answer = scene.server.patch(&scene.path(), &scene.first.token, body).await;
        assert_eq!(answer.refused(404), "user not found");
        assert_eq!((rows().await, scene.server.check_audit_log().await), before);
    })
    .await;
}

#[tokio::test]
async fn a_dead_token_gives_its_owners_session_nothing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.session().await;
        assert_eq!(scene.buckets_of(&cookie).await, ["iot"], "what bob's token may, his session may");
        scene.server.patch(&scene.path(), &scene.first.token, json!({"status": "inactive"})).await.expect(200);
        assert_eq!(scene.buckets_of(&cookie).await, [""; 0]);
        scene.server.patch(&scene.path(), &scene.first.token, json!({"status": "active"})).await.expect(200);
        assert_eq!(scene.buckets_of(&cookie).await, ["iot"]);
        expire(&home, &scene.token, 1).await;
        assert_eq!(scene.buckets_of(&cookie).await, [""; 0]);
        assert_eq!(scene.status().await, 401, "and expired, it is refused itself");
    })
    .await;
}

/// Sets a token's expiry, in microseconds, directly in the database.
pub async fn expire(home: &Home, token: &str, micros: i64) {
    let hash = jeton_model::token::TokenHash::of(token);
    let sql = format!("UPDATE authorizations SET expires_at = {micros} WHERE token_hash = '{}'", hash.as_str());
    assert_eq!(home.sql(&sql).await, 1);
}
