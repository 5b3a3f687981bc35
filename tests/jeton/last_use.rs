//! Usage of tokens: visible at once, flushed periodically, and never lost.

use jeton_model::{AuthorizationId, console::lineage::DayUse};
use jeton_service::{Client, auth::v1_credentials::V1Credential};

use crate::{
    home::{Home, on_each_database},
    support::{
        server::{Answer, First, Server, answer, permission_in, text, with_token},
        shared::{at_rest, column},
    },
};

use serde_json::{Value, json};
use sqlx::Row as _;

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
        let created = server
            .token(&first.token, &first.org, json!([permission_in("read", "buckets", &first.org)]))
            .await
            .expect(201);
        Self { server, first, token: text(&created["token"]), id: text(&created["id"]) }
    }

    async fn use_it(&self, agent: &str) -> Answer {
        let request = self.server.request("GET", "/api/v2/buckets").header("user-agent", agent);
        answer(with_token(request, &self.token)).await
    }

    async fn record(&self) -> Value {
        let path = format!("/api/v2/authorizations/{}", self.id);
        self.server.get(&path, &self.first.token).await.expect(200)
    }

    async fn days(&self) -> Vec<DayUse> {
        let caller = self.server.caller(&self.first.token).await;
        let id: AuthorizationId = self.id.parse().expect("an id");
        self.server.service.token_history(&caller, id).await.expect("a history").days
    }

    async fn today(&self) -> (u64, u64) {
        self.days().await.last().map(|day| (day.uses, day.refused)).expect("thirty days")
    }

    async fn write(&self) {
        self.server.service.write_uses().await.expect("a write");
    }
}

async fn in_database(home: &Home, id: &str) -> (Option<i64>, Option<String>, Option<String>) {
    let id = column(id);
    let rows = home
        .rows(&format!("SELECT last_used_at, last_used_from, last_used_agent FROM authorizations WHERE id = {id}"))
        .await;
    (rows[0].get(0), rows[0].get(1), rows[0].get(2))
}

#[tokio::test]
async fn a_token_that_was_never_used_has_no_last_use() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let record = scene.record().await;
        assert!(record.get("lastUsedAt").is_none() && record.get("lastUsedFrom").is_none(), "{record}");
        assert_eq!(scene.today().await, (0, 0));
        assert_eq!(scene.days().await.len(), 30);
    })
    .await;
}

#[tokio::test]
async fn a_use_is_seen_at_once_and_costs_no_write() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        assert_eq!(scene.use_it("telegraf").await.status, 200);
        let record = scene.record().await;
        assert_eq!(record["lastUsedAt"], scene.server.service.now().to_string());
        assert_eq!(record["lastUsedFrom"], "127.0.0.1");
        assert_eq!(scene.today().await, (1, 0));
        assert_eq!(in_database(&home, &scene.id).await, (None, None, None));
        let list = scene.server.get("/api/v2/authorizations", &scene.first.token).await.expect(200);
        let listed =
            list["authorizations"].as_array().expect("a list").iter().find(|one| one["id"] == scene.id.as_str());
        assert_eq!(listed.expect("the token")["lastUsedAt"], record["lastUsedAt"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_written_is_the_last_use_and_every_count() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (audited, _) = scene.server.check_audit_log().await;
        for agent in ["one", "two", "three"] {
            scene.use_it(agent).await;
            scene.server.clock.advance(1);
        }
        let last = scene.server.service.now().plus_seconds(-1);
        scene.write().await;
        let (from, agent) = (Some("127.0.0.1".to_owned()), Some("three".to_owned()));
        assert_eq!(in_database(&home, &scene.id).await, (Some(last.micros()), from, agent));
        assert_eq!(scene.today().await, (3, 0));
        scene.use_it("four").await;
        scene.write().await;
        scene.write().await;
        assert_eq!(scene.today().await, (4, 0));
        let (after, whole) = scene.server.check_audit_log().await;
        assert_eq!((after, whole), (audited, true), "uses are no changes");
    })
    .await;
}

#[tokio::test]
async fn a_server_that_stops_writes_what_it_knows() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.use_it("telegraf").await;
        let at = scene.server.service.now();
        let id = scene.id.clone();
        scene.server.stop().await;
        assert_eq!(in_database(&home, &id).await.0, Some(at.micros()));
    })
    .await;
}

#[tokio::test]
async fn a_last_use_never_moves_backwards() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.use_it("telegraf").await;
        // Another node has recorded a later use.
        let later = scene.server.service.now().plus_seconds(30).micros();
        home.sql(&format!("UPDATE authorizations SET last_used_at = {later}, last_used_agent = 'other node'")).await;
        scene.write().await;
        let (at, _, agent) = in_database(&home, &scene.id).await;
        assert_eq!((at, agent.as_deref()), (Some(later), Some("other node")));
        assert_eq!(scene.today().await, (1, 0), "but it counts");
    })
    .await;
}

