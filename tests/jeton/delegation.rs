//! Delegation: what a token or session may decide for others, and the limits of what it delegates.

use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::{
        server::{
            Answer, First, PASSWORD, Server, answer, members, permission, permission_in, permission_on, text,
            with_token,
        },
        shared::{with_bob, with_members},
    },
};

struct Scene {
    server: Server,
    first: First,
    /// A user who is a member of nothing, with a password.
    bob: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first, bob) = with_bob(Server::start_at_rest(home).await).await;
        Self { server, first, bob }
    }

    async fn set_password(&self, token: &str, user: &str) -> Answer {
        self.server.post(&format!("/api/v2/users/{user}/password"), token, json!({"password": PASSWORD})).await
    }

    fn in_seconds(&self, seconds: i64) -> String {
        self.server.clock.now().plus_seconds(seconds).to_string()
    }

    /// Creates a token of `user` in the first organization with the first operator token; `more` are further members.
    async fn token_of(&self, user: &str, permissions: Value, more: Value) -> Value {
        let body = with_members(json!({"orgID": self.first.org, "userID": user, "permissions": permissions}), &more);
        self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201)
    }

    /// Creates an operator token, with the same permissions as set-up's.
    async fn operator(&self, more: Value) -> String {
        let path = format!("/api/v2/authorizations/{}", self.first.authorization);
        let permissions = self.server.get(&path, &self.first.token).await.expect(200)["permissions"].clone();
        text(&self.token_of(&self.first.user, permissions, more).await["token"])
    }

    /// Creates a token like the dialog "All Access" does.
    async fn all_access(&self, user: &str) -> String {
        let mut permissions = vec![permission_on("read", "orgs", &self.first.org, &self.first.org)];
        for action in ["read", "write"] {
            permissions.push(json!({"action": action, "resource": {"type": "users", "id": user}}));
            permissions.extend(
                ["authorizations", "buckets", "tasks"].map(|kind| permission_in(action, kind, &self.first.org)),
            );
        }
        text(&self.token_of(user, json!(permissions), json!({})).await["token"])
    }

    async fn session(&self, name: &str) -> String {
        self.server.sign_in(name, PASSWORD).await.cookie()
    }

    async fn with_session(&self, method: &str, path: &str, cookie: &str, body: Value) -> Answer {
        answer(self.server.request(method, path).header("cookie", cookie).json(&body)).await
    }

    /// Returns permissions to create tokens of Bob's that read all buckets of the first organization.
    fn minting(&self) -> Value {
        let mut permissions = vec![permission_in("read", "buckets", &self.first.org)];
        for action in ["read", "write"] {
            permissions.push(json!({"action": action, "resource": {"type": "users", "id": self.bob}}));
            permissions.push(permission_in(action, "authorizations", &self.first.org));
        }
        json!(permissions)
    }

    fn reading_buckets(&self) -> Value {
        json!({"orgID": self.first.org, "permissions": [permission_in("read", "buckets", &self.first.org)]})
    }
}

#[tokio::test]
async fn a_token_that_creates_tokens_does_not_take_over_its_owner() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let alice = &scene.first.user;
        let all_access = scene.all_access(alice).await;
        let refused = scene.set_password(&all_access, alice).await.refused(403);
        assert!(refused.contains("this token lacks"), "{refused}");
        let limits =
            [json!({"expiresAt": scene.in_seconds(3600)}), json!({"allowedNetworks": ["127.0.0.0/8", "::1/128"]})];
        for limit in limits {
            let limited = scene.operator(limit).await;
            for user in [alice, &scene.bob] {
                let refused = scene.set_password(&limited, user).await.refused(403);
                assert!(refused.contains("with an expiry or networks"), "{refused}");
            }
        }
        assert_eq!(scene.server.sign_in("alice", PASSWORD).await.status, 204, "the password is the old one");
        let unlimited = scene.operator(json!({})).await;
        assert_eq!(scene.set_password(&unlimited, alice).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn a_token_sets_the_password_of_a_user_whose_session_holds_no_more_than_the_token() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let registrar = json!([permission("read", "users"), permission("write", "users")]);
        let registrar = text(&scene.token_of(&scene.first.user, registrar, json!({})).await["token"]);
        let carol = scene.server.user(&registrar, "carol").await;
        assert_eq!(scene.set_password(&registrar, &carol).await.status, 204);
        let path = format!("/api/v2/orgs/{}/members", scene.first.org);
        scene.server.post(&path, &scene.first.token, json!({"id": carol})).await.expect(201);
        scene.set_password(&registrar, &carol).await.refused(403);
    })
    .await;
}

