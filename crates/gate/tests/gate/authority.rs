//! The authority with which the database sees a request: never more than the caller's, except where an operator asks.

use jeton_gate::{Authority, Caller, Decision, Delegated, Kind};
use jeton_model::Action;

use crate::support::{Request, bucket, org, permissions, request, setup};

fn authority(line: &str, names: &[&str]) -> Authority {
    of(&request(line), names)
}

fn of(request: &Request, names: &[&str]) -> Authority {
    setup(Kind::Influxdb2).allow(request, names).authority
}

fn delegated(permissions: &[(Action, &str)]) -> Authority {
    let permissions = permissions.iter().map(|(action, name)| (*action, bucket(name))).collect();
    Authority::Caller(Delegated { org: org(), permissions }.into())
}

#[test]
fn data_is_read_and_written_with_the_callers_permissions_on_named_buckets() {
    let mine = delegated(&[(Action::Read, "a"), (Action::Write, "a"), (Action::Write, "b")]);
    for line in ["POST /api/v2/write?bucket=a", "GET /query?db=a&q=SELECT * FROM m", "POST /write?db=b"] {
        assert_eq!(authority(line, &["read a", "write a", "write b"]), mine, "{line}");
    }
    let every = ["a", "b", "a/week", ".*"].map(|name| (Action::Read, name));
    assert_eq!(authority("GET /query?db=a&q=SELECT * FROM m", &["read *"]), delegated(&every));
}

#[test]
fn an_operator_has_no_more_than_the_buckets_of_the_gate_where_data_is_concerned() {
    let Authority::Caller(operator) = authority("POST /api/v2/write?bucket=a", &["operator"]) else {
        panic!("it is delegated")
    };
    assert_eq!(operator.permissions.len(), 8, "both actions on each bucket");
}

#[test]
fn the_gates_own_authority_is_for_operators_and_for_syntax() {
    assert_eq!(authority("GET /api/v2/tasks", &["operator"]), Authority::Gate);
    assert_eq!(authority("GET /api/v2/query/suggestions", &["none"]), Authority::Gate);
    assert_eq!(authority("GET /health", &[]), Authority::Nobody);
}

#[test]
fn a_suspended_bucket_is_not_delegated() {
    let mut setup = setup(Kind::Influxdb2);
    setup.directory = setup.directory.suspended(&[bucket("b")]);
    let permissions = permissions(&["read a", "read b"]);
    let caller = Caller::Token { org: org(), permissions: &permissions };
    let Decision::Allow(allowed) = setup.decide(&request("GET /query?db=a&q=SELECT * FROM m"), &caller) else {
        panic!("the other bucket is available")
    };
    assert_eq!(allowed.authority, delegated(&[(Action::Read, "a")]));
}

/// Otherwise a request carried rights that its caller does not have any more, or those of another caller.
#[test]
fn rights_that_are_known_follow_each_change_of_the_directory_and_are_those_of_their_caller_alone() {
    let write = request("POST /api/v2/write?bucket=a");
    let mut setup = setup(Kind::Influxdb2);
    let (mine, other) = (["read a", "write a", "read b"], ["write a"]);
    let both = [(Action::Read, "a"), (Action::Write, "a")];
    for _ in 0..2 {
        let all = delegated(&[both[0], both[1], (Action::Read, "b")]);
        assert_eq!(setup.allow(&write, &mine).authority, all);
        assert_eq!(setup.allow(&write, &other).authority, delegated(&both[1..]));
    }
    setup.directory = setup.directory.suspended(&[bucket("b")]);
    assert_eq!(setup.allow(&write, &mine).authority, delegated(&both));
}

#[test]
fn rights_that_are_known_are_those_that_are_computed_anew() {
    let write = request("POST /api/v2/write?bucket=a");
    let requested = setup(Kind::Influxdb2);
    let callers: [&[&str]; 4] = [&["operator"], &["write *"], &["write a", "read b"], &["read b", "write a"]];
    for names in callers.into_iter().chain(callers) {
        assert_eq!(requested.allow(&write, names), setup(Kind::Influxdb2).allow(&write, names), "{names:?}");
    }
}

/// Otherwise a token had no limit of queries at once.
#[test]
fn a_flux_query_is_a_query_whatever_it_names() {
    let mut setup = setup(Kind::Influxdb2);
    setup.syntax = |_| (200, r#"{"ast":{"type":"Package","files":[]}}"#.into());
    let query = request("POST /api/v2/query?org=acme").json(r#"{"query":"buckets()"}"#);
    let allowed = setup.allow(&query, &["read a"]);
    assert!(allowed.buckets.is_empty() && allowed.is_query());
    assert!(!setup.allow(&request("POST /api/v2/write?bucket=a"), &["write a"]).is_query());
}

/// Otherwise a query went on after a bucket that it reads or writes by name was taken away or suspended.
#[test]
fn a_flux_query_ends_with_each_bucket_that_it_may_name() {
    let mut setup = setup(Kind::Influxdb2);
    setup.syntax = |_| {
        let key = r#"{"type":"Identifier","name":"bucketID"}"#;
        let value = r#"{"type":"StringLiteral","value":"000000000000000a"}"#;
        let property = format!(r#"{{"type":"Property","key":{key},"value":{value}}}"#);
        let call = format!(
            r#"{{"type":"CallExpression","arguments":[{{"type":"ObjectExpression","properties":[{property}]}}]}}"#
        );
        (200, format!(r#"{{"ast":{{"type":"Package","files":[{call}]}}}}"#))
    };
    let query = request("POST /api/v2/query?org=acme").json(r#"{"query":"from(bucketID:)"}"#);
    let allowed = setup.allow(&query, &["read a", "read b", "write .*"]);
    assert_eq!(allowed.buckets, [(Action::Read, bucket("a"))].into());
    let places: Vec<_> = allowed.places.iter().map(|place| place.name.as_str()).collect();
    assert_eq!(places, ["a", "b", ".*"]);
    let write = setup.allow(&request("POST /api/v2/write?bucket=a"), &["write a", "write b"]);
    assert_eq!(write.places.len(), 1, "a write names its bucket");
}

#[test]
fn databases_without_tokens_see_the_gate() {
    let sent = setup(Kind::Influxdb3).allow(&request("POST /api/v3/write_lp?db=a"), &["write a"]);
    assert_eq!(sent.authority, Authority::Gate);
}

#[test]
fn a_path_of_jetons_own_is_one_however_it_is_escaped() {
    let gate = setup(Kind::Influxdb2).gate;
    let is_own = |line: &str| gate.is_own(&request(line).canonical().unwrap());
    for line in ["GET /api/v2/buckets", "POST /api/v2/%61uthorizations", "DELETE /api/v2/orgs/1/members/2"] {
        assert!(is_own(line), "{line}");
    }
    for line in [
        "GET /api/v2/tasks",
        "POST /api/v2/write?bucket=a",
        "GET /api/v2/bucketsx",
        "OPTIONS /api/v2/orgs",
        "POST /api/v2/setup",
        "POST /api/v2/%73etup/",
    ] {
        assert!(!is_own(line), "{line}");
    }
    assert!(!setup(Kind::Influxdb1).gate.is_own(&request("GET /api/v2/buckets").canonical().unwrap()));
    let target = request("GET /api/v2/%62uckets?org=a+b&p=secret").canonical().unwrap().target();
    assert_eq!(target, "/api/v2/buckets?org=a+b");
}
