//! Recorded requests, sent through the gate with tokens of Jeton that have the recorded permissions.

use serde_json::Value;

use crate::{home::Home, support::server::Answer};

use super::{
    Scene,
    recording::{Step, steps},
};

/// Steps that the gate refuses with another status: the database is named in both the URL and the body.
const OTHER_STATUS: [&str; 1] = ["influxql.post.db-in-body"];
/// Steps that influxd allowed to a writer, and the gate leaves to operators.
const STRICTER: [&str; 1] = ["influxql.w1: DROP MEASUREMENT weather"];

/// Returns the difference between the answers of the gate and of influxd.
fn difference(step: &Step, answer: &Answer) -> Option<String> {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| text.into());
    let (name, body) = (step.name.as_str(), json(&answer.body));
    let is_error = body["message"].is_string() && body["code"].is_string();
    let is_statement_error = body["results"][0]["error"].is_string();
    let is_same = answer.status == step.status && body == json(&step.answer);
    let is_fine = if OTHER_STATUS.contains(&name) {
        answer.status >= 400 && is_error
    } else if STRICTER.contains(&name) {
        is_statement_error
    } else if step.is_refused() {
        is_same || (answer.status == step.status && (is_error || is_statement_error))
    } else {
        is_same
    };
    (!is_fine).then(|| format!("{name}: {} {}, not {} {}", answer.status, answer.body, step.status, step.answer))
}

#[tokio::test]
async fn a_token_sees_what_a_direct_client_sees_and_a_refusal_has_the_databases_shape() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let beginnings = ["write", "flux.", "influxql."];
    let mut replayed = steps("influxdb2-query", &scene.names, &beginnings);
    // The steps after the revocation of a token.
    replayed.retain(|step| !step.name.contains("revoked"));
    assert!(replayed.len() > 40, "the requests are recorded");
    let mut differences = Vec::new();
    for step in &replayed {
        differences.extend(difference(step, &scene.send(step).await));
    }
    assert!(differences.is_empty(), "{differences:#?}");
    let tokens: Vec<&String> =
        scene.names.0.iter().filter(|(name, _)| name.starts_with("V_")).map(|(_, t)| t).collect();
    for seen in scene.player.data_requests() {
        let credential = &seen.headers["authorization"];
        assert!(credential.starts_with("Token value-of-"), "data is reached with the caller's permissions: {seen:?}");
        assert!(
            tokens.iter().all(|token| !format!("{seen:?}").contains(*token)),
            "a token of Jeton stays here: {seen:?}"
        );
    }
}

#[tokio::test]
async fn what_escapes_influxdb_is_refused_before_it_reaches_the_database() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let escapes = ["bucketID.", "keys.", "import.", "influxql.foreign"];
    let escapes = steps("influxdb2-escapes", &scene.names, &escapes);
    assert!(escapes.len() >= 16, "the escapes are recorded");
    for step in &escapes {
        let answer = scene.send(step).await;
        let is_refused = answer.status >= 400 || answer.body.contains("\"error\"");
        assert!(is_refused && answer.status < 500, "{}: {} {}", step.name, answer.status, answer.body);
        let sent = scene.player.data_requests();
        assert!(sent.is_empty(), "{}: {sent:?}", step.name);
    }
}

/// A token that reads every bucket passes the first demand, so that the inspection itself must refuse.
#[tokio::test]
async fn no_permission_allows_other_organizations_imports_or_computed_ids() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let beginnings = ["bucketID.foreign-org", "bucketID.alias", "keys.", "import."];
    for mut step in steps("influxdb2-escapes", &scene.names, &beginnings) {
        step.headers.retain(|(name, _)| name != "Authorization");
        step.headers.push(("Authorization".into(), format!("Token {}", scene.names.of("V_all"))));
        let answer = scene.send(&step).await;
        assert!((400..500).contains(&answer.status), "{}: {} {}", step.name, answer.status, answer.body);
        let sent = scene.player.data_requests();
        assert!(sent.is_empty(), "{}: {sent:?}", step.name);
    }
}
