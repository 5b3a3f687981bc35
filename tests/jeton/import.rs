//! `jeton import influxd`: copies from another server, and never changes what is here.

use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database, on_each_empty_database},
    offline::{Said, jeton},
    support::{
        influxd::{Influxd, OPERATOR, SWITCHED_OFF, WRITER, ids},
        people::last_actions,
        server::{Server, members, permission_on, set_up_body, text},
    },
};

/// Tables that an import may write to.
const TABLES: [&str; 9] =
    ["users", "organizations", "memberships", "buckets", "telegrafs", "dbrps", "authorizations", "grants", "audit_log"];

pub async fn import(home: &Home, influxd: &Influxd, flags: &str) -> Said {
    let url = format!("http://{}", influxd.address);
    jeton(home, &format!("import influxd --url {url} --token - {flags}"), OPERATOR).await
}

/// Returns the counts of a kind: copied, existing, to be re-issued, and left out.
pub fn counts(report: &Value, kind: &str) -> [u64; 4] {
    let found = report["counts"].as_array().expect("counts").iter().find(|count| count["kind"] == kind);
    let found = found.unwrap_or_else(|| panic!("{kind} in {report}"));
    ["copied", "present", "toReissue", "left"].map(|member| found[member].as_u64().expect("a number"))
}

pub async fn row_counts(home: &Home) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in TABLES {
        let rows = home.rows(&format!("SELECT COUNT(*) FROM {table}")).await;
        counts.push(sqlx::Row::get(&rows[0], 0));
    }
    counts
}

#[tokio::test]
async fn tokens_in_clear_work_at_once_and_ids_are_kept() {
    on_each_database(async |home| {
        let influxd = Influxd::with_tokens_in_clear().await;
        let report = import(&home, &influxd, "--json").await.json();
        assert_eq!(counts(&report, "authorization"), [3, 0, 0, 0]);
        assert_eq!(counts(&report, "bucket"), [3, 0, 0, 0], "the system's come over too");
        let server = Server::start(&home).await;
        let bucket = server.get(&format!("/api/v2/buckets/{}", ids::BUCKET), OPERATOR).await.expect(200);
        assert_eq!((&bucket["name"], &bucket["createdAt"]), (&json!("b1"), &json!("2021-09-13T10:11:12.123456Z")));
        let writer = server.get(&format!("/api/v2/authorizations/{}", ids::WRITER), OPERATOR).await.expect(200);
        assert_eq!((&writer["description"], &writer["token"]), (&json!("Write b1 & <tasks>"), &json!("")));
        let wanted = permission_on("write", "buckets", ids::BUCKET, ids::ORG);
        assert_eq!(writer["permissions"][0]["resource"]["id"], wanted["resource"]["id"]);
        let path = format!("/api/v2/buckets/{}", ids::BUCKET);
        server.patch(&path, WRITER, json!({"description": "x"})).await.expect(200);
        let off = server.get("/api/v2/me", SWITCHED_OFF).await;
        assert_eq!(off.refused(401), "token is inactive", "a status comes along");
        let rows = home.rows("SELECT token_hash FROM authorizations WHERE kind = 'v2'").await;
        assert!(rows.iter().all(|row| sqlx::Row::get::<String, _>(row, 0).starts_with("$influxdb2-sha256$")));
    })
    .await;
}

#[tokio::test]
async fn everything_else_comes_over_under_its_id() {
    on_each_database(async |home| {
        let influxd = Influxd::with_tokens_in_clear().await;
        let report = import(&home, &influxd, "--json").await.json();
        assert_eq!(report["usersWithoutPassword"], json!(["alice", "bob"]));
        assert_eq!(report["credentialsWithoutPassword"], json!(["grafana"]));
        let server = Server::start(&home).await;
        let get = async |path: String| server.get(&path, OPERATOR).await.expect(200);
        assert_eq!(get(format!("/api/v2/orgs/{}", ids::ORG)).await["name"], "my-org");
        let roles = async |kind: &str| members(&get(format!("/api/v2/orgs/{}/{kind}", ids::ORG)).await["users"], "id");
        assert_eq!(roles("owners").await, [ids::ALICE]);
        assert_eq!(roles("members").await, [ids::BOB]);
        let mappings = get(format!("/api/v2/dbrps?orgID={}&db=db0", ids::ORG)).await["content"].clone();
        assert_eq!(members(&mappings, "retention_policy"), ["rp0", "rp1"]);
        assert_eq!((&mappings[0]["id"], &mappings[0]["default"]), (&json!(ids::DBRP), &json!(true)));
        let telegrafs = get("/api/v2/telegrafs".into()).await["configurations"].clone();
        assert_eq!((&telegrafs[0]["id"], &telegrafs[0]["config"]), (&json!(ids::TELEGRAF), &json!("[[inputs.cpu]]\n")));
        let credentials = get("/private/legacy/authorizations".into()).await["authorizations"].clone();
        assert_eq!((&credentials[0]["id"], &credentials[0]["token"]), (&json!(ids::CREDENTIAL), &json!("grafana")));
        assert!(server.check_audit_log().await.1);
    })
    .await;
}

