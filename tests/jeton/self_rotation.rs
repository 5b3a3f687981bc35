//! Self-rotation: where the rules of its organization allow it, a token renews its own life, and gains nothing else.

use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::{
        server::{Answer, First, PASSWORD, Server, answer, permission, permission_in, permission_on, text, with_token},
        shared::{at_rest, column},
    },
};

const DAY: i64 = 86_400;

/// A server whose organization allows self-rotation, and a token that may do nothing but write one bucket.
struct Scene {
    server: Server,
    first: First,
    id: String,
    token: String,
}

impl Scene {
    /// `life`: of the token, in seconds. It is a day old.
    async fn new(home: &Home, life: Option<i64>) -> Self {
        let (server, first) = at_rest(home).await;
        let mut scene = Self { server, first, id: String::new(), token: String::new() };
        scene.rules(json!({"selfRotation": true})).await.expect(200);
        let made = scene.make(life).await;
        (scene.id, scene.token) = (text(&made["id"]), text(&made["token"]));
        scene.server.clock.advance(DAY);
        scene
    }

    async fn make(&self, life: Option<i64>) -> Value {
        let First { org, bucket, .. } = &self.first;
        let body = json!({
            "orgID": org, "description": "Collector", "permissions": [permission_on("write", "buckets", bucket, org)],
            "allowedNetworks": ["127.0.0.0/8", "::1/128"], "expiresAt": life.map(|life| self.after(life)),
        });
        self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201)
    }

    fn after(&self, seconds: i64) -> String {
        self.server.clock.now().plus_seconds(seconds).to_string()
    }

    async fn rules_by(&self, token: &str, rules: Value) -> Answer {
        let path = format!("/api/v2/orgs/{}/rules", self.first.org);
        answer(with_token(self.server.request("PUT", &path), token).json(&rules)).await
    }

    async fn rules(&self, rules: Value) -> Answer {
        self.rules_by(&self.first.token, rules).await
    }

    async fn rotate(&self, token: &str, id: &str, body: Value) -> Answer {
        self.server.post(&format!("/api/v2/authorizations/{id}/rotate"), token, body).await
    }

    /// Lets the token rotate itself.
    async fn rotate_itself(&self) -> Answer {
        self.rotate(&self.token, &self.id, json!({})).await
    }

    async fn patch(&self, id: &str, body: Value) {
        self.server.patch(&format!("/api/v2/authorizations/{id}"), &self.first.token, body).await.expect(200);
    }
}

#[tokio::test]
async fn a_token_without_any_permission_renews_its_own_life_and_nothing_else() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        let new = scene.rotate_itself().await.expect(201);
        assert_eq!((&new["expiresAt"], &new["replaces"]), (&json!(scene.after(30 * DAY)), &json!(scene.id)));
        let old =
            scene.server.get(&format!("/api/v2/authorizations/{}", scene.id), &scene.first.token).await.expect(200);
        for same in ["description", "orgID", "userID", "permissions", "allowedNetworks", "status"] {
            assert_eq!(new[same], old[same], "{same}");
        }
        assert_eq!((&old["expiresAt"], &new["createdWith"]), (&json!(scene.after(DAY)), &json!(scene.id)));
        scene.server.clock.advance(29 * DAY);
        let again = scene.rotate(&text(&new["token"]), &text(&new["id"]), json!({"overlap": "0"})).await.expect(201);
        assert_eq!(again["expiresAt"], scene.after(30 * DAY), "as often as it wants");
        assert_eq!(scene.server.get("/api/v2/authorizations", &text(&new["token"])).await.status, 401, "at once");
    })
    .await;
}

#[tokio::test]
async fn unless_the_rules_allow_it_a_token_needs_permissions_to_rotate_itself() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        scene.rules(json!({})).await.expect(200);
        assert_eq!(scene.rotate_itself().await.status, 401, "off by default");
        scene.rules(json!({"selfRotation": true})).await.expect(200);
        let elsewhere = scene.server.org(&scene.first.token, "elsewhere").await;
        let theirs = [permission_in("read", "tasks", &elsewhere)];
        let theirs = scene.server.token(&scene.first.token, &elsewhere, json!(theirs)).await.expect(201);
        scene.server.clock.advance(DAY);
        let refused = scene.rotate(&text(&theirs["token"]), &text(&theirs["id"]), json!({})).await;
        assert_eq!(refused.status, 401, "the rules are those of its organization");
    })
    .await;
}

