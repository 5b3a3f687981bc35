//! InfluxDB 3 Core: Jeton decides alone, and the request is rebuilt.

use jeton_gate::{Kind, Malformed, OperatorOnly, Reason};
use jeton_model::Action;

use crate::support::{Request, built, request, setup};

const TOKEN: &[&str] = &["read a", "write a"];

#[test]
fn a_write_goes_to_the_database_that_was_decided() {
    let setup = setup(Kind::Influxdb3);
    let target = |line: &str, caller: &[&str]| setup.allow(&request(line).body("", "m v=1"), caller).request.target();
    assert_eq!(
        target("POST /api/v3/write_lp?db=a&precision=second&x=y", TOKEN),
        "/api/v3/write_lp?db=a&precision=second"
    );
    assert_eq!(target("POST /api/v2/write?bucket=a&org=any", TOKEN), "/api/v2/write?bucket=a");
    assert_eq!(target("POST /write?db=a&rp=autogen", TOKEN), "/write?db=a");
    assert_eq!(target("POST /write?db=a&rp=week", &["write a/week"]), "/write?db=a%2Fweek");
    assert_eq!(target("POST /write?rp=&db=a", TOKEN), "/write?db=a");
}

#[test]
fn a_policy_is_another_database() {
    let setup = setup(Kind::Influxdb3);
    let missing = |action| Reason::Missing(action, "a/week".into());
    assert_eq!(setup.refuse(&request("POST /write?db=a&rp=week"), TOKEN), missing(Action::Write));
    assert_eq!(setup.refuse(&request("POST /api/v3/write_lp?db=a/week"), TOKEN), missing(Action::Write));
    assert_eq!(setup.refuse(&request("GET /query?db=a&rp=week&q=SELECT * FROM m"), TOKEN), missing(Action::Read));
    assert_eq!(
        setup.refuse(&request("POST /write?db=a&rp=new"), &["write *"]),
        Reason::UnknownDatabase("a/new".into())
    );
    for text in ["SELECT * FROM week.m", "SELECT * FROM a.week.m"] {
        let read = request(&format!("GET /query?db=a&q={text}"));
        assert_eq!(setup.refuse(&read, TOKEN), Reason::Operator(OperatorOnly::Policy), "{text}");
    }
}

#[test]
fn another_database_is_not_read() {
    let setup = setup(Kind::Influxdb3);
    let missing = Reason::Missing(Action::Read, "b".into());
    let lines = [
        "GET /query?db=b&q=SELECT * FROM m",
        "GET /query?db=a&q=SELECT * FROM b..m",
        "GET /query?db=a&q=SELECT * FROM \"b\"../m/",
        "GET /query?db=a&q=SHOW TAG KEYS ON b",
        "GET /query?db=a&q=SELECT * FROM m; SELECT * FROM b..m",
        "GET /api/v3/query_influxql?db=b&q=SELECT * FROM m",
        "GET /api/v3/query_sql?db=b&q=SELECT * FROM m",
    ];
    for line in lines {
        assert_eq!(setup.refuse(&request(line), TOKEN), missing, "{line}");
    }
    let no_db = Reason::Malformed(Malformed::Missing("db"));
    for line in
        ["GET /query?q=SELECT * FROM b..m", "GET /api/v3/query_sql?q=SELECT 1", "GET /query?db=&q=SELECT * FROM b..m"]
    {
        assert_eq!(setup.refuse(&request(line), TOKEN), no_db, "{line}");
    }
}

