//! The authorizations that the gate creates in the database, by which the database checks the caller's permissions
//! again.

use std::{collections::BTreeSet, fs};

use futures_util::future::join_all;
use tokio::{task::yield_now, time::timeout};

use crate::{home::Home, support::server::Answer};

use super::{FLUX, SELECT, Scene, WITHIN, player::Authorization};

fn is_unavailable(answer: &Answer) {
    assert_eq!((answer.status, answer.header("retry-after").as_str()), (503, "1"), "{}", answer.body);
}

fn on(scene: &Scene, action: &str) -> (String, String) {
    (action.to_owned(), scene.names.of("B").to_owned())
}

#[tokio::test]
async fn callers_with_the_same_permissions_share_an_authorization_of_named_buckets() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let both = ["V_r1", "V_same"].repeat(5);
    for answer in join_all(both.iter().map(|token| scene.get(SELECT, token))).await {
        answer.expect(200);
    }
    scene.flux(FLUX, "V_rw1").await.expect(200);
    let instance = fs::read_to_string(home.path().join("instance.id")).unwrap();
    let description = format!("jeton gate {instance}/plant");
    let wanted = |permissions: &[(String, String)]| Authorization {
        description: description.clone(),
        permissions: permissions.iter().cloned().collect(),
        status: "active",
    };
    let created: Vec<Authorization> = scene.player.state().authorizations.values().cloned().collect();
    let (read, write) = (on(&scene, "read"), on(&scene, "write"));
    assert_eq!(created, [wanted(std::slice::from_ref(&read)), wanted(&[read, write])]);
}

/// Another gate of the same database has the other buckets.
#[tokio::test]
async fn a_gate_gives_no_bucket_away_that_it_does_not_guard() {
    let home = Home::sqlite();
    let scene = Scene::guarding(&home, "b1", |_| {}).await;
    assert_eq!(scene.write("/api/v2/write?org=my-org&bucket=b2", "V_all").await.status, 404);
    assert_eq!(scene.write("/api/v2/write?org=my-org&bucket=b1", "V_all").await.status, 204);
    let created: Vec<Authorization> = scene.player.state().authorizations.values().cloned().collect();
    let permissions: Vec<_> = created.into_iter().map(|one| one.permissions).collect();
    assert_eq!(permissions, [BTreeSet::from([on(&scene, "read"), on(&scene, "write")])]);
}

#[tokio::test]
async fn one_that_was_deleted_behind_the_gates_back_is_created_again() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.get(SELECT, "V_r1").await.expect(200);
    scene.player.state().authorizations.clear();
    scene.get(SELECT, "V_r1").await.expect(200);

    scene.player.state().authorizations.clear();
    let refused = scene.flux(FLUX, "V_r1").await;
    is_unavailable(&refused);
    scene.flux(FLUX, "V_r1").await.expect(200);

    for one in scene.player.state().authorizations.values_mut() {
        one.status = "inactive";
    }
    scene.get(SELECT, "V_r1").await.expect(200);
}

#[tokio::test]
async fn those_of_an_earlier_start_of_this_instance_are_deleted_and_no_others() {
    let home = Home::sqlite();
    fs::write(home.path().join("instance.id"), "00000000000000aa").unwrap();
    let earlier = [
        ("000000000000e001", "jeton gate 00000000000000aa/plant"),
        ("000000000000e002", "jeton gate 00000000000000aa/hall"),
        ("000000000000e003", "jeton gate 00000000000000bb/plant"),
        ("000000000000e004", "a token of somebody"),
    ];
    let scene = Scene::with(&home, |player| {
        for (id, description) in earlier {
            let one = Authorization { description: description.into(), permissions: BTreeSet::new(), status: "active" };
            player.state().authorizations.insert(id.into(), one);
        }
    })
    .await;
    scene.get(SELECT, "V_r1").await.expect(200);
    let left: Vec<String> = scene.player.state().authorizations.keys().cloned().collect();
    assert_eq!(left, ["000000000000a001", "000000000000e002", "000000000000e003", "000000000000e004"]);
}

#[tokio::test]
async fn one_whose_creation_was_not_answered_is_deleted_and_the_others_stay() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.get(SELECT, "V_r1").await.expect(200);
    scene.player.state().loses_answer = true;
    is_unavailable(&scene.flux(FLUX, "V_rw1").await);
    // A failure counts for a second.
    let until_created = async { while scene.flux(FLUX, "V_rw1").await.status != 200 {} };
    timeout(WITHIN, until_created).await.expect("it is created again");
    let left: Vec<String> = scene.player.state().authorizations.keys().cloned().collect();
    assert_eq!(left, ["000000000000a001", "000000000000a003"]);
    scene.get(SELECT, "V_r1").await.expect(200);
    assert_eq!(scene.player.count("POST", "/api/v2/authorizations"), 3, "the first one was not replaced");
}

#[tokio::test]
async fn a_gate_that_stops_leaves_none_behind() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.get(SELECT, "V_r1").await.expect(200);
    assert_eq!(scene.player.state().authorizations.len(), 1);
    let Scene { server, player, .. } = scene;
    server.stop().await;
    assert!(player.state().authorizations.is_empty());
}

#[tokio::test]
async fn a_gate_that_is_removed_from_the_file_leaves_none_behind() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.get(SELECT, "V_r1").await.expect(200);
    let new = home.path().join("jeton.toml.new");
    fs::write(&new, "").unwrap();
    fs::rename(new, home.path().join("jeton.toml")).unwrap();
    let mut addresses = scene.server.gate_addresses();
    let stopped = timeout(WITHIN, addresses.wait_for(|all| all.is_empty()));
    drop(stopped.await.expect("the gate stops").unwrap());
    let deleted = async {
        while !scene.player.state().authorizations.is_empty() {
            yield_now().await;
        }
    };
    timeout(WITHIN, deleted).await.expect("they are deleted while the server runs");
}

#[tokio::test]
async fn what_the_database_refuses_although_the_gate_allowed_it_is_no_fault_of_the_client() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    scene.compared().await;
    // The bucket vanished from the database, or its authorization there permits less than it should.
    for status in [403, 404] {
        scene.player.state().refuses = Some(("/api/v2/write", status));
        is_unavailable(&scene.write("/api/v2/write?org=my-org&bucket=b1", "V_w1").await);
    }
    scene.player.state().refuses = Some(("/api/v2/authorizations", 403));
    is_unavailable(&scene.get(SELECT, "V_r1").await);
    let gates = scene.server.get("/api/v2/gates", scene.names.of("OP")).await.expect(200);
    assert_eq!(gates["gates"][0]["health"], "unauthorized", "the credential of the gate permits too little: {gates}");
    assert!(scene.player.data_requests().iter().all(|seen| seen.path != "/query"));
}
