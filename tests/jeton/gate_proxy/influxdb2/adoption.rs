//! Adoption: the organization and the buckets of InfluxDB 2 are created in Jeton with their ids.

use std::{collections::BTreeMap, net::SocketAddr};

use jeton_model::grant;
use serde_json::{Value, json};

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::{
        command::Shell,
        console::Browser,
        influxd::ids,
        server::{Answer, NAME, PASSWORD, Server, answer, client, members, permission_on, text, with_token},
    },
};

use super::{Scene, gate_address, player::Player, recording::Names, start};

const ADOPT: &str = "/api/v2/gates/plant/adopt";

/// A Jeton whose own organization is not the one of the gate, which it does not have yet.
struct Fresh {
    server: Server,
    player: Player,
    address: SocketAddr,
    operator: String,
}

impl Fresh {
    async fn new(home: &Home) -> Self {
        Self::guarding(home, "*").await
    }

    async fn guarding(home: &Home, pattern: &str) -> Self {
        let names = [("OP", "op-token"), ("O", ids::ORG), ("B", ids::BUCKET), ("B2", "0000000000000b02")];
        let names = names.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let player = Player::start(&Names(BTreeMap::from(names))).await;
        let server = start(home, player.address, &format!("databases = [\"{pattern}\"]\n")).await;
        let body = json!({"username": NAME, "password": PASSWORD, "org": "keepers", "bucket": "own"});
        let done = server.post("/api/v2/setup", "", body).await.expect(201);
        let address = gate_address(&server).await;
        probed(address).await;
        Self { server, player, address, operator: text(&done["auth"]["token"]) }
    }

    async fn adopt(&self, body: Value) -> Answer {
        self.server.post(ADOPT, &self.operator, body).await
    }

    async fn write(&self, token: &str) -> u16 {
        let target = format!("http://{}/api/v2/write?org=my-org&bucket=b1", self.address);
        answer(with_token(client().post(target), token).body("m v=1")).await.status
    }
}

/// Waits until the gate has probed its database: it accepts no request before.
async fn probed(address: SocketAddr) {
    answer(client().get(format!("http://{address}/api/v2/setup"))).await.expect(200);
}

/// Returns each bucket with its outcome.
fn outcomes(adopted: &Value) -> Vec<(String, String)> {
    let buckets = &adopted["databases"];
    members(buckets, "bucket").into_iter().zip(members(buckets, "outcome")).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(bucket, outcome)| ((*bucket).to_owned(), (*outcome).to_owned())).collect()
}

fn org(outcome: &str) -> Value {
    json!({"id": ids::ORG, "name": "my-org", "outcome": outcome})
}

/// The system buckets, which are never adopted, and one with an outcome.
fn with_system(outcome: &str) -> Vec<(String, String)> {
    pairs(&[("_monitoring", "left"), ("_tasks", "left"), ("b1", outcome)])
}

