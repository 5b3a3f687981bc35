//! The dashboard: Prometheus answers each of its queries with series of a real scrape.

use std::{fs, process::Command};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::home::Home;

use super::{DASHBOARD, DOCUMENT, Scraped, names, promtool, series};

/// Returns the queries of the panels, with values in the place of Grafana's variables.
fn queries() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("targets"));
    let written = targets.map(|target| target["expr"].as_str().expect("a query"));
    written.map(|query| query.replace("$job", "jeton").replace("$__rate_interval", "5m")).collect()
}

/// Returns the series of a scrape with the labels that Prometheus adds. Each grows, so that it has a rate.
fn input_series(scrape: &str) -> Vec<Value> {
    let finite = series(scrape).into_iter().filter(|(_, value)| value.is_finite());
    let named = finite.map(|(key, value)| {
        let (name, labels) = key.split_once('{').unwrap_or((key, "}"));
        (format!("{name}{{job=\"jeton\",instance=\"a\",{labels}"), format!("{value}+1x30"))
    });
    named.map(|(series, values)| json!({"series": series, "values": values})).collect()
}

#[tokio::test]
async fn each_query_of_the_dashboard_has_an_answer() {
    let Some(promtool) = promtool() else { return };
    let home = Home::sqlite();
    let server = Scraped::start(&home);
    server.set_up().await;
    let documented = names(DOCUMENT);
    let scrape = server.scrape_until(|scrape| names(scrape).is_superset(&documented)).await;

    let queries = queries();
    assert!(queries.len() > 15, "{queries:?}");
    let rule = |alert: &str, query: &str| json!({"alert": alert, "expr": format!("absent({query})")});
    let expected = |alert: &str, alerts: Value| json!({"eval_time": "20m", "alertname": alert, "exp_alerts": alerts});
    // A query without an answer, which shows that the others have one.
    let mut rules = vec![rule("None", "jeton_none{job=\"jeton\"}")];
    let mut tests = vec![expected("None", json!([{"exp_labels": {"job": "jeton"}}]))];
    for query in &queries {
        rules.push(rule(query, query));
        tests.push(expected(query, json!([])));
    }
    let files = TempDir::new().unwrap();
    let write = |name: &str, content: Value| fs::write(files.path().join(name), content.to_string()).unwrap();
    write("rules.yml", json!({"groups": [{"name": "dashboard", "rules": rules}]}));
    let test = json!({"interval": "1m", "input_series": input_series(&scrape), "alert_rule_test": tests});
    write("test.yml", json!({"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test]}));
    let run = Command::new(promtool).args(["test", "rules", "test.yml"]).current_dir(files.path()).output();
    let output = run.expect("promtool");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