#[tokio::test]
async fn what_a_gate_created_there_is_no_token_here() {
    let home = Home::sqlite();
    let influxd = Influxd::with_tokens_in_clear().await;
    influxd.change("/api/v2/authorizations", |answer| {
        answer["authorizations"][1]["description"] = "jeton gate 00000000000000aa/plant".into();
    });
    let report = import(&home, &influxd, "--json").await.json();
    assert_eq!(counts(&report, "authorization"), [2, 0, 0, 0]);
    let server = Server::start(&home).await;
    server.get(&format!("/api/v2/authorizations/{}", ids::WRITER), OPERATOR).await.expect(404);
}

#[tokio::test]
async fn hidden_tokens_are_named_to_be_re_issued() {
    on_each_database(async |home| {
        let influxd = Influxd::with_hidden_tokens().await;
        let said = import(&home, &influxd, "").await.well();
        let heading = "Tokens that could not be taken over; re-issue them with the same permissions:\n";
        assert!(said.contains(heading), "{said}");
        for line in [ids::OPERATOR, "Bob's agent", "These users have no password", "alice, bob"] {
            assert!(said.contains(line), "{line} in {said}");
        }
        let report = import(&home, &influxd, "--json").await.json();
        assert_eq!(counts(&report, "authorization"), [0, 0, 3, 0]);
        let writer = &report["toReissue"][1];
        assert_eq!(
            (&writer["id"], &writer["user"], &writer["org"]),
            (&json!(ids::WRITER), &json!("alice"), &json!("my-org"))
        );
        assert_eq!(writer["permissions"][0]["resource"]["id"], ids::BUCKET);
        let rows = home.rows("SELECT id FROM authorizations WHERE kind = 'v2'").await;
        assert!(rows.is_empty(), "a record without its token would only look like one");
        // As the summary recommends: regain access.
        jeton(&home, "recovery user update --username alice --password -", "password2").await.well();
        let server = Server::start(&home).await;
        let cookie = server.sign_in("alice", "password2").await.cookie();
        let request = server.request("GET", "/api/v2/users").header("cookie", cookie);
        let seen = crate::support::server::answer(request).await.expect(200);
        assert_eq!(members(&seen["users"], "name"), ["alice", "bob"], "who set that server up may do everything here");
    })
    .await;
}

