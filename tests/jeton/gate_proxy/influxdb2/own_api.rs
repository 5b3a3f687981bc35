//! The paths that Jeton's own API answers at the gate's address.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;
use tokio::net::TcpSocket;

use crate::{
    gate_proxy::encrypted::send,
    home::Home,
    support::{
        certificates::fixture,
        server::{NAME, PASSWORD, answer, client, members, permission_on, text, with_token},
        tls::{ServerFiles, encrypt},
    },
};

use super::{SELECT, Scene, gate_address, player::Player, recording::Names, set_up, start, start_with};

#[tokio::test]
async fn tokens_that_are_created_at_the_gates_address_are_jetons() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (org, bucket) = (scene.names.of("O"), scene.names.of("B"));
    let body = json!({"orgID": org, "permissions": [permission_on("read", "buckets", bucket, org)]});
    let create = scene.request("POST", "/api/v2/authorizations").json(&body);
    let created = answer(with_token(create, scene.names.of("OP"))).await.expect(201);
    let token = text(&created["token"]);
    answer(with_token(scene.request("GET", SELECT), &token)).await.expect(200);
    let delete = scene.request("DELETE", &format!("/api/v2/authorizations/{}", text(&created["id"])));
    answer(with_token(delete, scene.names.of("OP"))).await.expect(204);
    assert_eq!(answer(with_token(scene.request("GET", SELECT), &token)).await.status, 401);
    let ids: Vec<String> = scene.player.data_requests().into_iter().map(|seen| seen.path).collect();
    assert_eq!(ids, ["/query"], "the database sees the one query");
}

#[tokio::test]
async fn buckets_and_their_ids_are_jetons() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let listed = scene.get("/api/v2/buckets?org=my-org&name=b1", "OP").await.expect(200);
    assert_eq!(members(&listed["buckets"], "id"), [scene.names.of("B")]);
    let escaped = scene.get("/api/v2/%62uckets?org=my-org&name=b1", "OP").await.expect(200);
    assert_eq!(escaped, listed);
    let unknown = answer(scene.request("GET", "/api/v2/buckets")).await;
    assert_eq!(unknown.refused(401), "unauthorized access");
}

/// A bucket that is created here alone would have an id that the database does not know.
#[tokio::test]
async fn a_bucket_is_created_and_changed_in_the_database_and_deleted_here() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (operator, org, bucket) = (scene.names.of("OP"), scene.names.of("O"), scene.names.of("B2"));
    let path = format!("/api/v2/buckets/{bucket}");
    let new = scene.server.post("/api/v2/buckets", operator, json!({"orgID": org, "name": "b3"})).await;
    let renamed = scene.server.patch(&path, operator, json!({"name": "b3"})).await;
    let retention = json!({"retentionRules": [{"everySeconds": 86400, "shardGroupDurationSeconds": 3600}]});
    let shortened = scene.server.patch(&path, operator, retention).await;
    for refused in [new, renamed, shortened] {
        let message = refused.refused(422);
        assert!(message.contains("gate \"plant\""), "{message}");
    }
    scene.server.patch(&path, operator, json!({"description": "of the hall"})).await.expect(200);
    scene.server.bucket(operator, scene.names.of("P"), "b3").await;
    scene.server.delete(&path, operator).await.expect(204);
    assert_eq!(scene.write("/api/v2/write?org=my-org&bucket=b2", "V_r1w2").await.status, 404);
}

/// Clients of the database may reach the gate before an operator has set Jeton up.
#[tokio::test]
async fn jeton_is_set_up_at_its_own_address_alone() {
    let home = Home::sqlite();
    let names = Names(BTreeMap::from([("OP".to_owned(), "op-token".to_owned())]));
    let player = Player::start(&names).await;
    let server = start(&home, player.address, "databases = [\"*\"]\n").await;
    let (address, http) = (gate_address(&server).await, client());
    let at = |method: &str, path: &str| http.request(method.parse().unwrap(), format!("http://{address}{path}"));
    let body = json!({"username": NAME, "password": PASSWORD, "org": "my-org", "bucket": "b1"});
    for path in ["/api/v2/setup", "/api/v2/%73etup"] {
        let refused = answer(at("POST", path).json(&body)).await;
        assert_eq!(refused.header("x-platform-error-code"), "conflict");
        assert_eq!(refused.refused(422), "onboarding has already been completed");
    }
    assert_eq!(answer(at("POST", "/api/v2/setup/").json(&body)).await.status, 404);
    assert_eq!(answer(at("GET", "/api/v2/setup")).await.expect(200), json!({"allowed": false}));
    assert_eq!(server.get("/api/v2/setup", "").await.expect(200), json!({"allowed": true}), "nobody set it up");
    server.post("/api/v2/setup", "", body).await.expect(201);
    assert!(player.data_requests().is_empty(), "the database is not asked");
}

#[tokio::test]
async fn a_session_is_accepted_by_the_api_and_by_no_path_of_data() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let signed_in = answer(scene.request("POST", "/api/v2/signin").basic_auth(NAME, Some(PASSWORD))).await;
    let cookie = signed_in.cookie();
    let me = answer(scene.request("GET", "/api/v2/me").header("cookie", &cookie)).await.expect(200);
    assert_eq!(me["name"], NAME);
    assert_eq!(answer(scene.request("GET", SELECT).header("cookie", &cookie)).await.status, 401);
    assert!(scene.player.data_requests().is_empty());
}

/// Otherwise whoever guesses passwords behind one proxy locks out everyone behind the others.
#[tokio::test]
async fn clients_of_unknown_address_share_limits_with_those_behind_the_same_proxy_alone() {
    let (home, files) = (Home::sqlite(), ServerFiles::of("first"));
    let names = set_up(&home).await;
    let player = Player::start(&names).await;
    let [certificate, key] = files.flags();
    let ca = format!("--tls-client-ca={}", fixture("proxies-ca.crt").display());
    let flags = [certificate.as_str(), key.as_str(), ca.as_str()];
    let server = start_with(&home, player.address, "databases = [\"*\"]\ntls = true\n", &flags).await;
    let gate = gate_address(&server).await;
    let sign_in = async |proxy: [u8; 4], password: &str| {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((proxy, 0).into()).unwrap();
        let stream = encrypt(socket.connect(gate).await.unwrap(), "http/1.1", Some("proxy")).await.unwrap();
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{NAME}:{password}")));
        let headers = [("authorization", basic.as_str()), ("x-forwarded-for", "unknown")];
        send(stream, "POST /api/v2/signin", &headers, "").await.unwrap().0
    };
    for _ in 0..5 {
        assert_eq!(sign_in([127, 0, 0, 1], "wrong password").await, 401);
    }
    assert_eq!(sign_in([127, 0, 0, 1], PASSWORD).await, 429);
    assert_eq!(sign_in([127, 0, 0, 3], PASSWORD).await, 204);
}