#[test]
fn a_body_decides_once() {
    let setup = setup(Kind::Influxdb3);
    let sql = |target: &str| request(&format!("POST /api/v3/query_sql{target}"));
    let refused: Vec<Request> = vec![
        sql("?db=b").json(r#"{"db":"a","q":"SELECT 1"}"#),
        sql("?db=a").json(r#"{"q":"SELECT 1"}"#),
        sql("").json(r#"{"db":"a","db":"b","q":"SELECT 1"}"#),
        sql("").json(r#"{"db":"a","DB":"b","q":"SELECT 1"}"#),
        sql("").json(r#"{"db":"a","q":"SELECT 1","x":1}"#),
        sql("").json(r#"["b","SELECT 1","json",null]"#),
        sql("").json(r#"{"db":["b"],"q":"SELECT 1"}"#),
        sql("").json(r#"{"db":"a","q":"SELECT 1"}{"db":"b","q":"SELECT 1"}"#),
        sql("").body("text/plain", r#"{"db":"a","q":"SELECT 1"}"#),
        sql("").form("db=a&q=SELECT 1"),
        sql("").json(r#"{"db":"a","q":"SELECT 1"}"#).header("Content-Encoding", "gzip"),
        request("POST /query?db=a").form("db=b&q=SELECT * FROM m"),
        request("POST /query?db=a").form("db=a&q=SELECT * FROM m"),
        request("POST /query?db=a&q=SELECT * FROM m").body("", "db=b"),
        request("POST /query?db=a&q=SELECT * FROM m").json(r#"{"db":"b"}"#),
        request("GET /query?db=a&q=SELECT * FROM m").body("", "db=b"),
        request("GET /api/v3/query_sql?db=a&q=SELECT 1").json(r#"{"db":"b"}"#),
    ];
    for request in refused {
        let reason = setup.refuse(&request, TOKEN);
        assert!(matches!(reason, Reason::Malformed(_) | Reason::Media), "{request:?}: {reason:?}");
    }
}

#[test]
fn a_query_is_rebuilt() {
    let setup = setup(Kind::Influxdb3);
    let sql = request("POST /api/v3/query_sql")
        .json(r#" { "q" : "SELECT * FROM m WHERE r = $r", "d\u0062": "a", "params": {"r": "x"}, "format": "json" } "#);
    let sent = setup.allow(&sql, TOKEN);
    assert_eq!(sent.request.target(), "/api/v3/query_sql");
    let body: serde_json::Value = serde_json::from_str(&built(&sent)).unwrap();
    let wanted =
        serde_json::json!({"db": "a", "q": "SELECT * FROM m WHERE r = $r", "params": {"r": "x"}, "format": "json"});
    assert_eq!(body, wanted);
    let form = setup.allow(&request("POST /query?db=a&x=y").form("q=SELECT * FROM m&epoch=ms"), TOKEN);
    assert_eq!(form.request.target(), "/query");
    assert_eq!(built(&form), "db=a&q=SELECT+*+FROM+m&epoch=ms");
}

#[test]
fn system_tables_are_for_operators() {
    let setup = setup(Kind::Influxdb3);
    let read = request("GET /api/v3/query_sql?db=a&q=SELECT * FROM \"SYSTEM\" . queries");
    assert_eq!(setup.refuse(&read, TOKEN), Reason::Operator(OperatorOnly::System));
    setup.allow(&read, &["operator"]);
}

#[test]
fn tokens_are_out_of_everyones_reach() {
    let setup = setup(Kind::Influxdb3);
    let lines = [
        "POST /api/v3/configure/token/admin",
        "POST /api/v3/configure/token/admin/regenerate",
        "POST /api/v3/configure/token/named_admin",
        "DELETE /api/v3/configure/token?token_name=_admin",
        "POST /api/v3/configure/%74oken/admin",
        "POST /api/v3/enterprise/configure/token",
    ];
    for line in lines {
        assert_eq!(setup.refuse(&request(line), &["operator"]), Reason::Never, "{line}");
    }
}

#[test]
fn lists_show_what_the_caller_may_use() {
    let setup = setup(Kind::Influxdb3);
    let list = |line: &str, caller: &[&str]| setup.answer(&request(line), caller).body;
    let databases = "GET /api/v3/configure/database?format=json";
    assert_eq!(list(databases, &["read a", "write b"]), r#"[{"iox::database":"a"}]"#);
    assert_eq!(list(databases, &["none"]), "[]");
    assert_eq!(
        list("GET /query?q=SHOW DATABASES", &["read b"]),
        r#"{"results":[{"series":[{"columns":["name"],"name":"databases","values":[["b"]]}],"statement_id":0}]}"#,
    );
    let policies = "GET /api/v3/query_influxql?db=a&q=SHOW RETENTION POLICIES";
    assert_eq!(list(policies, TOKEN), r#"[{"iox::database":"a","name":"autogen"}]"#);
    assert_eq!(list(policies, &["read b"]), "[]");
    let policies = "GET /query?db=a&q=SHOW RETENTION POLICIES";
    assert!(list(policies, TOKEN).contains(r#""values":[["autogen","0s","168h0m0s",1,true]]"#));
    assert!(list(policies, &["read b"]).contains("database not found: a"));
    let csv = request("GET /api/v3/configure/database?format=csv");
    assert_eq!(setup.refuse(&csv, TOKEN), Reason::Malformed(Malformed::Value("format")));
}

#[test]
fn a_database_that_exists_is_created_by_its_writers() {
    let setup = setup(Kind::Influxdb3);
    let create = |name: &str| request("POST /query").form(&format!("q=CREATE DATABASE \"{name}\""));
    assert_eq!(setup.answer(&create("a"), &["write a"]).body, r#"{"results":[{"statement_id":0}]}"#);
    assert_eq!(setup.refuse(&create("a"), &["read a"]), Reason::Missing(Action::Write, "a".into()));
    assert_eq!(setup.refuse(&create("new"), &["write *"]), Reason::UnknownDatabase("new".into()));
}

#[test]
fn flight_is_not_implemented() {
    let setup = setup(Kind::Influxdb3);
    let flight = request("POST /arrow.flight.protocol.FlightService/DoGet").body("application/grpc", "x");
    let answer = setup.refusal(&flight, &["operator"]).answer();
    assert_eq!(answer.status, 200);
    assert!(answer.headers.contains(&("grpc-status", "12".into())));
}
