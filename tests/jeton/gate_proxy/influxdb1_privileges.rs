//! The privileges of the users that a gate creates in InfluxDB 1.x: many of them, and what happens while they are granted.

use jeton_model::binding::{ExistingData, GateIdentity, GateKind};
use jeton_service::gates::NewBinding;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{
    home::Home,
    support::server::{answer, permission_in, permission_on, text},
};

use super::{
    configured::{Scene, written},
    influxdb1_delegate::{Delegating, database, is_unavailable, section},
    influxdb1_program::SHARED_SECRET,
    played::{Played, Request, WITHIN},
};

/// The answer to one statement that succeeded.
const DONE: &str = r#"{"results":[{"statement_id":0}]}"#;
/// The answer to `SHOW DATABASES`.
const DATABASES: &str =
    r#"{"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"],"values":[["a"],["b"]]}]}]}"#;

/// Starts a gate that delegates, before a database that the test plays, with the buckets `iot` and `second`, which are
/// the databases `a` and `b`; returns their ids, too.
async fn delegating<'h>(home: &'h Home, database: &mut Played) -> (Scene<'h>, Vec<String>) {
    let section = section(home, database.address, SHARED_SECRET);
    let probed = async { database.next().await.answer("401 Unauthorized", "", "{}").await };
    let (scene, ()) = tokio::join!(Scene::new(home, &section), probed);
    let first = &scene.first;
    let second = scene.server.bucket(&first.token, &first.org, "second").await;
    let buckets = vec![first.bucket.clone(), second];
    let gate = gate(&scene, database);
    for (bucket, database) in buckets.iter().zip(["a", "b"]) {
        bind(&scene, &gate, bucket, database).await;
    }
    (scene, buckets)
}

fn gate(scene: &Scene<'_>, database: &Played) -> GateIdentity {
    GateIdentity {
        name: "plant".into(),
        kind: GateKind::Influxdb1,
        org: scene.first.org.parse().unwrap(),
        upstream: format!("http://{}", database.address).parse().unwrap(),
    }
}

/// Binds a bucket to a database of the gate.
async fn bind(scene: &Scene<'_>, gate: &GateIdentity, bucket: &str, database: &str) {
    let operator = scene.server.caller(&scene.first.token).await;
    let (bucket, existing) = (bucket.parse().unwrap(), ExistingData::Unknown);
    let new = NewBinding { bucket, database: database.into(), policy: None, existing };
    scene.server.service.bind_bucket(&operator, gate, new).await.unwrap();
}

/// Creates a token that writes buckets.
async fn writer(scene: &Scene<'_>, buckets: &[String]) -> String {
    let first = &scene.first;
    let permissions: Vec<Value> =
        buckets.iter().map(|bucket| permission_on("write", "buckets", bucket, &first.org)).collect();
    text(&scene.server.token(&first.token, &first.org, json!(permissions)).await.expect(201)["token"])
}

/// Answers the gate as the database, until it sends a request with this text; returns this one.
async fn asked_for(database: &mut Played, wanted: &str) -> Request {
    loop {
        let mut request = database.next().await;
        let length = request.head.split_once("content-length: ").and_then(|(_, rest)| rest.split_once("\r\n"));
        let length = length.map_or(0, |(length, _)| length.parse().unwrap());
        let body = request.body(length).await;
        if request.head.contains(wanted) || body.contains(wanted) {
            return request;
        }
        let is_probe = !request.head.contains("authorization: ");
        match body.as_str() {
            _ if is_probe => request.answer("401 Unauthorized", "", "{}").await,
            // The gate compares itself with its database, which is no part of this.
            "" => request.answer("500 Internal Server Error", "", "{}").await,
            body if body.contains("SHOW+DATABASES") => request.answer("200 OK", "", DATABASES).await,
            _ => request.answer("200 OK", "", DONE).await,
        }
    }
}