#[tokio::test]
async fn a_missing_permission_counts_as_refused() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let refused = scene.server.get(&format!("/api/v2/orgs/{}", scene.first.org), &scene.token).await;
        assert_eq!(refused.status, 401);
        assert_eq!(scene.today().await, (1, 1));
        assert_eq!(scene.use_it("telegraf").await.status, 200);
        assert_eq!(scene.today().await, (2, 1));
    })
    .await;
}

#[tokio::test]
async fn an_inactive_or_expired_token_is_refused_not_used() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let path = format!("/api/v2/authorizations/{}", scene.id);
        scene.server.patch(&path, &scene.first.token, json!({"status": "inactive"})).await.expect(200);
        assert_eq!(scene.server.get("/api/v2/me", &scene.token).await.status, 401);
        assert_eq!(scene.today().await, (1, 1));
        scene.server.patch(&path, &scene.first.token, json!({"status": "active"})).await.expect(200);
        let now = scene.server.service.now().micros();
        let column = column(&scene.id);
        home.sql(&format!("UPDATE authorizations SET expires_at = {now} WHERE id = {column}")).await;
        assert_eq!(scene.use_it("telegraf").await.status, 401);
        assert_eq!(scene.today().await, (2, 2));
        assert!(scene.record().await.get("lastUsedAt").is_none());
    })
    .await;
}

#[tokio::test]
async fn days_are_counted_apart_and_the_oldest_are_forgotten() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.use_it("telegraf").await;
        scene.write().await;
        scene.server.clock.advance(29 * 86_400);
        scene.use_it("telegraf").await;
        let days = scene.days().await;
        assert_eq!((days[0].uses, days[29].uses), (1, 1));
        scene.server.clock.advance(86_400);
        scene.write().await;
        let left = home.rows("SELECT day FROM token_uses").await;
        let days = scene.days().await;
        assert_eq!((days[0].uses, days[28].uses, days[29].uses), (0, 1, 0));
        assert_eq!(left.len(), 2, "the operator token's day and this one's are kept, the first day is gone");
    })
    .await;
}

#[tokio::test]
async fn the_uses_of_a_deleted_token_are_deleted_and_stay_so() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        scene.use_it("telegraf").await;
        scene.write().await;
        scene.use_it("telegraf").await;
        scene.server.delete(&format!("/api/v2/authorizations/{}", scene.id), &scene.first.token).await.expect(204);
        scene.write().await;
        let column = column(&scene.id);
        assert!(home.rows(&format!("SELECT day FROM token_uses WHERE authorization_id = {column}")).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_use_of_a_1_x_credential_is_seen_too() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let body = json!({"orgID": scene.first.org, "token": "grafana",
            "permissions": [permission_in("read", "buckets", &scene.first.org)]});
        let created = scene.server.post("/private/legacy/authorizations", &scene.first.token, body).await.expect(201);
        let path = format!("/private/legacy/authorizations/{}", text(&created["id"]));
        let password = json!({"password": "password9"});
        scene.server.post(&format!("{path}/password"), &scene.first.token, password).await.expect(204);
        let credential = V1Credential::Password { username: "grafana".into(), password: "password9".into() };
        let client =
            Client { address: Some([192, 0, 2, 7].into()), agent: Some("Grafana".into()), ..Client::default() };
        scene.server.service.caller_by_v1_credential(Some(credential), client).await.expect("a caller");
        scene.write().await;
        let record = scene.server.get(&path, &scene.first.token).await.expect(200);
        assert_eq!(record["lastUsedFrom"], "192.0.2.7");
        assert_eq!(in_database(&home, &text(&created["id"])).await.2.as_deref(), Some("Grafana"));
    })
    .await;
}

#[tokio::test]
async fn the_address_is_the_one_that_a_trusted_proxy_names() {
    let home = Home::sqlite();
    let server = Server::start_with(&home, jeton_service::Clock::System, &["--trusted-proxies=127.0.0.0/8"]).await;
    let first = server.set_up().await;
    let request = server.request("GET", "/api/v2/me").header("x-forwarded-for", "6.6.6.6, 203.0.113.5");
    assert_eq!(answer(with_token(request, &first.token)).await.status, 200);
    server.service.write_uses().await.expect("a write");
    assert_eq!(in_database(&home, &first.authorization).await.1.as_deref(), Some("203.0.113.5"));
}

#[tokio::test]
async fn many_tokens_are_written_at_once() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let permissions = json!([permission_in("read", "buckets", &scene.first.org)]);
        let mut tokens = Vec::new();
        for _ in 0..12 {
            let created =
                scene.server.token(&scene.first.token, &scene.first.org, permissions.clone()).await.expect(201);
            tokens.push(text(&created["token"]));
        }
        for token in &tokens {
            scene.server.get("/api/v2/buckets", token).await.expect(200);
        }
        scene.write().await;
        let used = home.rows("SELECT id FROM authorizations WHERE last_used_at IS NOT NULL").await;
        assert_eq!(used.len(), 13, "each of them, and the operator token that made them");
    })
    .await;
}