#[tokio::test]
async fn an_operator_adopts_the_organization_and_its_buckets_with_their_ids() {
    on_each_database(async |home: Home| {
        let fresh = Fresh::new(&home).await;
        let (server, operator) = (&fresh.server, &fresh.operator);
        for body in [json!({}), json!({"dryRun": true})] {
            let trial = fresh.adopt(body).await.expect(200);
            assert_eq!((&trial["dryRun"], &trial["org"]), (&json!(true), &org("planned")));
            assert_eq!(outcomes(&trial), with_system("planned"));
        }
        assert_eq!(server.get("/api/v2/orgs?org=my-org", operator).await.status, 404, "a trial changes nothing");
        assert_eq!(fresh.write(operator).await, 503, "the gate has no organization yet");

        let adopted = fresh.adopt(json!({"dryRun": false})).await.expect(200);
        assert_eq!((&adopted["dryRun"], &adopted["org"]), (&json!(false), &org("adopted")));
        assert_eq!(outcomes(&adopted), with_system("adopted"));
        assert_eq!(adopted["databases"][2]["bucketID"], ids::BUCKET);
        let reason = text(&adopted["databases"][0]["reason"]);
        assert!(reason.starts_with("it is the database's own"), "{reason}");
        let path = format!("/api/v2/buckets?orgID={}", ids::ORG);
        let buckets = server.get(&path, operator).await.expect(200)["buckets"].clone();
        assert_eq!((members(&buckets, "id"), members(&buckets, "name")), (vec![ids::BUCKET.into()], vec!["b1".into()]));
        assert_eq!(buckets[0]["retentionRules"], fresh.player.state().buckets[2]["retentionRules"]);
        assert!(details(&home, "organization created").await.contains(&json!({"name": "my-org"})));
        assert!(details(&home, "bucket created").await.contains(&json!({"name": "b1"})));

        let write = json!([permission_on("write", "buckets", ids::BUCKET, ids::ORG)]);
        let token = text(&server.token(operator, ids::ORG, write).await.expect(201)["token"]);
        assert_eq!(fresh.write(&token).await, 204, "the bucket is the database's");

        let again = fresh.adopt(json!({"dryRun": false})).await.expect(200);
        assert_eq!(
            (&again["org"], outcomes(&again)),
            (&org("present"), pairs(&[("_monitoring", "left"), ("_tasks", "left")]))
        );
    })
    .await;
}

#[tokio::test]
async fn an_organization_with_another_id_is_not_adopted() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    probed(scene.address).await;
    let (operator, here) = (scene.names.of("OP"), scene.names.of("O"));
    for body in [json!({}), json!({"dryRun": false})] {
        let refused = scene.server.post(ADOPT, operator, body).await.refused(422);
        let beginning = format!("organization \"my-org\" has the id {here} here and {} in InfluxDB", ids::ORG);
        assert!(refused.starts_with(&beginning) && refused.contains("import InfluxDB"), "{refused}");
    }
    scene.player.state().orgs.clear();
    let refused = scene.server.post(ADOPT, operator, json!({})).await.refused(404);
    assert!(refused.starts_with("InfluxDB has no organization \"my-org\""), "{refused}");
}

#[tokio::test]
async fn nobody_but_an_operator_without_limits_adopts_an_organization() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    probed(scene.address).await;
    let (operator, org) = (scene.names.of("OP"), scene.names.of("O"));
    for (token, status) in [("V_all", 403), ("V_r1", 404)] {
        let refused = scene.server.post(ADOPT, scene.names.of(token), json!({"dryRun": false})).await;
        assert_eq!(refused.status, status, "{token}: {}", refused.body);
    }
    assert_eq!(scene.player.count("GET", "/api/v2/orgs"), 0, "the database is not asked");
    let list = json!([{"id": org, "name": "my-org"}]);
    scene.player.state().orgs = list.as_array().unwrap().clone();
    let body = json!({"orgID": org, "permissions": grant::operator(), "expiresAt": "2099-01-01T00:00:00Z"});
    let limited = text(&scene.server.post("/api/v2/authorizations", operator, body).await.expect(201)["token"]);
    let refused = scene.server.post(ADOPT, &limited, json!({"dryRun": false})).await.refused(403);
    assert!(refused.starts_with("an operator token with an expiry or networks cannot do this"), "{refused}");
}

