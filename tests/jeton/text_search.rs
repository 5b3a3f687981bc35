//! Search in the list of tokens: an index of trigrams finds what reading every token finds.

use std::collections::BTreeSet;

use serde_json::json;
use sqlx::Row as _;

use jeton_service::{Caller, Clock, tokens::api_list::AuthorizationQuery};

use crate::{
    backup::{Shelf, back_up, restore},
    home::{Home, on_each_database},
    support::server::{First, Server, permission_in, permission_on, text},
};

/// Descriptions with what search expressions and patterns give a meaning to.
const DESCRIPTIONS: [&str; 16] = [
    "Pump 17",
    "pump 170 of line_3",
    "100% of \"line 3\"",
    "line%3 OR pump",
    "NOT \"pump\" AND (valve*)",
    "back\\slash\\\\twice",
    "it's a 'quoted' one",
    "Ölpumpe ÄÖÜ straße",
    "ÖLPUMPE im Keller",
    "東京タワー 計器",
    "🦀🦀🦀 crab",
    "ΟΔΟΣ Α",
    "e\u{301}te\u{301} été",
    "tab\tand  two spaces",
    "NEAR(a b, 2) ^col:umn -minus",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

struct Scene {
    server: Server,
    first: First,
    caller: Caller,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        let caller = server.caller(&first.token).await;
        Self { server, first, caller }
    }

    async fn token(&self, description: &str) -> String {
        let permissions = json!([permission_in("read", "tasks", &self.first.org)]);
        let body = json!({"orgID": self.first.org, "description": description, "permissions": permissions});
        text(&self.server.post("/api/v2/authorizations", &self.first.token, body).await.expect(201)["id"])
    }

    async fn found(&self, part: &str) -> BTreeSet<String> {
        let org = Some(self.first.org.parse().expect("an id"));
        let query = AuthorizationQuery { text: Some(part.to_owned()), org, ..AuthorizationQuery::default() };
        let found = self.server.service.authorizations(&self.caller, &query).await.expect("a list");
        found.into_iter().map(|details| details.authorization.description).collect()
    }
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

/// Returns the text and parts of it, shorter and longer than a trigram, as they are and in upper case.
fn parts(text: &str) -> BTreeSet<String> {
    let letters: Vec<char> = text.chars().collect();
    let windows = [1, 3, 4, 8].into_iter().flat_map(|size| letters.windows(size).step_by(2));
    let parts: Vec<String> = windows.map(|window| window.iter().collect()).chain([text.to_owned()]).collect();
    let upper = parts.iter().step_by(3).map(|part| part.to_uppercase());
    upper.chain(parts.iter().cloned()).filter(|part| !part.trim().is_empty()).collect()
}

/// Searches for every part of every description, and compares with the texts that are stored.
async fn finds_what_a_scan_finds(scene: &Scene, home: &Home) {
    let rows = home.rows("SELECT description, search_text FROM authorizations").await;
    let stored: Vec<(String, String)> =
        rows.iter().map(|row| (row.get("description"), row.get("search_text"))).collect();
    let all: BTreeSet<String> = DESCRIPTIONS.iter().flat_map(|description| parts(description)).collect();
    let mut several = 0;
    for part in all {
        let folded = part.trim().to_lowercase();
        // A part of the owner's name finds all of them.
        let is_owners = "alice".contains(&folded);
        let matching = stored.iter().filter(|(_, text)| is_owners || text.contains(&folded));
        let expected: BTreeSet<String> = matching.map(|(description, _)| description.clone()).collect();
        several += usize::from(expected.len() > 1);
        assert_eq!(scene.found(&part).await, expected, "{part:?}");
    }
    assert!(several > 10, "the descriptions share parts");
}

#[tokio::test]
async fn the_index_finds_what_reading_every_token_finds() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        for description in DESCRIPTIONS {
            scene.token(description).await;
        }
        finds_what_a_scan_finds(&scene, &home).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_changed_renamed_or_deleted_is_found_as_it_is_now() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let (one, two) = (scene.token("compressor").await, scene.token("generator").await);
        let bucket = server.bucket(&first.token, &first.org, "weather").await;
        let permissions = json!([permission_on("read", "buckets", &bucket, &first.org)]);
        let body = json!({"orgID": first.org, "description": "reader", "permissions": permissions});
        server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        assert_eq!(scene.found("weath").await, set(&["reader"]));
        assert_eq!(scene.found("enerat").await, set(&["generator"]));

        let change = json!({"description": "turbine"});
        server.patch(&format!("/api/v2/authorizations/{one}"), &first.token, change).await.expect(200);
        assert_eq!(scene.found("compressor").await, set(&[]));
        assert_eq!(scene.found("turbine").await, set(&["turbine"]));
        let off = json!({"status": "inactive"});
        server.patch(&format!("/api/v2/authorizations/{one}"), &first.token, off).await.expect(200);
        assert_eq!(scene.found("inactive").await, set(&["turbine"]));
        server.delete(&format!("/api/v2/authorizations/{two}"), &first.token).await.expect(204);
        assert_eq!(scene.found("generator").await, set(&[]));
        let renamed = json!({"name": "climate"});
        server.patch(&format!("/api/v2/buckets/{bucket}"), &first.token, renamed).await.expect(200);
        assert_eq!(scene.found("weather").await, set(&[]));
        assert_eq!(scene.found("climate").await, set(&["reader"]));
    })
    .await;
}

