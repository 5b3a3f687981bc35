//! Secrets: tokens and session keys exist only with their holder.

use std::fs;

use serde_json::json;
use sqlx::Row as _;

use crate::{
    home::{Home, on_each_database},
    support::server::{NAME, PASSWORD, Server, permission_in, text},
};

/// Returns everything that a database contains: the bytes of SQLite's files, or every row of every table.
async fn everything_in(home: &Home) -> Vec<u8> {
    let mut bytes = Vec::new();
    if home.is_sqlite() {
        for file in fs::read_dir(home.path()).expect("the data directory") {
            let path = file.expect("a file").path();
            if path.to_string_lossy().contains("jeton.db") {
                bytes.extend(fs::read(path).expect("its bytes"));
            }
        }
        return bytes;
    }
    for table in home.rows("SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = 'public'").await {
        let name: String = table.get("name");
        for row in home.rows(&format!("SELECT CAST({name} AS TEXT) AS row FROM {name}")).await {
            bytes.extend(row.get::<String, _>("row").into_bytes());
        }
    }
    bytes
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn a_stolen_database_holds_no_token_no_key_and_no_password() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let created = server
            .token(&first.token, &first.org, json!([permission_in("read", "buckets", &first.org)]))
            .await
            .expect(201);
        let cookie = server.sign_in(NAME, PASSWORD).await.cookie();
        let (_, key) = cookie.split_once('=').expect("a cookie");
        let stored = everything_in(&home).await;
        let hash = jeton_model::token::TokenHash::of(&first.token);
        assert!(contains(&stored, hash.as_str()), "the hash is found, so the search works");
        for secret in [&first.token, &text(&created["token"]), key, PASSWORD] {
            assert!(!contains(&stored, secret));
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_is_shown_once() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let permissions = json!([permission_in("read", "buckets", &first.org)]);
        let answer = server.token(&first.token, &first.org, permissions).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let created = answer.expect(201);
        let token = text(&created["token"]);
        assert_eq!(created["tokenPrefix"], token[..8]);
        let path = format!("/api/v2/authorizations/{}", text(&created["id"]));
        let changed = server.patch(&path, &first.token, json!({"description": "seen"})).await;
        for answer in
            [server.get(&path, &first.token).await, server.get("/api/v2/authorizations", &first.token).await, changed]
        {
            assert_eq!(answer.status, 200);
            assert!(answer.body.contains("\"token\": \"\"") && !answer.body.contains(&token));
        }
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_data_directory_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::sqlite();
    let data = home.path().join("new/data");
    let flag = format!("--data={}", data.display());
    let _server = Server::start_with(&home, jeton_service::Clock::System, &[&flag]).await;
    let mode = |path: &std::path::Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("audit.key")), 0o600);
}
