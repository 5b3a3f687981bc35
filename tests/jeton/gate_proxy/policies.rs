//! Default retention policies of InfluxDB 1.x: a name without a policy means the one that the database reported.

use jeton_model::binding::{ExistingData, GateIdentity, GateKind};
use jeton_service::gates::NewBinding;
use serde_json::json;

use crate::{
    home::Home,
    support::{
        polling::poll_for,
        server::{Answer, answer},
    },
};

use super::{
    api::influxdb1,
    configured::{Scene, written},
    influxdb1_program::Influxd,
};

/// The database `a`, with the retention policy `week` beside its default one, `autogen`.
async fn with_week(database: &Influxd) {
    for statement in ["CREATE DATABASE a", "CREATE RETENTION POLICY week ON a DURATION 7d REPLICATION 1"] {
        database.execute(statement).await;
    }
}

/// Writes to `a` without a retention policy.
async fn write(scene: &Scene<'_>, token: &str) -> Answer {
    answer(written(scene.address("plant").await, token)).await
}

/// Returns how often the row of [`write`] is in a retention policy, which is asked past the gate.
async fn rows(database: &Influxd, policy: &str) -> usize {
    database.execute(&format!("SELECT v FROM a.{policy}.m")).await.matches("\"name\":\"m\"").count()
}

#[tokio::test]
async fn a_name_without_a_policy_means_the_default_one_of_the_database() {
    let Some(database) = Influxd::start().await else { return };
    with_week(&database).await;
    let home = Home::sqlite();
    let scene = Scene::new(&home, &influxdb1(database.address(), "*")).await;
    let operator = &scene.first.token;
    let week = json!({"bucketID": scene.first.bucket, "database": "a", "retentionPolicy": "week"});
    scene.server.post("/api/v2/gates/plant/bindings", operator, week).await.expect(201);
    let token = scene.writer().await;
    let elsewhere = write(&scene, &token).await;
    assert_eq!(elsewhere.status, 404, "no bucket stands for autogen: {}", elsewhere.body);

    database.execute("ALTER RETENTION POLICY week ON a DEFAULT").await;
    scene.server.post("/api/v2/gates/plant/sync", operator, json!({})).await.expect(200);
    let here = write(&scene, &token).await;
    assert_eq!(here.status, 204, "{}", here.body);
    assert_eq!((rows(&database, "autogen").await, rows(&database, "week").await), (0, 1));

    database.execute("ALTER RETENTION POLICY autogen ON a DEFAULT").await;
    scene.server.post("/api/v2/gates/plant/check", operator, json!({})).await.expect(200);
    assert_eq!(write(&scene, &token).await.status, 404, "it is the default one no longer");
    assert_eq!(rows(&database, "autogen").await, 0);
}

#[tokio::test]
async fn a_gate_asks_for_default_policies_by_itself_and_answers_503_until_it_knows_them() {
    let Some(database) = Influxd::start().await else { return };
    with_week(&database).await;
    database.execute("ALTER RETENTION POLICY week ON a DEFAULT").await;
    let home = Home::sqlite();
    let scene = Scene::new(&home, &influxdb1(database.address(), "*")).await;
    let caller = scene.server.caller(&scene.first.token).await;
    let gate = GateIdentity {
        name: "plant".into(),
        kind: GateKind::Influxdb1,
        org: scene.first.org.parse().unwrap(),
        upstream: format!("http://{}", database.address()).parse().unwrap(),
    };
    let (bucket, policy) = (scene.first.bucket.parse().unwrap(), Some("week".into()));
    let new = NewBinding { bucket, database: "a".into(), policy, existing: ExistingData::Unknown };
    // As another node or the command line does, which asks no database.
    scene.server.service.bind_bucket(&caller, &gate, new).await.unwrap();
    let token = scene.writer().await;
    let accepted = poll_for(async || {
        let done = write(&scene, &token).await;
        if done.status != 503 {
            return Some(done);
        }
        assert_eq!(done.header("retry-after"), "1", "{}", done.body);
        None
    });
    let done = accepted.await.expect("the gate asks");
    assert_eq!(done.status, 204, "{}", done.body);
    assert_eq!(rows(&database, "week").await, 1);
}
