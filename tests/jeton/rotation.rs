//! Rotation: a successor replaces the old token, which ends after the overlap, and no permission is gained.

use serde_json::{Value, json};

use jeton_model::org_rules::OrgRules;
use jeton_service::{Error, error::RotationError};

use crate::{
    home::{Home, on_each_database},
    support::{
        server::{Answer, First, Server, members, permission_in, permission_on, text},
        shared::{at_rest, column},
    },
};

const DAY: i64 = 86_400;

/// A server with a stopped clock, and a token that reads buckets.
struct Scene {
    server: Server,
    first: First,
    token: String,
    id: String,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        let body = json!({"orgID": first.org, "description": "Collector",
            "permissions": [permission_in("read", "buckets", &first.org)]});
        let created = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        Self { server, first, token: text(&created["token"]), id: text(&created["id"]) }
    }

    async fn rotate(&self, body: Value) -> Answer {
        rotate(&self.server, &self.first.token, &self.id, body).await
    }

    async fn status(&self, token: &str) -> u16 {
        self.server.get("/api/v2/buckets", token).await.status
    }

    async fn record(&self, id: &str) -> Value {
        self.server.get(&format!("/api/v2/authorizations/{id}"), &self.first.token).await.expect(200)
    }

    fn in_seconds(&self, seconds: i64) -> String {
        self.server.service.now().plus_seconds(seconds).to_string()
    }

    async fn set(&self, body: Value) {
        self.server.patch(&format!("/api/v2/authorizations/{}", self.id), &self.first.token, body).await.expect(200);
    }
}

async fn rotate(server: &Server, token: &str, id: &str, body: Value) -> Answer {
    server.post(&format!("/api/v2/authorizations/{id}/rotate"), token, body).await
}

async fn expire(home: &Home, id: &str, at: jeton_model::Timestamp) {
    home.sql(&format!("UPDATE authorizations SET expires_at = {} WHERE id = {}", at.micros(), column(id))).await;
}

#[tokio::test]
async fn a_successor_is_the_same_but_for_its_token() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let before = scene.record(&scene.id).await;
        let answer = scene.rotate(json!({"overlap": "24h"})).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let new = answer.expect(201);
        for same in ["description", "orgID", "userID", "permissions", "status"] {
            assert_eq!(new[same], before[same], "{same}");
        }
        assert_eq!((&new["replaces"], new.get("expiresAt")), (&json!(scene.id), None));
        assert_ne!(new["token"], scene.token);
        assert_eq!(scene.status(&text(&new["token"])).await, 200);

        let old = scene.record(&scene.id).await;
        assert_eq!(old["replacedBy"], new["id"]);
        assert_eq!(old["expiresAt"], scene.in_seconds(DAY));
        assert_eq!(scene.record(&text(&new["id"])).await["token"], "", "shown once");
    })
    .await;
}

#[tokio::test]
async fn both_work_until_the_very_end_of_the_overlap() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let new = scene.rotate(json!({"overlap": "30m"})).await.expect(201);
        scene.server.clock.advance(30 * 60 - 1);
        assert_eq!(scene.status(&scene.token).await, 200);
        scene.server.clock.advance(1);
        assert_eq!(scene.status(&scene.token).await, 401);
        assert_eq!(scene.status(&text(&new["token"])).await, 200);
        let list = scene.server.get("/api/v2/authorizations", &scene.first.token).await.expect(200);
        assert!(members(&list["authorizations"], "id").contains(&scene.id), "the old one stays listed");
    })
    .await;
}

#[tokio::test]
async fn without_overlap_the_old_token_is_refused_at_once() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.rotate(json!({"overlap": "0"})).await.expect(201);
        assert_eq!(scene.status(&scene.token).await, 401);
    })
    .await;
}

#[tokio::test]
async fn an_overlap_that_is_not_named_lasts_a_day() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.rotate(json!({})).await.expect(201);
        assert_eq!(scene.record(&scene.id).await["expiresAt"], scene.in_seconds(DAY));
    })
    .await;
}

#[tokio::test]
async fn the_successor_lives_as_long_as_the_old_one_was_to_live() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        expire(&home, &scene.id, scene.server.service.now().plus_seconds(30 * DAY)).await;
        scene.server.clock.advance(20 * DAY);
        let new = scene.rotate(json!({"overlap": "7d"})).await.expect(201);
        assert_eq!(new["expiresAt"], scene.in_seconds(30 * DAY));
        assert_eq!(scene.record(&scene.id).await["expiresAt"], scene.in_seconds(7 * DAY));
    })
    .await;
}

#[tokio::test]
async fn an_old_token_never_gains_life_by_its_overlap() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let own = scene.server.service.now().plus_seconds(3600);
        expire(&home, &scene.id, own).await;
        scene.rotate(json!({"overlap": "7d", "expiresAt": null})).await.expect(201);
        assert_eq!(scene.record(&scene.id).await["expiresAt"], own.to_string());
    })
    .await;
}

