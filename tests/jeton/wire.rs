//! Recordings of influxd 2.9.1: each scenario is replayed against a new server, and the responses must agree. Steps
//! with a deliberate difference contain influxd's own response under `influxd`.

use serde_json::Value;

use crate::{
    home::on_each_database,
    support::{
        compare::{Captured, Comparison, fill},
        server::{Answer, Server, answer},
    },
};

#[tokio::test]
async fn set_up_answers_as_influxd_does() {
    play(include_str!("../wire/setup.json")).await;
}

#[tokio::test]
async fn credentials_are_read_as_influxd_does() {
    play(include_str!("../wire/authentication.json")).await;
}

#[tokio::test]
async fn authorizations_are_kept_as_influxd_does() {
    play(include_str!("../wire/authorizations.json")).await;
}

#[tokio::test]
async fn rights_are_granted_as_influxd_does() {
    play(include_str!("../wire/granting.json")).await;
}

#[tokio::test]
async fn permissions_match_as_influxd_does() {
    play(include_str!("../wire/matching.json")).await;
}

#[tokio::test]
async fn users_are_kept_as_influxd_does() {
    play(include_str!("../wire/users.json")).await;
}

#[tokio::test]
async fn organizations_and_their_members_are_kept_as_influxd_does() {
    play(include_str!("../wire/orgs.json")).await;
}

#[tokio::test]
async fn buckets_are_kept_as_influxd_does() {
    play(include_str!("../wire/buckets.json")).await;
}

#[tokio::test]
async fn telegraf_configurations_are_kept_as_influxd_does() {
    play(include_str!("../wire/telegrafs.json")).await;
}

#[tokio::test]
async fn dbrp_mappings_are_kept_as_influxd_does() {
    play(include_str!("../wire/dbrps.json")).await;
}

#[tokio::test]
async fn credentials_of_1_x_clients_are_kept_as_influxd_does() {
    play(include_str!("../wire/v1-authorizations.json")).await;
}

async fn play(recording: &str) {
    let recording: Value = serde_json::from_str(recording).expect("a recording");
    let steps = recording["steps"].as_array().expect("steps");
    assert!(!steps.is_empty());
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let mut captured = Captured::new();
        let mut differences = Vec::new();
        for step in steps {
            let answer = send(&server, step, &captured).await;
            capture(step, &answer, &mut captured);
            let found = compare(step, &answer, &captured);
            if !found.is_empty() {
                differences.push(format!("{}\n    {}", step["name"], found.join("\n    ")));
            }
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    })
    .await;
}

async fn send(server: &Server, step: &Value, captured: &Captured) -> Answer {
    let filled = |value: &Value| fill(value.as_str().expect("a text"), captured);
    let mut request = server.request(&filled(&step["method"]), &filled(&step["path"]));
    for (name, value) in step["headers"].as_object().into_iter().flatten() {
        request = request.header(name, filled(value));
    }
    if let Some(basic) = step["basic"].as_str() {
        let filled = fill(basic, captured);
        let (name, password) = filled.split_once(':').expect("name and password");
        request = request.basic_auth(name, Some(password));
    }
    match &step["body"] {
        Value::Null => {}
        Value::String(body) => request = request.body(fill(body, captured)),
        body => request = request.body(fill(&body.to_string(), captured)),
    }
    answer(request).await
}

/// Captures values for later steps. A missing path captures nothing: the step that needs it fails.
fn capture(step: &Value, answer: &Answer, captured: &mut Captured) {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    for (name, path) in step["capture"].as_object().into_iter().flatten() {
        let value = match path.as_str().expect("a path") {
            "cookie" => answer.header("set-cookie").split(';').next().map(Into::into),
            path => dig(&body, path).map(|found| found.as_str().map_or_else(|| found.to_string(), Into::into)),
        };
        captured.extend(value.map(|value| (name.clone(), value)));
    }
}

fn dig<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, part| match value {
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        other => other.get(part),
    })
}

fn compare(step: &Value, answer: &Answer, captured: &Captured) -> Vec<String> {
    let want = &step["expect"];
    let unordered = step["unordered"] == true;
    let mut comparison = Comparison { captured, unordered, differences: Vec::new() };
    if want["status"] != answer.status {
        comparison.differ("status", &want["status"], answer.status);
    }
    for (name, value) in want["headers"].as_object().into_iter().flatten() {
        let got = answer.headers.get(name).map(|_| answer.header(name).into());
        comparison.value(&format!("header {name}"), value, &got.unwrap_or(Value::Null));
    }
    for name in want["absent"].as_array().into_iter().flatten() {
        let name = name.as_str().expect("a name");
        if answer.headers.contains_key(name) {
            comparison.differ(&format!("header {name}"), "none", answer.header(name));
        }
    }
    if let Some(json) = want.get("json") {
        match serde_json::from_str(&answer.body) {
            Ok(body) => comparison.value("$", json, &body),
            Err(_) => comparison.differ("body", "JSON", format!("{:?}", answer.body)),
        }
    }
    if let Some(text) = want.get("text") {
        comparison.value("body", text, &Value::String(answer.body.clone()));
    }
    comparison.differences
}
