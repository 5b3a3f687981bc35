//! InfluxDB 1.x: the statements decide, in every mode.

use jeton_gate::{Kind, Malformed, OperatorOnly, Reason, Settings};
use jeton_model::Action;

use crate::support::{built, request, setup, with};

const READER: &[&str] = &["read a"];
const WRITER: &[&str] = &["write a"];

#[test]
fn a_write_goes_where_it_was_decided() {
    let setup = setup(Kind::Influxdb1);
    let target = |line: &str, caller: &[&str]| setup.allow(&request(line).body("", "m v=1"), caller).request.target();
    assert_eq!(
        target("POST /write?precision=s&db=a&consistency=any&x=y", WRITER),
        "/write?db=a&precision=s&consistency=any"
    );
    assert_eq!(target("POST /write?db=a&rp=day", WRITER), "/write?db=a&rp=day");
    assert_eq!(target("POST /write?db=a&rp=week", &["write a/week"]), "/write?db=a&rp=week");
    assert_eq!(target("POST /api/v2/write?bucket=a/week", &["write a/week"]), "/api/v2/write?bucket=a%2Fweek");
    assert_eq!(target("POST /api/v1/prom/write?db=a", WRITER), "/api/v1/prom/write?db=a");
}

#[test]
fn a_policy_with_its_own_bucket_is_kept() {
    let setup = setup(Kind::Influxdb1);
    let missing = |action| Reason::Missing(action, "a".into());
    assert_eq!(setup.refuse(&request("POST /write?db=a&rp=week"), WRITER), missing(Action::Write));
    assert_eq!(setup.refuse(&request("POST /api/v2/write?bucket=a/week"), WRITER), missing(Action::Write));
    assert_eq!(setup.refuse(&request("POST /write?db=a"), &["write a/week"]), missing(Action::Write));
    for line in ["GET /query?db=a&q=SELECT * FROM week.m", "GET /query?db=a&rp=week&q=SELECT * FROM m"] {
        assert_eq!(setup.refuse(&request(line), READER), missing(Action::Read), "{line}");
        setup.allow(&request(line), &["read a/week"]);
    }
    // Lists are made from every policy of the database.
    for statement in ["SHOW TAG KEYS", "SHOW TAG VALUES FROM week.m WITH KEY = x", "SHOW SERIES", "SHOW MEASUREMENTS"] {
        let list = request(&format!("GET /query?db=a&q={statement}"));
        assert_eq!(setup.refuse(&list, &["read a/week"]), missing(Action::Read), "{statement}");
        assert_eq!(setup.refuse(&list, READER), missing(Action::Read), "{statement}");
        setup.allow(&list, &["read a", "read a/week"]);
    }
}

#[test]
fn another_database_is_not_reached_in_any_spelling() {
    let setup = setup(Kind::Influxdb1);
    let lines = [
        "GET /query?db=b&q=SELECT * FROM m",
        "GET /query?d%62=b&q=SELECT * FROM m",
        "GET /query?db=a&q=SELECT * FROM b..m",
        "GET /query?db=a&q=SELECT * FROM \"b\".autogen./m/",
        "GET /query?db=a&q=select * from (select * from \"b\"..m)",
        "GET /query?db=a&q=SELECT * FROM m, b..m",
        "GET /query?db=a&q=SELECT * FROM m; SELECT * FROM b..m",
        "GET /query?db=a&q=EXPLAIN SELECT * FROM b..m",
        "GET /query?db=a&q=SHOW SERIES ON b",
        "GET /query?db=a&q=SHOW SERIES ON a FROM b..m",
        "GET /query?db=a&q=SHOW FIELD KEYS ON a FROM b..m",
        "GET /query?db=a&q=SHOW SERIES EXACT CARDINALITY ON b",
        "GET /query?db=a&q=SHOW FIELD KEY CARDINALITY ON b",
        "GET /query?db=a&q=SHOW MEASUREMENTS WITH MEASUREMENT = b..m",
        "GET /query?db=a&q=SHOW RETENTION POLICIES ON b",
        "POST /api/v1/prom/read?db=b",
    ];
    for line in lines {
        let reason = setup.refuse(&request(line), &["read a", "read a/week"]);
        assert_eq!(reason, Reason::Missing(Action::Read, "b".into()), "{line}");
    }
    let into = request("POST /query?db=a&q=SELECT * INTO b..m FROM m");
    assert_eq!(setup.refuse(&into, &["read a", "write a"]), Reason::Missing(Action::Write, "b".into()));
}