#[tokio::test]
async fn a_bucket_that_was_deleted_or_whose_name_is_taken_is_left() {
    let home = Home::sqlite();
    let fresh = Fresh::new(&home).await;
    fresh.adopt(json!({"dryRun": false})).await.expect(200);
    let recorded = fresh.player.state().buckets[2].clone();
    let renamed = |id: &str, name: &str| {
        let mut bucket = recorded.clone();
        (bucket["id"], bucket["name"]) = (json!(id), json!(name));
        bucket
    };
    let (same, quoted) = (renamed("0000000000000b02", "b1"), renamed("0000000000000b03", "a\"b"));
    fresh.player.state().buckets = vec![same, quoted];
    let adopted = fresh.adopt(json!({"dryRun": false})).await.expect(200);
    assert_eq!(outcomes(&adopted), pairs(&[("b1", "left"), ("a\"b", "left")]));
    let reason = text(&adopted["databases"][0]["reason"]);
    assert!(reason.starts_with(&format!("bucket {} has this name here", ids::BUCKET)), "{reason}");
    let reason = text(&adopted["databases"][1]["reason"]);
    assert!(reason.ends_with("change the bucket in InfluxDB, then adopt again"), "{reason}");

    let path = format!("/api/v2/buckets/{}", ids::BUCKET);
    fresh.server.delete(&path, &fresh.operator).await.expect(204);
    fresh.player.state().buckets = vec![renamed(ids::BUCKET, "b1")];
    let adopted = fresh.adopt(json!({"dryRun": false})).await.expect(200);
    let reason = text(&adopted["databases"][0]["reason"]);
    assert!(reason.starts_with("it was deleted here"), "{reason}");
}

/// Otherwise the console would ask to adopt what is adopted, until somebody compares again.
#[tokio::test]
async fn an_adopted_bucket_is_no_unknown_one_any_more() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    probed(scene.address).await;
    let (operator, org) = (scene.names.of("OP"), scene.names.of("O"));
    {
        let mut state = scene.player.state();
        state.orgs = vec![json!({"id": org, "name": "my-org"})];
        state.buckets.push(json!({"id": "0000000000000b09", "orgID": org, "name": "b9", "type": "user"}));
    }
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let drawer = format!("/orgs/{org}/settings/databases/plant");
    let sent = browser.send(&format!("{drawer}/sync"), &[]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let before = browser.open(&drawer).await.body;
    assert!(before.contains("gate-unknown") && before.contains(">b9<"), "{before}");
    let adopted = scene.server.post(ADOPT, operator, json!({"dryRun": false})).await.expect(200);
    assert!(outcomes(&adopted).contains(&("b9".into(), "adopted".into())), "{adopted}");
    let after = browser.open(&drawer).await.body;
    assert!(!after.contains("gate-unknown"), "{after}");
    assert!(after.contains("Jeton has every bucket that the gate guards."), "{after}");
}

/// A bucket as early releases list it.
fn hall(number: u64) -> Value {
    json!({"id": format!("{:016x}", 0xb000 + number), "orgID": ids::ORG, "name": format!("hall-{number}")})
}

#[tokio::test]
async fn buckets_on_every_page_that_the_gate_guards_are_adopted() {
    let home = Home::sqlite();
    let fresh = Fresh::guarding(&home, "hall-*").await;
    let mut listed: Vec<Value> = (0..150).map(hall).collect();
    listed.extend(fresh.player.state().buckets.clone());
    fresh.player.state().buckets = listed;
    let adopted = fresh.adopt(json!({"dryRun": false})).await.expect(200);
    let outcomes = members(&adopted["databases"], "outcome");
    assert_eq!((outcomes.len(), outcomes.iter().all(|outcome| outcome == "adopted")), (150, true));
    fresh.player.state().refuses = Some(("/api/v2/buckets", 500));
    assert_eq!(fresh.adopt(json!({"dryRun": false})).await.status, 503, "what is no list adopts nothing");
}

#[tokio::test]
async fn the_command_line_adopts_the_organization() {
    let home = Home::sqlite();
    let fresh = Fresh::guarding(&home, "b*").await;
    let shell = Shell::new(&fresh.server).with("INFLUX_TOKEN", &fresh.operator);
    let trial = shell.json("gate adopt plant").await;
    assert_eq!(trial, json!([{"outcome": "planned", "database": "b1", "bucket": "b1"}]));
    let adopted = shell.json("gate adopt plant --apply").await;
    let row = json!({"outcome": "adopted", "database": "b1", "bucket": "b1", "bucketID": ids::BUCKET});
    assert_eq!(adopted, json!([row]));
    assert_eq!(shell.json("gate adopt plant --apply").await, json!([]));
}
