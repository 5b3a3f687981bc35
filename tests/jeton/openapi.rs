//! The OpenAPI document is complete.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    home::on_each_database,
    support::server::{Server, answer},
};

const RECORDINGS: [&str; 11] = [
    include_str!("../wire/authentication.json"),
    include_str!("../wire/authorizations.json"),
    include_str!("../wire/buckets.json"),
    include_str!("../wire/dbrps.json"),
    include_str!("../wire/granting.json"),
    include_str!("../wire/matching.json"),
    include_str!("../wire/orgs.json"),
    include_str!("../wire/setup.json"),
    include_str!("../wire/telegrafs.json"),
    include_str!("../wire/users.json"),
    include_str!("../wire/v1-authorizations.json"),
];

/// Requested on purpose, to test unknown paths and methods.
const UNKNOWN: [(&str, &str); 3] =
    [("GET", "/api/v2/nope"), ("PUT", "/api/v2/authorizations"), ("GET", "/api/v2/authorizations/{{T0}}/x")];

fn description() -> Value {
    serde_json::to_value(jeton_api::openapi::description()).expect("a document")
}

/// Returns whether a path matches a template, each `{…}` standing for one segment.
fn is(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(one, other)| one == other || (one.starts_with('{') && !other.is_empty()))
}

#[test]
fn every_operation_that_clients_use_is_in_it() {
    let description = description();
    let paths = description["paths"].as_object().expect("paths");
    let mut missing = BTreeSet::new();
    for recording in RECORDINGS {
        let recording: Value = serde_json::from_str(recording).expect("a recording");
        for step in recording["steps"].as_array().expect("steps") {
            let (method, path) = (step["method"].as_str().expect("a method"), step["path"].as_str().expect("a path"));
            let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
            let known =
                paths.iter().any(|(template, item)| is(template, path) && item.get(method.to_lowercase()).is_some());
            if !known && method != "OPTIONS" && !UNKNOWN.contains(&(method, path)) {
                missing.insert(format!("{method} {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Operations that change something and have no body.
const WITHOUT_BODY: [&str; 5] = [
    "PostAuthorizationsIDDescendantsDeactivate",
    "PostGatesNameBindingsIDConfirm",
    "PostGatesNameCheck",
    "PostGatesNameConfirm",
    "PostGatesNameSync",
];

#[test]
fn every_operation_says_what_it_is_takes_and_answers() {
    let description = description();
    let mut ids = BTreeSet::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let name = format!("{method} {path}");
            let text = |member: &str| operation[member].as_str().unwrap_or_default().to_owned();
            assert!(!text("summary").is_empty(), "{name} has no summary");
            assert!(ids.insert(text("operationId")), "{name} has the id of another: {}", text("operationId"));
            let tag = &operation["tags"][0];
            let known = description["tags"].as_array().expect("tags").iter().any(|known| known["name"] == *tag);
            assert!(known, "{name} has the tag {tag}, which is none of the document's");
            let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
            for part in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
                let described =
                    parameters.iter().any(|parameter| parameter["name"] == part && parameter["in"] == "path");
                assert!(described, "{name} does not describe {part}");
            }
            for parameter in parameters {
                assert!(parameter["description"].is_string(), "{name} does not explain {}", parameter["name"]);
            }
            if matches!(method.as_str(), "post" | "put" | "patch") && !path.contains("/sign") {
                if WITHOUT_BODY.contains(&operation["operationId"].as_str().unwrap_or_default()) {
                    assert!(operation["requestBody"].is_null(), "{name} has a body");
                    continue;
                }
                assert!(operation["requestBody"].is_object(), "{name} does not describe its body");
                assert!(operation["responses"]["413"].is_object(), "{name} does not say what a large body is answered");
            }
        }
    }
}

#[test]
fn every_type_it_mentions_is_in_it() {
    let description = description();
    let text = description.to_string();
    let types = description["components"]["schemas"].as_object().expect("types");
    for mention in text.split("#/components/schemas/").skip(1) {
        let name = mention.split('"').next().unwrap_or_default();
        assert!(types.contains_key(name), "{name} is not described");
    }
}

#[tokio::test]
async fn it_is_served_to_anyone_and_names_the_server() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        for path in ["/api/v2/openapi.json", "/api/v2/swagger.json"] {
            let document = server.get(path, "").await.expect(200);
            assert_eq!(document["openapi"], "3.1.0");
            assert_eq!(document["servers"][0]["url"], format!("http://{}", server.address));
        }
        let page = answer(server.request("GET", "/docs")).await;
        assert_eq!(page.status, 200);
        for shown in
            ["Create an authorization", "PostAuthorizations", "DELETE", "/private/legacy/authorizations", "curl"]
        {
            assert!(page.body.contains(shown), "{shown}");
        }
        assert!(!page.body.contains("<script"), "the page needs no script");
    })
    .await;
}
