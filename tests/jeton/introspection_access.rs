//! Introspection with a requested access: the decision, and the permission that decides.

use serde_json::{Value, json};

use crate::{
    home::on_each_database,
    introspection::Scene,
    support::{
        server::{ORG, permission, permission_in, permission_on},
        shared::system_bucket,
    },
};

#[tokio::test]
async fn system_buckets_are_decided_as_their_requests_are() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let org = &scene.first.org;
        let id = system_bucket(&scene.server, &scene.first).await;
        let path = format!("/api/v2/buckets/{id}");
        let held = [
            json!([permission_in("read", "buckets", org), permission_in("write", "buckets", org)]),
            json!([permission_on("read", "buckets", &id, org), permission_on("write", "buckets", &id, org)]),
            json!([permission_on("read", "orgs", org, org)]),
            json!([permission("read", "orgs"), permission_in("write", "buckets", org)]),
        ];
        let mut decisions = Vec::new();
        for held in held {
            let token = scene.made(held).await;
            for (action, thing) in [("read", ("resourceID", id.as_str())), ("write", ("resourceName", "_monitoring"))] {
                let asked = [("action", action), ("resourceType", "buckets"), thing];
                let allowed = scene.ask_as(&scene.gateway, &token, &asked).await.expect(200)["allowed"] == true;
                let answered = match action {
                    "read" => scene.server.get(&path, &token).await.status,
                    _ => scene.server.patch(&path, &token, json!({"description": "checks"})).await.status,
                };
                assert_eq!(allowed, answered == 200, "{action}: {answered}");
                decisions.push(allowed);
            }
        }
        assert_eq!(decisions, [false, true, false, true, true, false, true, true]);
        let elsewhere = scene.server.org(&scene.first.token, "elsewhere").await;
        let asked = [("action", "read"), ("resourceType", "buckets"), ("resourceID", &id), ("orgID", &elsewhere)];
        let said = scene.ask_as(&scene.gateway, &scene.first.token, &asked).await.expect(200);
        assert_eq!(said["allowed"], false, "it is not in that organization");
    })
    .await;
}

#[tokio::test]
async fn the_permission_that_decides_is_named_or_the_one_that_is_missing() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let (org, bucket) = (&scene.first.org, &scene.first.bucket);
        let one = format!("write:orgs/{org}/buckets/{bucket}");
        let ruling = |said: &Value| (said["allowed"].clone(), said["permission"].clone(), said["missing"].clone());
        for thing in [("resourceID", bucket.as_str()), ("resourceName", "iot")] {
            for place in [vec![], vec![("orgID", org.as_str())], vec![("org", ORG)]] {
                let asked = [vec![("action", "write"), ("resourceType", "buckets"), thing], place].concat();
                assert_eq!(ruling(&scene.ask(&asked).await), (json!(true), json!(one), Value::Null), "{asked:?}");
            }
        }
        let lacking = scene.ask(&[("action", "read"), ("resourceType", "buckets"), ("resourceName", "iot")]).await;
        let needed = format!("read:orgs/{org}/buckets/{bucket}");
        assert_eq!(ruling(&lacking), (json!(false), Value::Null, json!(needed)));
        let whole = scene.ask(&[("action", "write"), ("resourceType", "buckets")]).await;
        assert_eq!(ruling(&whole), (json!(false), Value::Null, json!(format!("write:orgs/{org}/buckets"))));
        let tasks = scene.ask(&[("action", "read"), ("resourceType", "tasks"), ("resourceID", bucket)]).await;
        assert_eq!(tasks["permission"], json!(format!("read:orgs/{org}/tasks")));
        assert_eq!(scene.ask(&[]).await["allowed"], Value::Null, "where nothing is asked, nothing is said");
    })
    .await;
}

#[tokio::test]
async fn what_the_caller_does_not_see_is_not_allowed_and_not_told_of() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let elsewhere = scene.server.org(&scene.first.token, "elsewhere").await;
        let foreign = scene.server.bucket(&scene.first.token, &elsewhere, "there").await;
        let unknown: [&[(&str, &str)]; 6] = [
            &[("resourceName", "nope")],
            &[("resourceName", "there")],
            &[("resourceID", "00000000000000ff")],
            &[("resourceName", "iot"), ("org", "nope")],
            &[("resourceName", "iot"), ("orgID", &elsewhere)],
            &[("resourceID", &scene.first.bucket), ("org", "elsewhere")],
        ];
        for thing in unknown {
            let said = scene.ask(&[&[("action", "write"), ("resourceType", "buckets")], thing].concat()).await;
            assert_eq!((&said["allowed"], &said["missing"]), (&json!(false), &Value::Null), "{thing:?}");
        }
        let said = scene.ask(&[("action", "write"), ("resourceType", "buckets"), ("resourceID", &foreign)]).await;
        assert_eq!(
            said["missing"],
            json!(format!("write:orgs/{elsewhere}/buckets/{foreign}")),
            "in its own organization"
        );
        let blind = ["authorizations", "users"].map(|kind| permission("read", kind));
        let blind = scene.made(json!(blind)).await;
        let asked = [("action", "write"), ("resourceType", "buckets"), ("resourceName", "iot")];
        let said = scene.ask_as(&blind, &scene.token, &asked).await.expect(200);
        assert_eq!((&said["active"], &said["allowed"]), (&json!(true), &json!(false)));
    })
    .await;
}

#[tokio::test]
async fn what_is_answered_is_what_requests_are_answered() {
    on_each_database(async |home| {
        let scene = Scene::new(&home).await;
        let other = scene.server.bucket(&scene.first.token, &scene.first.org, "other").await;
        let held =
            [permission_on("read", "buckets", &scene.first.bucket, &scene.first.org), permission("read", "orgs")];
        let token = scene.made(json!(held)).await;
        for (kind, id) in
            [("buckets", &scene.first.bucket), ("buckets", &other), ("orgs", &scene.first.org), ("users", &scene.bob)]
        {
            let asked = [("action", "read"), ("resourceType", kind), ("resourceID", id)];
            let allowed = scene.ask_as(&scene.gateway, &token, &asked).await.expect(200)["allowed"] == true;
            let answered = scene.server.get(&format!("/api/v2/{kind}/{id}"), &token).await.status;
            assert_eq!(allowed, answered == 200, "{kind} {id}: {answered}");
        }
    })
    .await;
}
