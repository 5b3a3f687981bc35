//! The metrics: what docs/metrics.md, the alerts and the dashboard name exists, and the numbers are right.

mod dashboard;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use jeton_model::attention::Attention;
use jeton_service::Clock;
use serde_json::{Value, json};
use tokio::time;

use crate::{
    binary::Program,
    home::{Home, on_each_database},
    left_out,
    support::{
        process::find,
        server::{NAME, PASSWORD, Server, client, permission_in, set_up_body, text, with_token},
    },
};

const DOCUMENT: &str = include_str!("../../docs/metrics.md");
const DASHBOARD: &str = include_str!("../../deploy/grafana/jeton.json");
/// The only summary, whose series also have suffixes.
const SUMMARY: &str = "jeton_http_request_seconds";
/// Every label.
const LABELS: [&str; 13] = [
    "state", "within", "reason", "outcome", "method", "route", "status", "result", "kind", "gate", "failure",
    "quantile", "sink",
];
const RULES: &str = include_str!("../../deploy/prometheus/jeton.rules.yml");

/// Maximum time until a timer of the server has set a metric.
const SET_WITHIN: Duration = Duration::from_secs(90);
/// Interval between two scrapes.
const SCRAPE_EVERY: Duration = Duration::from_millis(100);

/// Returns the names of metrics in a text, without the suffixes of summaries.
fn names(text: &str) -> BTreeSet<String> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = text.split(|letter: char| !is_name(letter)).filter(|word| word.starts_with("jeton_"));
    words.map(|word| if word.starts_with(SUMMARY) { SUMMARY } else { word }).map(str::to_owned).collect()
}

/// Returns the series of a scrape with their values.
fn series(scrape: &str) -> BTreeMap<&str, f64> {
    let lines = scrape.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.rsplit_once(' ').expect("a value"))
        .map(|(key, value)| (key, value.parse().unwrap()))
        .collect()
}

/// A program of its own: the metrics of servers in the tests' process are mixed.
struct Scraped(Program);

impl Scraped {
    /// Starts a server with a gate, with scheduled backups and with a file for entries of the audit log.
    fn start(home: &Home) -> Self {
        // Nobody listens there.
        let upstream = "127.0.0.1:9";
        let file = home.path().join("jeton.toml");
        let gate = format!(
            "[[gate]]\nname = \"plant\"\nkind = \"victoriametrics\"\nlisten = \"127.0.0.1:0\"\n\
             upstream = \"http://{upstream}\"\norg = \"acme\"\ndatabases = [\"*\"]\n"
        );
        fs::write(&file, gate).unwrap();
        let backups = home.path().join("backups");
        let flags = [
            format!("--config={}", file.display()),
            format!("--backup-dir={}", backups.display()),
            format!("--audit-file={}", home.path().join("audit.jsonl").display()),
        ];
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        Self(Program::start_with(home, &flags, &home.path().join("log")))
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.address)
    }

    async fn scrape(&self) -> String {
        let answer = client().get(self.url("/metrics")).send().await.expect("an answer");
        answer.text().await.expect("a scrape")
    }

    /// Scrapes until a condition holds; returns that scrape.
    async fn scrape_until(&self, holds: impl Fn(&str) -> bool) -> String {
        let mut look = time::interval(SCRAPE_EVERY);
        let mut last = String::new();
        let scraped = async {
            loop {
                look.tick().await;
                last = self.scrape().await;
                if holds(&last) {
                    return;
                }
            }
        };
        let in_time = time::timeout(SET_WITHIN, scraped).await.is_ok();
        assert!(in_time, "the metrics stay as they are: {last}");
        last
    }

    async fn set_up(&self) -> Value {
        let done = client().post(self.url("/api/v2/setup")).json(&set_up_body()).send().await.expect("an answer");
        assert_eq!(done.status(), 201);
        done.json().await.expect("the set-up")
    }
}

#[tokio::test]
async fn what_documents_alerts_and_dashboard_name_is_what_a_server_reports() {
    let home = Home::sqlite();
    let server = Scraped::start(&home);
    server.set_up().await;
    let documented = names(DOCUMENT);
    let scrape = server.scrape_until(|scrape| names(scrape).is_superset(&documented)).await;
    assert_eq!(names(&scrape), documented, "each metric is documented");
    for (file, text) in [("the dashboard", DASHBOARD), ("the rules", RULES)] {
        let named = names(text);
        assert!(named.len() > 5, "{named:?}");
        let unknown: Vec<_> = named.difference(&documented).collect();
        assert!(unknown.is_empty(), "{file} names {unknown:?}");
    }
}

