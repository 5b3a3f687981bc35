//! Adoption: buckets for the databases that a gate's database has.

use jeton_model::{
    binding::{ExistingData, GateIdentity, GateKind},
    grant,
};
use jeton_service::gates::NewBinding;
use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::{
        command::Shell,
        console::Browser,
        server::{Answer, NAME, members, permission_in, permission_on, text},
    },
};

use super::{
    api::{influxdb1, tell},
    configured::{Scene, section, write_through},
    played::Played,
};

const ADOPT: &str = "/api/v2/gates/plant/adopt";
const BINDINGS: &str = "/api/v2/gates/plant/bindings";
/// The databases: an internal one, one with the name of a bucket, two that can be adopted, one with an invalid name.
const DATABASES: [&str; 5] = ["_internal", "iot", "a", "say \"hi\"", "hall"];

async fn adopt(scene: &Scene<'_>, token: &str, body: Value, database: &mut Played) -> Answer {
    let (adopted, ()) = tokio::join!(scene.server.post(ADOPT, token, body), tell(database, &DATABASES));
    adopted
}

/// Returns each database with its outcome.
fn outcomes(adopted: &Value) -> Vec<(String, String)> {
    let databases = &adopted["databases"];
    members(databases, "database").into_iter().zip(members(databases, "outcome")).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(database, outcome)| ((*database).to_owned(), (*outcome).to_owned())).collect()
}

async fn bound(scene: &Scene<'_>) -> Vec<String> {
    members(&scene.server.get(BINDINGS, &scene.first.token).await.expect(200)["bindings"], "database")
}

#[tokio::test]
async fn an_operator_adopts_what_the_database_has_and_a_trial_changes_nothing() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
        let (operator, org) = (&scene.first.token, &scene.first.org);
        for body in [json!({}), json!({"dryRun": true})] {
            let trial = adopt(&scene, operator, body, &mut database).await.expect(200);
            assert_eq!(trial["dryRun"], true);
            let expected =
                [("iot", "left"), ("a", "planned"), ("say \"hi\"", "left"), ("hall", "planned"), ("_internal", "left")];
            assert_eq!(outcomes(&trial), pairs(&expected));
        }
        assert!(bound(&scene).await.is_empty());
        let buckets = format!("/api/v2/buckets?orgID={org}&name=a");
        assert_eq!(scene.server.get(&buckets, operator).await.status, 404);

        let adopted = adopt(&scene, operator, json!({"dryRun": false}), &mut database).await.expect(200);
        assert_eq!(adopted["dryRun"], false);
        let expected =
            [("iot", "left"), ("a", "adopted"), ("say \"hi\"", "left"), ("hall", "adopted"), ("_internal", "left")];
        assert_eq!(outcomes(&adopted), pairs(&expected));
        assert_eq!(bound(&scene).await, ["a", "hall"]);
        let (row, exists) = (&adopted["databases"][1], &adopted["databases"][0]["reason"]);
        assert_eq!((&row["bucket"], &row["reason"]), (&json!("a"), &Value::Null));
        assert!(text(exists).starts_with("a bucket has this name"), "{exists}");
        let bucket = text(&row["bucketID"]);
        let found = scene.server.get(&buckets, operator).await.expect(200);
        assert_eq!(members(&found["buckets"], "id"), [bucket.as_str()]);
        let entries = scene.server.get("/api/v2/audit?action=bucket%20bound", operator).await.expect(200);
        let entries = entries["entries"].as_array().unwrap();
        assert_eq!((entries.len(), &entries[0]["actor"]["user"]["name"]), (2, &json!(NAME)));

        let permission = json!([permission_on("write", "buckets", &bucket, org)]);
        let token = text(&scene.server.token(operator, org, permission).await.expect(201)["token"]);
        let written = write_through(scene.address("plant").await, &token, &mut database).await;
        assert_eq!(written.status, 204, "{}", written.body);

        let again = adopt(&scene, operator, json!({"dryRun": false}), &mut database).await.expect(200);
        assert_eq!(outcomes(&again), pairs(&[("iot", "left"), ("say \"hi\"", "left"), ("_internal", "left")]));
    })
    .await;
}

#[tokio::test]
async fn nobody_but_an_operator_without_limits_adopts() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
    let (operator, org) = (&scene.first.token, &scene.first.org);
    let permission = json!([permission_in("write", "buckets", org)]);
    let writer = text(&scene.server.token(operator, org, permission).await.expect(201)["token"]);
    for body in [json!({}), json!({"dryRun": false})] {
        scene.server.post(ADOPT, &writer, body).await.refused(403);
    }
    assert!(database.is_idle(), "the database is not asked");
    let body = json!({"orgID": org, "permissions": grant::operator(), "expiresAt": "2099-01-01T00:00:00Z"});
    let limited = scene.server.post("/api/v2/authorizations", operator, body).await.expect(201);
    let refused = adopt(&scene, &text(&limited["token"]), json!({"dryRun": false}), &mut database).await.refused(403);
    assert!(refused.starts_with("an operator token with an expiry or networks cannot do this"), "{refused}");
    let fail = async { database.next().await.answer("500 Internal Server Error", "", "{}").await };
    let (untold, ()) = tokio::join!(scene.server.post(ADOPT, operator, json!({"dryRun": false})), fail);
    assert_eq!(untold.status, 503, "{}", untold.body);
    assert!(bound(&scene).await.is_empty());
}