#[tokio::test]
async fn the_end_of_the_successor_may_be_chosen() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let chosen = scene.in_seconds(90 * DAY);
        let new = scene.rotate(json!({"expiresAt": chosen})).await.expect(201);
        assert_eq!(new["expiresAt"], chosen);
        let again = rotate(&scene.server, &scene.first.token, &text(&new["id"]), json!({"expiresAt": null})).await;
        assert!(again.expect(201).get("expiresAt").is_none(), "null: never");
    })
    .await;
}

#[tokio::test]
async fn nonsense_is_refused_and_changes_nothing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for overlap in ["soon", "-1h", "91d", "24", ""] {
            let message = scene.rotate(json!({"overlap": overlap})).await.refused(422);
            assert!(message.starts_with("overlap must"), "{message}");
        }
        scene.rotate(json!({"overlap": 24})).await.refused(400);
        scene.rotate(json!({"expiresAt": "tomorrow"})).await.refused(400);
        scene.rotate(json!({"expiresAt": scene.in_seconds(0)})).await.refused(422);
        let unknown = rotate(&scene.server, &scene.first.token, "00000000000000aa", json!({})).await;
        assert_eq!(unknown.refused(404), "authorization not found");
        let old = scene.record(&scene.id).await;
        assert!(old.get("replacedBy").is_none() && old.get("expiresAt").is_none(), "{old}");
    })
    .await;
}

#[tokio::test]
async fn a_token_is_rotated_once_and_then_its_successor() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let new = scene.rotate(json!({})).await.expect(201);
        let (id, again) = (text(&new["id"]), scene.rotate(json!({})).await);
        assert_eq!(again.refused(422), format!("this token was already rotated; rotate its successor {id} instead"));
        rotate(&scene.server, &scene.first.token, &id, json!({})).await.expect(201);
        // If its successor was deleted, it may have another.
        scene.server.delete(&format!("/api/v2/authorizations/{id}"), &scene.first.token).await.expect(204);
        scene.rotate(json!({})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn what_does_not_work_is_not_rotated() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.set(json!({"status": "inactive"})).await;
        assert_eq!(
            scene.rotate(json!({})).await.refused(422),
            "an inactive token cannot be rotated; activate it first"
        );
        scene.set(json!({"status": "active"})).await;
        expire(&home, &scene.id, scene.server.service.now()).await;
        assert_eq!(scene.rotate(json!({})).await.refused(422), "an expired token cannot be rotated; create a new one");
    })
    .await;
}

#[tokio::test]
async fn a_token_without_a_live_owner_is_not_rotated() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, operator) = (&scene.server, &scene.first.token);
        let bob = server.user(operator, "bob").await;
        let body = json!({"orgID": scene.first.org, "userID": bob,
            "permissions": [permission_in("read", "buckets", &scene.first.org)]});
        let id = text(&server.post("/api/v2/authorizations", operator, body).await.expect(201)["id"]);
        let path = format!("/api/v2/users/{bob}");
        server.patch(&path, operator, json!({"status": "inactive"})).await.expect(200);
        let message = rotate(server, operator, &id, json!({})).await.refused(422);
        assert_eq!(message, "the owner of this token is inactive; activate the user first");
        server.delete(&path, operator).await.expect(204);
        let message = rotate(server, operator, &id, json!({})).await.refused(422);
        assert!(message.starts_with("the owner or organization of this token was deleted"), "{message}");
    })
    .await;
}

#[tokio::test]
async fn rotating_needs_what_creating_needs() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let see = [
            permission_in("read", "authorizations", &first.org),
            permission_on("read", "users", &first.user, &first.org),
        ];
        let make = [
            permission_in("write", "authorizations", &first.org),
            permission_on("write", "users", &first.user, &first.org),
        ];
        let holder = async |more: &[Value]| {
            let permissions: Vec<Value> = see.iter().chain(more).cloned().collect();
            text(&server.token(&first.token, &first.org, json!(permissions)).await.expect(201)["token"])
        };
        let reader = holder(&[]).await;
        assert_eq!(rotate(server, &reader, &scene.id, json!({})).await.status, 401);
        let maker = holder(&make).await;
        assert_eq!(rotate(server, &maker, &scene.id, json!({})).await.status, 403, "it lacks what the token may do");
        let granter = holder(&[&make[..], &[permission_in("read", "buckets", &first.org)]].concat()).await;
        rotate(server, &granter, &scene.id, json!({})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_rotates_itself_does_not_live_longer_by_it() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let permissions = ["read", "write"].iter().flat_map(|action| {
            [
                permission_in(action, "authorizations", &first.org),
                permission_on(action, "users", &first.user, &first.org),
            ]
        });
        let created = server.token(&first.token, &first.org, json!(permissions.collect::<Vec<_>>())).await.expect(201);
        let (token, id) = (text(&created["token"]), text(&created["id"]));
        let end = server.service.now().plus_seconds(10 * DAY);
        expire(&home, &id, end).await;
        server.clock.advance(DAY);
        let message = rotate(server, &token, &id, json!({"overlap": "1h"})).await.refused(422);
        assert!(message.starts_with("the expiry must not be later than that of the token you are using"), "{message}");
        let same = json!({"overlap": "1h", "expiresAt": end.to_string()});
        assert_eq!(rotate(server, &token, &id, same).await.expect(201)["expiresAt"], end.to_string());
    })
    .await;
}

