//! The API of gates: their visibility, and the binding of buckets while the server runs.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::server::{Answer, NAME, answer, members, permission_in, permission_on, text},
};

use super::{
    configured::{Scene, section, written},
    played::Played,
};

const BINDINGS: &str = "/api/v2/gates/plant/bindings";

/// Returns the section of a gate for InfluxDB 1.x.
pub(super) fn influxdb1(upstream: SocketAddr, databases: &str) -> String {
    section(upstream, databases).replace("victoriametrics", "influxdb1") + "auth = \"classify\"\n"
}

/// Answers the gate's list requests as InfluxDB 1.x: the databases, then their retention policies.
pub(super) async fn tell(database: &mut Played, names: &[&str]) {
    let rows: Vec<Value> = names.iter().map(|name| json!([name])).collect();
    let series = json!({"name": "databases", "columns": ["name"], "values": rows});
    let asked = database.next().await;
    assert!(asked.head.starts_with("get /query?q=show+databases "), "{}", asked.head);
    let listed = json!({"results": [{"statement_id": 0, "series": [series]}]});
    asked.answer("200 OK", "", &listed.to_string()).await;
    if names.is_empty() {
        return;
    }
    let policies = json!({"series": [{"columns": ["name"], "values": [["autogen"]]}]});
    let policies: Vec<&Value> = names.iter().map(|_| &policies).collect();
    database.next().await.answer("200 OK", "", &json!({"results": policies}).to_string()).await;
}

/// Binds the bucket of the set-up to a database, while the upstream lists the databases `names`.
async fn bind(scene: &Scene<'_>, token: &str, to: &str, database: &mut Played, names: &[&str]) -> Answer {
    let body = json!({"bucketID": scene.first.bucket, "database": to});
    let (bound, ()) = tokio::join!(scene.server.post(BINDINGS, token, body), tell(database, names));
    bound
}

async fn token(scene: &Scene<'_>, permission: Value) -> String {
    let created = scene.server.token(&scene.first.token, &scene.first.org, json!([permission])).await.expect(201);
    text(&created["token"])
}

/// Returns a token that writes the buckets of the organization.
async fn buckets_writer(scene: &Scene<'_>) -> String {
    token(scene, permission_in("write", "buckets", &scene.first.org)).await
}

async fn gates(scene: &Scene<'_>, token: &str) -> Value {
    scene.server.get("/api/v2/gates", token).await.expect(200)["gates"].clone()
}

#[tokio::test]
async fn a_running_server_is_told_which_database_holds_the_data_of_a_bucket() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
        let (address, writer, operator) = (scene.address("plant").await, scene.writer().await, &scene.first.token);
        assert_eq!(answer(written(address, &writer)).await.status, 404, "no database is bound");
        let bound = bind(&scene, operator, "a", &mut database, &["a"]).await.expect(201);
        assert_eq!(
            (&bound["database"], &bound["bucket"], &bound["suspended"]),
            (&json!("a"), &json!("iot"), &json!(false))
        );
        let listed = scene.server.get(BINDINGS, operator).await.expect(200);
        assert_eq!(listed["bindings"], json!([bound]));
        let accept = async { database.next().await.answer("204 No Content", "", "").await };
        let (done, ()) = tokio::join!(answer(written(address, &writer)), accept);
        assert_eq!(done.status, 204);
        scene.server.delete(&format!("{BINDINGS}/{}", scene.first.bucket), operator).await.expect(204);
        assert_eq!(answer(written(address, &writer)).await.status, 404, "the binding has ended");
        let path = format!("{BINDINGS}/{}", scene.first.bucket);
        assert_eq!(
            scene.server.delete(&path, operator).await.refused(404),
            "the bucket is not bound at gate \"plant\""
        );
    })
    .await;
}

