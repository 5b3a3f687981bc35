//! The requests that are mutated: those recorded from real databases, and those of the guarded kind, among them attacks
//! that worked once.

use serde_json::Value;

use crate::request::{FORM, Request};

/// Exchanges recorded from influxd 2.9.1 and InfluxDB 3 Core 3.6.0.
const RECORDED: [&str; 5] = [
    include_str!("../../crates/gate/tests/data/influxdb2-write.json"),
    include_str!("../../crates/gate/tests/data/influxdb2-query.json"),
    include_str!("../../crates/gate/tests/data/influxdb2-other.json"),
    include_str!("../../crates/gate/tests/data/influxdb2-escapes.json"),
    include_str!("../../crates/gate/tests/data/influxdb3.json"),
];
/// Statements, with the privileges that InfluxDB's own parser finds.
const STATEMENTS: &str = include_str!("../../crates/gate/tests/data/influxql-privileges.json");

/// A remote read of the metric `prom` by Prometheus: Protocol Buffers in Snappy.
const REMOTE_READ: &[u8] = b"\x1bh\n\x19\x10\x80\xb0\x8f\xe6\xb2w\x1a\x10\x12\x08__name__\x1a\x04prom";

/// Rows of the line protocol; the second names another database.
const ROWS: &[u8] = b"weather,room=x temp=1 1700000000000000000\nm,host=x,db=b v=2 1700000000000000000";

const INFLUXQL: [&str; 17] = [
    "SELECT * FROM weather",
    "SELECT * FROM /.*/",
    "SELECT * FROM m, b..m",
    "SELECT * FROM (SELECT * FROM b..m)",
    "SELECT * FROM m WHERE host =~ /.*/ GROUP BY *",
    "SELECT * INTO copy FROM m",
    "SELECT * INTO b..copy FROM m",
    "SELECT * INTO b..:MEASUREMENT FROM /.*/",
    "SELECT sum(v), max(v) FROM foreign.autogen.m",
    "SHOW SERIES ON a FROM b..m",
    "SHOW FIELD KEYS ON a FROM b..m",
    "SHOW SERIES EXACT CARDINALITY ON b",
    "SHOW TAG VALUES ON b WITH KEY =~ /.*/",
    "SHOW MEASUREMENTS ON b WITH MEASUREMENT =~ /.*/",
    "SHOW RETENTION POLICIES ON b; SHOW DATABASES",
    "CREATE CONTINUOUS QUERY q ON a BEGIN SELECT mean(v) INTO a..x FROM b..m GROUP BY time(520w) END",
    "DROP MEASUREMENT m; DELETE FROM weather",
];

const METRICSQL: [&str; 10] = [
    "{__name__=~\".+\"}",
    "{db=\"b\"}",
    "{db=~\".*\"}",
    "{__name__=\"weather_temp\",db=\"foreign\"}",
    "weather_temp or m_v{db=\"b\"}",
    "count({__name__!=\"\"}) by (db, room, host)",
    "label_replace({db=\"b\"}, \"x\", \"$1\", \"host\", \"(.*)\")",
    "sum(m_v) + sum(m_v{db=~\"b|foreign\"})",
    "union(m_v, {db=\"b\"}[1h] offset 1m)",
    "WITH (x = {db=\"b\"}) last_over_time(x[1y])",
];

/// Requests for data of VictoriaMetrics; `SELECTOR` stands for a query.
const METRICS_READS: [&str; 18] = [
    "/api/v1/query?time=1700000010&query=SELECTOR",
    "/prometheus/api/v1/query?time=1700000010&query=SELECTOR",
    "/api/v1/query_range?start=1699999900&end=1700000100&step=50&query=SELECTOR",
    "/api/v1/series?start=0&end=4102444800&match[]=SELECTOR",
    "/api/v1/labels?start=0&end=4102444800&match[]=SELECTOR",
    "/api/v1/label/room/values?start=0&end=4102444800&match[]=SELECTOR",
    "/api/v1/label/__name__/values?start=0&end=4102444800",
    "/api/v1/label/db/values?start=0&end=4102444800",
    "/api/v1/export?start=0&end=4102444800&match[]=SELECTOR",
    "/api/v1/export/csv?start=0&end=4102444800&format=__name__,__value__,room,host,db&match[]=SELECTOR",
    "/api/v1/export/native?start=0&end=4102444800&match[]=SELECTOR",
    "/federate?start=0&match[]=SELECTOR",
    "/api/v1/series/count",
    "/api/v1/status/tsdb?topN=100",
    "/api/v1/status/top_queries",
    "/metrics/find?query=*",
    "/render?target=*&from=1699999900&until=1700000100&format=json",
    "/api/v1/admin/tsdb/delete_series?match[]=SELECTOR",
];

