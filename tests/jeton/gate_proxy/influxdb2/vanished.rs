//! Buckets that InfluxDB 2 deletes or renames behind the back of the gate.

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::{
        command::Shell,
        console::Browser,
        server::{Answer, NAME, members},
    },
};

use super::{SELECT, Scene, WITHIN};

const GATE: &str = "/api/v2/gates/plant";

impl Scene {
    async fn operate(&self, path: &str) -> Answer {
        self.server.post(&format!("{GATE}/{path}"), self.names.of("OP"), json!({})).await
    }

    /// Returns the names of the suspended buckets.
    async fn suspended(&self) -> Vec<String> {
        let listed = self.server.get(&format!("{GATE}/bindings"), self.names.of("OP")).await.expect(200);
        members(&listed["bindings"], "bucket")
    }

    /// Changes a bucket in the database.
    fn change(&self, bucket: &str, change: impl FnOnce(&mut Value)) {
        let id = self.names.of(bucket);
        change(self.player.state().buckets.iter_mut().find(|one| one["id"] == id).unwrap());
    }

    /// Deletes a bucket in the database.
    fn lose(&self, bucket: &str) {
        let id = self.names.of(bucket);
        self.player.state().buckets.retain(|one| one["id"] != id);
    }
}

fn is_suspended(answer: &Answer) {
    assert_eq!((answer.status, answer.header("retry-after").as_str()), (503, "1"), "{}", answer.body);
    assert!(answer.body.contains("is suspended until an operator confirms"), "{}", answer.body);
}

