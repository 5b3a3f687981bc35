//! `jeton gate`, without a server.

use serde_json::json;

use crate::{
    audit_log::details,
    home::on_each_database,
    offline::{jeton, jeton_with},
    support::{
        people::last_actions,
        server::{Server, permission_on, text},
    },
};

use super::UPSTREAM;

const HALL: &str = "--gate hall --kind influxdb1 --org acme --upstream http://localhost:8087";

#[tokio::test]
async fn the_command_line_binds_lists_and_unbinds_without_a_server() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        server.stop().await;
        let command = format!("gate bind {HALL} --bucket iot --database a --policy week --json");
        let bound = jeton(&home, &command, "").await.json();
        let row = json!({
            "gate": "hall", "bucket": "iot", "bucketID": first.bucket, "orgID": first.org, "database": "a",
            "retentionPolicy": "week", "upstream": UPSTREAM,
        });
        assert_eq!(bound, row);
        assert_eq!(jeton(&home, "gate list --json", "").await.json(), json!([row]));
        assert_eq!(jeton(&home, "gate list --gate other --json", "").await.json(), json!([]));
        let listed = jeton(&home, "gate list --gate hall", "").await.well();
        assert!(listed.starts_with("Gate\tBucket\tBucket ID\t\tDatabase"), "{listed}");
        let ended = jeton(&home, &format!("gate unbind --gate hall --bucket {}", first.bucket), "").await.well();
        assert!(ended.contains("true"), "{ended}");
        assert_eq!(jeton(&home, "gate list --json", "").await.json(), json!([]));
        assert_eq!(last_actions(&home, 2).await, ["bucket bound", "bucket unbound"]);
        assert_eq!(details(&home, "bucket bound").await[0]["via"], "jeton gate");
    })
    .await;
}

#[tokio::test]
async fn the_command_line_confirms_what_is_suspended_and_says_what_it_can_not_do() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        server.stop().await;
        jeton(&home, &format!("gate bind {HALL} --bucket iot --database a"), "").await.well();
        home.sql("UPDATE gate_bindings SET suspended_at = 1").await;
        jeton(&home, &format!("gate confirm {HALL} --bucket iot"), "").await.well();
        let before = last_actions(&home, 100).await;
        for (words, refusal) in [
            ("confirm HALL --bucket iot", "bucket \"iot\" is not suspended"),
            ("bind HALL --bucket iot --database b", "bucket \"iot\" is bound at this gate already; unbind it first"),
            ("bind HALL --bucket x --database b", "bucket \"x\" not found"),
            ("bind HALL --bucket iot", "must provide --database"),
            ("bind --gate hall --bucket iot --database b", "must provide --kind"),
            (
                "bind --gate hall --kind influx --org acme --upstream http://a --bucket iot --database b",
                "unknown kind \"influx\"; the kinds are influxdb1, influxdb2, influxdb3, victoriametrics",
            ),
            (
                "bind --gate hall --kind influxdb1 --org acme --upstream http://u:p@a --bucket iot --database b",
                "give the upstream as http://HOST:PORT or https://HOST:PORT, without user, path and query",
            ),
            (
                "bind --gate hall --kind influxdb1 --org x --upstream http://a --bucket iot --database b",
                "could not find org \"x\": organization name \"x\" not found",
            ),
            ("unbind --gate other --bucket iot", "the bucket is not bound at gate \"other\""),
        ] {
            let words = words.replace("HALL", HALL);
            assert_eq!(jeton(&home, &format!("gate {words}"), "").await.refused(), refusal, "{words}");
        }
        assert_eq!(last_actions(&home, 100).await, before);
    })
    .await;
}

#[tokio::test]
async fn the_command_line_confirms_all_that_is_suspended_without_a_server() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let plant = server.bucket(&first.token, &first.org, "plant").await;
        server.stop().await;
        for (bucket, database) in [("iot", "a"), ("plant", "b")] {
            jeton(&home, &format!("gate bind {HALL} --bucket {bucket} --database {database}"), "").await.well();
        }
        home.sql("UPDATE gate_bindings SET suspended_at = 1").await;
        let command = format!("gate confirm {} --all --json", HALL.replace("--gate hall", "hall"));
        let row = |bucket: &str, id: &str, place: &str| {
            json!({"outcome": "confirmed", "bucket": bucket, "bucketID": id, "database": place})
        };
        let confirmed = jeton(&home, &command, "").await.json();
        assert_eq!(confirmed, json!([row("iot", &first.bucket, "a"), row("plant", &plant, "b")]));
        assert_eq!(jeton(&home, &command, "").await.json(), json!([]));
        let entries = details(&home, "bucket confirmed").await;
        assert_eq!((entries.len(), &entries[0]["via"]), (2, &json!("jeton gate")));
    })
    .await;
}

#[tokio::test]
async fn a_decision_is_explained_by_demand_and_permission() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let permissions = json!([permission_on("read", "buckets", &first.bucket, &first.org)]);
        let token = text(&server.token(&first.token, &first.org, permissions).await.expect(201)["token"]);
        server.stop().await;
        jeton(&home, &format!("gate bind {HALL} --bucket iot --database a"), "").await.well();
        let explain = async |request: &str, token: &str| {
            let mut words = vec!["gate".to_owned(), "explain".to_owned(), request.to_owned()];
            words.extend(format!("{HALL} --json --token -").split(' ').map(Into::into));
            jeton_with(&home, words, token).await.json()
        };
        let allowed = explain("GET /query?db=a&q=SHOW MEASUREMENTS", &token).await;
        assert!(text(&allowed["demand"]).starts_with("read database a"), "{allowed}");
        assert_eq!(allowed["decision"], "allowed");
        assert_eq!(allowed["permissions"], json!([format!("read:orgs/{}/buckets/{}", first.org, first.bucket)]));
        let refused = explain("POST /write?db=a", &token).await;
        let reason = "refused with status 403: the token has no permission to write a";
        assert_eq!((&refused["decision"], &refused["permissions"]), (&json!(reason), &json!([])));
        let unknown = explain("GET /query?db=b&q=SHOW MEASUREMENTS", &token).await;
        assert!(text(&unknown["decision"]).contains("database not found: b"), "{unknown}");
        let stranger = explain("POST /write?db=a", "no-token").await;
        assert!(text(&stranger["decision"]).starts_with("refused with status 401"), "{stranger}");
        let malformed = explain("GET //query", &token).await;
        assert!(text(&malformed["decision"]).starts_with("refused with status 400"), "{malformed}");
    })
    .await;
}
