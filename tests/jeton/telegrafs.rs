//! Telegraf configurations in the API: plugins, buckets, TOML, and the headers that agents watch.

use serde_json::{Value, json};

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::{
        server::{Answer, First, Server, answer, permission_in, permission_on, text, with_token},
        shared::{at_rest, with_members},
    },
};

const TOML: &str = "[[outputs.influxdb_v2]]\n  bucket = \"iot\"\n";

struct Scene {
    server: Server,
    first: First,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let (server, first) = at_rest(home).await;
        Self { server, first }
    }

    async fn create(&self, members: Value) -> Answer {
        let body = with_members(json!({"orgID": self.first.org, "name": "roof"}), &members);
        self.server.post("/api/v2/telegrafs", &self.first.token, body).await
    }

    async fn put(&self, id: &str, body: Value) -> Answer {
        let request = self.server.request("PUT", &format!("/api/v2/telegrafs/{id}"));
        answer(with_token(request, &self.first.token).json(&body)).await
    }

    async fn json(&self, id: &str) -> Value {
        self.send("GET", id, &[("accept", "application/json")]).await.expect(200)
    }

    async fn send(&self, method: &str, id: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.server.request(method, &format!("/api/v2/telegrafs/{id}"));
        let request = with_token(request, &self.first.token);
        answer(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }
}

#[tokio::test]
async fn plugins_are_stored_as_toml_after_the_agent() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let output = json!({"type": "output", "name": "influxdb_v2", "alias": "out", "config": {"urls": ["http://127.0.0.1:8086"],
            "token": "$INFLUX_TOKEN", "organization": "acme", "bucket": "iot"}});
        let plugins = json!([output, {"type": "input", "name": "cpu"}]);
        let made = scene.create(json!({"plugins": plugins, "metadata": {"buckets": ["other"]}})).await.expect(201);
        let config = text(&made["config"]);
        assert!(config.starts_with("[agent]\n"), "{config}");
        assert!(config.contains("[[outputs.influxdb_v2]]\n") && config.contains("  bucket = \"iot\"\n"), "{config}");
        assert!(config.ends_with("\n[[inputs.cpu]]\n"), "{config}");
        assert_eq!(made["metadata"], json!({"buckets": ["iot"]}), "as influxd reads it from the plugins");
        let id = text(&made["id"]);
        assert_eq!(scene.send("GET", &id, &[]).await.body, config, "agents fetch the same");

        let changed = scene.put(&id, json!({"name": "roof", "plugins": [{"type": "input", "name": "mem"}]})).await;
        let changed = changed.expect(200);
        assert!(text(&changed["config"]).ends_with("\n[[inputs.mem]]\n"), "{changed}");
        let kept = scene.put(&id, json!({"name": "roof", "plugins": [], "config": TOML})).await.expect(200);
        assert_eq!(kept["config"], TOML, "no plugins replace no configuration");
        let refused = [
            (json!([{"type": "output", "name": "kafka"}]), "unsupported telegraf plugin kafka, type output"),
            (json!([{"type": "bundle", "name": "x"}]), "unsupported telegraf plugin type bundle"),
            (json!([{"type": "input", "name": "cpu", "config": 7}]), "the config of telegraf plugin cpu must be an object"),
        ];
        for (plugins, message) in refused {
            assert_eq!(scene.create(json!({"plugins": plugins})).await.refused(400), message);
            assert_eq!(scene.put(&id, json!({"plugins": plugins})).await.refused(400), message);
        }
        assert_eq!(scene.json(&id).await["config"], TOML, "a refusal changes nothing");
    })
    .await;
}

#[tokio::test]
async fn the_buckets_are_those_of_the_text_unless_metadata_is_sent() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let two = format!("{TOML}[[outputs.influxdb_v2]]\n  bucket = \"$BUCKET\"\n");
        let made = scene.create(json!({"config": two})).await.expect(201);
        assert_eq!(made["metadata"], json!({"buckets": ["iot", "$BUCKET"]}));
        let id = text(&made["id"]);
        assert_eq!(scene.json(&id).await["metadata"], made["metadata"]);
        let list = scene.server.get("/api/v2/telegrafs", &scene.first.token).await.expect(200);
        assert_eq!(list["configurations"][0]["metadata"], made["metadata"]);

        let sent = json!({"buckets": ["mine"], "more": true});
        let changed = scene.put(&id, json!({"config": TOML, "metadata": sent})).await.expect(200);
        assert_eq!(changed["metadata"], sent);
        for nothing in [json!({}), json!(null)] {
            let changed = scene.put(&id, json!({"config": TOML, "metadata": nothing})).await.expect(200);
            assert_eq!(changed["metadata"], json!({"buckets": ["iot"]}));
        }
    })
    .await;
}

#[tokio::test]
async fn older_clients_name_the_organization_otherwise() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let token = &scene.first.token;
        let body = json!({"organizationID": scene.first.org, "name": "roof", "config": TOML});
        let made = scene.server.post("/api/v2/telegrafs", token, body).await.expect(201);
        assert_eq!(made["orgID"], json!(scene.first.org));
        let body = json!({"orgID": scene.first.org, "organizationID": "00000000000000ff", "name": "roof"});
        let made = scene.server.post("/api/v2/telegrafs", token, body).await.expect(201);
        assert_eq!(made["orgID"], json!(scene.first.org), "the present name wins");
        let refused = scene.server.post("/api/v2/telegrafs", token, json!({"name": "roof"})).await.refused(400);
        assert_eq!(refused, "invalid org id for permission: invalid ID");
    })
    .await;
}

