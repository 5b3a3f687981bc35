//! The uses of 1.x credentials through gates: listed as those of tokens, by the API, the command line and the console.

use jeton_gate::Kind;
use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::{
        command::Shell,
        console::Browser,
        server::{NAME, Server, answer, client, permission, permission_in, permission_on, text},
    },
};

use super::{
    configured::{Scene, section},
    gated::{Gated, V1_PASSWORD, v1_credential},
    page::{page, part},
    played::Played,
    v1_credentials::{with_password, write},
};

/// Lists the uses of the 1.x credential with this path.
async fn uses(server: &Server, path: &str, token: &str) -> Value {
    server.get(&format!("{path}/uses"), token).await.expect(200)["uses"].clone()
}

#[tokio::test]
async fn the_uses_of_a_1_x_credential_are_listed_as_those_of_a_token() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        let path = gated.v1("grafana", &["write a"], json!({})).await;
        let operator = gated.first.token.as_str();
        assert_eq!(uses(&gated.server, &path, operator).await, json!([]));
        assert_eq!(write(&gated, &mut database, "basic", "grafana", V1_PASSWORD).await, 204);
        let buffered = uses(&gated.server, &path, operator).await;
        let at = text(&buffered[0]["lastUsedAt"]);
        let expected = json!([{
            "gate": "plant", "bucketID": gated.bucket("a"), "bucket": "a", "action": "write", "lastUsedAt": at,
        }]);
        assert_eq!(buffered, expected);
        gated.server.service.write_uses().await.expect("a flush");
        assert_eq!(uses(&gated.server, &path, operator).await, expected);

        let id = path.rsplit('/').next().unwrap();
        let as_token = gated.server.get(&format!("/api/v2/authorizations/{id}/uses"), operator).await;
        assert_eq!(as_token.status, 404, "it is no token");
        let token = gated.token(&["write a"]).await;
        let as_credential = format!("/private/legacy/authorizations/{}/uses", token.id);
        assert_eq!(gated.server.get(&as_credential, operator).await.status, 404, "a token is no 1.x credential");
        gated.server.delete(&path, operator).await.expect(204);
        assert_eq!(gated.server.get(&format!("{path}/uses"), operator).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_see_a_1_x_credential_or_a_bucket_does_not_see_its_uses_or_its_name() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
        let (server, first) = (&gated.server, &gated.first);
        let path = gated.v1("grafana", &["write a"], json!({})).await;
        assert_eq!(write(&gated, &mut database, "basic", "grafana", V1_PASSWORD).await, 204);
        let other = gated.token(&["write a"]).await.secret;
        for secret in [other.as_str(), "unknown", ""] {
            let (of_record, of_uses) =
                (server.get(&path, secret).await, server.get(&format!("{path}/uses"), secret).await);
            assert_eq!((of_uses.status, of_uses.body), (401, of_record.body));
        }
        let seen = json!([permission_in("read", "authorizations", &first.org), permission("read", "users")]);
        let reader = server.token(&first.token, &first.org, seen).await.expect(201);
        let shown = uses(server, &path, &text(&reader["token"])).await;
        assert_eq!((&shown[0]["bucketID"], shown[0].get("bucket")), (&json!(gated.bucket("a")), None));
    })
    .await;
}

#[tokio::test]
async fn the_command_line_lists_the_uses_of_a_1_x_credential() {
    let mut database = Played::start().await;
    let home = Home::sqlite();
    let gated = Gated::new(&home, Kind::Victoriametrics, database.address).await;
    let path = gated.v1("grafana", &["write a"], json!({})).await;
    let shell = Shell::new(&gated.server).with("INFLUX_TOKEN", &gated.first.token);
    assert_eq!(shell.json("v1 auth uses --username grafana").await, json!([]));
    assert_eq!(write(&gated, &mut database, "basic", "grafana", V1_PASSWORD).await, 204);
    let expected = uses(&gated.server, &path, &gated.first.token).await;
    assert_eq!(shell.json("v1 auth uses --username grafana").await, expected);
    let line = format!("v1 auth uses --id {}", path.rsplit('/').next().unwrap());
    let table = shell.ok(&line).await;
    let cells: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!((cells.len(), cells[0][0], cells[1][0]), (2, "Gate", "plant"), "{table}");
    let (said, _) = shell.fails("v1 auth uses --id 0000000000000001").await;
    assert!(said.starts_with("could not list the uses of authorization \"0000000000000001\""), "{said}");
}

#[tokio::test]
async fn the_drawer_of_a_gate_names_1_x_credentials_to_whoever_may_see_them() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &section(database.address, "*")).await;
        scene.bind(database.address).await;
        let (server, first) = (&scene.server, &scene.first);
        let permissions = json!([permission_on("write", "buckets", &first.bucket, &first.org)]);
        let members = json!({"orgID": first.org, "permissions": permissions});
        v1_credential(server, &first.token, "press-7", members).await;
        let address = scene.address("plant").await;
        let sent = |name: &str| {
            let write = client().post(format!("http://{address}/write?db={name}")).body("m v=1");
            answer(with_password(write, "basic", "press-7", V1_PASSWORD))
        };
        let accept = async { database.next().await.answer("204 No Content", "", "").await };
        assert_eq!(tokio::join!(sent("a"), accept).0.status, 204);
        assert_eq!(sent("unknown").await.status, 404);
        server.service.write_uses().await.expect("a flush");
        let browser = Browser::sign_in(server, NAME).await;
        let drawer = browser.open(&page(&scene, "/plant")).await;
        assert!(part(&drawer, "gate-v1-credentials", "ul").contains(">press-7<"), "{}", drawer.body);
        assert!(!drawer.body.contains("data-testid=\"gate-tokens\""), "no token was used");
        let refusals = part(&drawer, "gate-refusals", "ul");
        assert!(refusals.contains("1.x credential") && refusals.contains(">press-7<"), "{refusals}");
        assert!(!refusals.contains("/load-data/tokens/"), "a 1.x credential has no details: {refusals}");

        let bob = server.user_with_password(&first.token, "bob").await;
        let members = format!("/api/v2/orgs/{}/members", first.org);
        server.post(&members, &first.token, json!({"id": bob})).await.expect(201);
        let member = Browser::sign_in(server, "bob").await;
        let drawer = member.open(&page(&scene, "/plant")).await;
        assert!(drawer.status == 200 && !drawer.body.contains("press-7"), "the user name is told");
        let refusals = part(&drawer, "gate-refusals", "ul");
        assert!(refusals.contains("1.x credential") && !refusals.contains("/load-data/tokens/"), "{refusals}");
    })
    .await;
}
