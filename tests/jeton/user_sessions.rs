//! Sessions of users: who may list and end them, by API, console and command line.

use serde_json::{Value, json};

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::{
        command::Shell,
        console::Browser,
        server::{Answer, First, NAME, PASSWORD, Server, answer, permission, permission_on, text},
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
        let (server, first, bob) = with_bob(Server::start(home).await).await;
        Self { server, first, bob }
    }

    fn path(&self, user: &str) -> String {
        format!("/api/v2/users/{user}/sessions")
    }

    /// Returns bob's sessions.
    async fn list(&self) -> Vec<Value> {
        let listed = self.server.get(&self.path(&self.bob), &self.first.token).await.expect(200);
        let sessions = listed["sessions"].as_array().expect("a list").clone();
        assert_eq!(listed["total"], sessions.len());
        sessions
    }

    async fn by_session(&self, method: &str, path: &str, cookie: &str) -> Answer {
        answer(self.server.request(method, path).header("cookie", cookie)).await
    }

    async fn token(&self, permissions: Value) -> String {
        text(&self.server.token(&self.first.token, &self.first.org, permissions).await.expect(201)["token"])
    }
}

#[tokio::test]
async fn an_operator_lists_and_ends_the_sessions_of_anyone() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, token) = (&scene.server, &scene.first.token);
        let cookies = [server.sign_in("bob", PASSWORD).await.cookie(), server.sign_in("bob", PASSWORD).await.cookie()];
        Browser::sign_in(server, "bob").await;
        let listed = scene.list().await;
        let kinds: Vec<&str> = listed.iter().filter_map(|one| one["kind"].as_str()).collect();
        assert_eq!((kinds.len(), kinds.iter().filter(|kind| **kind == "api").count()), (3, 2));
        assert!(listed.iter().all(|one| one["current"] == false && one["address"] == "127.0.0.1"));
        for cookie in &cookies {
            let key = cookie.split_once('=').expect("a cookie").1;
            assert!(!json!(listed).to_string().contains(key), "an id opens nothing");
        }
        let one = format!("{}/{}", scene.path(&scene.bob), text(&listed[0]["id"]));
        server.delete(&one, token).await.expect(204);
        assert_eq!(server.delete(&one, token).await.refused(404), "session not found");
        assert_eq!(scene.list().await.len(), 2);
        server.delete(&scene.path(&scene.bob), token).await.expect(204);
        assert_eq!(scene.list().await.len(), 0);
        for cookie in &cookies {
            assert_eq!(server.me(cookie).await.status, 401);
        }
        server.delete(&scene.path("00000000000000ff"), token).await.refused(404);
        server.get(&scene.path("00000000000000ff"), token).await.refused(404);
        let expected = [json!({"count": 1, "name": "bob"}), json!({"count": 2, "name": "bob"})];
        assert_eq!(details(&home, "sessions ended").await, expected);
    })
    .await;
}

#[tokio::test]
async fn a_user_lists_and_ends_their_own_and_keeps_the_session_that_asks() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (here, there) = (
            scene.server.sign_in("bob", PASSWORD).await.cookie(),
            scene.server.sign_in("bob", PASSWORD).await.cookie(),
        );
        let path = scene.path(&scene.bob);
        let listed = scene.by_session("GET", &path, &here).await.expect(200);
        assert_eq!(
            (&listed["sessions"][0]["current"], &listed["sessions"][1]["current"]),
            (&json!(true), &json!(false))
        );
        let own = format!("{path}/{}", text(&listed["sessions"][0]["id"]));
        assert_eq!(scene.by_session("DELETE", &own, &here).await.status, 422);
        assert_eq!(scene.by_session("DELETE", &path, &here).await.status, 204);
        assert_eq!((scene.server.me(&here).await.status, scene.server.me(&there).await.status), (200, 401));
    })
    .await;
}