#[tokio::test]
async fn a_text_that_is_not_toml_is_refused_with_its_line() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let text_of = "[agent]\n  interval = 10s\n";
        let message = "the configuration is not valid TOML. Line 2: put the value in quotes, such as \"10s\".";
        assert_eq!(scene.create(json!({"config": text_of})).await.refused(400), message);
        assert_eq!(scene.create(json!({"config": text_of, "metadata": {"buckets": []}})).await.refused(400), message);
        let list = scene.server.get("/api/v2/telegrafs", &scene.first.token).await.expect(200);
        assert_eq!(list, json!({"configurations": []}));
        let id = text(&scene.create(json!({"config": TOML})).await.expect(201)["id"]);
        assert_eq!(scene.put(&id, json!({"config": text_of})).await.refused(400), message);
        assert_eq!(scene.json(&id).await["config"], TOML);

        // As it was imported.
        home.sql("UPDATE telegrafs SET config = 'old'").await;
        scene.put(&id, json!({"name": "attic", "config": "old"})).await.expect(200);
        let renamed = scene.json(&id).await;
        assert_eq!((&renamed["name"], &renamed["config"]), (&json!("attic"), &json!("old")));
        assert_eq!(renamed["metadata"], json!({"buckets": []}));
        assert!(scene.put(&id, json!({"config": "new"})).await.refused(400).contains("Line 1: "));
    })
    .await;
}

#[tokio::test]
async fn a_hostile_text_is_refused_and_the_server_goes_on() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let opened = format!("{{ {} = ", ["a"; 79].join(".")).repeat(40);
        let deep = format!("x = {opened}1{}", " }".repeat(40));
        assert!(scene.create(json!({"config": deep})).await.refused(400).contains("inline tables"));
        // Texts that an earlier version stored are still read.
        let id = text(&scene.create(json!({"config": TOML})).await.expect(201)["id"]);
        home.sql(&format!("UPDATE telegrafs SET config = '{deep}'")).await;
        assert_eq!(scene.json(&id).await["metadata"], json!({"buckets": []}));
        // A caller who may not create one is not told whether the text is valid.
        let held = json!([permission_in("read", "tasks", &scene.first.org)]);
        let made = scene.server.token(&scene.first.token, &scene.first.org, held).await.expect(201);
        let body = json!({"orgID": scene.first.org, "name": "roof", "config": deep});
        assert_eq!(scene.server.post("/api/v2/telegrafs", &text(&made["token"]), body).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn agents_see_a_change_without_fetching_the_text() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let id = text(&scene.create(json!({"config": TOML})).await.expect(201)["id"]);
        let head = scene.send("HEAD", &id, &[]).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""));
        assert_eq!(head.header("last-modified"), "Fri, 15 Jan 2027 08:00:00 GMT");
        assert_eq!(head.header("content-type"), "application/toml; charset=utf-8");
        let etag = head.header("etag");
        assert!(etag.starts_with("W/\"") && etag.ends_with('"'), "{etag}");
        let known = scene.send("GET", &id, &[("if-none-match", &format!("\"other\", {etag}"))]).await;
        assert_eq!((known.status, known.body.as_str(), known.header("etag")), (304, "", etag.clone()));
        scene.server.service.write_reads().await.expect("written");
        assert!(details(&home, "telegraf configuration read").await.is_empty(), "nobody saw the text");

        let headers = [("accept", "application/json"), ("if-none-match", etag.as_str())];
        let other = scene.send("GET", &id, &headers).await;
        assert_eq!(other.status, 200, "the same version in another form");
        assert_ne!(other.header("etag"), etag);
        scene.server.service.write_reads().await.expect("written");
        assert_eq!(details(&home, "telegraf configuration read").await.len(), 1);
        scene.server.clock.advance(61);
        scene.put(&id, json!({"name": "roof", "config": "[agent]\n"})).await.expect(200);
        let changed = scene.send("GET", &id, &[("if-none-match", &etag)]).await;
        assert_eq!((changed.status, changed.body.as_str()), (200, "[agent]\n"));
        assert_eq!(changed.header("last-modified"), "Fri, 15 Jan 2027 08:01:01 GMT");
        scene.server.service.write_reads().await.expect("written");
        assert_eq!(details(&home, "telegraf configuration read").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn watching_takes_the_permission_that_reading_does() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (one, two) = (scene.create(json!({})).await.expect(201), scene.create(json!({})).await.expect(201));
        let permissions = json!([permission_on("read", "telegrafs", &text(&one["id"]), &scene.first.org)]);
        let made = scene.server.token(&scene.first.token, &scene.first.org, permissions).await.expect(201);
        let agent = text(&made["token"]);
        let head =
            async |path: &str, token: &str| answer(with_token(scene.server.request("HEAD", path), token)).await.status;
        let path = |made: &Value| format!("/api/v2/telegrafs/{}", text(&made["id"]));
        assert_eq!(head(&path(&one), &agent).await, 200);
        assert_eq!(head(&path(&two), &agent).await, 401);
        assert_eq!(head(&path(&one), "").await, 401);
        assert_eq!(head("/api/v2/telegrafs/00000000000000ff", &agent).await, 404);
        for unwatched in ["/api/v2/telegrafs".to_owned(), format!("{}/members", path(&one)), "/api/v2/orgs".into()] {
            assert_eq!(head(&unwatched, &scene.first.token).await, 405, "{unwatched}");
        }
    })
    .await;
}
