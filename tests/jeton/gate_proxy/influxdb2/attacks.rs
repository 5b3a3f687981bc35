//! Attacks with a token of one bucket, or of none.

use serde_json::json;

use crate::{
    home::Home,
    support::server::{answer, permission_on, text, with_token},
};

use super::{FLUX, SELECT, Scene, player::CREDENTIAL};

#[tokio::test]
async fn a_text_that_cannot_be_inspected_is_not_sent() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.player.state().refuses = Some(("/api/v2/query/ast", 500));
    let refused = scene.flux(FLUX, "V_r1").await;
    assert_eq!((refused.status, refused.header("retry-after").as_str()), (503, "1"), "{}", refused.body);
    assert!(scene.player.data_requests().is_empty());
}

#[tokio::test]
async fn a_text_is_inspected_once() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    for token in ["V_r1", "V_same", "V_rw1"] {
        scene.flux(FLUX, token).await.expect(200);
    }
    assert_eq!(scene.player.count("POST", "/api/v2/query/ast"), 1);
    assert_eq!(scene.flux(FLUX, "V_none").await.status, 404, "a verdict permits nothing");
}

#[tokio::test]
async fn a_foreign_organization_of_the_same_database_does_not_exist() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (org, foreign) = (scene.names.of("P").to_owned(), scene.names.of("X").to_owned());
    for target in [
        "/api/v2/write?org=org2&bucket=foreign".to_owned(),
        format!("/api/v2/write?org=my-org&orgID={org}&bucket=b1"),
        format!("/api/v2/write?org=my-org&bucket={foreign}"),
        "/write?db=foreign".to_owned(),
    ] {
        for token in ["V_all", "V_w1", "OP"] {
            assert_eq!(scene.write(&target, token).await.status, 404, "{target} {token}");
        }
    }
    let query = answer(with_token(
        scene.request("POST", "/api/v2/query?org=org2").json(&json!({ "query": FLUX })),
        scene.names.of("V_all"),
    ));
    assert_eq!(query.await.status, 404);
    assert_eq!(scene.get(&SELECT.replace("db=b1", "org=org2&db=b1"), "V_all").await.status, 404);
    assert!(scene.player.data_requests().is_empty());
}

#[tokio::test]
async fn the_id_of_the_organization_wins_over_its_name() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let target = format!("/api/v2/query?org=org2&orgID={}", scene.names.of("O"));
    let request = scene.request("POST", &target).json(&json!({ "query": FLUX }));
    answer(with_token(request, scene.names.of("V_r1"))).await.expect(200);
    let sent = scene.player.data_requests();
    assert_eq!(sent[0].query, format!("orgID={}", scene.names.of("O")), "one of them goes on");
}

/// A bucket that is renamed or swapped upstream is still the one with the id.
#[tokio::test]
async fn a_write_by_name_goes_on_by_id() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    assert_eq!(scene.write("/api/v2/write?org=my-org&bucket=b1", "V_w1").await.status, 204);
    assert_eq!(scene.write("/write?db=b1", "V_w1").await.status, 204);
    for seen in scene.player.data_requests() {
        let wanted = format!("orgID={}&bucket={}", scene.names.of("O"), scene.names.of("B"));
        assert!(seen.path == "/api/v2/write" && seen.query.ends_with(&wanted), "{seen:?}");
    }
}

#[tokio::test]
async fn headers_that_say_who_asks_do_not_reach_the_database() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let headers = ["x-forwarded-for", "x-original-uri", "x-http-method-override", "cookie", "x-gate-args", "zap-trace"];
    let request = headers.iter().fold(scene.request("GET", SELECT), |request, name| request.header(*name, "POST"));
    answer(with_token(request, scene.names.of("V_r1"))).await.expect(200);
    let sent = scene.player.data_requests();
    assert!(headers.iter().all(|name| !sent[0].headers.contains_key(*name)), "{sent:?}");
}

#[tokio::test]
async fn a_token_of_other_networks_is_unknown_whatever_headers_say() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (org, bucket) = (scene.names.of("O"), scene.names.of("B"));
    let permissions = json!([permission_on("read", "buckets", bucket, org)]);
    let body = json!({"orgID": org, "permissions": permissions, "allowedNetworks": ["10.0.0.0/8"]});
    let created = scene.server.post("/api/v2/authorizations", scene.names.of("OP"), body).await.expect(201);
    let token = text(&created["token"]);
    for target in [SELECT, "/api/v2/me"] {
        let unknown = answer(with_token(scene.request("GET", target), "jtn_unknown")).await;
        for header in ["x-forwarded-for", "x-real-ip", "x-original-forwarded-for"] {
            let request = scene.request("GET", target).header(header, "10.0.0.1").header("forwarded", "for=10.0.0.1");
            let refused = answer(with_token(request, &token)).await;
            assert_eq!((refused.status, &refused.body), (401, &unknown.body), "{target} {header}");
        }
    }
    assert!(scene.player.data_requests().is_empty());
}

#[tokio::test]
async fn a_database_that_asks_for_no_credential_keeps_the_gate_closed() {
    let home = Home::sqlite();
    let scene = Scene::with(&home, |player| player.state().asks = false).await;
    assert_eq!(scene.get(SELECT, "V_r1").await.status, 503);
    assert!(scene.player.data_requests().is_empty());
}

#[tokio::test]
async fn what_is_not_listed_is_for_operators_with_the_gates_credential() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    for token in ["V_all", "V_r1", "V_none"] {
        assert_eq!(scene.get("/api/v2/tasks", token).await.status, 403, "{token}");
    }
    assert!(scene.player.data_requests().is_empty());
    scene.get("/api/v2/tasks", "OP").await.expect(200);
    let sent = scene.player.data_requests();
    assert_eq!(sent[0].headers["authorization"], format!("Bearer {CREDENTIAL}"));
}

#[tokio::test]
async fn a_writer_deletes_no_data_unless_the_gate_says_so() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let range = json!({"start": "1970-01-01T00:00:00Z", "stop": "1980-01-01T00:00:00Z"});
    for token in ["V_w1", "V_rw1", "V_all"] {
        let delete = scene.request("POST", "/api/v2/delete?org=my-org&bucket=b1").json(&range);
        assert_eq!(answer(with_token(delete, scene.names.of(token))).await.status, 403, "{token}");
    }
    assert!(scene.player.data_requests().is_empty());
}

#[tokio::test]
async fn a_revoked_token_is_refused_although_its_authorization_upstream_lives() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.get(SELECT, "V_r1").await.expect(200);
    let target = format!("/api/v2/authorizations/{}", scene.names.of("N_r1"));
    scene.server.delete(&target, scene.names.of("OP")).await.expect(204);
    assert_eq!(scene.get(SELECT, "V_r1").await.status, 401);
    scene.get(SELECT, "V_same").await.expect(200);
}
