//! The life of bindings: names, ends, and the audit log.

use serde_json::json;

use jeton_model::binding::{ExistingData, FoundDatabase, GateKind};
use jeton_service::gates::Found;

use crate::{audit_log::details, home::on_each_database, support::people::last_actions};

use super::{OPERATORS_ONLY, Scene, UPSTREAM, databases, new};

#[tokio::test]
async fn a_bound_bucket_keeps_its_name_until_it_is_unbound() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Victoriametrics);
        scene.bind(&gate, scene.iot, "metrics").await.expect("bound");
        let path = format!("/api/v2/buckets/{}", scene.iot);
        let rename = async || scene.server.patch(&path, &scene.first.token, json!({"name": "other"})).await;
        assert_eq!(
            rename().await.refused(422),
            "the bucket is bound to database \"metrics\" at gate \"hall\", whose clients know it by its name; unbind it \
             before you rename it"
        );
        let same = json!({"name": "iot", "description": "metrics of the hall"});
        scene.server.patch(&path, &scene.first.token, same).await.expect(200);
        scene.unbind_as(&scene.operator, scene.iot).await.expect("unbound");
        rename().await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn data_that_would_fall_to_another_bucket_is_given_up_by_operators_alone() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb1);
        scene.bind(&gate, scene.iot, "a/week").await.expect("bound");
        let writer = scene.writer().await;
        scene.bind(&gate, scene.plant, "a").await.expect("bound");
        assert_eq!(scene.unbind_as(&writer, scene.iot).await, OPERATORS_ONLY);
        assert_eq!(scene.server.service.delete_bucket(&writer, scene.iot).await, OPERATORS_ONLY);
        assert_eq!(scene.places(&gate).await, ["a", "a/week"]);
        assert_eq!(scene.unbind_as(&writer, scene.plant).await, Ok(()), "nobody gets the rest of the database");
        assert_eq!(scene.server.service.delete_bucket(&writer, scene.iot).await, Ok(()));
        assert!(scene.places(&gate).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn bindings_end_with_their_bucket_and_with_their_organization() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let gate = scene.gate(GateKind::Influxdb1);
        scene.bind(&gate, scene.iot, "a").await.expect("bound");
        scene.bind(&gate, scene.plant, "b").await.expect("bound");
        let path = format!("/api/v2/buckets/{}", scene.iot);
        scene.server.delete(&path, &scene.first.token).await.expect(204);
        assert_eq!(last_actions(&home, 2).await, ["bucket unbound", "bucket deleted"]);
        assert_eq!(scene.places(&gate).await, ["b"]);
        let path = format!("/api/v2/orgs/{}", scene.org);
        scene.server.delete(&path, &scene.first.token).await.expect(204);
        assert!(home.rows("SELECT gate FROM gate_bindings").await.is_empty());
        assert!(scene.server.service.gate_directory(&gate).await.is_err(), "the organization is gone");
    })
    .await;
}

#[tokio::test]
async fn every_change_of_a_binding_is_in_the_audit_log_with_its_place() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (gate, service) = (scene.gate(GateKind::Influxdb1), &scene.server.service);
        scene.bind_as(&scene.operator, &gate, new(scene.iot, "a/week", ExistingData::Present)).await.expect("bound");
        scene.sync(&gate, &databases(&["a"]), scene.later()).await;
        let judged = [scene.iot, scene.plant];
        let again = service.suspend_vanished(&gate, &databases(&["a"]), &judged, scene.later()).await;
        assert_eq!(again, Ok(Vec::new()), "nothing more to suspend");
        service.confirm_bucket(&scene.operator, &gate, scene.iot, None).await.expect("confirmed");
        let week = FoundDatabase { name: "a".into(), policies: vec!["week".into()], default_policy: None };
        service.note_found(&gate, &Found::Databases(vec![week])).await.expect("seen again");
        let vanished = service.suspend_vanished(&gate, &databases(&["a"]), &judged, scene.later()).await;
        assert_eq!(vanished, Ok(vec![scene.iot]));
        scene.unbind_as(&scene.operator, scene.iot).await.expect("unbound");
        let actions = ["bucket bound", "bucket suspended", "bucket confirmed", "bucket suspended", "bucket unbound"];
        assert_eq!(last_actions(&home, 5).await, actions);
        let place = json!({
            "name": "iot", "gate": "hall", "upstream": UPSTREAM, "database": "a", "retentionPolicy": "week",
        });
        let with = |name: &str, value: &str| {
            let mut detail = place.clone();
            detail[name] = value.into();
            detail
        };
        assert_eq!(details(&home, "bucket bound").await, [with("existingData", "present")]);
        assert_eq!(details(&home, "bucket suspended").await, [place.clone(), with("via", "gate")]);
        assert_eq!(details(&home, "bucket unbound").await, std::slice::from_ref(&place));
        let query = format!("/api/v2/audit?target=buckets/{}&limit=1", scene.iot);
        let listed = scene.server.get(&query, &scene.first.token).await.expect(200);
        assert_eq!(listed["entries"][0]["action"], "bucket unbound");
        assert!(scene.server.check_audit_log().await.1);
    })
    .await;
}
