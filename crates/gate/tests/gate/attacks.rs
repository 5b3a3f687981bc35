//! Attacks on a gate for InfluxDB 2, decided by the request and the syntax tree of its text alone.

use jeton_gate::{Authority, Body, Caller, Decision, FluxReason, Kind, Malformed, OperatorOnly, Reason};
use jeton_model::{Action, Id, OrgId, Permission, ResourceType};
use serde_json::{Value, json};

use crate::{
    influxdb2::{call, property, text, tree},
    support::{Request, Setup, bucket, request, setup},
};

/// A gate whose database answers the text of a query as its syntax tree.
fn echoing() -> Setup {
    let mut setup = setup(Kind::Influxdb2);
    setup.syntax = |source| (200, source.to_owned());
    setup
}

/// Returns a query whose syntax tree has this expression.
fn query(expression: &Value) -> Request {
    request("POST /api/v2/query?org=acme").json(&json!({ "query": tree(expression) }).to_string())
}

fn identifier(name: &str) -> Value {
    json!({ "type": "Identifier", "name": name })
}

/// Returns texts with a node in each place where one may stand.
fn everywhere(node: &Value) -> Vec<Value> {
    let block = json!({ "type": "Block", "body": [{ "type": "ReturnStatement", "argument": node }] });
    let assignment = json!({ "type": "VariableAssignment", "id": identifier("x"), "init": node });
    vec![
        node.clone(),
        json!({ "type": "ParenExpression", "expression": node }),
        json!({ "type": "ArrayExpression", "elements": [node] }),
        json!({ "type": "DictExpression", "elements": [{ "type": "DictItem", "key": text("x"), "val": node }] }),
        json!({ "type": "ConditionalExpression", "test": text("x"), "consequent": text("x"), "alternate": node }),
        json!({ "type": "LogicalExpression", "operator": "or", "left": text("x"), "right": node }),
        json!({ "type": "IndexExpression", "array": node, "index": text("x") }),
        json!({ "type": "MemberExpression", "object": node, "property": identifier("x") }),
        json!({ "type": "PipeExpression", "argument": text("x"), "call": node }),
        json!({ "type": "StringExpression", "parts": [{ "type": "InterpolatedPart", "expression": node }] }),
        json!({ "type": "FunctionExpression", "params": [], "body": block }),
        json!({ "type": "FunctionExpression", "params": property("x", node), "body": text("x") }),
        json!({ "type": "OptionStatement", "assignment": assignment }),
        call(property("x", node)),
    ]
}

#[test]
fn a_bucket_id_counts_wherever_it_stands() {
    let setup = echoing();
    let id = text(&bucket("b").to_string());
    let quoted = json!([{ "type": "Property", "key": text("bucketID"), "value": id }]);
    for properties in [property("bucketID", &id), quoted] {
        let record = json!({ "type": "ObjectExpression", "properties": properties });
        for place in [call(properties), record].iter().flat_map(everywhere) {
            let reason = setup.refuse(&query(&place), &["read a", "write *"]);
            assert!(matches!(reason, Reason::Missing(Action::Read, _)), "{place}: {reason:?}");
            let allowed = setup.allow(&query(&place), &["read a", "read b"]);
            assert_eq!(allowed.buckets, [(Action::Read, bucket("b"))].into(), "{place}");
        }
    }
}

#[test]
fn a_bucket_id_that_is_no_literal_is_refused_to_everyone() {
    let setup = echoing();
    let id = text(&bucket("a").to_string());
    let computed = [
        Value::Null,
        identifier("id"),
        json!({ "type": "ParenExpression", "expression": id }),
        json!({ "type": "BinaryExpression", "operator": "+", "left": id, "right": text("") }),
        json!({ "type": "StringExpression", "parts": [{ "type": "TextPart", "value": bucket("a") }] }),
        json!({ "type": "MemberExpression", "object": identifier("r"), "property": identifier("id") }),
        json!({ "type": "IndexExpression", "array": identifier("ids"), "index": text("0") }),
        call(property("x", &id)),
        text(""),
        text("a"),
        text(" 00000000000000a"),
        text("+00000000000000a"),
    ];
    for place in computed.iter().flat_map(|value| everywhere(&call(property("bucketID", value)))) {
        let reason = setup.refuse(&query(&place), &["operator"]);
        assert_eq!(reason, Reason::Flux(FluxReason::ComputedBucketId), "{place}");
    }
}

#[test]
fn what_leads_to_another_server_or_organization_is_refused_to_everyone_wherever_it_stands() {
    let setup = echoing();
    for key in ["host", "token", "org", "orgID"] {
        for place in everywhere(&call(property(key, &text("x")))) {
            let reason = setup.refuse(&query(&place), &["operator"]);
            assert_eq!(reason, Reason::Flux(FluxReason::Key(key.into())), "{place}");
        }
    }
}

