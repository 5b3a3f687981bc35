//! Databases that vanish behind the back of a gate, which notices it by itself.

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::{
        command::Shell,
        server::{Answer, answer, permission_in, text},
    },
};

use super::{
    api::{influxdb1, tell},
    configured::{Scene, write_through, written},
    influxdb1_program::Influxd,
    played::{Played, WITHIN},
};

const BINDINGS: &str = "/api/v2/gates/plant/bindings";
const CONFIRM: &str = "/api/v2/gates/plant/confirm";

/// Binds the bucket of the set-up to the database `a`.
async fn bind(scene: &Scene<'_>) {
    let body = json!({"bucketID": scene.first.bucket, "database": "a"});
    scene.server.post(BINDINGS, &scene.first.token, body).await.expect(201);
}

/// Writes to `a` through the gate.
async fn write(scene: &Scene<'_>, token: &str) -> Answer {
    answer(written(scene.address("plant").await, token)).await
}

/// Waits until the gate has suspended the bucket, and returns the refusal of a write.
async fn suspended(scene: &Scene<'_>, token: &str) -> Answer {
    let refused = async {
        loop {
            let done = write(scene, token).await;
            if done.status == 503 {
                return done;
            }
        }
    };
    timeout(WITHIN, refused).await.expect("the gate compares itself with its database")
}

async fn is_suspended(scene: &Scene<'_>) -> Value {
    scene.server.get(BINDINGS, &scene.first.token).await.expect(200)["bindings"][0]["suspended"].clone()
}

#[tokio::test]
async fn a_database_that_is_dropped_past_the_gate_is_unavailable_until_an_operator_confirms() {
    let Some(database) = Influxd::start().await else { return };
    on_each_database(async |home: Home| {
        database.execute("CREATE DATABASE a").await;
        let scene = Scene::new(&home, &influxdb1(database.address(), "*")).await;
        bind(&scene).await;
        let token = scene.writer().await;
        assert_eq!(write(&scene, &token).await.status, 204);
        database.execute("DROP DATABASE a").await;

        // It compares itself with its database as soon as it starts.
        let scene = scene.restarted().await;
        let refused = suspended(&scene, &token).await;
        assert_eq!(refused.header("retry-after"), "1");
        assert!(refused.body.contains("is suspended until an operator confirms"), "{}", refused.body);
        let entries = details(&home, "bucket suspended").await;
        assert_eq!((entries.len(), &entries[0]["database"], &entries[0]["via"]), (1, &json!("a"), &json!("gate")));

        // Whoever creates a database with this name may have filled it with anything.
        database.execute("CREATE DATABASE a").await;
        let scene = scene.restarted().await;
        assert_eq!((write(&scene, &token).await.status, is_suspended(&scene).await), (503, json!(true)));
        let confirm = format!("{BINDINGS}/{}/confirm", scene.first.bucket);
        scene.server.post(&confirm, &scene.first.token, json!({})).await.expect(204);
        assert_eq!(write(&scene, &token).await.status, 204);
        scene.server.stop().await;
    })
    .await;
}

#[tokio::test]
async fn all_buckets_whose_database_is_there_again_are_confirmed_at_once_and_no_other() {
    let Some(database) = Influxd::start().await else { return };
    on_each_database(async |home: Home| {
        for statement in ["CREATE DATABASE a", "CREATE DATABASE b"] {
            database.execute(statement).await;
        }
        let scene = Scene::new(&home, &influxdb1(database.address(), "*")).await;
        let (operator, org) = (&scene.first.token, &scene.first.org);
        let plant = scene.server.bucket(operator, org, "plant").await;
        bind(&scene).await;
        let body = json!({"bucketID": plant, "database": "b"});
        scene.server.post(BINDINGS, operator, body).await.expect(201);
        for statement in ["DROP DATABASE a", "DROP DATABASE b"] {
            database.execute(statement).await;
        }
        scene.server.post("/api/v2/gates/plant/sync", operator, json!({})).await.expect(200);
        let suspended = details(&home, "bucket suspended").await;
        assert_eq!(suspended.len(), 2, "{suspended:?}");

        database.execute("CREATE DATABASE a").await;
        let body = json!([permission_in("write", "buckets", org)]);
        let writer = text(&scene.server.token(operator, org, body).await.expect(201)["token"]);
        let denied = scene.server.post(CONFIRM, &writer, json!({})).await.refused(403);
        assert!(denied.starts_with("only an operator may"), "{denied}");
        let row = |bucket: &str, id: &str, place: &str, outcome: &str| {
            json!({"bucket": bucket, "bucketID": id, "database": place, "outcome": outcome})
        };
        let done = scene.server.post(CONFIRM, operator, json!({})).await.expect(200);
        let iot = row("iot", &scene.first.bucket, "a", "confirmed");
        assert_eq!(done["buckets"], json!([iot, row("plant", &plant, "b", "missing")]));
        assert_eq!(write(&scene, &writer).await.status, 204);
        let confirmed = details(&home, "bucket confirmed").await;
        assert_eq!((confirmed.len(), &confirmed[0]["database"]), (1, &json!("a")));

        let shell = Shell::new(&scene.server).with("INFLUX_TOKEN", operator);
        let confirm = async || shell.json("gate confirm plant --all").await;
        assert_eq!(confirm().await, json!([row("plant", &plant, "b", "missing")]));
        database.execute("CREATE DATABASE b").await;
        assert_eq!(confirm().await, json!([row("plant", &plant, "b", "confirmed")]));
        assert_eq!(confirm().await, json!([]));
        assert_eq!(details(&home, "bucket confirmed").await.len(), 2);
        scene.server.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_database_that_does_not_tell_what_it_has_has_not_vanished() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let mut scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
    tokio::join!(bind(&scene), tell(&mut database, &["a"]));
    let token = scene.writer().await;
    for (status, body) in [("500 Internal Server Error", "{}"), ("200 OK", "no list")] {
        scene = scene.restarted().await;
        let asked = database.next().await;
        assert!(asked.head.starts_with("get /query?q=show+databases "), "{}", asked.head);
        asked.answer(status, "", body).await;
        assert_eq!(write_through(scene.address("plant").await, &token, &mut database).await.status, 204);
        assert_eq!(is_suspended(&scene).await, json!(false), "{status}");
    }
    // A list that is read while the database changes may lack it.
    scene = scene.restarted().await;
    tell(&mut database, &["b"]).await;
    tell(&mut database, &["a"]).await;
    assert_eq!(write_through(scene.address("plant").await, &token, &mut database).await.status, 204);
    assert_eq!(is_suspended(&scene).await, json!(false));
}
