//! Narrowing a token to what the gate saw it use: a proposal, and a rotation with it.

use jeton_gate::Kind;
use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::{
        command::Shell,
        console::Browser,
        server::{NAME, members, permission_in, text},
    },
};

use super::{
    gated::{Gated, Token},
    played::Played,
};

/// A day and a second more than count.
const LONG_AGO: i64 = (31 * 86_400 + 1) * 1_000_000;

/// Writes to a database through the gate, before which the database accepts it.
async fn write(gated: &Gated, database: &mut Played, token: &Token, name: &str) {
    let target = format!("/write?db={name}");
    let write = gated.post(&target, &token.secret, "m v=1");
    let (written, ()) = tokio::join!(write, async { database.next().await.answer("204 No Content", "", "").await });
    assert_eq!(written.status, 204, "{}", written.body);
}

async fn narrowed(gated: &Gated, id: &str) -> Value {
    gated.server.get(&format!("/api/v2/authorizations/{id}/narrowed"), &gated.first.token).await.expect(200)
}

/// Returns permissions such as `write a`.
fn told(gated: &Gated, list: &Value) -> Vec<String> {
    let name = |id: &Value| ["a", "b"].into_iter().find(|name| gated.bucket(name) == id).map(str::to_owned);
    let one = |entry: &Value| {
        let (action, resource) = (text(&entry["permission"]["action"]), &entry["permission"]["resource"]);
        format!("{action} {}", name(&resource["id"]).unwrap_or_else(|| text(&resource["type"])))
    };
    list.as_array().expect("a list").iter().map(one).collect()
}

async fn gated(home: &Home, database: &Played) -> Gated {
    Gated::new(home, Kind::Victoriametrics, database.address).await
}

