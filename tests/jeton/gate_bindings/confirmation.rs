//! The confirmation of all suspended buckets of a gate at once.

use serde_json::json;

use jeton_model::{
    BucketId, Id, Timestamp,
    binding::{ConfirmationOutcome, ExistingData, FoundBucket, GateIdentity, GateKind},
};
use jeton_service::{
    Caller, Error,
    error::{BucketError, GateError},
    gates::Found,
};

use crate::{audit_log::details, home::on_each_database};

use super::{OPERATORS_ONLY, Scene, databases, new};

impl Scene {
    /// Confirms all suspended buckets; returns their names and outcomes.
    async fn confirm_as(
        &self,
        caller: &Caller,
        gate: &GateIdentity,
        found: Option<&Found>,
        asked_at: Timestamp,
    ) -> Result<Vec<(String, ConfirmationOutcome)>, Error> {
        let done = self.server.service.confirm_found(caller, gate, found, asked_at).await?;
        Ok(done.into_iter().map(|one| (one.bucket_name, one.outcome)).collect())
    }

    /// Confirms all suspended buckets as the operator, with a list that is requested now.
    async fn confirm_all(&self, gate: &GateIdentity, found: &Found) -> Vec<(String, ConfirmationOutcome)> {
        self.confirm_as(&self.operator, gate, Some(found), self.later()).await.expect("confirmed")
    }
}

fn confirmed(bucket: &str) -> (String, ConfirmationOutcome) {
    (bucket.into(), ConfirmationOutcome::Confirmed)
}

fn missing(bucket: &str) -> (String, ConfirmationOutcome) {
    (bucket.into(), ConfirmationOutcome::Missing)
}

fn left(bucket: &str, reason: &Error) -> (String, ConfirmationOutcome) {
    (bucket.into(), ConfirmationOutcome::Left(reason.to_string()))
}

#[tokio::test]
async fn only_operators_confirm_all_buckets_and_only_those_that_a_list_has() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb1);
        scene.bind(&gate, scene.iot, "a").await.expect("bound");
        scene.bind(&gate, scene.plant, "b/week").await.expect("bound");
        let nothing = databases(&[]);
        assert!(scene.confirm_all(&gate, &nothing).await.is_empty(), "nothing is suspended");
        scene.sync(&gate, &nothing, scene.later()).await;
        assert_eq!(scene.places(&gate).await, ["a!", "b/week!"]);

        let back = databases(&["a", "b"]);
        let writer = scene.writer().await;
        let denied = scene.confirm_as(&writer, &gate, Some(&back), scene.later()).await;
        assert_eq!(denied.map(drop), OPERATORS_ONLY);
        let untold = scene.confirm_as(&scene.operator, &gate, None, scene.later()).await;
        assert_eq!(untold, Err(Error::Gate(GateError::NoList { gate: "hall".into() })));
        let wrong = scene.confirm_as(&scene.operator, &gate, Some(&Found::Buckets(Vec::new())), scene.later()).await;
        assert_eq!(wrong, Err(Error::Gate(GateError::OtherKind)));
        assert_eq!(scene.places(&gate).await, ["a!", "b/week!"]);

        // The database `b` has the policy `autogen` alone.
        assert_eq!(scene.confirm_all(&gate, &back).await, [confirmed("iot"), missing("plant")]);
        assert_eq!(scene.places(&gate).await, ["a", "b/week!"]);
        assert_eq!(details(&home, "bucket confirmed").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_list_that_is_older_than_a_suspension_confirms_nothing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb3);
        scene.bind_as(&scene.operator, &gate, new(scene.iot, "a", ExistingData::Present)).await.expect("bound");
        let asked_at = scene.later();
        scene.sync(&gate, &databases(&[]), scene.later()).await;
        let old = scene.confirm_as(&scene.operator, &gate, Some(&databases(&["a"])), asked_at).await;
        assert_eq!(old, Ok(vec![missing("iot")]));
        assert_eq!(scene.places(&gate).await, ["a!"]);
    })
    .await;
}

#[tokio::test]
async fn a_bucket_that_cannot_be_confirmed_holds_up_no_other() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb1);
        scene.bind(&gate, scene.iot, "a").await.expect("bound");
        scene.bind(&gate, scene.plant, "b").await.expect("bound");
        let moved = GateIdentity { upstream: "http://127.0.0.1:9999".parse().expect("an address"), ..gate.clone() };
        let neighbour = GateIdentity { name: "neighbour".into(), ..moved.clone() };
        scene.bind(&neighbour, scene.plant, "a").await.expect("bound");
        let taken = Error::Gate(GateError::DatabaseTaken { database: "a".into() });
        let done = scene.confirm_all(&moved, &databases(&["a", "b"])).await;
        assert_eq!(done, [left("iot", &taken), confirmed("plant")]);
        assert_eq!(scene.places(&moved).await, ["a!", "b"]);
    })
    .await;
}

#[tokio::test]
async fn a_bucket_of_influxdb_2_whose_name_another_one_has_here_stays_suspended() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb2);
        let named = |iot: &str, plant: &str| {
            let found = [(scene.iot, iot), (scene.plant, plant)];
            Found::Buckets(found.map(|(id, name): (BucketId, &str)| FoundBucket { id, name: name.into() }).into())
        };
        let renamed = named("plant", "kiln");
        scene.sync(&gate, &renamed, scene.later()).await;
        // They are confirmed in the order of names.
        let not_unique = Error::Bucket(BucketError::NameNotUnique);
        assert_eq!(scene.confirm_all(&gate, &renamed).await, [left("iot", &not_unique), confirmed("kiln")]);
        assert_eq!(scene.confirm_all(&gate, &renamed).await, [confirmed("plant")]);
        let expected = ["kiln", "plant"].map(|name| json!({"gate": "hall", "name": name}));
        assert_eq!(details(&home, "bucket confirmed").await, expected);
        assert!(scene.sync(&gate, &renamed, scene.later()).await.vanished.is_empty());
    })
    .await;
}

#[tokio::test]
async fn more_buckets_than_one_step_confirms_are_all_confirmed() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb2);
        home.sql(
            "INSERT INTO buckets (id, org_id, kind, name, name_key, description, retention_policy, retention_seconds, \
             shard_group_seconds, created_at, updated_at) \
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 501) \
             SELECT 4096 + i, org_id, kind, 'n' || i, 'n' || i, '', '', 0, 0, 1, 1 FROM n, buckets WHERE name = 'iot'",
        )
        .await;
        home.sql(
            "INSERT INTO gate_suspensions (gate, bucket_id, suspended_at) \
             SELECT 'hall', id, 1 FROM buckets WHERE id > 4096 AND id <= 4597",
        )
        .await;
        // A column holds an id with its highest bit inverted.
        let there = |number: u64| FoundBucket {
            id: BucketId(Id::new((1 << 63) | (4096 + number)).expect("an id")),
            name: format!("n{number}"),
        };
        let done = scene.confirm_all(&gate, &Found::Buckets((1..=501).map(there).collect())).await;
        assert_eq!(done.len(), 501);
        let others: Vec<_> = done.iter().filter(|(_, outcome)| *outcome != ConfirmationOutcome::Confirmed).collect();
        assert!(others.is_empty(), "{others:?}");
        assert_eq!(details(&home, "bucket confirmed").await.len(), 501);
        assert!(scene.server.check_audit_log().await.1);
    })
    .await;
}
