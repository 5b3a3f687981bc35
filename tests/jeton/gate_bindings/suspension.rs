//! Suspension of buckets, and what the proxy learns of it.

use std::{fs, sync::Arc};

use serde_json::json;

use jeton_model::{
    BucketId, Timestamp,
    binding::{DirectoryContent, ExistingData, FoundBucket, GateIdentity, GateKind, UnknownDatabase},
};
use jeton_service::{
    Error,
    error::{BucketError, GateError},
    gates::Found,
};

use crate::{
    audit_log::details,
    home::{Home, on_each_database},
    support::{people::Scene as People, server::Server},
};

use super::{OPERATORS_ONLY, Scene, UPSTREAM, databases, new, taken};

#[tokio::test]
async fn a_session_confirms_by_membership_and_an_owner_of_the_organization_does_not() {
    on_each_database(async |home| {
        let people = People::new(&home).await;
        let service = &people.server.service;
        let bucket: BucketId = people.first.bucket.parse().expect("an id");
        let upstream = UPSTREAM.parse().expect("an address");
        let gate = GateIdentity { name: "hall".into(), kind: GateKind::Influxdb1, org: people.org, upstream };
        service.bind_bucket(&people.alice, &gate, new(bucket, "a", ExistingData::Present)).await.expect("bound");
        let later = Timestamp::from_micros(i64::MAX);
        let compared = service.sync_gate(&people.alice, &gate, &databases(&[]), later).await.expect("compared");
        assert_eq!(compared.vanished, [bucket]);
        let carla = people.caller("carla", "password2").await;
        assert_eq!(service.confirm_bucket(&carla, &gate, bucket, None).await, OPERATORS_ONLY);
        let alice = people.caller("alice", "password1").await;
        assert_eq!(service.confirm_bucket(&alice, &gate, bucket, None).await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn a_database_that_vanished_is_unavailable_until_an_operator_confirms() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (gate, service) = (scene.gate(GateKind::Influxdb1), &scene.server.service);
        scene.bind(&gate, scene.iot, "a").await.expect("bound");
        scene.bind(&gate, scene.plant, "b/autogen").await.expect("bound");
        let found = databases(&["_internal", "b", "c"]);
        let young = scene.sync(&gate, &found, Timestamp::from_micros(0)).await;
        assert!(young.vanished.is_empty(), "the answer is older than the bindings");
        let compared = scene.sync(&gate, &found, scene.later()).await;
        assert_eq!(compared.vanished, [scene.iot]);
        assert_eq!(compared.unknown, [UnknownDatabase { name: "c".into(), policy: None, id: None }]);
        assert_eq!(scene.places(&gate).await, ["a!", "b/autogen"]);

        let back = databases(&["a", "b"]);
        assert!(scene.sync(&gate, &back, scene.later()).await.vanished.is_empty());
        assert_eq!(scene.places(&gate).await, ["a!", "b/autogen"], "what came back may be another database");
        let writer = scene.writer().await;
        let denied = service.sync_gate(&writer, &gate, &back, scene.later()).await;
        assert_eq!(denied, Err(Error::Gate(GateError::OperatorToCompare)));
        assert_eq!(service.confirm_bucket(&writer, &gate, scene.iot, None).await, OPERATORS_ONLY);
        assert_eq!(scene.unbind_as(&writer, scene.iot).await, OPERATORS_ONLY, "and bind it anew");
        service.confirm_bucket(&scene.operator, &gate, scene.iot, None).await.expect("confirmed");
        assert_eq!(scene.places(&gate).await, ["a", "b/autogen"]);
        let again = service.confirm_bucket(&scene.operator, &gate, scene.iot, None).await;
        assert_eq!(again, Err(Error::Gate(GateError::NotSuspended { bucket: "iot".into() })));
        let stale = scene.sync(&gate, &found, scene.server.clock.now()).await;
        assert!(stale.vanished.is_empty(), "an answer from before the confirmation decides nothing");
        let wrong = service.sync_gate(&scene.operator, &gate, &Found::Buckets(Vec::new()), scene.later()).await;
        assert_eq!(wrong, Err(Error::Gate(GateError::OtherKind)));
    })
    .await;
}

#[tokio::test]
async fn nothing_vanishes_from_victoriametrics() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Victoriametrics);
        scene.bind(&gate, scene.iot, "a").await.expect("bound");
        let compared = scene.sync(&gate, &databases(&[]), scene.later()).await;
        assert!(compared.vanished.is_empty());
        assert_eq!(scene.places(&gate).await, ["a"]);
    })
    .await;
}