#[tokio::test]
async fn a_second_import_changes_nothing() {
    on_each_database(async |home| {
        let influxd = Influxd::with_tokens_in_clear().await;
        import(&home, &influxd, "").await.well();
        let before = row_counts(&home).await;
        let report = import(&home, &influxd, "--json").await.json();
        for count in report["counts"].as_array().expect("counts") {
            assert_eq!((&count["copied"], &count["left"]), (&json!(0), &json!(0)), "{count}");
        }
        assert_eq!(counts(&report, "membership"), [0, 2, 0, 0]);
        assert_eq!(row_counts(&home).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_says_what_an_import_would_do_and_does_not_do_it() {
    on_each_empty_database(async |home| {
        let influxd = Influxd::with_tokens_in_clear().await;
        let report = import(&home, &influxd, "--dry-run --json").await.json();
        assert_eq!(report["dryRun"], true);
        if home.is_sqlite() {
            assert_eq!(std::fs::read_dir(home.path()).expect("a directory").count(), 0, "not even a database is made");
        }
        let said = import(&home, &influxd, "--dry-run").await.well();
        assert!(said.ends_with("\nThis was a dry run: nothing was copied.\n"), "{said}");
        let mut done = import(&home, &influxd, "--json").await.json();
        done["dryRun"] = true.into();
        assert_eq!(report, done);
    })
    .await;
}

#[tokio::test]
async fn a_conflict_is_named_and_leaves_out_what_depends_on_it_and_nothing_else() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let mut body = set_up_body();
        body["org"] = "my-org".into();
        let done = server.post("/api/v2/setup", "", body).await.expect(201);
        server.stop().await;
        let influxd = Influxd::with_tokens_in_clear().await;
        let said = import(&home, &influxd, "--json").await;
        assert_eq!(said.code, Some(1));
        assert!(said.err.starts_with("Error: 14 records were not copied"), "{}", said.err);
        let report: Value = serde_json::from_str(&said.out).expect("JSON");
        let reason = |id: &str| {
            let left = report["left"].as_array().expect("a list").iter().find(|left| left["id"] == id);
            text(&left.unwrap_or_else(|| panic!("{id} in {report}"))["reason"])
        };
        let (org, alice) = (text(&done["org"]["id"]), text(&done["user"]["id"]));
        assert_eq!(reason(ids::ORG), format!("organization {org} has this name here"));
        assert_eq!(reason(ids::ALICE), format!("user {alice} has this name here"));
        assert_eq!(reason(ids::BUCKET), "its organization was not copied");
        assert_eq!(reason(ids::DBRP), "its bucket was not copied");
        assert_eq!(counts(&report, "user"), [1, 0, 0, 1], "bob comes over");
        assert_eq!(counts(&report, "authorization"), [0, 0, 0, 3]);
        assert_eq!(last_actions(&home, 1).await, ["user created"]);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_here_under_another_id_is_not_given_twice() {
    on_each_database(async |home| {
        let influxd = Influxd::with_tokens_in_clear().await;
        import(&home, &influxd, "").await.well();
        let other = "08371db24dcc9999";
        influxd.change("/api/v2/authorizations", |answer| answer["authorizations"][1]["id"] = other.into());
        let said = import(&home, &influxd, "").await;
        assert_eq!(said.code, Some(1));
        assert!(said.out.contains(&format!("authorization {} has this token here", ids::WRITER)), "{}", said.out);
        influxd.change("/api/v2/authorizations", |answer| {
            answer["authorizations"][1]["id"] = ids::WRITER.into();
            answer["authorizations"][1]["token"] = "another-token".into();
        });
        let said = import(&home, &influxd, "").await;
        assert!(said.out.contains("another authorization has this ID here"), "{}", said.out);
    })
    .await;
}

#[tokio::test]
async fn only_an_operator_token_is_taken_for_it_sees_everything() {
    let home = Home::sqlite();
    let influxd = Influxd::with_tokens_in_clear().await;
    let words = format!("import influxd --url http://{} --token -", influxd.address);
    let said = jeton(&home, &words, WRITER).await.refused();
    assert_eq!(said, "this token is not an operator token, so it can't read all data");
    let said = jeton(&home, &words, "wrong").await.refused();
    assert_eq!(said, "could not read from the other server: 401 Unauthorized: unauthorized access");
    assert_eq!(jeton(&home, "import influxd --token -", OPERATOR).await.refused(), "must provide --url");
    let without = format!("import influxd --url http://{}", influxd.address);
    assert_eq!(jeton(&home, &without, "").await.refused(), "must provide --token");
}

#[tokio::test]
async fn what_an_older_influxd_does_not_know_is_done_without() {
    let home = Home::sqlite();
    let influxd = Influxd::with_tokens_in_clear().await;
    influxd.forget("/api/v2/config");
    influxd.forget("/private/legacy/authorizations");
    influxd.forget(&format!("/api/v2/users/{}/permissions", ids::ALICE));
    let said = import(&home, &influxd, "--json").await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.err.starts_with("warning: this server does not report whether this is an operator token"),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn what_can_not_be_understood_is_named_and_the_rest_comes_over() {
    let home = Home::sqlite();
    let influxd = Influxd::with_tokens_in_clear().await;
    influxd.change("/api/v2/authorizations", |answer| {
        answer["authorizations"][1]["permissions"][0]["resource"]["type"] = "functions".into();
    });
    influxd.forget(&format!("/api/v2/buckets/{}/members", ids::BUCKET));
    let said = import(&home, &influxd, "--json").await;
    assert!(said.err.starts_with("Error: 2 records were not copied"), "{}", said.err);
    assert!(!said.out.contains(WRITER), "the token is not repeated");
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(counts(&report, "authorization"), [2, 0, 0, 1]);
    let reason = text(&report["left"][0]["reason"]);
    assert!(reason.starts_with("it can't be parsed: unknown variant `functions`"), "{reason}");
}

#[tokio::test]
async fn lists_of_any_length_come_over() {
    let home = Home::sqlite();
    let influxd = Influxd::with_tokens_in_clear().await;
    influxd.change("/api/v2/buckets", |answer| {
        let list = answer["buckets"].as_array_mut().expect("a list");
        for number in 0..250 {
            let mut bucket = list[2].clone();
            bucket["id"] = format!("ee{number:014x}").into();
            bucket["name"] = format!("bucket {number}").into();
            list.push(bucket);
        }
    });
    let said = import(&home, &influxd, "--json").await;
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(counts(&report, "bucket"), [253, 0, 0, 0]);
}

#[tokio::test]
async fn a_running_server_is_told_before_anything_is_fetched() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let words = "import influxd --url http://127.0.0.1:1 --token -";
    let said = jeton(&home, words, OPERATOR).await.refused();
    assert!(said.starts_with("another Jeton is using the data directory"), "{said}");
    server.stop().await;
}