/// They are sent with the gate's own credential, so that they must return only syntax, and only to members.
#[test]
fn questions_about_syntax_are_for_tokens_of_the_organization() {
    let setup = setup(Kind::Influxdb2);
    let other = OrgId(Id::new(0xff).unwrap());
    let everything_there =
        [Action::Read, Action::Write].map(|action| Permission::in_org(action, ResourceType::Buckets, other));
    let stranger = Caller::Token { org: other, permissions: &everything_there };
    for line in ["POST /api/v2/query/ast", "POST /api/v2/query/analyze", "GET /api/v2/query/suggestions"] {
        let requested = request(line);
        let requested = if line.starts_with("POST") { requested.body("text/plain", "{}") } else { requested };
        let refused = |caller: &Caller<'_>| match setup.decide(&requested, caller) {
            Decision::Refuse(refusal) => refusal.reason,
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(refused(&Caller::Anonymous), Reason::Unauthenticated, "{line}");
        assert_eq!(refused(&stranger), Reason::ForeignOrg, "{line}");
        let sent = setup.allow(&requested, &["none"]);
        assert_eq!(
            (sent.authority, sent.request.target().as_str()),
            (Authority::Gate, line.split_once(' ').unwrap().1)
        );
        let body = if line.starts_with("POST") { Body::Built(b"{}".to_vec()) } else { Body::Empty };
        assert_eq!(*sent.request.body(), body, "{line}");
        let elsewhere = request(&format!("{line}?org=other&orgID={other}"));
        assert!(matches!(setup.refuse(&elsewhere, &["none"]), Reason::UnknownOrg(_)), "{line}");
    }
    let long = request("POST /api/v2/query/ast").json(&"a".repeat((1 << 20) + 1));
    assert_eq!(setup.refuse(&long, &["none"]), Reason::TooLarge, "the database would read all of it");
    for line in
        ["GET /api/v2/query/ast", "POST /api/v2/query/suggestions", "POST /api/v2/query/ast/", "GET /api/v2/query"]
    {
        let reason = setup.refuse(&request(line), &["read *", "write *"]);
        assert_eq!(reason, Reason::Operator(OperatorOnly::Unlisted), "{line}");
    }
}

#[test]
fn headers_of_proxies_and_methods_change_no_decision_and_go_no_further() {
    let headers = [
        ("Forwarded", "for=10.0.0.1;host=other"),
        ("X-Forwarded-For", "10.0.0.1"),
        ("X-Forwarded-Host", "other"),
        ("X-Forwarded-Uri", "/query?db=a&q=SELECT"),
        ("X-Real-IP", "10.0.0.1"),
        ("X-Original-URI", "/query?db=a&q=SELECT"),
        ("X-Original-Method", "GET"),
        ("X-Rewrite-URL", "/ping"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("X-Jeton-Org", "other"),
        ("X-Gate-Key", "x"),
        ("X-Gate-Authorization", "Token x"),
        ("X-Gate-Args", "db=b"),
        ("Proxy-Authorization", "Basic eDp4"),
        ("Cookie", "influxdb-oss-session=x"),
        ("Connection", "authorization, content-length"),
        ("Upgrade", "h2c"),
        ("HTTP2-Settings", "AAMAAABkAAQAAP__"),
        ("Zap-Trace-Span", "x"),
    ];
    let setup = setup(Kind::Influxdb2);
    let lines = [
        "GET /query?db=a&q=SELECT * FROM m",
        "GET /query?db=b&q=SELECT * FROM m",
        "POST /api/v2/write?bucket=a",
        "POST /api/v2/write?bucket=b",
        "GET /api/v2/tasks",
        "GET /api/v2/query/suggestions",
    ];
    for plain in lines.map(request) {
        for (name, value) in headers {
            for caller in [["read a", "write a"], ["none", "none"]] {
                let with_header = setup.decide_for(&plain.clone().header(name, value), &caller);
                assert_eq!(with_header, setup.decide_for(&plain, &caller), "{name} {plain:?}");
            }
        }
    }
}

#[test]
fn a_credential_in_the_url_beside_another_in_the_header_is_refused_on_every_path() {
    let setup = setup(Kind::Influxdb2);
    let lines = [
        "POST /api/v2/write?bucket=a",
        "POST /api/v2/query?org=acme",
        "POST /api/v2/delete?bucket=a",
        "GET /api/v2/query/suggestions?x=1",
        "GET /api/v2/buckets?name=a",
        "GET /api/v2/tasks?x=1",
        "GET /query?db=a&q=SELECT * FROM m",
        "POST /write?db=a",
    ];
    for line in lines {
        let both = |more: &str, header: &str| request(&format!("{line}{more}")).header("Authorization", header);
        let others = [
            ("&p=two", "Token one"),
            ("&u=x&p=two", "Bearer one"),
            ("&%70=two", "Token one"),
            ("&u=y&p=one", "Basic eDpvbmU="),
            ("&p=one&p=two", "Token one"),
        ];
        for (more, header) in others {
            let reason = setup.refuse(&both(more, header), &["operator"]);
            let is_refused = matches!(reason, Reason::Malformed(Malformed::TwoCredentials | Malformed::Repeated(_)));
            assert!(is_refused, "{line}{more} {header}: {reason:?}");
        }
        let same = both("&u=x&p=one", "Basic eDpvbmU=");
        assert_eq!(setup.secret(&same).as_deref(), Some("one"), "{line}");
        let target = same.canonical().unwrap().target();
        assert!(!target.contains("p=one") && !target.contains("u=x"), "a credential goes no further: {target}");
    }
    let form = request("POST /query?db=a").form("q=SELECT * FROM m&u=x&p=two").header("Authorization", "Token one");
    assert_eq!(setup.secret(&form).as_deref(), Some("one"), "a form has no credential");
    let sent = setup.allow(&form, &["read a"]);
    assert!(!crate::support::built(&sent).contains("two"), "{sent:?}");
}