#[tokio::test]
async fn a_gate_suspends_a_renamed_bucket_by_itself_until_an_operator_confirms_its_name() {
    on_each_database(async |home: Home| {
        let rename = |player: &super::Player| {
            let mut state = player.state();
            let renamed = state.buckets.iter_mut().find(|bucket| bucket["name"] == "b2").unwrap();
            renamed["name"] = json!("kiln");
        };
        let scene = Scene::with(&home, rename).await;
        let until_suspended = async { while scene.suspended().await != ["b2"] {} };
        timeout(WITHIN, until_suspended).await.expect("the gate compares itself with its database");
        is_suspended(&scene.write("/api/v2/write?org=my-org&bucket=b2", "V_r1w2").await);
        scene.get(SELECT, "V_r1").await.expect(200);
        let entry = json!({"name": "b2", "gate": "plant", "via": "gate"});
        assert_eq!(details(&home, "bucket suspended").await, [entry]);

        let confirm = format!("bindings/{}/confirm", scene.names.of("B2"));
        scene.operate(&confirm).await.expect(204);
        assert!(scene.suspended().await.is_empty());
        assert_eq!(scene.write("/api/v2/write?org=my-org&bucket=kiln", "V_r1w2").await.status, 204);
        assert_eq!(scene.write("/api/v2/write?org=my-org&bucket=b2", "V_r1w2").await.status, 404);
        let same = scene.operate("sync").await.expect(200);
        assert_eq!(same["suspended"], json!([]));
        scene.server.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_comparison_suspends_the_buckets_that_changed_and_lists_the_unknown_ones() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.compared().await;
    let same = json!({"unknown": [], "suspended": []});
    assert_eq!(scene.operate("sync").await.expect(200), same);
    let found = scene.operate("check").await.expect(200)["findings"].to_string();
    assert!(!found.contains("does not list every bucket"), "{found}");
    let (org, id) = (scene.names.of("O"), "0000000000000b09");
    scene.lose("B2");
    scene.player.state().buckets.push(json!({"id": id, "orgID": org, "name": "b9"}));
    let found = scene.operate("check").await.expect(200)["findings"].to_string();
    for said in ["InfluxDB has no buckets with the ids and names of b2.", "Jeton does not have the buckets b9."] {
        assert!(found.contains(said), "{said} in {found}");
    }
    assert!(scene.suspended().await.is_empty(), "a check suspends nothing");

    let compared = scene.operate("sync").await.expect(200);
    let unknown = json!([{"database": "b9", "bucketID": id}]);
    assert_eq!((&compared["unknown"], &compared["suspended"]), (&unknown, &json!([scene.names.of("B2")])));
    is_suspended(&scene.write("/api/v2/write?org=my-org&bucket=b2", "V_r1w2").await);
    let found = scene.operate("check").await.expect(200)["findings"].to_string();
    assert!(found.contains("An operator must confirm the suspended b2."), "{found}");

    // Another bucket has the name now.
    scene.change("B", |bucket| bucket["id"] = json!("0000000000000b08"));
    assert_eq!(scene.operate("sync").await.expect(200)["suspended"], json!([scene.names.of("B")]));
    is_suspended(&scene.get(SELECT, "V_r1").await);

    scene.player.state().refuses = Some(("/api/v2/buckets", 500));
    let untold = scene.operate("sync").await;
    assert_eq!((untold.status, untold.header("retry-after").as_str()), (503, "1"));
    for token in ["V_all", "V_r1"] {
        let denied = scene.server.post(&format!("{GATE}/sync"), scene.names.of(token), json!({})).await;
        assert!([403, 404].contains(&denied.status), "{token}: {}", denied.body);
    }
}

#[tokio::test]
async fn all_buckets_that_influxdb_has_again_are_confirmed_at_once_with_their_names() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.compared().await;
    let (before, b1, b2) = (scene.player.state().buckets.clone(), scene.names.of("B"), scene.names.of("B2"));
    scene.lose("B");
    scene.lose("B2");
    scene.operate("sync").await.expect(200);
    assert_eq!(scene.suspended().await, ["b1", "b2"]);

    // Neither without a list nor with an incomplete one.
    scene.player.state().refuses = Some(("/api/v2/buckets", 500));
    assert_eq!(scene.operate("confirm").await.status, 503);
    scene.player.state().refuses = None;
    scene.player.state().buckets = before.iter().filter(|bucket| bucket["type"] == "user").cloned().collect();
    assert_eq!(scene.operate("confirm").await.status, 503);
    assert_eq!(scene.suspended().await, ["b1", "b2"]);

    scene.player.state().buckets = before;
    scene.lose("B2");
    scene.change("B", |bucket| bucket["name"] = json!("kiln"));
    let done = scene.operate("confirm").await.expect(200);
    let back = json!({"bucket": "kiln", "bucketID": b1, "database": "kiln", "outcome": "confirmed"});
    let lost = json!({"bucket": "b2", "bucketID": b2, "database": "b2", "outcome": "missing"});
    assert_eq!(done["buckets"], json!([back, lost]));
    assert_eq!(scene.suspended().await, ["b2"]);
    for token in ["V_all", "V_r1"] {
        let denied = scene.server.post(&format!("{GATE}/confirm"), scene.names.of(token), json!({})).await;
        assert!([403, 404].contains(&denied.status), "{token}: {}", denied.body);
    }
}

#[tokio::test]
async fn a_database_that_does_not_list_its_buckets_has_lost_none() {
    let home = Home::sqlite();
    let scene = Scene::with(&home, |player| player.state().refuses = Some(("/api/v2/buckets", 500))).await;
    scene.get(SELECT, "V_r1").await.expect(200);
    assert_eq!(scene.operate("sync").await.status, 503);
    assert!(scene.suspended().await.is_empty());
    scene.get(SELECT, "V_r1").await.expect(200);
}

/// Otherwise a wrong credential in the file suspended each bucket, until an operator confirmed one after the other.
#[tokio::test]
async fn a_credential_that_lists_some_buckets_or_none_loses_none() {
    for listed in [&["b1"][..], &[]] {
        let home = Home::sqlite();
        let is_listed = |bucket: &Value| bucket["name"].as_str().is_some_and(|name| listed.contains(&name));
        let scene = Scene::with(&home, |player| player.state().buckets.retain(is_listed)).await;
        scene.get(SELECT, "V_r1").await.expect(200);
        assert_eq!(scene.operate("sync").await.status, 503, "{listed:?}");
        let found = scene.operate("check").await.expect(200)["findings"].to_string();
        for said in ["InfluxDB does not list every bucket", "Put an operator token of InfluxDB"] {
            assert!(found.contains(said), "{listed:?}: {said} in {found}");
        }
        assert!(scene.suspended().await.is_empty(), "{listed:?}");
        scene.server.stop().await;
    }
}

#[tokio::test]
async fn a_bucket_that_the_gate_does_not_guard_is_none_of_its_findings() {
    let home = Home::sqlite();
    let scene = Scene::guarding(&home, "b1", |_| {}).await;
    scene.compared().await;
    scene.lose("B");
    scene.lose("B2");
    let found = scene.operate("check").await.expect(200)["findings"].to_string();
    assert!(found.contains("InfluxDB has no buckets with the ids and names of b1. "), "{found}");
}

#[tokio::test]
async fn the_command_line_and_the_console_show_the_suspended_bucket_and_confirm_it() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.compared().await;
    scene.lose("B2");
    let (operator, bucket) = (scene.names.of("OP"), scene.names.of("B2"));
    let shell = Shell::new(&scene.server).with("INFLUX_TOKEN", operator);
    assert_eq!(shell.json("gate sync plant").await, json!([{"state": "suspended", "bucketID": bucket}]));
    let listed = shell.json("gate list --gate plant").await;
    assert_eq!((&listed[0]["bucket"], &listed[0]["suspended"]), (&json!("b2"), &json!(true)));

    let browser = Browser::sign_in(&scene.server, NAME).await;
    let page = format!("/orgs/{}/settings/databases", scene.names.of("O"));
    assert!(browser.open(&page).await.body.contains("1 suspended"));
    let drawer = browser.open(&format!("{page}/plant")).await.body;
    for shown in ["gate-bucket b2", "confirm-bucket", bucket] {
        assert!(drawer.contains(shown), "{shown} in {drawer}");
    }
    assert!(!drawer.contains("gate-bucket b1") && !drawer.contains("End the binding"));

    shell.ok("gate confirm --gate plant --bucket b2").await;
    assert_eq!(shell.json("gate list --gate plant").await, json!([]));
    assert!(!browser.open(&format!("{page}/plant")).await.body.contains("gate-bucket b2"));
}

#[tokio::test]
async fn the_console_compares_by_a_form_and_lists_the_buckets_to_suspend_and_to_adopt() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.compared().await;
    // Another bucket has the name now.
    scene.change("B2", |bucket| bucket["id"] = json!("0000000000000b09"));
    let browser = Browser::sign_in(&scene.server, NAME).await;
    let drawer = format!("/orgs/{}/settings/databases/plant", scene.names.of("O"));
    let before = browser.open(&drawer).await.body;
    for shown in ["compare-gate", "Unknown buckets", "It was not compared since the start of the server."] {
        assert!(before.contains(shown), "{shown} in {before}");
    }
    let sent = browser.send(&format!("{drawer}/sync"), &[]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let after = browser.open(&drawer).await.body;
    assert!(after.contains("gate-bucket b2"), "{after}");
    let (_, unknown) = after.split_once("data-testid=\"gate-unknown\"").expect("a list");
    let unknown = unknown.split("</ul>").next().unwrap_or_default();
    assert!(unknown.contains(">b2<") && !unknown.contains("Bind"), "{unknown}");
    assert!(after.contains("Adopt them with"), "{after}");
}