#[tokio::test]
async fn a_token_rotates_no_other_and_chooses_no_expiry() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        let other = text(&scene.make(Some(30 * DAY)).await["id"]);
        scene.server.clock.advance(DAY);
        assert_eq!(scene.rotate(&scene.token, &other, json!({})).await.status, 401);
        for expiry in [json!(null), json!(scene.after(DAY)), json!(scene.after(300 * DAY))] {
            assert_eq!(
                scene.rotate(&scene.token, &scene.id, json!({"expiresAt": expiry})).await.status,
                401,
                "{expiry}"
            );
        }
        scene.rotate_itself().await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_rotates_itself_changes_nothing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        let First { org, bucket, .. } = &scene.first;
        for change in [
            json!({"permissions": [permission_on("write", "buckets", bucket, org)]}),
            json!({"permissions": [permission_in("read", "tasks", org)]}),
            json!({"permissions": [{"action": "write", "resource": {"type": "buckets", "name": "iot"}}]}),
            json!({"description": "Collector"}),
            json!({"description": "Roof"}),
            json!({"allowedNetworks": ["127.0.0.0/8", "::1/128"]}),
            json!({"allowedNetworks": ["127.0.0.1"]}),
            json!({"allowedNetworks": []}),
        ] {
            assert_eq!(scene.rotate(&scene.token, &scene.id, change.clone()).await.status, 401, "{change}");
        }
        scene.rotate_itself().await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_renewed_life_is_within_the_longest_that_the_rules_allow() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        let endless = scene.make(None).await;
        scene.rules(json!({"selfRotation": true, "longestLifeSeconds": 7 * DAY})).await.expect(200);
        assert_eq!(scene.rotate_itself().await.expect(201)["expiresAt"], scene.after(7 * DAY));
        scene.server.clock.advance(DAY);
        let (token, id) = (text(&endless["token"]), text(&endless["id"]));
        assert_eq!(scene.rotate(&token, &id, json!({})).await.expect(201)["expiresAt"], scene.after(7 * DAY));
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_meant_to_end_does_not_renew_itself() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        scene.patch(&scene.id, json!({"expiresAt": scene.after(DAY)})).await;
        let message = scene.rotate_itself().await.refused(422);
        assert!(message.starts_with("this token is meant to end"), "{message}");
        scene.patch(&scene.id, json!({"description": "Roof"})).await;
        scene.rotate_itself().await.refused(422);
        // A later end is granted, and with it the life until then.
        scene.patch(&scene.id, json!({"expiresAt": scene.after(9 * DAY)})).await;
        let new = scene.rotate_itself().await.expect(201);
        assert_eq!(new["expiresAt"], scene.after(10 * DAY));
        // The old token ends after the overlap, also if its successor is deleted.
        let path = format!("/api/v2/authorizations/{}", text(&new["id"]));
        scene.server.delete(&path, &scene.first.token).await.expect(204);
        scene.rotate_itself().await.refused(422);
        let endless = scene.make(None).await;
        scene.patch(&text(&endless["id"]), json!({"expiresAt": scene.after(9 * DAY)})).await;
        scene.server.clock.advance(DAY);
        scene.rotate(&text(&endless["token"]), &text(&endless["id"]), json!({})).await.refused(422);
    })
    .await;
}

#[tokio::test]
async fn nothing_that_an_ending_token_creates_outlives_it_by_renewing_itself() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        let org = &scene.first.org;
        let held: Vec<Value> = ["authorizations", "users"]
            .into_iter()
            .flat_map(|kind| ["read", "write"].map(|action| permission(action, kind)))
            .chain([permission_in("read", "buckets", org)])
            .collect();
        let body = json!({"orgID": org, "permissions": held, "expiresAt": scene.after(3 * DAY)});
        let maker = scene.server.post("/api/v2/authorizations", &scene.first.token, body).await.expect(201);
        let maker = text(&maker["token"]);
        let body = json!({"orgID": org, "permissions": [permission_in("read", "buckets", org)]});
        let child = scene.server.post("/api/v2/authorizations", &maker, body).await.expect(201);
        let (id, token) = (text(&child["id"]), text(&child["token"]));
        scene.server.clock.advance(DAY);
        let message = scene.rotate(&token, &id, json!({})).await.refused(422);
        assert!(message.starts_with("this token is meant to end"), "{message}");
        // Nor after its maker moved the end away and back.
        for end in [DAY, 2 * DAY] {
            let path = format!("/api/v2/authorizations/{id}");
            scene.server.patch(&path, &maker, json!({"expiresAt": scene.after(end)})).await.expect(200);
        }
        scene.rotate(&token, &id, json!({})).await.refused(422);
        // A caller without an end may give it a life of its own.
        scene.patch(&id, json!({"expiresAt": scene.after(9 * DAY)})).await;
        scene.rotate(&token, &id, json!({})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn the_report_of_a_leaked_token_reaches_what_it_rotated_itself_into() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        let rotated = scene.rotate(&scene.token, &scene.id, json!({"overlap": "0"})).await.expect(201);
        scene.server.clock.advance(DAY);
        let (id, token) = (text(&rotated["id"]), text(&rotated["token"]));
        let last = text(&scene.rotate(&token, &id, json!({"overlap": "0"})).await.expect(201)["token"]);
        let report = async |token: &str| {
            let report =
                scene.server.post("/api/v2/tokens/leaked", &scene.first.token, json!({"tokens": [token]})).await;
            text(&report.expect(200)["tokens"][0]["result"])
        };
        assert_eq!(report(&scene.token).await, "alreadyDead");
        assert_eq!(report(&last).await, "alreadyDead", "it was deactivated with its predecessor");
        assert_eq!(home.rows("SELECT seq FROM audit_log WHERE action = 'authorization leaked'").await.len(), 1);
        // A string that has been dead for long says nothing about the token that lives now.
        let old = scene.make(Some(30 * DAY)).await;
        scene.server.clock.advance(DAY);
        let (old_id, old) = (text(&old["id"]), text(&old["token"]));
        let new = text(&scene.rotate(&old, &old_id, json!({"overlap": "0"})).await.expect(201)["token"]);
        scene.server.clock.advance(8 * DAY);
        assert_eq!(report(&old).await, "alreadyDead");
        assert_eq!(report(&new).await, "deactivated");
    })
    .await;
}