#[tokio::test]
async fn a_limited_token_changes_no_membership_role_or_status() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let limited = scene.operator(json!({"expiresAt": scene.in_seconds(300)})).await;
        let (org, bucket, bob) = (&scene.first.org, &scene.first.bucket, &scene.bob);
        scene
            .server
            .post(&format!("/api/v2/orgs/{org}/members"), &scene.first.token, json!({"id": bob}))
            .await
            .expect(201);
        let requests = [
            ("POST", format!("/api/v2/orgs/{org}/owners"), json!({"id": scene.first.user})),
            ("DELETE", format!("/api/v2/orgs/{org}/members/{bob}"), json!({})),
            ("POST", format!("/api/v2/buckets/{bucket}/members"), json!({"id": bob})),
            ("PATCH", format!("/api/v2/users/{bob}"), json!({"status": "inactive"})),
            ("DELETE", format!("/api/v2/users/{bob}"), json!({})),
            ("POST", "/api/v2/orgs".into(), json!({"name": "mine"})),
        ];
        for (method, path, body) in requests {
            let request = with_token(scene.server.request(method, &path), &limited);
            let answer = answer(request.json(&body)).await;
            // That the user is an owner already is reported first.
            assert!(answer.status == 403 || answer.body.contains("already"), "{method} {path}: {}", answer.body);
        }
        let mine = scene.server.get("/api/v2/orgs?org=mine", &scene.first.token).await;
        assert_eq!(mine.status, 404, "nothing was created");
        let listed = scene.server.get(&format!("/api/v2/orgs/{org}/members"), &scene.first.token).await.expect(200);
        assert_eq!(members(&listed["users"], "name"), ["bob"]);
    })
    .await;
}

