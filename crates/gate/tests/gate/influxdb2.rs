//! InfluxDB 2.x: ids go on instead of names, and Flux is inspected.

use jeton_gate::{
    Caller, Decision, FluxReason, FluxText, Kind, Malformed, OperatorOnly, Reason, Settings, UnauthenticatedDecision,
    Verdict,
};
use jeton_model::Action;
use serde_json::{Value, json};

use crate::support::{Request, bucket, built, org, request, setup, with};

const TOKEN: &[&str] = &["read a", "write a"];

#[test]
fn a_write_goes_on_by_ids() {
    let setup = setup(Kind::Influxdb2);
    let wanted = format!("orgID={}&bucket={}", org(), bucket("a"));
    let lines = [
        "POST /api/v2/write?bucket=a&org=acme".to_owned(),
        format!("POST /api/v2/write?org={}&bucket={}", org(), bucket("a")),
        format!("POST /api/v2/write?orgID={}&org=other&bucket=a", org()),
        "POST /api/v2/write?bucket=a".to_owned(),
    ];
    for line in lines {
        let sent = setup.allow(&request(&line).body("", "m v=1"), TOKEN).request;
        assert_eq!(sent.target(), format!("/api/v2/write?{wanted}"), "{line}");
    }
    let sent = setup.allow(&request("POST /write?db=a&rp=week&precision=n").body("", "m v=1"), &["write a/week"]);
    let wanted = format!("/api/v2/write?precision=ns&orgID={}&bucket={}", org(), bucket("a/week"));
    assert_eq!(sent.request.target(), wanted);
}

#[test]
fn another_bucket_or_organization_is_not_written() {
    let setup = setup(Kind::Influxdb2);
    let missing = Reason::Missing(Action::Write, "b".into());
    assert_eq!(setup.refuse(&request("POST /api/v2/write?org=acme&bucket=b"), TOKEN), missing);
    assert_eq!(setup.refuse(&request("POST /write?db=b"), TOKEN), missing);
    let by_id = request(&format!("POST /api/v2/write?bucket={}", bucket("b")));
    assert!(matches!(setup.refuse(&by_id, TOKEN), Reason::Missing(..)));
    for line in ["POST /api/v2/write?org=other&bucket=a", "POST /api/v2/write?org=acme&orgID=00000000000000ff&bucket=a"]
    {
        assert!(matches!(setup.refuse(&request(line), TOKEN), Reason::UnknownOrg(_)), "{line}");
    }
    assert_eq!(setup.refuse(&request("POST /api/v2/write?bucket=_monitoring"), &["write *"]).status(), 404);
}

#[test]
fn data_is_deleted_by_those_who_read_and_write_if_the_gate_says_so() {
    let delete = request("POST /api/v2/delete?org=acme&bucket=a").json("{}");
    let reason = setup(Kind::Influxdb2).refuse(&delete, TOKEN);
    assert_eq!(reason, Reason::Operator(OperatorOnly::Deletion));
    let deleting = with(Kind::Influxdb2, Settings { writers_delete: true, ..Settings::default() });
    deleting.allow(&delete, TOKEN);
    assert_eq!(deleting.refuse(&delete, &["write a"]), Reason::Missing(Action::Read, "a".into()));
    assert_eq!(deleting.refuse(&delete, &["read a"]), Reason::Missing(Action::Write, "a".into()));
}

#[test]
fn the_rest_of_the_api_is_jetons_or_the_operators() {
    let setup = setup(Kind::Influxdb2);
    for path in ["/api/v2/buckets", "/api/v2/authorizations/0000000000000001", "/api/v2/orgs", "/api/v2/me"] {
        let decision = setup.decide_for(&request(&format!("GET {path}")), &["none"]);
        assert_eq!(decision, Decision::Jeton, "{path}");
    }
    for path in
        ["/api/v2/tasks", "/api/v2/bucketsx", "/api/v2/secrets", "/api/v2/backup/kv", "/api/v2/config", "/metrics"]
    {
        let reason = setup.refuse(&request(&format!("GET {path}")), &["read *", "write *"]);
        assert_eq!(reason, Reason::Operator(OperatorOnly::Unlisted), "{path}");
    }
}