/// Writes to VictoriaMetrics: path, and body.
const METRICS_WRITES: [(&str, &str); 6] = [
    ("/influx/write?db=a", "w1,db=b,room=x value=1 1700000000000000000"),
    ("/influx/api/v2/write?bucket=a&org=acme", "w2,db=b value=1 1700000000000000000"),
    (
        "/api/v1/import?db=a&extra_label=db=b",
        r#"{"metric":{"__name__":"w3","db":"b"},"values":[1],"timestamps":[1700000000000]}"#,
    ),
    ("/api/v1/import/prometheus?db=a", "w4{db=\"b\"} 1 1700000000000\n"),
    ("/api/v1/import/csv?db=a&format=1:metric:w5,2:label:db", "1,b\n"),
    (
        "/datadog/api/v1/series?db=a",
        r#"{"series":[{"metric":"w6","points":[[1700000000,1]],"host":"x","tags":["db:b"]}]}"#,
    ),
];

/// The seeds of one kind of database.
pub struct Seeds {
    pub recorded: Vec<Request>,
    pub own: Vec<Request>,
    /// Queries in the language of the database.
    pub queries: Vec<String>,
}

impl Seeds {
    /// Returns the seeds for InfluxDB 1.x.
    pub fn of_influxdb1() -> Self {
        let statements = json(STATEMENTS);
        let generated = statements.as_array().expect("a list").iter().map(|one| text(&one["text"]).to_owned());
        // Short intervals would give answers of millions of rows.
        let generated =
            generated.map(|query| query.replace("time(1m)", "time(520w)").replace("time(10s)", "time(520w)"));
        let queries: Vec<String> = INFLUXQL.into_iter().map(str::to_owned).chain(generated).collect();
        let read = |query: &String| {
            let mut request = Request::new("GET", "/query?db=a", b"");
            request.query.push(("q".to_owned(), query.clone()));
            request
        };
        let mut own: Vec<Request> = queries.iter().map(read).collect();
        // As many as of the other requests.
        for _ in 0..queries.len() / 8 {
            own.extend(writes(&["/write?db=a", "/write?db=a&rp=autogen", "/api/v2/write?bucket=a/autogen"]));
            own.push(Request::new("POST", "/api/v1/prom/read?db=a", REMOTE_READ));
            own.push(Request::new("POST", "/query?db=a", b"q=SELECT+*+FROM+weather").with("Content-Type", FORM));
        }
        Self { recorded: recorded(), own, queries }
    }

    /// Returns the seeds for VictoriaMetrics.
    pub fn of_victoriametrics() -> Self {
        let queries: Vec<String> = METRICSQL.into_iter().map(str::to_owned).collect();
        let mut own = Vec::new();
        for target in METRICS_READS {
            own.extend(queries.iter().map(|query| selecting(Request::new("GET", target, b""), query)));
        }
        for _ in 0..queries.len() {
            own.extend(writes(&["/write?db=a", "/api/v2/write?bucket=a&org=acme"]));
            own.extend(METRICS_WRITES.map(|(target, body)| Request::new("POST", target, body.as_bytes())));
        }
        Self { recorded: recorded(), own, queries }
    }
}

fn selecting(mut request: Request, query: &str) -> Request {
    for (_, value) in &mut request.query {
        *value = value.replace("SELECTOR", query);
    }
    request
}

fn writes(targets: &[&str]) -> Vec<Request> {
    targets.iter().map(|target| Request::new("POST", target, ROWS)).collect()
}

fn recorded() -> Vec<Request> {
    let scenarios = RECORDED.map(json);
    let steps = scenarios.iter().flat_map(|scenario| scenario["steps"].as_array().expect("steps"));
    steps.map(of_step).collect()
}

/// Returns a recorded request without its credential.
fn of_step(step: &Value) -> Request {
    let body = match &step["body"] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        json => json.to_string(),
    };
    let mut request = Request::new(text(&step["method"]), &filled(text(&step["path"])), filled(&body).as_bytes());
    request.query.retain(|(name, _)| !["u", "p"].contains(&name.as_str()));
    for (name, value) in step["headers"].as_object().into_iter().flatten() {
        if !name.eq_ignore_ascii_case("authorization") {
            request = request.with(name, text(value));
        }
    }
    request
}

/// Fills placeholders of ids.
fn filled(text: &str) -> String {
    let ids = [("{{O}}", "aa"), ("{{P}}", "ab"), ("{{B}}", "b1"), ("{{B2}}", "b2"), ("{{X}}", "0f")];
    ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, &format!("{id:0>16}")))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