#[tokio::test]
async fn a_limited_token_creates_configurations_that_nobody_owns_by_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let limited = scene.operator(json!({"expiresAt": scene.in_seconds(300)})).await;
        let body = json!({"orgID": scene.first.org, "name": "agent", "config": "[agent]"});
        for (token, owners) in [(&limited, 0), (&scene.first.token, 1)] {
            let created = scene.server.post("/api/v2/telegrafs", token, body.clone()).await.expect(201);
            let path = format!("/api/v2/telegrafs/{}/owners", text(&created["id"]));
            let listed = scene.server.get(&path, &scene.first.token).await.expect(200);
            assert_eq!(listed["users"].as_array().map(Vec::len), Some(owners));
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_session_holds_by_a_limited_token_is_passed_on_with_its_limits() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let end = scene.in_seconds(20);
        let networks = json!(["127.0.0.0/8", "::1/128"]);
        let limits = json!({"expiresAt": end, "allowedNetworks": networks});
        let held = scene.token_of(&scene.bob, scene.minting(), limits).await;
        let session = scene.session("bob").await;
        let made =
            scene.with_session("POST", "/api/v2/authorizations", &session, scene.reading_buckets()).await.expect(201);
        assert_eq!((&made["expiresAt"], &made["allowedNetworks"]), (&held["expiresAt"], &held["allowedNetworks"]));
        let (later, everywhere) = (json!({"expiresAt": scene.in_seconds(21)}), json!({"allowedNetworks": []}));
        for beyond in [&later, &everywhere] {
            let body = with_members(scene.reading_buckets(), beyond);
            let answer = scene.with_session("POST", "/api/v2/authorizations", &session, body).await;
            assert_eq!(answer.status, 422, "{beyond}: {}", answer.body);
        }
        for beyond in [later, everywhere, json!({"expiresAt": null})] {
            for one in [&held, &made] {
                let path = format!("/api/v2/authorizations/{}", text(&one["id"]));
                let answer = scene.with_session("PATCH", &path, &session, beyond.clone()).await;
                assert_eq!(answer.status, 422, "{beyond}: {}", answer.body);
            }
        }
        let path = format!("/api/v2/authorizations/{}", text(&made["id"]));
        scene.with_session("PATCH", &path, &session, json!({"status": "inactive"})).await.expect(200);
        let longer = json!({"status": "active", "expiresAt": null});
        assert_eq!(scene.with_session("PATCH", &path, &session, longer).await.status, 422, "switched off first");
        scene.with_session("PATCH", &path, &session, json!({"status": "active"})).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn what_a_session_holds_by_membership_is_passed_on_without_limits() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let path = format!("/api/v2/orgs/{}/owners", scene.first.org);
        scene.server.post(&path, &scene.first.token, json!({"id": scene.bob})).await.expect(201);
        scene.token_of(&scene.bob, scene.minting(), json!({"expiresAt": scene.in_seconds(20)})).await;
        let session = scene.session("bob").await;
        let made =
            scene.with_session("POST", "/api/v2/authorizations", &session, scene.reading_buckets()).await.expect(201);
        assert_eq!(made["expiresAt"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_administers_users_by_a_limited_token_sets_no_password() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let users = json!([permission("read", "users"), permission("write", "users")]);
        scene.token_of(&scene.bob, users.clone(), json!({"expiresAt": scene.in_seconds(20)})).await;
        let carol = scene.server.user(&scene.first.token, "carol").await;
        let session = scene.session("bob").await;
        let path = format!("/api/v2/users/{carol}/password");
        let body = json!({"password": PASSWORD});
        scene.with_session("POST", &path, &session, body.clone()).await.refused(403);
        scene.token_of(&scene.bob, users, json!({})).await;
        assert_eq!(scene.with_session("POST", &path, &session, body).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn one_bucket_or_configuration_is_granted_only_in_its_own_organization() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let other = scene.server.org(&scene.first.token, "other").await;
        let body = json!({"orgID": scene.first.org, "name": "agent", "config": "[agent]"});
        let telegraf = text(&scene.server.post("/api/v2/telegrafs", &scene.first.token, body).await.expect(201)["id"]);
        for (kind, id) in [("buckets", &scene.first.bucket), ("telegrafs", &telegraf)] {
            let foreign = json!([{"action": "read", "resource": {"type": kind, "id": id}}]);
            let refused = scene.server.token(&scene.first.token, &other, foreign.clone()).await.refused(400);
            assert!(refused.contains("is not for org id"), "{refused}");
            scene.server.token(&scene.first.token, &scene.first.org, foreign).await.expect(201);
        }
        let nobodys = json!([{"action": "read", "resource": {"type": "buckets", "id": "00000000000000ab"}}]);
        scene.server.token(&scene.first.token, &other, nobodys).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn nobody_changes_or_deletes_an_authorization_that_holds_more_than_they_do() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let all_access = scene.all_access(&scene.first.user).await;
        let operator = format!("/api/v2/authorizations/{}", scene.first.authorization);
        for change in [json!({"status": "inactive"}), json!({"description": "mine"})] {
            let refused = scene.server.patch(&operator, &all_access, change).await.refused(403);
            assert!(refused.contains("which you lack"), "{refused}");
        }
        scene.server.delete(&operator, &all_access).await.refused(403);
        let v1 = json!({
            "token": "legacy", "orgID": scene.first.org, "userID": scene.first.user,
            "permissions": [permission_on("write", "telegrafs", &scene.first.bucket, &scene.first.org),
                permission_on("read", "buckets", &scene.first.bucket, &scene.first.org)],
        });
        let v1 = scene.server.post("/private/legacy/authorizations", &scene.first.token, v1).await.expect(201);
        let v1 = format!("/private/legacy/authorizations/{}", text(&v1["id"]));
        let password = json!({"password": PASSWORD});
        scene.server.post(&format!("{v1}/password"), &all_access, password).await.refused(403);
        scene.server.delete(&v1, &all_access).await.refused(403);
        let session = scene.session("alice").await;
        scene.with_session("PATCH", &operator, &session, json!({"description": "mine"})).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn owners_of_an_organization_see_and_revoke_what_reaches_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (org, operator) = (&scene.first.org, &scene.first.token);
        scene.server.post(&format!("/api/v2/orgs/{org}/owners"), operator, json!({"id": scene.bob})).await.expect(201);
        let carol = scene.server.user(operator, "carol").await;
        let reads = json!([permission_on("read", "buckets", &scene.first.bucket, org)]);
        let [off, gone] =
            [scene.token_of(&carol, reads.clone(), json!({})).await, scene.token_of(&carol, reads, json!({})).await];
        let session = scene.session("bob").await;
        let listed = scene.with_session("GET", "/api/v2/authorizations", &session, json!({})).await.expect(200);
        let ids = members(&listed["authorizations"], "id");
        assert!(ids.contains(&text(&off["id"])) && ids.contains(&text(&gone["id"])), "{ids:?}");
        let path = |one: &Value| format!("/api/v2/authorizations/{}", text(&one["id"]));
        scene.with_session("GET", &path(&off), &session, json!({})).await.expect(200);
        scene.with_session("PATCH", &path(&off), &session, json!({"description": "theirs"})).await.refused(401);
        scene.with_session("PATCH", &path(&off), &session, json!({"status": "inactive"})).await.expect(200);
        scene.with_session("PATCH", &path(&off), &session, json!({"status": "active"})).await.refused(401);
        assert_eq!(scene.with_session("DELETE", &path(&gone), &session, json!({})).await.status, 204);
        let operators = format!("/api/v2/authorizations/{}", scene.first.authorization);
        let refused = scene.with_session("DELETE", &operators, &session, json!({})).await;
        assert_eq!(refused.status, 401, "an operator's token is not an owner's to revoke");
    })
    .await;
}