/// Otherwise whoever reaches the port of the database could set Jeton up before its operator does.
#[test]
fn the_initial_set_up_is_answered_to_everyone_as_if_it_were_done() {
    let setup = setup(Kind::Influxdb2);
    let done = "{\"code\":\"conflict\",\"message\":\"onboarding has already been completed\"}";
    for (line, status, body) in [
        ("GET /api/v2/setup", 200, "{\"allowed\":false}"),
        ("POST /api/v2/setup", 422, done),
        ("POST /api/v2/%73etup?x=1", 422, done),
        ("PUT /api/v2/setup", 405, ""),
        ("POST /api/v2/setup/", 404, "{\"code\":\"not found\",\"message\":\"path not found\"}"),
    ] {
        let request = request(line);
        let canonical = request.canonical().unwrap();
        let answer = setup.gate.set_up(&canonical).unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (status, body), "{line}");
        assert_eq!(
            setup.gate.observe_unauthenticated(&canonical),
            UnauthenticatedDecision::Answer(answer.clone()),
            "{line}"
        );
        let decision = Decision::Answer(answer);
        assert_eq!(setup.decide(&request, &Caller::Anonymous), decision, "{line}");
        assert_eq!(setup.decide_for(&request, &["operator"]), decision, "{line}");
    }
    for line in ["POST /api/v2/setups", "GET /api/v2/users", "OPTIONS /api/v2/setup"] {
        assert_eq!(setup.gate.set_up(&request(line).canonical().unwrap()), None, "{line}");
    }
    let core = self::setup(Kind::Influxdb3).gate;
    assert_eq!(core.set_up(&request("POST /api/v2/setup").canonical().unwrap()), None);
}

fn flux(body: &str) -> Request {
    request("POST /api/v2/query?org=acme").json(body)
}

