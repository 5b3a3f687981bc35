//! InfluxDB 1.x without authentication behind the gate: the statements decide.

use jeton_gate::Kind;
use serde_json::{Value, json};

use crate::{
    home::Home,
    support::server::{Answer, answer},
};

use super::{gated::Gated, influxdb1_program::Influxd};

/// A gate with a row in each database: `m` with host `own` in `a`, with host `foreign` in `b`.
async fn with_rows(database: &Influxd, home: &Home) -> Gated {
    for (name, host) in [("a", "own"), ("b", "foreign")] {
        database.execute(&format!("CREATE DATABASE {name}")).await;
        database.write(name, &format!("m,host={host} v=1")).await;
    }
    Gated::new(home, Kind::Influxdb1, database.address()).await
}

/// Asks with the token as password, as the clients of InfluxDB 1.x do.
async fn query(gated: &Gated, method: &str, token: &str, database: &str, statement: &str) -> Answer {
    let parameters = [("db", database), ("u", "any"), ("p", token), ("q", statement)];
    answer(gated.request(&format!("{method} /query"), "").query(&parameters)).await
}

#[tokio::test]
async fn a_token_reads_and_writes_its_database_and_no_other() {
    let Some(database) = Influxd::start().await else { return };
    let home = Home::sqlite();
    let gated = with_rows(&database, &home).await;
    let token = gated.token(&["read a", "write a"]).await.secret;
    assert_eq!(gated.post("/write?db=a", &token, "m,host=more v=2").await.status, 204);
    let refused = gated.post("/write?db=b", &token, "m,host=more v=2").await;
    assert_eq!(refused.header("x-influxdb-error"), "the token has no permission to write b");
    assert_eq!(refused.expect(403), json!({"error": "the token has no permission to write b"}));
    let read = query(&gated, "GET", &token, "a", "SELECT v FROM m GROUP BY host").await.expect(200);
    let series = read["results"][0]["series"].as_array().unwrap();
    let hosts: Vec<&Value> = series.iter().map(|series| &series["tags"]["host"]).collect();
    assert_eq!(hosts, ["more", "own"]);
    let foreign = query(&gated, "GET", &token, "b", "SELECT v FROM m").await.expect(200);
    let not_found = json!({"results": [{"statement_id": 0, "error": "database not found: b"}]});
    assert_eq!(foreign, not_found);
    let rows = database.execute("SELECT * FROM b..m").await;
    assert!(rows.contains("foreign") && !rows.contains("more"), "{rows}");
}

#[tokio::test]
async fn no_statement_shows_another_database() {
    let Some(database) = Influxd::start().await else { return };
    let home = Home::sqlite();
    let gated = with_rows(&database, &home).await;
    let token = gated.token(&["read a", "write a"]).await.secret;
    let statements = [
        "SELECT * FROM b..m",
        "SELECT * FROM \"b\".autogen./m/",
        "select * from (select * from \"b\"..m)",
        "SELECT * FROM m, b..m",
        "SELECT * FROM m; SELECT * FROM b..m",
        "SELECT * INTO a..stolen FROM b..m",
        "SELECT * INTO b..planted FROM m",
        "EXPLAIN SELECT * FROM b..m",
        "SHOW SERIES ON b",
        "SHOW SERIES ON a FROM b..m",
        "SHOW FIELD KEYS ON a FROM b..m",
        "SHOW TAG VALUES ON b WITH KEY = host",
        "SHOW SERIES EXACT CARDINALITY ON b",
        "SHOW MEASUREMENTS ON b",
        "SHOW RETENTION POLICIES ON b",
        "SHOW QUERIES",
        "SHOW CONTINUOUS QUERIES",
        "CREATE CONTINUOUS QUERY q ON a BEGIN SELECT mean(v) INTO x FROM b..m GROUP BY time(1m) END",
        "DROP RETENTION POLICY autogen ON a",
        "DROP DATABASE a",
        "DELETE FROM m",
    ];
    for statement in statements {
        for method in ["GET", "POST"] {
            let shown = query(&gated, method, &token, "a", statement).await;
            assert!(!shown.body.contains("foreign"), "{statement}: {}", shown.body);
            assert!(shown.status >= 400 || shown.body.contains("\"error\""), "{statement}: {}", shown.body);
        }
    }
    for measurements in ["SHOW MEASUREMENTS ON a", "SHOW MEASUREMENTS ON b"] {
        let shown = database.execute(measurements).await;
        assert!(!shown.contains("stolen") && !shown.contains("planted"), "{shown}");
    }
    assert!(!database.execute("SHOW CONTINUOUS QUERIES").await.contains("mean"));
    assert!(database.execute("SELECT * FROM a..m").await.contains("own"), "nothing was deleted");
}

#[tokio::test]
async fn a_body_does_not_change_what_was_decided() {
    let Some(database) = Influxd::start().await else { return };
    let home = Home::sqlite();
    let gated = with_rows(&database, &home).await;
    let token = gated.token(&["read a"]).await.secret;
    let twice = gated.form("/query?db=a&q=SELECT%20*%20FROM%20m", &token, "db=b").await;
    assert_eq!(twice.status, 400, "{}", twice.body);
    assert_eq!(gated.form("/query?db=a", &token, "q=SELECT%20*%20FROM%20b..m").await.status, 200);
    let own = gated.form("/query?db=a", &token, "q=SELECT%20*%20FROM%20m").await;
    assert!(own.body.contains("own"), "{}", own.body);
    let text = gated.post("/query?db=a&q=SELECT%20*%20FROM%20m", &token, "db=b").await;
    assert_eq!(text.status, 415, "{}", text.body);
}

#[tokio::test]
async fn lists_and_creation_of_databases_are_answered_for_the_token() {
    let Some(database) = Influxd::start().await else { return };
    let home = Home::sqlite();
    let gated = with_rows(&database, &home).await;
    let token = gated.token(&["read a", "write a"]).await.secret;
    let list = query(&gated, "GET", &token, "", "SHOW DATABASES").await.expect(200);
    assert_eq!(list["results"][0]["series"][0]["values"], json!([["a"]]));
    let created = query(&gated, "POST", &token, "", "CREATE DATABASE a").await.expect(200);
    assert_eq!(created, json!({"results": [{"statement_id": 0}]}));
    let refused = query(&gated, "POST", &token, "", "CREATE DATABASE c").await.expect(200);
    assert_ne!(refused["results"][0]["error"], Value::Null);
    assert!(!database.execute("SHOW DATABASES").await.contains("\"c\""));
}