#[test]
fn other_statements_are_for_operators() {
    let setup = setup(Kind::Influxdb1);
    let statements = [
        "CREATE CONTINUOUS QUERY q ON a BEGIN SELECT mean(v) INTO x FROM b..m GROUP BY time(1m) END",
        "DROP RETENTION POLICY week ON a",
        "DROP MEASUREMENT m",
        "SHOW QUERIES",
        "SHOW CONTINUOUS QUERIES",
        "KILL QUERY 1",
        "SELECT * FROM $m",
        "SELECT",
    ];
    for statement in statements {
        let sent =
            request("POST /query?db=a").form(&format!("q={statement}&params={{\"m\":{{\"identifier\":\"b\"}}}}"));
        let reason = setup.refuse(&sent, &["read *", "write *"]);
        assert_eq!(reason, Reason::Operator(OperatorOnly::Statement), "{statement}");
        setup.allow(&sent, &["operator"]);
    }
}

#[test]
fn deleting_needs_a_setting_and_both_permissions() {
    let both = ["read a", "write a", "read a/week", "write a/week"];
    let deleting = with(Kind::Influxdb1, Settings { writers_delete: true, ..Settings::default() });
    for statement in ["DELETE FROM m", "DROP SERIES FROM m", "DELETE WHERE time < 0"] {
        let delete = request(&format!("POST /query?db=a&q={statement}"));
        let reason = setup(Kind::Influxdb1).refuse(&delete, &both);
        assert_eq!(reason, Reason::Operator(OperatorOnly::Deletion), "{statement}");
        deleting.allow(&delete, &both);
        assert!(matches!(deleting.refuse(&delete, &["write a", "write a/week"]), Reason::Missing(Action::Read, _)));
        assert!(matches!(deleting.refuse(&delete, &["read a", "read a/week"]), Reason::Missing(Action::Write, _)));
    }
}

#[test]
fn a_form_and_the_url_do_not_contradict_each_other() {
    let setup = setup(Kind::Influxdb1);
    for form in ["db=b&q=SELECT * FROM m", "db=a&q=SELECT * FROM m"] {
        let reason = setup.refuse(&request("POST /query?db=a").form(form), READER);
        assert_eq!(reason, Reason::Malformed(Malformed::Repeated("db".into())), "{form}");
    }
    let malformed = request("POST /query?db=a&q=SELECT * FROM m").form("db=b&x=%zz");
    assert_eq!(setup.refuse(&malformed, READER), Reason::Malformed(Malformed::Escape));
    let multipart = request("POST /query?db=a&q=SELECT * FROM m").body("multipart/form-data; boundary=x", "--x");
    assert_eq!(setup.refuse(&multipart, READER), Reason::Media);
    let body_on_get = request("GET /query?db=a&q=SELECT * FROM m").form("db=b");
    assert_eq!(setup.refuse(&body_on_get, READER), Reason::Malformed(Malformed::BodyOnGet));
    let sent =
        setup.allow(&request("POST /query?epoch=ms&db=a&u=x&p=y").form("q=SELECT * FROM m&u=x&p=y&async=true"), READER);
    assert_eq!(sent.request.target(), "/query");
    assert_eq!(built(&sent), "db=a&q=SELECT+*+FROM+m&epoch=ms");
}

#[test]
fn prometheus_reads_name_their_database_once_and_in_the_url() {
    let setup = setup(Kind::Influxdb1);
    let read = |query: &str| request(&format!("POST /api/v1/prom/read{query}")).body("application/x-protobuf", "x");
    assert_eq!(setup.allow(&read("?db=a"), READER).request.target(), "/api/v1/prom/read?db=a");
    assert_eq!(setup.refuse(&read(""), READER), Reason::Malformed(Malformed::Missing("db")));
    assert_eq!(setup.refuse(&read("?db=a&db=b"), READER), Reason::Malformed(Malformed::Repeated("db".into())));
    assert_eq!(setup.refuse(&request("POST /api/v1/prom/read?db=a").form("db=b"), READER), Reason::Media);
    assert_eq!(setup.refuse(&read("?db=a"), WRITER), Reason::Missing(Action::Read, "a".into()));
}

#[test]
fn telegraf_is_told_that_its_database_exists() {
    let setup = setup(Kind::Influxdb1);
    let create = request("POST /query").form("q=CREATE DATABASE \"b\"");
    assert_eq!(setup.answer(&create, &["write b"]).body, r#"{"results":[{"statement_id":0}]}"#);
    assert_eq!(setup.refuse(&create, &["read b"]), Reason::Missing(Action::Write, "b".into()));
}

#[test]
fn an_unknown_default_policy_is_the_gates_failure() {
    let mut setup = setup(Kind::Influxdb1);
    let places = setup.directory.places().to_vec();
    setup.directory = jeton_gate::Directory::of_bindings(crate::support::org(), "acme", places, [].into());
    let refusal = setup.refusal(&request("POST /write?db=a"), WRITER);
    assert_eq!(refusal.reason, Reason::Unavailable);
    let answer = refusal.answer();
    assert_eq!(answer.status, 503);
    assert!(answer.headers.contains(&("retry-after", "1".into())));
}
