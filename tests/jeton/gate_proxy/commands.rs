//! `jeton gate` with a running server.

use serde_json::json;

use crate::{
    home::{Home, on_each_database},
    support::command::Shell,
};

use super::{
    api::{influxdb1, tell},
    configured::Scene,
    played::Played,
};

#[tokio::test]
async fn the_command_line_asks_the_server_that_is_named() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
        let shell = Shell::new(&scene.server).with("INFLUX_TOKEN", &scene.first.token);
        let bind = shell.json("gate bind --gate plant --bucket iot --database a");
        let (bound, ()) = tokio::join!(bind, tell(&mut database, &["a"]));
        let row = json!({
            "gate": "plant", "bucket": "iot", "bucketID": scene.first.bucket, "orgID": scene.first.org,
            "upstream": format!("http://{}", database.address), "database": "a",
        });
        assert_eq!(bound, row);
        let mut listed = row.clone();
        listed["mode"] = json!("enforce");
        assert_eq!(shell.json("gate list").await, json!([listed]));

        let (compared, ()) = tokio::join!(shell.json("gate sync plant"), tell(&mut database, &["other"]));
        let unknown = json!({"state": "unknown", "database": "other"});
        assert_eq!(compared, json!([unknown, {"state": "suspended", "bucketID": scene.first.bucket}]));
        assert_eq!(shell.json("gate list --gate plant").await[0]["suspended"], true);
        shell.ok("gate confirm --gate plant --bucket iot").await;
        assert_eq!(shell.json("gate list --gate plant").await, json!([listed]));

        let (checked, ()) = tokio::join!(shell.json("gate check"), tell(&mut database, &["a"]));
        assert_eq!((&checked[0]["name"], &checked[0]["health"]), (&json!("plant"), &json!("healthy")));
        assert_eq!(checked[0]["mode"], "enforce");
        shell.ok(&format!("gate unbind --gate plant --bucket {}", scene.first.bucket)).await;
        assert_eq!(shell.json("gate list").await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_command_line_says_what_the_server_refuses() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let scene = Scene::new(&home, &influxdb1(database.address, "b*")).await;
    let shell = Shell::new(&scene.server).with("INFLUX_TOKEN", &scene.first.token);
    for (line, refusal) in [
        ("gate bind --gate hall --bucket iot --database b", "gate \"hall\" not found"),
        ("gate bind --gate plant --bucket x --database b", "could not find bucket \"x\""),
        ("gate bind --gate plant --bucket iot --database a", "gate \"plant\" does not guard database \"a\""),
        ("gate unbind --gate plant --bucket iot", "the bucket is not bound at gate \"plant\""),
        ("gate confirm --bucket iot", "must provide --gate"),
        ("gate confirm --all", "must provide --gate"),
        ("gate confirm hall --all", "gate \"hall\" not found"),
        ("gate confirm .. --all", "the name of a gate consists of"),
        ("gate sync hall", "gate \"hall\" not found"),
        ("gate sync ../orgs", "the name of a gate consists of"),
        ("gate list --gate ..", "the name of a gate consists of"),
    ] {
        let (said, _) = shell.fails(line).await;
        assert!(said.contains(refusal), "{line}: {said}");
    }
    assert!(database.is_idle());
}