#[tokio::test]
async fn who_writes_the_buckets_binds_one_to_a_new_database_and_to_no_other() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
        let writer = buckets_writer(&scene).await;
        let refused = bind(&scene, &writer, "old", &mut database, &["old"]).await.refused(403);
        assert!(
            refused.starts_with("only an operator may bind a bucket to a database that may hold data"),
            "{refused}"
        );
        let body = json!({"bucketID": scene.first.bucket, "database": "new"});
        let fail = async { database.next().await.answer("500 Internal Server Error", "", "{}").await };
        let (unknown, ()) = tokio::join!(scene.server.post(BINDINGS, &writer, body), fail);
        assert_eq!(unknown.status, 403, "the database does not tell what it has");
        bind(&scene, &writer, "new", &mut database, &["old"]).await.expect(201);
        scene.server.delete(&format!("{BINDINGS}/{}", scene.first.bucket), &writer).await.expect(204);
        bind(&scene, &scene.first.token, "old", &mut database, &["old"]).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_bind_does_not_reach_the_database() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let scene = Scene::new(&home, &influxdb1(database.address, "b*")).await;
    let reader = token(&scene, permission_in("read", "buckets", &scene.first.org)).await;
    let operator = &scene.first.token;
    let post = async |token: &str, body: Value| scene.server.post(BINDINGS, token, body).await;
    let body = |database: &str| json!({"bucketID": scene.first.bucket, "database": database});
    assert_eq!(post(&reader, body("b")).await.status, 401);
    let foreign = "gate \"plant\" does not guard database \"a\"; choose a name that its setting databases matches";
    assert_eq!(post(operator, body("a")).await.refused(400), foreign);
    assert_eq!(post(operator, json!({"bucketID": "x", "database": "b"})).await.status, 400);
    assert_eq!(post("", body("b")).await.status, 401);
    for path in ["sync", "check"] {
        let refused = scene.server.post(&format!("/api/v2/gates/plant/{path}"), &reader, json!({})).await.refused(403);
        assert!(refused.starts_with("only an operator may compare"), "{refused}");
    }
    let unknown = scene.server.post("/api/v2/gates/hall/bindings", operator, body("b")).await.refused(404);
    assert_eq!(unknown, "gate \"hall\" not found");
    assert!(database.is_idle());
}