#[tokio::test]
async fn labels_of_the_document_are_those_of_a_server() {
    let home = Home::sqlite();
    let server = Scraped::start(&home);
    server.set_up().await;
    let documented = names(DOCUMENT);
    let scrape = server.scrape_until(|scrape| names(scrape).is_superset(&documented)).await;
    let rows = DOCUMENT.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|row| row.split_once("` | "));
    let mut compared = 0;
    for (name, row) in rows {
        let labels = row.split('|').nth(1).expect("labels");
        let words: BTreeSet<&str> = labels.split('`').collect();
        let expected: BTreeSet<&str> = LABELS.into_iter().filter(|label| words.contains(label)).collect();
        let line = scrape.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| !rest.starts_with('_')));
        let line = line.unwrap_or_else(|| panic!("{name} is missing"));
        let (_, inner) = line.split_once('{').unwrap_or_default();
        let pairs = inner.split("\",").filter_map(|pair| pair.split_once('='));
        let found: BTreeSet<&str> = pairs.map(|(key, _)| key).collect();
        assert_eq!(found, expected, "{name}");
        compared += 1;
    }
    assert_eq!(compared, documented.len());
}

#[tokio::test]
async fn a_backup_a_gate_and_answers_from_memory_show() {
    let home = Home::sqlite();
    let server = Scraped::start(&home);
    let done = server.set_up().await;
    let token = text(&done["auth"]["token"]);
    for _ in 0..3 {
        let asked = with_token(client().get(server.url("/api/v2/me")), &token);
        assert_eq!(asked.send().await.expect("an answer").status(), 200);
    }
    let value = |scrape: &str, key: &str| series(scrape).get(key).copied();
    let is_set = |scrape: &str| {
        let at_least = |key: &str, least: f64| value(scrape, key).is_some_and(|value| value >= least);
        at_least("jeton_verifier_lookups_total{result=\"hit\"}", 1.0)
            && at_least("jeton_verifier_lookups_total{result=\"miss\"}", 1.0)
            && at_least("jeton_verifier_entries{kind=\"token\"}", 1.0)
            && at_least("jeton_verifier_bytes", 1.0)
            && at_least("jeton_backup_last_timestamp_seconds", 1_600_000_000.0)
            && at_least("jeton_tokens_attention{reason=\"operator\"}", 0.0)
            && at_least("jeton_gate_upstream_up{gate=\"plant\"}", 1.0)
            && at_least("jeton_audit_out_up{sink=\"file\"}", 1.0)
    };
    let scrape = server.scrape_until(is_set).await;
    assert_eq!(value(&scrape, "jeton_backup_interval_seconds"), Some(86_400.0));
    assert_eq!(value(&scrape, "jeton_backup_failures_total"), Some(0.0));
}

#[tokio::test]
async fn the_gauges_count_what_expires_and_what_deserves_attention() {
    on_each_database(async |home| {
        let clock = Clock::manual(jeton_model::Timestamp::from_micros(1_800_000_000_000_000));
        let server = Server::start_with(&home, clock, &[]).await;
        let first = server.set_up().await;
        server.sign_in(NAME, PASSWORD).await.cookie();
        let now = server.clock.now();
        for days in [3, 7, 8, 31] {
            let body = json!({
                "orgID": first.org,
                "permissions": [permission_in("read", "buckets", &first.org)],
                "expiresAt": now.plus_seconds(days * 86_400).to_string(),
            });
            server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        }
        let bob = server.user(&first.token, "bob").await;
        let body =
            json!({"orgID": first.org, "userID": bob, "permissions": [permission_in("read", "buckets", &first.org)]});
        server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        let gauges = async || server.service.token_gauges().await.expect("numbers");
        let of = |reasons: &[(Attention, u64)], kind: Attention| {
            reasons.iter().find(|(found, _)| *found == kind).map(|(_, count)| *count)
        };
        let before = gauges().await;
        assert_eq!(before.expiring, [("7d", 2), ("30d", 3)]);
        assert_eq!(of(&before.reasons, Attention::Operator), Some(1));
        assert_eq!(of(&before.reasons, Attention::NoExpiry), Some(2));
        assert_eq!(of(&before.reasons, Attention::Orphaned), Some(0));
        server.delete(&format!("/api/v2/users/{bob}"), &first.token).await.expect(204);
        assert_eq!(of(&gauges().await.reasons, Attention::Orphaned), Some(1));
    })
    .await;
}

/// Returns the path of promtool; `None`, with a line, if it is not installed.
fn promtool() -> Option<PathBuf> {
    let found = find("promtool");
    if found.is_none() {
        left_out::without("promtool");
    }
    found
}

#[test]
fn prometheus_accepts_the_rules_and_their_tests_hold() {
    let Some(promtool) = promtool() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/prometheus");
    for arguments in [["check", "rules", "jeton.rules.yml"], ["test", "rules", "jeton.test.yml"]] {
        let output = Command::new(&promtool).args(arguments).current_dir(&folder).output().expect("promtool");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }
}

#[test]
fn each_alert_has_a_test_that_it_fires() {
    let tests = include_str!("../../deploy/prometheus/jeton.test.yml");
    let alerts: Vec<&str> = RULES.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alerts.len() > 5, "{alerts:?}");
    for alert in alerts {
        let mut cases = tests.split("alertname: ").filter(|case| case.lines().next() == Some(alert));
        assert!(cases.any(|case| case.contains("exp_labels")), "{alert}");
    }
}
