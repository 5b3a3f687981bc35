//! Behaviour that clients generated from InfluxDB's API description rely on.

use serde_json::{Value, json};

use crate::{home::Home, support::server::Server};

#[tokio::test]
async fn the_root_is_found_with_a_trailing_slash() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    assert_eq!(server.get("/api/v2/", "").await.status, 401);
    let with = server.get("/api/v2/", &first.token).await.expect(200);
    assert_eq!(with, server.get("/api/v2", &first.token).await.expect(200));
    for path in ["/health", "/ready", "/metrics"] {
        assert_eq!(server.get(path, "").await.status, 200, "{path}");
        assert_eq!(server.get(&format!("{path}/"), "").await.status, 200, "{path}/");
    }
}

#[tokio::test]
async fn the_uptime_is_a_duration_that_go_parses() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let up = server.get("/ready", "").await.expect(200)["up"].as_str().expect("a text").to_owned();
    assert!(up.ends_with('s') && up != "0h0m0s", "{up}");
}

#[tokio::test]
async fn a_shard_group_longer_than_the_retention_is_refused_alike_whether_given_or_kept() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    let rules = |rules: Value| json!({ "retentionRules": [rules] });
    let body = json!({"orgID": first.org, "name": "b", "retentionRules": [{"everySeconds": 864_000, "shardGroupDurationSeconds": 86_400}]});
    let bucket = server.post("/api/v2/buckets", &first.token, body).await.expect(201);
    let path = format!("/api/v2/buckets/{}", bucket["id"].as_str().expect("an id"));
    for change in [
        rules(json!({"everySeconds": 3600})),
        rules(json!({"everySeconds": 3600, "shardGroupDurationSeconds": 7200})),
        rules(json!({"shardGroupDurationSeconds": 1_000_000})),
    ] {
        let refused = server.patch(&path, &first.token, change).await.refused(422);
        assert_eq!(refused, "shard-group duration must also be updated to be smaller than new retention duration");
    }
}