#[tokio::test]
async fn both_sides_of_a_rotation_are_on_record() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let new = scene.rotate(json!({"overlap": "1h"})).await.expect(201);
        let rows = home.rows("SELECT subject_id, detail FROM audit_log WHERE action = 'authorization rotated'").await;
        assert_eq!(rows.len(), 2);
        let told = |id: &str| {
            let row = rows.iter().find(|row| sqlx::Row::get::<i64, _>(*row, 0) == column(id)).expect("a row");
            serde_json::from_str::<Value>(&sqlx::Row::get::<String, _>(row, 1)).expect("JSON")
        };
        let old = told(&scene.id);
        assert_eq!(old["before"]["expiresAt"], Value::Null);
        assert_eq!(old["after"]["expiresAt"], scene.in_seconds(3600));
        assert_eq!(old["replacedBy"], new["id"]);
        assert_eq!(told(&text(&new["id"]))["replaces"], scene.id.as_str());
        let (_, whole) = scene.server.check_audit_log().await;
        assert!(whole);
    })
    .await;
}

#[tokio::test]
async fn an_overlap_is_ended_early() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let caller = scene.server.caller(&scene.first.token).await;
        let id = scene.id.parse().expect("an id");
        let early = scene.server.service.end_overlap(&caller, id).await;
        assert_eq!(early.unwrap_err(), Error::Rotation(RotationError::NoOverlap));
        let new = scene.rotate(json!({"overlap": "7d"})).await.expect(201);
        assert_eq!(scene.status(&scene.token).await, 200);
        let details = scene.server.service.end_overlap(&caller, id).await.expect("an end");
        assert_eq!(details.authorization.expires_at, Some(scene.server.service.now()));
        assert_eq!(scene.status(&scene.token).await, 401);
        assert_eq!(scene.status(&text(&new["token"])).await, 200);
        scene.server.clock.advance(60);
        let again = scene.server.service.end_overlap(&caller, id).await.expect("the same end");
        assert_eq!(again.authorization.expires_at, details.authorization.expires_at, "it ended once");
    })
    .await;
}

#[tokio::test]
async fn the_chain_tells_who_took_over_from_whom() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let second = text(&scene.rotate(json!({})).await.expect(201)["id"]);
        let third = rotate(&scene.server, &scene.first.token, &second, json!({})).await.expect(201);
        scene.status(&scene.token).await;
        let caller = scene.server.caller(&scene.first.token).await;
        let history = scene.server.service.token_history(&caller, second.parse().expect("an id")).await.expect("one");
        let chain: Vec<String> = history.chain.iter().map(|link| link.id.to_string()).collect();
        assert_eq!(chain, [text(&third["id"]), second, scene.id.clone()]);
        assert_eq!(history.chain.last().map(|link| link.today), Some(1));
        assert!(history.chain.last().is_some_and(|link| link.last_use.is_some()), "the old one is still used");
    })
    .await;
}

#[tokio::test]
async fn a_rotation_keeps_the_rules_of_the_organization() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let caller = scene.server.caller(&scene.first.token).await;
        let org = scene.first.org.parse().expect("an id");
        let rules = OrgRules { expiry_required: true, longest_life: Some(90 * DAY), ..OrgRules::default() };
        scene.server.service.set_org_rules(&caller, org, rules).await.expect("rules");
        scene.rotate(json!({})).await.refused(422);
        scene.rotate(json!({"expiresAt": scene.in_seconds(91 * DAY)})).await.refused(422);
        let message = scene.rotate(json!({"expiresAt": scene.in_seconds(0)})).await.refused(422);
        assert_eq!(message, "expiresAt must be in the future");
        scene.rotate(json!({"expiresAt": scene.in_seconds(90 * DAY)})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn a_successor_is_accepted_from_the_same_networks() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.set(json!({"allowedNetworks": ["192.0.2.0/24"]})).await;
        let new = scene.rotate(json!({})).await.expect(201);
        assert_eq!(new["allowedNetworks"], json!(["192.0.2.0/24"]));
        assert_eq!(scene.status(&text(&new["token"])).await, 401);
    })
    .await;
}