#[tokio::test]
async fn nobody_else_sees_where_someone_is_signed_in_or_signs_them_out() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, alice) = (&scene.server, &scene.first.user);
        let alices = server.sign_in(NAME, PASSWORD).await.cookie();
        let bobs = server.sign_in("bob", PASSWORD).await.cookie();
        for method in ["GET", "DELETE"] {
            assert_eq!(scene.by_session(method, &scene.path(alice), &bobs).await.status, 401, "{method}");
        }
        // A token that may read or change its owner does not reveal the addresses of their sessions.
        let own = json!([permission_on("read", "users", alice, &scene.first.org)]);
        let own = scene.token(own).await;
        assert_eq!(server.get(&scene.path(alice), &own).await.refused(401), "read:users is unauthorized");
        let all = scene.token(json!([permission("read", "users")])).await;
        assert_eq!(server.get(&scene.path(alice), &all).await.expect(200)["total"], 1);
        assert_eq!(server.delete(&scene.path(alice), &all).await.status, 401, "whoever reads ends nothing");
        assert_eq!(server.me(&alices).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn the_dialog_signs_out_without_script() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for _ in 0..3 {
            scene.server.sign_in("bob", PASSWORD).await.cookie();
        }
        let browser = Browser::sign_in(&scene.server, NAME).await;
        let users = format!("/orgs/{}/settings/users", scene.first.org);
        let page = format!("{users}/{}/sessions", scene.bob);
        assert!(browser.open(&users).await.body.contains(&page), "the row's menu leads there");
        let shown = browser.open(&format!("{page}?searchTerm=b")).await;
        assert_eq!(shown.status, 200);
        assert_eq!(shown.body.matches("data-testid=\"session-card\"").count(), 3);
        let key = text(&scene.list().await[0]["id"]);
        let done = browser.send(&format!("{page}?searchTerm=b"), &[("session", &key)]).await;
        assert_eq!((done.status, done.header("location")), (303, format!("{page}?searchTerm=b&done=session-ended")));
        let again = browser.send(&page, &[("session", &key)]).await;
        assert_eq!(again.status, 404);
        assert!(again.body.contains("The session has already ended. Reload the page."));
        let done = browser.send(&page, &[("session", "all")]).await;
        assert_eq!(done.header("location"), format!("{page}?done=user-signed-out"));
        assert!(browser.open(&page).await.body.contains("bob has no sessions."));

        scene.server.sign_in("bob", PASSWORD).await.cookie();
        let bobs = Browser::sign_in(&scene.server, "bob").await;
        let alices = format!("{users}/{}/sessions", scene.first.user);
        assert!(!bobs.open(&alices).await.body.contains("session-card"));
        assert_eq!(bobs.send(&alices, &[("session", "all")]).await.status, 404, "it is not there for bob");
        assert_eq!(browser.open(&users).await.status, 200, "alice is still signed in");
    })
    .await;
}

#[tokio::test]
async fn the_command_line_lists_and_ends_sessions() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let shell = Shell::new(&scene.server).with("INFLUX_TOKEN", &scene.first.token);
        for _ in 0..2 {
            scene.server.sign_in("bob", PASSWORD).await.cookie();
        }
        let table = shell.ok("user sessions list --name bob").await;
        assert_eq!(table.lines().count(), 3, "{table}");
        assert!(table.starts_with("ID") && table.contains("127.0.0.1"), "{table}");
        let id = text(&shell.json(&format!("user sessions list --id {}", scene.bob)).await[0]["id"]);
        let said = shell.ok(&format!("user sessions end --name bob --session {id}")).await;
        assert_eq!(said, format!("Successfully signed out user \"bob\" of session \"{id}\"\n"));
        let (said, _) = shell.fails(&format!("user sessions end --name bob --session {id}")).await;
        assert_eq!(said, "failed to sign out user \"bob\": 404 Not Found: session not found");
        let said = shell.ok("user sessions end --name bob").await;
        assert_eq!(said, "Successfully signed out user \"bob\" everywhere\n");
        assert_eq!(scene.list().await.len(), 0);
    })
    .await;
}