#[tokio::test]
async fn what_another_gate_has_or_this_one_does_not_guard_is_not_adopted() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let scene = Scene::new(&home, &influxdb1(database.address, "*a*")).await;
    let caller = scene.server.caller(&scene.first.token).await;
    let other = GateIdentity {
        name: "other".into(),
        kind: GateKind::Influxdb1,
        org: scene.first.org.parse().unwrap(),
        upstream: format!("http://{}", database.address).parse().unwrap(),
    };
    let (bucket, existing) = (scene.first.bucket.parse().unwrap(), ExistingData::Unknown);
    let new = NewBinding { bucket, database: "hall".into(), policy: None, existing };
    scene.server.service.bind_bucket(&caller, &other, new).await.unwrap();
    let adopted = adopt(&scene, &scene.first.token, json!({"dryRun": false}), &mut database).await.expect(200);
    let expected = [("a", "adopted"), ("say \"hi\"", "left"), ("hall", "left"), ("_internal", "left")];
    assert_eq!(outcomes(&adopted), pairs(&expected));
    let reason = text(&adopted["databases"][2]["reason"]);
    assert!(reason.starts_with("another gate or organization has it"), "{reason}");
}

#[tokio::test]
async fn what_follows_the_most_that_are_adopted_at_once_is_left_without_a_look_at_it() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let scene = Scene::new(&home, &section(database.address, "*")).await;
    // The organization has a bucket `iot`.
    let names: Vec<String> = (0..500).map(|number| format!("db{number}")).chain(["iot".to_owned()]).collect();
    let told = json!({"status": "success", "data": names}).to_string();
    let tell = async { database.next().await.answer("200 OK", "", &told).await };
    let (trial, ()) = tokio::join!(scene.server.post(ADOPT, &scene.first.token, json!({})), tell);
    let trial = trial.expect(200);
    let planned = outcomes(&trial).iter().filter(|(_, outcome)| outcome == "planned").count();
    let reason = text(&trial["databases"][500]["reason"]);
    assert_eq!(planned, 500);
    assert!(reason.starts_with("too many were found"), "{reason}");
}

/// More than the console shows.
#[tokio::test]
async fn adopted_databases_are_no_unknown_ones_any_more() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let scene = Scene::new(&home, &section(database.address, "*")).await;
    let names: Vec<String> = (0..60).map(|number| format!("db{number}")).collect();
    let told = json!({"status": "success", "data": names}).to_string();
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let drawer = format!("/orgs/{}/settings/databases/plant", scene.first.org);
    let sync = format!("{drawer}/sync");
    let tell = async { database.next().await.answer("200 OK", "", &told).await };
    let (compared, ()) = tokio::join!(browser.send(&sync, &[]), tell);
    assert_eq!(compared.status, 303, "{}", compared.body);
    let before = browser.open(&drawer).await.body;
    for shown in ["60 databases unknown here", "and 10 more"] {
        assert!(before.contains(shown), "{shown} in {before}");
    }
    let tell = async { database.next().await.answer("200 OK", "", &told).await };
    let (adopted, ()) = tokio::join!(scene.server.post(ADOPT, &scene.first.token, json!({"dryRun": false})), tell);
    adopted.expect(200);
    let after = browser.open(&drawer).await.body;
    assert!(after.contains("60 bound") && !after.contains("unknown here"), "{after}");
    assert!(after.contains("A bucket stands for everything that the gate guards."), "{after}");
    scene
        .server
        .delete(&format!("{BINDINGS}/{}", bucket_of(&scene, "db7").await), &scene.first.token)
        .await
        .expect(204);
    let after = browser.open(&drawer).await.body;
    assert!(
        after.contains("59 bound") && after.contains("1 database unknown here"),
        "what is unbound is unknown again"
    );
}

/// Returns the id of the bucket that is bound to a database.
async fn bucket_of(scene: &Scene<'_>, database: &str) -> String {
    let listed = scene.server.get(BINDINGS, &scene.first.token).await.expect(200);
    let bound = listed["bindings"].as_array().expect("bindings");
    text(&bound.iter().find(|one| one["database"] == database).expect("a binding")["bucketID"])
}

#[tokio::test]
async fn the_command_line_prints_what_would_be_adopted_and_adopts_when_it_is_told() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
    let shell = Shell::new(&scene.server).with("INFLUX_TOKEN", &scene.first.token);
    let (trial, ()) = tokio::join!(shell.json("gate adopt plant"), tell(&mut database, &["a"]));
    assert_eq!(trial, json!([{"outcome": "planned", "database": "a", "bucket": "a"}]));
    assert_eq!(shell.json("gate list").await, json!([]));
    let (adopted, ()) = tokio::join!(shell.json("gate adopt plant --apply"), tell(&mut database, &["a"]));
    let bindings = shell.json("gate list").await;
    assert_eq!(bindings[0]["database"], "a");
    let row = json!({"outcome": "adopted", "database": "a", "bucket": "a", "bucketID": bindings[0]["bucketID"]});
    assert_eq!(adopted, json!([row]));
    let (said, _) = shell.fails("gate adopt hall").await;
    assert!(said.contains("gate \"hall\" not found"), "{said}");
}
