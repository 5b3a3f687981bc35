//! Audit entries that are not changes: denied sessions, exports, and reads of Telegraf configurations.

use serde_json::{Value, json};
use sqlx::Row as _;

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::{
        console::Browser,
        server::{First, NAME, PASSWORD, Server, answer, permission_on, text, with_token},
        shared::with_bob,
    },
};

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

    async fn telegraf(&self, name: &str) -> String {
        let body = json!({"orgID": self.first.org, "name": name, "config": "password = \"hush\"\n"});
        text(&self.server.post("/api/v2/telegrafs", &self.first.token, body).await.expect(201)["id"])
    }

    async fn write(&self) {
        self.server.service.write_refusals().await.expect("written");
        self.server.service.write_reads().await.expect("written");
    }
}

#[tokio::test]
async fn what_a_session_lacks_is_on_record_whether_the_api_or_the_console_refused() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let cookie = scene.server.sign_in("bob", PASSWORD).await.cookie();
        for _ in 0..3 {
            let request = scene.server.request("POST", "/api/v2/users").header("cookie", &cookie);
            answer(request.json(&json!({"name": "x"}))).await.refused(401);
        }
        let browser = Browser::sign_in(&scene.server, "bob").await;
        let users = format!("/orgs/{}/settings/users", scene.first.org);
        browser.send(&format!("{users}/{}/delete", scene.first.user), &[]).await;
        scene.write().await;
        let expected = [
            json!({"reason": "permission", "permission": "write:users", "name": "bob"}),
            json!({"reason": "permission", "permission": format!("write:users/{}", scene.first.user), "name": "bob"}),
        ];
        assert_eq!(details(&home, "session refused").await, expected);
        scene.server.clock.advance(61);
        let request = scene.server.request("POST", "/api/v2/users").header("cookie", &cookie);
        answer(request.json(&json!({"name": "x"}))).await.refused(401);
        scene.write().await;
        assert_eq!(details(&home, "session refused").await[2]["moreLikeIt"], 2);
        let rows = home
            .rows("SELECT actor_user_id, actor_session, subject_id FROM audit_log WHERE action = 'session refused'")
            .await;
        for row in rows {
            assert_eq!(row.get::<i64, _>("actor_user_id"), row.get::<i64, _>("subject_id"));
            assert_eq!(row.get::<String, _>("actor_session").len(), 16);
        }
        assert!(scene.server.check_audit_log().await.1);
        let listed = scene.server.get("/api/v2/audit?action=refused", &scene.first.token).await.expect(200);
        assert_eq!(listed["entries"].as_array().map(Vec::len), Some(3));
        assert_eq!(listed["entries"][0]["target"]["id"], scene.bob);
    })
    .await;
}

#[tokio::test]
async fn every_file_is_on_record_with_its_filter_and_without_a_token() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, First { token, org, .. }) = (&scene.server, &scene.first);
        let browser = Browser::sign_in(server, NAME).await;
        let tokens = format!("/orgs/{org}/load-data/tokens");
        assert_eq!(browser.open(&format!("{tokens}/export.csv?kind=operator&page=2&searchTerm=a")).await.status, 200);
        let log = format!("/orgs/{org}/settings/audit-log");
        assert_eq!(browser.open(&format!("{log}/export.jsonl?last=7d")).await.status, 200);
        let query = format!("format=csv&actor=alice&about={token}");
        assert_eq!(server.get(&format!("/api/v2/audit?{query}"), token).await.status, 200);
        let exported = details(&home, "API tokens exported").await;
        assert_eq!(exported, [json!({"format": "csv", "filter": ["kind=operator", "searchTerm=a"]})]);
        let exported = details(&home, "audit log exported").await;
        assert_eq!(exported[0], json!({"format": "jsonl", "filter": ["last=7d"]}));
        assert_eq!((&exported[1]["format"], &exported[1]["filter"][0]), (&json!("csv"), &json!("actor=alice")));
        assert!(!json!(exported).to_string().contains(token.as_str()));

        let bobs = Browser::sign_in(server, "bob").await;
        assert_ne!(bobs.open(&format!("{tokens}/export.csv")).await.status, 200);
        assert_eq!(details(&home, "API tokens exported").await.len(), 1, "a refused file is none");
        let listed = server.get("/api/v2/audit?action=read", token).await.expect(200);
        let listed: Vec<&str> =
            listed["entries"].as_array().into_iter().flatten().filter_map(|entry| entry["action"].as_str()).collect();
        assert_eq!(listed, ["audit log exported", "audit log exported", "API tokens exported"]);
        assert!(server.check_audit_log().await.1);
    })
    .await;
}