#[tokio::test]
async fn a_gate_that_leads_elsewhere_is_unavailable_until_an_operator_confirms() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb1);
        scene.bind(&gate, scene.iot, "a").await.expect("bound");
        let moved = GateIdentity { upstream: "http://127.0.0.1:9999".parse().expect("an address"), ..gate.clone() };
        assert_eq!(scene.places(&moved).await, ["a!"]);
        scene.server.service.confirm_bucket(&scene.operator, &moved, scene.iot, None).await.expect("confirmed");
        assert_eq!(scene.places(&moved).await, ["a"]);
        assert_eq!(scene.places(&gate).await, ["a!"]);

        // A bucket that was bound there meanwhile stays bound.
        let neighbour = GateIdentity { name: "neighbour".into(), ..gate.clone() };
        scene.bind(&neighbour, scene.plant, "a").await.expect("bound");
        let refused = scene.server.service.confirm_bucket(&scene.operator, &gate, scene.iot, None).await;
        assert_eq!(refused, taken("a"));
    })
    .await;
}

#[tokio::test]
async fn a_bucket_of_influxdb_2_that_changed_there_is_unavailable_until_an_operator_confirms() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (gate, service) = (scene.gate(GateKind::Influxdb2), &scene.server.service);
        let suspended = async || match &scene.directory(&gate).await.content {
            DirectoryContent::Buckets { suspended, .. } => suspended.clone(),
            DirectoryContent::Bound(_) => panic!("InfluxDB 2 has no bindings"),
        };
        assert!(suspended().await.is_empty());
        let upstream = |iot: BucketId, plant: BucketId| {
            let found = [(iot, "iot"), (plant, "plant")];
            Found::Buckets(found.map(|(id, name)| FoundBucket { id, name: name.into() }).into())
        };
        let same = scene.sync(&gate, &upstream(scene.iot, scene.plant), scene.later()).await;
        assert!(same.vanished.is_empty());
        let swapped = upstream(scene.plant, scene.iot);
        scene.sync(&gate, &swapped, scene.later()).await;
        assert_eq!(suspended().await.len(), 2, "the system buckets are not among them");
        let writer = scene.writer().await;
        assert_eq!(service.confirm_bucket(&writer, &gate, scene.iot, None).await, OPERATORS_ONLY);
        service.confirm_bucket(&scene.operator, &gate, scene.iot, None).await.expect("confirmed");
        assert_eq!(suspended().await, [scene.plant]);
        let path = format!("/api/v2/buckets/{}", scene.plant);
        scene.server.delete(&path, &scene.first.token).await.expect(204);
        assert!(suspended().await.is_empty());
        assert_eq!(details(&home, "bucket suspended").await.len(), 2);
        let confirmed = json!({"gate": "hall", "name": "iot"});
        assert_eq!(details(&home, "bucket confirmed").await, [confirmed]);
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_not_created_yet_has_not_vanished() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (gate, service) = (scene.gate(GateKind::Influxdb3), &scene.server.service);
        scene.bind_as(&scene.operator, &gate, new(scene.iot, "a", ExistingData::Absent)).await.expect("bound");
        scene.bind(&gate, scene.plant, "b").await.expect("bound");
        let judged = [scene.iot, scene.plant];
        let suspend = async |found: &[&str]| {
            let found = databases(found);
            service.note_found(&gate, &found).await.expect("noted");
            service.suspend_vanished(&gate, &found, &judged, scene.later()).await.expect("compared")
        };
        assert!(suspend(&[]).await.is_empty(), "nobody has seen them");
        assert!(suspend(&["a"]).await.is_empty());
        assert_eq!(suspend(&[]).await, [scene.iot]);
        assert_eq!(scene.places(&gate).await, ["a!", "b"]);
        service.confirm_bucket(&scene.operator, &gate, scene.iot, None).await.expect("confirmed");
        assert!(suspend(&[]).await.is_empty(), "the operator has seen that it is missing");
        assert!(suspend(&["a", "b"]).await.is_empty());
        assert_eq!(suspend(&["b"]).await, [scene.iot]);
    })
    .await;
}