#[test]
fn a_query_is_one_object_with_exact_names() {
    let setup = setup(Kind::Influxdb2);
    let refused = [
        flux(r#"{"query":"a","query":"b"}"#),
        flux(r#"{"query":"a","QUERY":"b"}"#),
        flux(r#"{"Query":"a"}"#),
        flux(r#"{"query":"a","ast":{"type":"Package"}}"#),
        flux(r#"{"query":"a","extern":{"type":"File"}}"#),
        flux(r#"{"query":"a","type":"influxql"}"#),
        flux(r#"{"query":"a\u0000b"}"#),
        flux(r#"{"query":"a","dialect":{"header":true,"header":false}}"#),
        flux(r#"{"query":"a","dialect":{"x":1}}"#),
        flux(r#"["a"]"#),
        flux(r#"{"query":"a"}{"query":"b"}"#),
        flux("{}"),
        request("POST /api/v2/query").json(r#"{"query":"a"}"#),
        request("POST /api/v2/query?org=acme").body("text/plain", r#"{"query":"a"}"#),
        request("POST /api/v2/query?org=acme").form("query=a"),
        flux(r#"{"query":"a"}"#).header("Content-Encoding", "gzip"),
        flux(&format!(r#"{{"query":"{}"}}"#, "a".repeat(1 << 20))),
    ];
    for request in refused {
        let reason = setup.refuse(&request, TOKEN);
        let expected = matches!(reason, Reason::Malformed(_) | Reason::Media | Reason::TooLarge);
        assert!(expected, "{:.60}: {reason:?}", String::from_utf8_lossy(&request.body));
    }
}

/// Returns the answer of `query/ast` with one expression.
pub fn tree(expression: &Value) -> String {
    let statement = json!({ "type": "ExpressionStatement", "expression": expression });
    let file = json!({ "type": "File", "imports": null, "body": [statement] });
    json!({ "ast": { "type": "Package", "files": [file] } }).to_string()
}

pub fn call(properties: Value) -> Value {
    let arguments = json!([{ "type": "ObjectExpression", "properties": properties }]);
    json!({ "type": "CallExpression", "callee": { "type": "Identifier", "name": "f" }, "arguments": arguments })
}

pub fn property(key: &str, value: &Value) -> Value {
    json!([{ "type": "Property", "key": { "type": "Identifier", "name": key }, "value": value }])
}

pub fn text(value: &str) -> Value {
    json!({ "type": "StringLiteral", "value": value })
}

#[test]
fn an_allowed_query_is_rebuilt_for_the_gates_organization() {
    let mut setup = setup(Kind::Influxdb2);
    setup.syntax = |_| (200, tree(&call(property("bucket", &text("a")))));
    let body = r#" {"dialect":{"header":true}, "query":"f(bucket: \"a\")", "type":"flux", "extern":null} "#;
    let by_both = request(&format!("POST /api/v2/query?org=other&orgID={}", org())).json(body);
    let sent = setup.allow(&by_both, &["read a"]);
    assert_eq!(sent.request.target(), format!("/api/v2/query?orgID={}", org()));
    let reads_more = setup.allow(&by_both, &["read a", "read b"]);
    assert_eq!(reads_more.buckets, [(Action::Read, bucket("a"))].into(), "literal names are recorded as used");
    let wanted = json!({ "query": "f(bucket: \"a\")", "type": "flux", "dialect": { "header": true } });
    assert_eq!(serde_json::from_str::<Value>(&built(&sent)).unwrap(), wanted);
    let text = request("POST /api/v2/query?org=acme").body("application/vnd.flux", "f()");
    assert!(built(&setup.allow(&text, &["read a"])).contains("f()"));
    assert_eq!(setup.refuse(&by_both, &["write a"]), Reason::NothingReadable);
}

#[test]
fn a_bucket_by_id_is_one_that_the_token_reads() {
    let mut setup = setup(Kind::Influxdb2);
    setup.syntax = |source| (200, tree(&call(property("bucketID", &text(source)))));
    let by_id = |id: &str| flux(&json!({ "query": id }).to_string());
    let allowed = setup.allow(&by_id(&bucket("a").to_string()), &["read a"]);
    assert_eq!(allowed.buckets, [(Action::Read, bucket("a"))].into());
    assert!(matches!(setup.refuse(&by_id(&bucket("b").to_string()), &["read a"]), Reason::Missing(..)));
    assert!(matches!(setup.refuse(&by_id("00000000000000ff"), &["read *"]), Reason::UnknownDatabase(_)));
    assert_eq!(setup.refuse(&by_id("b"), &["read a"]), Reason::Flux(FluxReason::ComputedBucketId));
}

#[test]
fn what_cannot_be_walked_is_refused() {
    let unknown = json!({ "type": "NewExpression", "x": [] });
    let untyped = json!({ "key": { "type": "Identifier", "name": "bucketID" }, "value": text("x") });
    let spread = json!({
        "type": "CallExpression",
        "callee": { "type": "Identifier", "name": "from" },
        "arguments": [{ "type": "ObjectExpression", "with": { "type": "Identifier", "name": "r" }, "properties": [] }],
    });
    let computed = json!({ "type": "BinaryExpression", "operator": "+", "left": text("a"), "right": text("b") });
    let parameter = json!({
        "type": "FunctionExpression",
        "params": property("bucketID", &Value::Null),
        "body": { "type": "Identifier", "name": "bucketID" },
    });
    let option = json!({ "type": "MemberAssignment" });
    let trees = [
        tree(&unknown),
        tree(&call(json!([untyped]))),
        tree(&spread),
        tree(&call(property("bucketID", &computed))),
        tree(&parameter),
        tree(&option),
        tree(&json!({ "type": 1 })),
        tree(&json!({ "type": "BadExpression" })),
        tree(&json!({ "type": "Identifier", "name": "x", "errors": ["bad"] })),
        tree(&call(property("host", &text("x")))),
        tree(&call(property("token", &text("x")))),
        tree(&call(property("org", &text("x")))),
        tree(&call(property("orgID", &text("x")))),
        json!({ "ast": null }).to_string(),
        "{}".to_owned(),
    ];
    let source = source();
    for answer in trees {
        let verdict = Verdict::of(&source, &Settings::default(), 200, answer.as_bytes()).unwrap();
        assert!(format!("{verdict:?}").contains("Err("), "{answer}");
    }
}

fn source() -> FluxText {
    let mut setup = setup(Kind::Influxdb2);
    setup.syntax = |_| (503, String::new());
    assert_eq!(setup.refuse(&flux(r#"{"query":"x"}"#), &["read a"]), Reason::Unavailable);
    let canonical = flux(r#"{"query":"x"}"#).canonical().unwrap();
    let step = setup.gate.classify(&canonical).unwrap();
    let jeton_gate::Step::Body(body) = step else { panic!("the body decides") };
    let permissions = crate::support::permissions(&["read a"]);
    let caller = jeton_gate::Caller::Token { org: org(), permissions: &permissions };
    let step = body.admit(&caller, &setup.directory).unwrap().read(br#"{"query":"x"}"#).unwrap();
    let jeton_gate::Step::Syntax(syntax) = step else { panic!("the syntax decides") };
    syntax.text().clone()
}

#[test]
fn a_tree_that_is_nested_too_deeply_is_a_fault_of_the_text() {
    let nested = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    let verdict = Verdict::of(&source(), &Settings::default(), 200, nested.as_bytes()).unwrap();
    assert!(format!("{verdict:?}").contains("Err(Unreadable("), "{verdict:?}");
    assert_eq!(Verdict::of(&source(), &Settings::default(), 200, b"<html>"), None, "no tree is the gate's failure");
}

#[test]
fn imports_are_those_of_the_list() {
    let import = |path: &str, key: &str| {
        let mut answer: Value = serde_json::from_str(&tree(&call(property(key, &text("x"))))).unwrap();
        answer["ast"]["files"][0]["imports"] = json!([{ "type": "ImportDeclaration", "as": null, "path": text(path) }]);
        answer.to_string()
    };
    let verdict = |answer: &str, extra: &[&str]| {
        let settings =
            Settings { flux_imports: extra.iter().map(|one| (*one).to_owned()).collect(), ..Settings::default() };
        format!("{:?}", Verdict::of(&source(), &settings, 200, answer.as_bytes()).unwrap())
    };
    for path in [
        "sql",
        "http/requests",
        "experimental/http",
        "experimental/mqtt",
        "socket",
        "experimental/csv",
        "Array",
        "array ",
    ] {
        assert!(verdict(&import(path, "x"), &[]).contains("Err(Import("), "{path}");
        assert!(verdict(&import(path, "x"), &[path]).contains("Ok("), "{path}");
    }
    assert!(verdict(&import("array", "url"), &[]).contains("Ok("));
    for key in ["url", "file"] {
        for path in ["csv", "influxdata/influxdb/v1"] {
            assert!(verdict(&import(path, key), &[]).contains("Err(Key("), "{path} {key}");
        }
    }
    assert!(verdict(&import("csv", "csv"), &[]).contains("Ok("));
}

#[test]
fn influxql_is_decided_by_mappings() {
    let setup = setup(Kind::Influxdb2);
    setup.allow(&request("GET /query?db=a&q=SELECT * FROM m"), TOKEN);
    let lines = [
        "GET /query?db=b&q=SELECT * FROM m",
        "GET /query?db=a&q=SELECT * FROM b..m",
        "GET /query?db=a&q=SHOW TAG KEYS ON b",
    ];
    for line in lines {
        assert_eq!(setup.refuse(&request(line), TOKEN), Reason::Missing(Action::Read, "b".into()), "{line}");
    }
    for foreign in ["org=other", "orgID=00000000000000ff", "org=acme&orgID=00000000000000ff"] {
        let get = request(&format!("GET /query?{foreign}&db=a&q=SELECT * FROM m"));
        assert!(matches!(setup.refuse(&get, TOKEN), Reason::UnknownOrg(_)), "{foreign}");
        let post = request(&format!("POST /query?{foreign}&db=a")).form("q=SELECT * FROM m");
        assert!(matches!(setup.refuse(&post, TOKEN), Reason::UnknownOrg(_)), "{foreign}");
    }
    let twice = request("POST /query?db=a").form("db=b&q=SELECT * FROM m");
    assert_eq!(setup.refuse(&twice, TOKEN), Reason::Malformed(Malformed::Repeated("db".into())));
    assert_eq!(setup.refusal(&request(lines[0]), TOKEN).answer().status, 200);
}