#[tokio::test]
async fn who_reads_a_telegraf_text_is_on_record_once_a_minute() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, token) = (&scene.server, &scene.first.token);
        let (one, two) = (scene.telegraf("one").await, scene.telegraf("two").await);
        let read = async |action: &str| -> Vec<Value> {
            scene.write().await;
            details(&home, action).await
        };
        let path = format!("/api/v2/telegrafs/{one}");
        for accept in ["application/toml", "application/json", "application/octet-stream"] {
            let request = with_token(server.request("GET", &path), token).header("accept", accept);
            assert_eq!(answer(request).await.status, 200);
        }
        assert_eq!(read("telegraf configuration read").await, [json!({"name": "one"})]);
        server.get("/api/v2/telegrafs", token).await.expect(200);
        assert_eq!(read("telegraf configuration read").await.len(), 2, "of the list, only what was not read yet");
        server.clock.advance(60);
        server.get("/api/v2/telegrafs", token).await.expect(200);
        let lists = read("telegraf configurations read").await;
        assert_eq!(lists, [json!({"count": 2, "configurations": [one, two]})]);

        // A read by another token is another entry.
        let permissions = json!([permission_on("read", "telegrafs", &one, &scene.first.org)]);
        let agent = text(&server.token(token, &scene.first.org, permissions).await.expect(201)["token"]);
        server.get("/api/v2/telegrafs", &agent).await.expect(200);
        server.get(&format!("/api/v2/telegrafs/{two}"), &agent).await.refused(401);
        assert_eq!(read("telegraf configuration read").await.len(), 3);
        let browser = Browser::sign_in(server, NAME).await;
        let page = format!("/orgs/{}/load-data/telegrafs", scene.first.org);
        assert_eq!(browser.open(&page).await.status, 200);
        assert_eq!(read("telegraf configuration read").await.len(), 3, "the console's list shows no text");
        assert!(browser.open(&format!("{page}/{one}")).await.body.contains("hush"));
        assert_eq!(browser.open(&format!("/download/telegrafs/{one}")).await.status, 200);
        assert_eq!(read("telegraf configuration read").await.len(), 4);
        let rows =
            home.rows("SELECT org_id, detail FROM audit_log WHERE action LIKE 'telegraf configuration% read'").await;
        for row in rows {
            assert!(row.get::<Option<i64>, _>("org_id").is_some());
            assert!(!row.get::<String, _>("detail").contains("hush"));
        }
        let about = server.get(&format!("/api/v2/audit?action=read&about={two}"), token).await.expect(200);
        assert_eq!(about["entries"].as_array().map(Vec::len), Some(2), "a list is found by what was in it");
        assert!(server.check_audit_log().await.1);
    })
    .await;
}

#[tokio::test]
async fn reads_that_wait_are_written_when_the_server_stops() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let id = scene.telegraf("one").await;
        assert_eq!(scene.server.get(&format!("/api/v2/telegrafs/{id}"), &scene.first.token).await.status, 200);
        scene.server.stop().await;
        assert_eq!(details(&home, "telegraf configuration read").await.len(), 1);
    })
    .await;
}