#[tokio::test]
async fn what_was_not_used_in_thirty_days_is_dropped_with_its_last_use() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = gated(&home, &database).await;
        let token = gated.token(&["write a", "write b", "read a"]).await;
        write(&gated, &mut database, &token, "b").await;
        gated.server.service.write_uses().await.expect("a flush");
        home.sql(&format!("UPDATE gate_uses SET used_at = used_at - {LONG_AGO}")).await;
        write(&gated, &mut database, &token, "a").await;
        let found = narrowed(&gated, &token.id).await;
        assert_eq!(told(&gated, &found["permissions"]), ["write a"]);
        assert_eq!(found["permissions"][0]["bucket"], "a");
        assert!(found["permissions"][0]["lastUsedAt"].is_string(), "{found}");
        let dropped = told(&gated, &found["dropped"]);
        assert_eq!(dropped.len(), 2);
        for (entry, told) in found["dropped"].as_array().unwrap().iter().zip(dropped) {
            assert_eq!(entry.get("lastUsedAt").is_some(), told == "write b", "{told}: {entry}");
            assert!(told == "write b" || told == "read a", "{told}");
        }
        let record = gated.server.get(&format!("/api/v2/authorizations/{}", token.id), &gated.first.token).await;
        assert_eq!(record.expect(200)["permissions"].as_array().map(Vec::len), Some(3), "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn a_rotation_with_the_proposal_has_the_used_buckets_and_what_gates_do_not_see() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = gated(&home, &database).await;
        let (operator, org) = (&gated.first.token, &gated.first.org);
        let permissions = json!([permission_in("write", "buckets", org), permission_in("read", "telegrafs", org)]);
        let created = gated.server.token(operator, org, permissions).await.expect(201);
        let token = Token { secret: text(&created["token"]), id: text(&created["id"]) };
        write(&gated, &mut database, &token, "a").await;
        let found = narrowed(&gated, &token.id).await;
        let mut proposed = told(&gated, &found["permissions"]);
        proposed.sort_unstable();
        assert_eq!(proposed, ["read telegrafs", "write a"]);
        assert_eq!(told(&gated, &found["dropped"]), ["write buckets"]);
        let permissions: Vec<&Value> =
            found["permissions"].as_array().unwrap().iter().map(|one| &one["permission"]).collect();
        let path = format!("/api/v2/authorizations/{}/rotate", token.id);
        let own = gated.server.post(&path, &token.secret, json!({"permissions": permissions})).await;
        assert_ne!(own.status, 201, "a token does not rotate itself with changes");
        let rotated = gated.server.post(&path, operator, json!({"permissions": permissions})).await.expect(201);
        let narrow = Token { secret: text(&rotated["token"]), id: text(&rotated["id"]) };
        write(&gated, &mut database, &narrow, "a").await;
        assert_eq!(gated.post("/write?db=b", &narrow.secret, "m v=1").await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn whoever_may_not_see_a_token_does_not_see_what_it_used() {
    let home = Home::sqlite();
    let database = Played::start().await;
    let gated = gated(&home, &database).await;
    let token = gated.token(&["write a"]).await;
    let path = format!("/api/v2/authorizations/{}/narrowed", token.id);
    for secret in [token.secret.as_str(), "unknown", ""] {
        assert_eq!(gated.server.get(&path, secret).await.status, 401);
    }
    let unknown = gated.server.get("/api/v2/authorizations/0000000000000001/narrowed", &gated.first.token).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn the_command_line_shows_the_difference_and_rotates_once_it_is_told_to() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let gated = gated(&home, &database).await;
        let token = gated.token(&["write a", "read a"]).await;
        let shell = Shell::new(&gated.server).with("INFLUX_TOKEN", &gated.first.token);
        let line = format!("auth narrow --id {}", token.id);
        let unused = shell.run(&format!("{line} --yes")).await;
        assert_eq!(unused.code, Some(1), "{unused:?}");
        assert!(unused.stderr.contains("Error: no gate saw a use of the token"), "{unused:?}");
        write(&gated, &mut database, &token, "a").await;
        let (org, bucket) = (&gated.first.org, gated.bucket("a"));
        let refused = shell.run(&line).await;
        assert_eq!(refused.code, Some(1), "{refused:?}");
        for shown in [
            format!("+ write:orgs/{org}/buckets/{bucket} (a), last used "),
            format!("- read:orgs/{org}/buckets/{bucket} (a)"),
            "give --yes".to_owned(),
        ] {
            assert!(refused.stderr.contains(&shown), "{shown}: {refused:?}");
        }
        let rotated = shell.json(&format!("{line} --yes --overlap 1h")).await;
        let path = format!("/api/v2/authorizations/{}", text(&rotated["id"]));
        let listed = gated.server.get(&path, &gated.first.token).await.expect(200);
        assert_eq!(members(&listed["permissions"], "action"), ["write"]);
        assert_eq!(listed["replaces"], token.id.as_str());
        let again = shell.run(&format!("auth narrow --id {} --yes", text(&rotated["id"]))).await;
        assert_eq!(again.code, Some(1), "the new token has used nothing yet: {again:?}");
    })
    .await;
}

#[tokio::test]
async fn the_drawer_leads_to_the_rotation_with_the_proposal() {
    let home = Home::sqlite();
    let mut database = Played::start().await;
    let gated = gated(&home, &database).await;
    let token = gated.token(&["write a", "read b"]).await;
    let browser = Browser::sign_in(&gated.server, NAME).await;
    let page = format!("/orgs/{}/load-data/tokens", gated.first.org);
    let before = browser.open(&format!("{page}/{}", token.id)).await.body;
    assert!(!before.contains("details-narrow"), "it used nothing: {before}");
    write(&gated, &mut database, &token, "a").await;
    let drawer = browser.open(&format!("{page}/{}", token.id)).await.body;
    assert!(drawer.contains("Narrow to what it used"), "{drawer}");
    assert!(drawer.contains("details-narrow") && drawer.contains("narrow=1"), "{drawer}");
    let dialog = browser.open(&format!("{page}/generate/custom-api?rotate={}&narrow=1", token.id)).await;
    assert_eq!(dialog.status, 200);
    assert!(dialog.body.contains("Rotate with changes"));
    assert!(dialog.body.contains("Read “b” was not ticked: no gate saw a use in 30 days."), "{}", dialog.body);
    let tags = dialog.body.split("<input").map(|tag| tag.split('>').next().unwrap_or_default());
    let ticked: Vec<&str> = tags.filter(|tag| tag.contains(" checked")).collect();
    let has = |bucket: &str| ticked.iter().any(|tag| tag.contains(&format!("buckets/{}", gated.bucket(bucket))));
    assert!(has("a") && !has("b"), "{ticked:?}");
}