#[tokio::test]
async fn a_token_that_does_not_work_or_was_rotated_does_not_rotate_itself() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        scene.patch(&scene.id, json!({"status": "inactive"})).await;
        assert_eq!(scene.rotate_itself().await.refused(401), "token is inactive");
        scene.patch(&scene.id, json!({"status": "active"})).await;
        let new = text(&scene.rotate_itself().await.expect(201)["id"]);
        let message = scene.rotate_itself().await.refused(422);
        assert_eq!(message, format!("this token was already rotated; rotate its successor {new} instead"));
        scene.server.clock.advance(DAY);
        assert_eq!(scene.rotate_itself().await.status, 401, "expired");
    })
    .await;
}

#[tokio::test]
async fn a_token_cannot_fill_the_database_by_rotating_itself() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        let new = scene.rotate_itself().await.expect(201);
        let again = async || scene.rotate(&text(&new["token"]), &text(&new["id"]), json!({})).await;
        assert_eq!(again().await.status, 429);
        scene.server.clock.advance(3599);
        assert_eq!(again().await.status, 429);
        scene.server.clock.advance(1);
        again().await.expect(201);
        let short = scene.make(Some(600)).await;
        scene.server.clock.advance(300);
        scene.rotate(&text(&short["token"]), &text(&short["id"]), json!({})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn no_right_that_ends_with_a_token_allows_self_rotation() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        let (server, org) = (&scene.server, &scene.first.org);
        let rights = ["read", "write"].map(|action| permission_on(action, "orgs", org, org));
        let carol = server.user_with_password(&scene.first.token, "carol").await;
        let body = json!({"orgID": org, "userID": carol, "permissions": rights, "expiresAt": scene.after(DAY)});
        let limited = server.post("/api/v2/authorizations", &scene.first.token, body.clone()).await.expect(201);
        let limited = text(&limited["token"]);
        let on = json!({"selfRotation": true});
        scene.rules_by(&limited, on.clone()).await.expect(200);
        scene.rules_by(&limited, json!({})).await.expect(200);
        let message = scene.rules_by(&limited, on.clone()).await.refused(403);
        assert!(message.starts_with("a token with an expiry cannot allow self-rotation"), "{message}");
        let cookie = server.sign_in("carol", PASSWORD).await.cookie();
        let send = async || {
            let request = server.request("PUT", &format!("/api/v2/orgs/{org}/rules")).header("cookie", &cookie);
            answer(request.json(&on)).await
        };
        send().await.refused(403);
        let mut endless = body;
        endless["expiresAt"] = json!(null);
        server.post("/api/v2/authorizations", &scene.first.token, endless).await.expect(201);
        assert_eq!(send().await.expect(200)["selfRotation"], true, "this right stays");
    })
    .await;
}

#[tokio::test]
async fn a_self_rotation_is_on_record_as_an_act_of_the_token() {
    on_each_database(async |home| {
        let scene = Scene::new(&home, Some(30 * DAY)).await;
        scene.rotate_itself().await.expect(201);
        let rows = home
            .rows("SELECT actor_authorization_id FROM audit_log WHERE action = 'authorization rotated' ORDER BY seq")
            .await;
        let actors: Vec<i64> = rows.iter().map(|row| sqlx::Row::get(row, 0)).collect();
        let own = column(&scene.id);
        assert_eq!(actors, [own, own]);
    })
    .await;
}
