//! Races of rotation, deletion, expiry and use: they are serialized, and a revoked token is not accepted after the
//! revocation was acknowledged.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::server::{Answer, First, Server, members, permission_in, text},
};

/// Number of runs of each race.
const ROUNDS: usize = 8;

struct Scene {
    server: Server,
    first: First,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        Self { server, first }
    }

    /// Creates a token; returns it and the path of its record.
    async fn token(&self) -> (String, String) {
        let permissions = json!([permission_in("read", "buckets", &self.first.org)]);
        let created = self.server.token(&self.first.token, &self.first.org, permissions).await.expect(201);
        (text(&created["token"]), format!("/api/v2/authorizations/{}", text(&created["id"])))
    }

    async fn rotate(&self, path: &str, overlap: &str) -> Answer {
        self.server.post(&format!("{path}/rotate"), &self.first.token, json!({"overlap": overlap})).await
    }

    async fn status(&self, token: &str) -> u16 {
        self.server.get("/api/v2/buckets", token).await.status
    }

    async fn successors(&self, path: &str) -> usize {
        let id = path.rsplit('/').next().unwrap_or_default();
        let list = self.server.get("/api/v2/authorizations", &self.first.token).await.expect(200);
        let list = list["authorizations"].as_array().cloned().unwrap_or_default();
        list.iter().filter(|one| one["replaces"] == id).count()
    }

    /// Uses a token until `act` is answered and a little longer: every request that begins after that is refused.
    async fn use_until(&self, token: &str, act: impl Future<Output = Answer>) -> Answer {
        let dead = AtomicBool::new(false);
        let using = async {
            let mut after = 0;
            while after < 5 {
                let was_dead = dead.load(Ordering::SeqCst);
                let status = self.status(token).await;
                assert!(status == 401 || (status == 200 && !was_dead), "a dead token was answered {status}");
                after += usize::from(was_dead);
            }
        };
        let killing = async {
            let answer = act.await;
            dead.store(true, Ordering::SeqCst);
            answer
        };
        tokio::join!(killing, using, using_twice(self, token, &dead)).0
    }
}

/// Uses the same token from a second client.
async fn using_twice(scene: &Scene, token: &str, dead: &AtomicBool) {
    while !dead.load(Ordering::SeqCst) {
        let status = scene.status(token).await;
        assert!([200, 401].contains(&status), "{status}");
    }
    assert_eq!(scene.status(token).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotated_twice_at_once_a_token_has_one_successor() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for _ in 0..ROUNDS {
            let (_, path) = scene.token().await;
            let send = || scene.rotate(&path, "24h");
            let (a, b, c) = tokio::join!(send(), send(), send());
            let mut statuses = [a.status, b.status, c.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 422, 422]);
            assert_eq!(scene.successors(&path).await, 1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotated_and_deleted_at_once_a_token_is_gone() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for _ in 0..ROUNDS {
            let (token, path) = scene.token().await;
            let delete = scene.server.delete(&path, &scene.first.token);
            let (rotated, deleted) = tokio::join!(scene.rotate(&path, "24h"), delete);
            assert_eq!(deleted.status, 204);
            assert_eq!(scene.status(&token).await, 401);
            match rotated.status {
                201 => assert_eq!(scene.status(&text(&rotated.expect(201)["token"])).await, 200, "rotated first"),
                _ => assert_eq!(rotated.refused(404), "authorization not found", "deleted first"),
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotated_and_deactivated_at_once_a_token_permits_nothing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for _ in 0..ROUNDS {
            let (token, path) = scene.token().await;
            let deactivate = scene.server.patch(&path, &scene.first.token, json!({"status": "inactive"}));
            let (rotated, deactivated) = tokio::join!(scene.rotate(&path, "24h"), deactivate);
            assert_eq!(deactivated.status, 200);
            assert_eq!(scene.server.get("/api/v2/me", &token).await.refused(401), "token is inactive");
            match rotated.status {
                201 => assert_eq!(scene.status(&text(&rotated.expect(201)["token"])).await, 200, "rotated first"),
                _ => assert_eq!(
                    rotated.refused(422),
                    "an inactive token cannot be rotated; activate it first",
                    "deactivated first"
                ),
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_used_while_it_ends_is_refused_once_that_was_answered() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for _ in 0..ROUNDS {
            let (token, path) = scene.token().await;
            let rotated: Value = scene.use_until(&token, scene.rotate(&path, "0")).await.expect(201);
            assert_eq!(scene.status(&text(&rotated["token"])).await, 200);
            let (token, path) = scene.token().await;
            scene.use_until(&token, scene.server.delete(&path, &scene.first.token)).await.expect(204);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_rotates_itself_while_it_is_deleted_leaves_one_order() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let everything = ["authorizations", "users"]
            .iter()
            .flat_map(|kind| ["read", "write"].map(|action| crate::support::server::permission(action, kind)));
        let mut permissions: Vec<Value> = everything.collect();
        permissions.iter_mut().filter(|one| one["resource"]["type"] == "authorizations").for_each(|one| {
            one["resource"]["orgID"] = json!(scene.first.org);
        });
        for _ in 0..ROUNDS {
            let made = scene.server.token(&scene.first.token, &scene.first.org, json!(permissions)).await.expect(201);
            let (token, id) = (text(&made["token"]), text(&made["id"]));
            let path = format!("/api/v2/authorizations/{id}");
            let rotate = format!("{path}/rotate");
            let (rotated, deleted) = tokio::join!(
                scene.server.post(&rotate, &token, json!({})),
                scene.server.delete(&path, &scene.first.token)
            );
            assert_eq!(deleted.status, 204);
            assert!([201, 401, 404].contains(&rotated.status), "{}", rotated.body);
            assert_eq!(scene.successors(&path).await, usize::from(rotated.status == 201));
        }
        let (_, whole) = scene.server.check_audit_log().await;
        assert!(whole);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uses_that_are_written_from_two_nodes_at_once_add_up() {
    let Some(home) = Home::postgres().await else { return };
    let key = ["--audit-key=00112233445566778899aabbccddeeff"];
    let node = async || Server::start_with(&home, jeton_service::Clock::System, &key).await;
    let (one, other) = (node().await, node().await);
    let first = one.set_up().await;
    let permissions = json!([permission_in("read", "buckets", &first.org)]);
    let created = one.token(&first.token, &first.org, permissions).await.expect(201);
    let token = text(&created["token"]);
    for _ in 0..5 {
        one.get("/api/v2/buckets", &token).await.expect(200);
        other.get("/api/v2/buckets", &token).await.expect(200);
        let (here, there) = tokio::join!(one.service.write_uses(), other.service.write_uses());
        assert_eq!((here, there), (Ok(()), Ok(())));
    }
    let caller = one.caller(&first.token).await;
    let history = one.service.token_history(&caller, text(&created["id"]).parse().expect("an id")).await;
    assert_eq!(history.expect("a history").total(), (10, 0));
    let list = one.get("/api/v2/authorizations", &first.token).await.expect(200);
    assert_eq!(members(&list["authorizations"], "id").len(), 2);
}