#[tokio::test]
async fn a_restored_backup_is_searched_like_its_original() {
    let (home, shelf) = (Home::sqlite(), Shelf::new());
    let scene = Scene::new(&home).await;
    // Deleted rows leave gaps, which a backup closes: it numbers the rows again.
    let mut gone = Vec::new();
    for number in 0..20 {
        gone.push(scene.token(&format!("gone {number}")).await);
    }
    for description in DESCRIPTIONS {
        scene.token(description).await;
    }
    for id in gone {
        scene.server.delete(&format!("/api/v2/authorizations/{id}"), &scene.first.token).await.expect(204);
    }
    let Scene { server, first, .. } = scene;
    server.stop().await;
    back_up(&home, &shelf.file("b"), &[]).await.well();
    let (directory, key) = (shelf.file("restored"), home.path().join("audit.key"));
    restore(&shelf.file("b"), &directory, &["--audit-key", key.to_str().expect("text")]).await.well();
    let flag = format!("--data={}", directory.display());
    let server = Server::start_with(&home, Clock::System, &[&flag]).await;
    let caller = server.caller(&first.token).await;
    let scene = Scene { server, first, caller };
    // The descriptions of the original are those of the copy.
    finds_what_a_scan_finds(&scene, &home).await;
    let late = scene.token("made in the copy").await;
    assert_eq!(scene.found("in the copy").await, set(&["made in the copy"]));
    scene.server.delete(&format!("/api/v2/authorizations/{late}"), &scene.first.token).await.expect(204);
    assert_eq!(scene.found("in the copy").await, set(&[]));
}

#[tokio::test]
async fn a_database_from_before_there_was_an_index_is_searched() {
    on_each_database(async |home| {
        let Scene { server, first, .. } = Scene::new(&home).await;
        server.stop().await;
        home.without_search_index().await;
        let server = Server::start(&home).await;
        let caller = server.caller(&first.token).await;
        let scene = Scene { server, first, caller };
        scene.token("compressor").await;
        let Scene { server, first, .. } = scene;
        server.stop().await;
        home.without_search_index().await;
        let server = Server::start(&home).await;
        let caller = server.caller(&first.token).await;
        let scene = Scene { server, first, caller };
        assert!(home.has_search_index().await, "it was created again, from the tokens that are there");
        scene.token("generator").await;
        assert_eq!(scene.found("compress").await, set(&["compressor"]));
        assert_eq!(scene.found("generat").await, set(&["generator"]));
    })
    .await;
}

#[tokio::test]
async fn postgresql_without_the_extension_is_searched_by_reading_every_token() {
    let Some(home) = Home::postgres().await else { return };
    let scene = Scene::new(&home).await;
    assert!(home.has_search_index().await, "the role of the tests may create extensions");
    for description in DESCRIPTIONS {
        scene.token(description).await;
    }
    home.sql("DROP EXTENSION pg_trgm CASCADE").await;
    assert!(!home.has_search_index().await);
    finds_what_a_scan_finds(&scene, &home).await;
}