#[tokio::test]
async fn a_token_with_a_thousand_databases_opens_all_of_them() {
    let Some(database) = database().await else { return };
    let names: Vec<String> = (0..1000).map(|number| format!("db{number}")).collect();
    for some in names.chunks(100) {
        let statements: Vec<String> = some.iter().map(|name| format!("CREATE DATABASE {name}")).collect();
        database.execute(&statements.join("; ")).await;
    }
    let home = Home::sqlite();
    let gated = Delegating::new(&home, database, SHARED_SECRET).await;
    let (server, first) = (&gated.scene.server, &gated.scene.first);
    for _ in 0..2 {
        server.post("/api/v2/gates/plant/adopt", &first.token, json!({"dryRun": false})).await.expect(200);
    }
    let all = json!([permission_in("write", "buckets", &first.org)]);
    let token = text(&server.token(&first.token, &first.org, all).await.expect(201)["token"]);
    // Where the database takes longer than the gate waits, the client sends its request again.
    let accepted = async {
        loop {
            let answered = gated.write("db0", &token).await;
            if answered.status != 503 {
                return answered;
            }
        }
    };
    let accepted = timeout(WITHIN, accepted).await.expect("the user gets its privileges");
    assert_eq!(accepted.status, 204, "{}", accepted.body);
    assert_eq!(gated.write("db999", &token).await.status, 204);
    let users = gated.users().await;
    let granted = users.values().next().expect("a user");
    assert_eq!((users.len(), granted.len()), (1, 1002));
    for name in names.iter().map(String::as_str).chain(["a", "b"]) {
        assert_eq!(granted.get(name).map(String::as_str), Some("WRITE"), "{name}");
    }
}

#[tokio::test]
async fn a_privilege_that_cannot_be_granted_fails_the_request_and_the_user_is_deleted() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let (scene, buckets) = delegating(&home, &mut database).await;
    let (address, token) = (scene.address("plant").await, writer(&scene, &buckets).await);
    let asked = tokio::spawn(answer(written(address, &token)));
    let granting = asked_for(&mut database, "GRANT+").await;
    let failed = r#"{"results":[{"statement_id":0},{"statement_id":1,"error":"database not found: b"}]}"#;
    granting.answer("200 OK", "", failed).await;
    asked_for(&mut database, "DROP+USER").await.answer("200 OK", "", DONE).await;
    is_unavailable(&asked.await.unwrap());
}

#[tokio::test]
async fn a_privilege_that_one_token_cannot_get_holds_back_no_other_token() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let (scene, buckets) = delegating(&home, &mut database).await;
    let address = scene.address("plant").await;
    let (both, one) = (writer(&scene, &buckets).await, writer(&scene, &buckets[..1]).await);
    let failing = tokio::spawn(answer(written(address, &both)));
    let granting = asked_for(&mut database, "GRANT+").await;
    let failed = r#"{"results":[{"statement_id":0},{"statement_id":1,"error":"database not found: b"}]}"#;
    granting.answer("200 OK", "", failed).await;
    asked_for(&mut database, "DROP+USER").await.answer("200 OK", "", DONE).await;
    is_unavailable(&failing.await.unwrap());
    let other = tokio::spawn(answer(written(address, &one)));
    asked_for(&mut database, "post /write").await.answer("204 No Content", "", "").await;
    assert_eq!(other.await.unwrap().status, 204);
}

/// Those with many would otherwise take all places for minutes.
#[tokio::test]
async fn a_token_of_few_databases_does_not_wait_behind_any_number_of_tokens_with_many() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let (scene, mut buckets) = delegating(&home, &mut database).await;
    let address = scene.address("plant").await;
    let gate = gate(&scene, &database);
    for number in 2..66 {
        let bucket = scene.server.bucket(&scene.first.token, &scene.first.org, &format!("bucket{number}")).await;
        bind(&scene, &gate, &bucket, &format!("d{number}")).await;
        buckets.push(bucket);
    }
    let few = writer(&scene, &buckets[..1]).await;
    let (mut waiting, mut granting) = (Vec::new(), Vec::new());
    for count in 51..=66 {
        let many = writer(&scene, &buckets[..count]).await;
        waiting.push(tokio::spawn(answer(written(address, &many))));
        granting.push(asked_for(&mut database, "GRANT+").await);
    }
    let quick = tokio::spawn(answer(written(address, &few)));
    asked_for(&mut database, "post /write").await.answer("204 No Content", "", "").await;
    assert_eq!(quick.await.unwrap().status, 204);
    drop(granting);
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
}

/// To grant thousands of privileges takes minutes.
#[tokio::test]
async fn a_token_does_not_wait_until_the_user_of_another_has_its_privileges() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let (scene, buckets) = delegating(&home, &mut database).await;
    let address = scene.address("plant").await;
    let (both, one) = (writer(&scene, &buckets).await, writer(&scene, &buckets[..1]).await);
    let slow = tokio::spawn(answer(written(address, &both)));
    let granting = asked_for(&mut database, "GRANT+").await;
    let quick = tokio::spawn(answer(written(address, &one)));
    asked_for(&mut database, "post /write").await.answer("204 No Content", "", "").await;
    assert_eq!(quick.await.unwrap().status, 204);
    drop(granting);
    slow.abort();
}
