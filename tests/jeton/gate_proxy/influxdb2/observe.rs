//! Observe mode before InfluxDB 2: a request that would be refused passes with an authorization of the one bucket.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{
    home::Home,
    support::server::{answer, with_token},
};

use super::{SELECT, Scene, player::CREDENTIAL};

async fn observing(home: &Home) -> Scene {
    Scene::running(home, "databases = [\"*\"]\nmode = \"observe\"\n", |_| {}).await
}

#[tokio::test]
async fn a_write_that_would_be_refused_has_an_authorization_of_its_bucket_and_nothing_else() {
    let home = Home::sqlite();
    let scene = observing(&home).await;
    assert_eq!(scene.write("/api/v2/write?org=my-org&bucket=b1", "V_r1").await.status, 204);
    let created: Vec<_> = scene.player.state().authorizations.values().map(|one| one.permissions.clone()).collect();
    assert_eq!(created, [BTreeSet::from([("write".to_owned(), scene.names.of("B").to_owned())])]);
    let gates = scene.server.get("/api/v2/gates", scene.names.of("OP")).await.expect(200);
    let gate = &gates["gates"][0];
    assert_eq!((&gate["mode"], &gate["requests"]["wouldRefuse"]), (&json!("observe"), &json!(1)), "{gate}");
    assert_eq!(gate["refusals"][0]["passed"], true, "{gate}");
    assert_eq!(gate["refusals"][0]["reason"], "the token has no permission to write b1");
    assert_eq!(scene.get("/api/v2/tasks", "V_all").await.status, 403, "it names no bucket");
}

#[tokio::test]
async fn a_token_of_the_database_goes_on_as_it_is_and_jetons_own_api_takes_none() {
    let home = Home::sqlite();
    let scene = observing(&home).await;
    let foreign = answer(with_token(scene.request("GET", SELECT), "of-the-database")).await;
    assert_eq!(foreign.refused(401), "unauthorized access", "the database says so");
    let seen = scene.player.data_requests();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].headers["authorization"], "Token of-the-database");
    assert!(seen[0].headers.values().all(|value| !value.contains(CREDENTIAL)));
    assert!(scene.player.state().authorizations.is_empty(), "nothing is created for it");
    for path in ["/api/v2/orgs", "/api/v2/authorizations"] {
        let own = answer(with_token(scene.request("POST", path), "of-the-database").json(&json!({}))).await;
        assert_eq!(own.status, 401, "{path}");
    }
    assert_eq!(scene.player.count("POST", "/api/v2/orgs") + scene.player.count("POST", "/api/v2/authorizations"), 0);
    scene.get(SELECT, "V_r1").await.expect(200);
}

#[tokio::test]
async fn a_deletion_that_the_token_lacks_does_not_reach_the_database() {
    let home = Home::sqlite();
    let lines = "databases = [\"*\"]\nmode = \"observe\"\nwriters-delete = true\n";
    let scene = Scene::running(&home, lines, |_| {}).await;
    let delete = scene.request("POST", "/api/v2/delete?org=my-org&bucket=b1");
    let refused = answer(with_token(delete, scene.names.of("V_w1")).json(&json!({}))).await;
    assert_eq!(refused.refused(403), "insufficient permissions to delete");
    assert!(scene.player.data_requests().is_empty());
    assert!(scene.player.state().authorizations.is_empty(), "nothing is created for it");
}