#[tokio::test]
async fn what_came_between_the_question_and_the_answer_is_not_judged() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (gate, service) = (scene.gate(GateKind::Influxdb2), &scene.server.service);
        let nothing = Found::Buckets(Vec::new());
        // A bucket that is adopted keeps the times that it has in InfluxDB, which are earlier.
        let vanished = service.suspend_vanished(&gate, &nothing, &[scene.iot], scene.later()).await;
        assert_eq!(vanished, Ok(vec![scene.iot]));
        let asked_at = scene.later();
        let path = format!("/api/v2/buckets/{}", scene.plant);
        scene.server.patch(&path, &scene.first.token, json!({"description": "of the hall"})).await.expect(200);
        let changed = service.suspend_vanished(&gate, &nothing, &[scene.plant], asked_at).await;
        assert_eq!(changed, Ok(Vec::new()));
    })
    .await;
}

#[tokio::test]
async fn nodes_that_compare_at_once_write_one_entry() {
    let Some(home) = Home::postgres().await else { return };
    let scene = Scene::new(&home).await;
    // A node that was given the key locks nothing.
    let key = fs::read_to_string(home.path().join("audit.key")).expect("a key");
    let node = Server::start_with(&home, scene.server.clock.clone(), &[&format!("--audit-key={key}")]).await;
    let gate = scene.gate(GateKind::Influxdb1);
    scene.bind_as(&scene.operator, &gate, new(scene.iot, "a", ExistingData::Present)).await.expect("bound");
    let (found, judged, asked_at) = (databases(&[]), [scene.iot], scene.later());
    let (one, other) = tokio::join!(
        scene.server.service.suspend_vanished(&gate, &found, &judged, asked_at),
        node.service.suspend_vanished(&gate, &found, &judged, asked_at),
    );
    let suspended: Vec<BucketId> = [one, other].into_iter().flat_map(|done| done.expect("compared")).collect();
    assert_eq!(suspended, judged);
    assert_eq!(details(&home, "bucket suspended").await.len(), 1);
}

#[tokio::test]
async fn a_confirmed_bucket_of_influxdb_2_has_the_name_that_it_has_there() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (gate, service) = (scene.gate(GateKind::Influxdb2), &scene.server.service);
        let renamed = Found::Buckets(vec![
            FoundBucket { id: scene.iot, name: "kiln".into() },
            FoundBucket { id: scene.plant, name: "plant".into() },
        ]);
        assert_eq!(scene.sync(&gate, &renamed, scene.later()).await.vanished, [scene.iot]);
        let confirm = async |name: &str| service.confirm_bucket(&scene.operator, &gate, scene.iot, Some(name)).await;
        assert_eq!(confirm("plant").await, Err(Error::Bucket(BucketError::NameNotUnique)));
        assert_eq!(confirm("kiln").await, Ok(()));
        let path = format!("/api/v2/buckets/{}", scene.iot);
        assert_eq!(scene.server.get(&path, &scene.first.token).await.expect(200)["name"], "kiln");
        assert!(scene.sync(&gate, &renamed, scene.later()).await.vanished.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_directory_is_read_once_a_second_and_again_after_a_change() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb1);
        scene.bind(&gate, scene.iot, "a").await.expect("bound");
        let first = scene.directory(&gate).await;
        assert!(Arc::ptr_eq(&first, &scene.directory(&gate).await));
        assert_eq!((first.org, first.org_name.as_str()), (scene.org, "acme"));
        // Another node, without a message to this one.
        home.sql("UPDATE gate_bindings SET suspended_at = 1").await;
        assert_eq!(scene.places(&gate).await, ["a"]);
        scene.server.clock.advance(1);
        assert_eq!(scene.places(&gate).await, ["a!"]);
        scene.bind(&gate, scene.plant, "b").await.expect("bound");
        assert_eq!(scene.places(&gate).await, ["a!", "b"], "at once");
    })
    .await;
}
