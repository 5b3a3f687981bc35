//! 1.x credentials at a gate of InfluxDB 2: the database sees an authorization with their permissions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    gate_proxy::{
        gated::{V1_PASSWORD, v1_credential},
        v1_credentials::{CHANGES, FORMS, change, with_password},
    },
    home::Home,
    support::server::{Answer, answer, permission_on},
};

use super::{SELECT, Scene};

/// Creates a 1.x credential for actions on the bucket `b1`; returns the path of its record.
async fn credential(scene: &Scene, username: &str, actions: &[&str]) -> String {
    let (org, bucket) = (scene.names.of("O"), scene.names.of("B"));
    let permissions: Vec<Value> = actions.iter().map(|action| permission_on(action, "buckets", bucket, org)).collect();
    let members = json!({"orgID": org, "permissions": permissions});
    v1_credential(&scene.server, scene.names.of("OP"), username, members).await
}

/// Sends a request with a user name and a password in one of the forms.
async fn send(scene: &Scene, form: &str, line: &str, user: &str, password: &str) -> Answer {
    let (method, target) = line.split_once(' ').unwrap();
    let request = with_password(scene.request(method, target), form, user, password);
    answer(if method == "POST" { request.body("m v=1") } else { request }).await
}

/// The answer of influxd to a credential that it does not know.
fn unauthorized() -> Value {
    json!({"code": "unauthorized", "message": "unauthorized access"})
}

#[tokio::test]
async fn a_1_x_credential_writes_and_reads_its_bucket_of_influxdb_2_and_no_other() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let expected = scene.get(SELECT, "V_r1").await.expect(200);
    assert!(expected.to_string().contains("weather"), "{expected}");
    credential(&scene, "reader", &["read"]).await;
    credential(&scene, "writer", &["write"]).await;
    for form in FORMS {
        let written = send(&scene, form, "POST /write?db=b1", "writer", V1_PASSWORD).await;
        assert_eq!(written.status, 204, "{form}: {}", written.body);
        let read = send(&scene, form, &format!("GET {SELECT}"), "reader", V1_PASSWORD).await;
        assert_eq!(read.expect(200), expected, "{form}: what a token with this permission reads");

        let refused = send(&scene, form, "POST /write?db=b2", "writer", V1_PASSWORD).await.expect(403);
        assert_eq!(refused, json!({"code": "forbidden", "message": "insufficient permissions for write"}), "{form}");
        let line = "GET /query?db=b2&q=SELECT+*+FROM+weather";
        let refused = send(&scene, form, line, "reader", V1_PASSWORD).await.expect(200);
        assert_eq!(refused["results"], json!([{"statement_id": 0, "error": "database not found: b2"}]), "{form}");
        for line in ["POST /write?db=b1", "GET /query?db=b1&q=SELECT+*+FROM+weather"] {
            let wrong = send(&scene, form, line, "writer", "wrong-password").await;
            assert_eq!(wrong.header("x-platform-error-code"), "unauthorized", "{form} {line}");
            assert_eq!(wrong.expect(401), unauthorized(), "{form} {line}");
        }
    }
    let on_first = |action: &str| BTreeSet::from([(action.to_owned(), scene.names.of("B").to_owned())]);
    let shadows: Vec<_> = scene.player.state().authorizations.values().map(|one| one.permissions.clone()).collect();
    assert_eq!(shadows, [on_first("read"), on_first("write")], "no more than the credentials have");
    for seen in scene.player.data_requests() {
        assert!(seen.headers["authorization"].starts_with("Token value-of-"), "{seen:?}");
        assert!(!format!("{seen:?}").contains(V1_PASSWORD), "the password stays here: {seen:?}");
    }
}

#[tokio::test]
async fn a_1_x_credential_is_unknown_on_the_newer_paths_of_influxdb_2() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    credential(&scene, "grafana", &["read", "write"]).await;
    for form in FORMS {
        for line in [
            "POST /api/v2/write?org=my-org&bucket=b1",
            "POST /api/v2/query?org=my-org",
            "POST /api/v2/query/ast",
            "GET /api/v2/tasks",
            "GET /api/v2/authorizations",
            "GET /api/v2/buckets",
        ] {
            let refused = send(&scene, form, line, "grafana", V1_PASSWORD).await;
            assert_eq!(refused.expect(401), unauthorized(), "{form} {line}");
        }
    }
    assert!(scene.player.data_requests().is_empty(), "nothing reached the database");
}

#[tokio::test]
async fn a_changed_1_x_credential_is_refused_at_influxdb_2_with_the_next_request() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    for made in CHANGES {
        let path = credential(&scene, made, &["write"]).await;
        let before = send(&scene, "basic", "POST /write?db=b1", made, V1_PASSWORD).await;
        assert_eq!(before.status, 204, "{made}: {}", before.body);
        change(&scene.server, scene.names.of("OP"), &path, made).await;
        let after = send(&scene, "basic", "POST /write?db=b1", made, V1_PASSWORD).await;
        assert_eq!(after.expect(401), unauthorized(), "{made}");
    }
    assert_eq!(scene.player.data_requests().iter().filter(|seen| seen.path == "/api/v2/write").count(), CHANGES.len());
}