#[tokio::test]
async fn gates_are_shown_to_whoever_has_the_buckets_and_refusals_to_whoever_reads_the_tokens() {
    on_each_database(async |home: Home| {
        let database = Played::start().await;
        let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
        let (first, address) = (&scene.first, scene.address("plant").await);
        assert_eq!(answer(written(address, "no-token")).await.status, 401);
        let listed = gates(&scene, &first.token).await;
        let gate = &listed[0];
        assert_eq!((&gate["name"], &gate["kind"]), (&json!("plant"), &json!("influxdb1")));
        assert_eq!((&gate["orgID"], &gate["org"]), (&json!(first.org), &json!("acme")));
        assert_eq!(gate["upstream"], format!("http://{}", database.address));
        assert_eq!((&gate["address"], &gate["health"]), (&json!(address.to_string()), &json!("unknown")));
        assert_eq!((&gate["requests"]["unauthenticated"], &gate["requests"]["allowed"]), (&json!(1), &json!(0)));
        let refusal = &gate["refusals"][0];
        assert_eq!((&refusal["reason"], &refusal["times"]), (&json!("unauthorized access"), &json!(1)));
        assert_eq!((&refusal["address"], &refusal["authorizationID"]), (&json!("127.0.0.1"), &Value::Null));

        let reader = token(&scene, permission_in("read", "buckets", &first.org)).await;
        let seen = gates(&scene, &reader).await;
        assert_eq!((members(&seen, "name"), &seen[0]["refusals"]), (vec!["plant".to_owned()], &json!([])));
        let one = token(&scene, permission_on("read", "buckets", &first.bucket, &first.org)).await;
        let elsewhere = scene.server.org(&first.token, "elsewhere").await;
        let permission = json!([permission_in("write", "buckets", &elsewhere)]);
        let foreign = text(&scene.server.token(&first.token, &elsewhere, permission).await.expect(201)["token"]);
        for stranger in [&one, &foreign] {
            assert_eq!(gates(&scene, stranger).await, json!([]));
            assert_eq!(scene.server.get(BINDINGS, stranger).await.refused(404), "gate \"plant\" not found");
        }
        assert_eq!(scene.server.get("/api/v2/gates", "").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_names_the_token_of_another_organization_to_nobody_of_this_one() {
    let home = Home::sqlite();
    let database = Played::start().await;
    let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
    let (first, address) = (&scene.first, scene.address("plant").await);
    let elsewhere = scene.server.org(&first.token, "elsewhere").await;
    let permissions = json!([permission_in("write", "buckets", &elsewhere)]);
    let foreign = scene.server.token(&first.token, &elsewhere, permissions).await.expect(201);
    assert_eq!(answer(written(address, &text(&foreign["token"]))).await.status, 404);
    let permissions = ["buckets", "authorizations"].map(|kind| permission_in("read", kind, &first.org));
    let reader = scene.server.token(&first.token, &first.org, json!(permissions)).await.expect(201);
    let refusal = async |token: &str| gates(&scene, token).await[0]["refusals"][0].clone();
    let seen = refusal(&text(&reader["token"])).await;
    assert_eq!((&seen["reason"], &seen["authorizationID"]), (&json!("database not found: a"), &Value::Null));
    assert_eq!(refusal(&first.token).await["authorizationID"], foreign["id"], "an operator reads every token");
}

#[tokio::test]
async fn a_comparison_suspends_what_vanished_until_an_operator_confirms() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &influxdb1(database.address, "*")).await;
        let (address, writer, operator) = (scene.address("plant").await, scene.writer().await, &scene.first.token);
        bind(&scene, operator, "a", &mut database, &[]).await.expect(201);
        let sync = scene.server.post("/api/v2/gates/plant/sync", operator, json!({}));
        let (compared, ()) = tokio::join!(sync, tell(&mut database, &["_internal", "other"]));
        let expected = json!({"unknown": [{"database": "other"}], "suspended": [scene.first.bucket]});
        assert_eq!(compared.expect(200), expected);
        let entries = scene.server.get("/api/v2/audit?action=bucket%20suspended", operator).await.expect(200);
        assert_eq!(entries["entries"][0]["actor"]["user"]["name"], NAME, "the operator who compared");
        assert_eq!(answer(written(address, &writer)).await.status, 503);
        let suspended =
            async || scene.server.get(BINDINGS, operator).await.expect(200)["bindings"][0]["suspended"].clone();
        assert_eq!(suspended().await, json!(true));
        let confirm = format!("{BINDINGS}/{}/confirm", scene.first.bucket);
        assert_eq!(scene.server.post(&confirm, &buckets_writer(&scene).await, json!({})).await.status, 403);
        scene.server.post(&confirm, operator, json!({})).await.expect(204);
        assert_eq!(suspended().await, json!(false));
        assert_eq!(
            scene.server.post(&confirm, operator, json!({})).await.refused(422),
            "bucket \"iot\" is not suspended"
        );

        let fail = async { database.next().await.answer("200 OK", "", "no list").await };
        let sync = scene.server.post("/api/v2/gates/plant/sync", operator, json!({}));
        let (untold, ()) = tokio::join!(sync, fail);
        assert_eq!((untold.status, untold.header("retry-after").as_str()), (503, "1"));
        assert_eq!(suspended().await, json!(false), "what is no list suspends nothing");
    })
    .await;
}

#[tokio::test]
async fn a_check_says_that_the_database_cannot_be_reached() {
    let home = Home::sqlite();
    // Nothing listens on the port of the discard protocol.
    let scene = Scene::new(&home, &influxdb1("127.0.0.1:9".parse().unwrap(), "*")).await;
    let checked = scene.server.post("/api/v2/gates/plant/check", &scene.first.token, json!({})).await.expect(200);
    assert_eq!(checked["health"], "unreachable");
    let findings = checked["findings"].as_array().unwrap();
    assert!(text(&findings[0]).starts_with("The database cannot be reached."), "{findings:?}");
}

#[tokio::test]
async fn a_server_without_gates_says_so() {
    let home = Home::sqlite();
    let scene = Scene::new(&home, "").await;
    assert_eq!(gates(&scene, &scene.first.token).await, json!([]));
}
