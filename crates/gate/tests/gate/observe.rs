//! Observe mode: a request that would be refused passes with no more than the bucket that it names, and nobody gets
//! anything of the gate without a token of Jeton.

use jeton_gate::{
    Allowed, Authority, Body, Caller, Decision, Delegated, Kind, Malformed, Observed, Passthrough, Reason, Refusal,
    Settings, UnauthenticatedDecision,
};
use jeton_model::{Action, Id, OrgId};

use crate::support::{Request, Setup, bucket, org, permissions, request, setup, with};

/// Returns the request that goes on, and why it would be refused.
#[track_caller]
fn passed(setup: &Setup, request: &Request, names: &[&str]) -> (Allowed, Refusal) {
    match setup.observe(request, names) {
        Observed::WouldRefuse(allowed, refusal) => (allowed, refusal),
        other @ Observed::Decided(_) => panic!("{names:?} would be refused {request:?}: {other:?}"),
    }
}

#[track_caller]
fn refused(setup: &Setup, request: &Request, names: &[&str]) -> Reason {
    match setup.observe(request, names) {
        Observed::Decided(Decision::Refuse(refusal)) => refusal.reason,
        other => panic!("{names:?} may not {request:?}: {other:?}"),
    }
}

fn delegated(permissions: &[(Action, &str)]) -> Authority {
    let permissions = permissions.iter().map(|(action, name)| (*action, bucket(name))).collect();
    Authority::Caller(Delegated { org: org(), permissions }.into())
}

/// The answer of InfluxDB to a Flux text with a property `bucket` of a literal name.
fn named_bucket(_: &str) -> (u16, String) {
    let key = r#"{"type":"Identifier","name":"bucket"}"#;
    let value = r#"{"type":"StringLiteral","value":"b"}"#;
    let property = format!(r#"{{"type":"Property","key":{key},"value":{value}}}"#);
    let call =
        format!(r#"{{"type":"CallExpression","arguments":[{{"type":"ObjectExpression","properties":[{property}]}}]}}"#);
    (200, format!(r#"{{"ast":{{"type":"Package","files":[{call}]}}}}"#))
}

/// The answer of InfluxDB to a Flux text that names no bucket literally.
fn no_bucket(_: &str) -> (u16, String) {
    (200, r#"{"ast":{"type":"Package","files":[]}}"#.into())
}

fn flux() -> Request {
    request("POST /api/v2/query?org=acme").json(r#"{"query":"from(bucket:)"}"#)
}

fn unauthenticated(kind: Kind, request: &Request) -> UnauthenticatedDecision {
    setup(kind).gate.observe_unauthenticated(&request.canonical().unwrap())
}

#[track_caller]
fn passthrough(kind: Kind, request: &Request) -> Passthrough {
    match unauthenticated(kind, request) {
        UnauthenticatedDecision::Pass(passthrough) => passthrough,
        other @ (UnauthenticatedDecision::Refuse(_)
        | UnauthenticatedDecision::Answer(_)
        | UnauthenticatedDecision::Jeton) => panic!("{request:?} goes on: {other:?}"),
    }
}

#[test]
fn what_is_allowed_is_decided_as_always() {
    for kind in [Kind::Influxdb1, Kind::Influxdb2, Kind::Influxdb3, Kind::Victoriametrics] {
        let setup = setup(kind);
        let write = request("POST /api/v2/write?bucket=a&org=acme");
        let write = if kind == Kind::Victoriametrics { request("POST /write?db=a") } else { write };
        let decided = Observed::Decided(setup.decide_for(&write, &["write a"]));
        assert_eq!(setup.observe(&write, &["write a"]), decided, "{kind:?}");
    }
}

#[test]
fn a_bucket_that_the_token_lacks_is_reached_with_a_credential_of_that_bucket_alone() {
    let influxdb2 = setup(Kind::Influxdb2);
    let (allowed, refusal) =
        passed(&influxdb2, &request("POST /api/v2/write?bucket=b&org=acme"), &["write a", "read a"]);
    assert_eq!(refusal.reason, Reason::Missing(Action::Write, "b".into()));
    assert_eq!(allowed.authority, delegated(&[(Action::Write, "b")]));
    assert_eq!(allowed.places.len(), 1);
    let (allowed, _) = passed(&influxdb2, &request("GET /query?db=b&q=SELECT * FROM m"), &["write b"]);
    assert_eq!(allowed.authority, delegated(&[(Action::Read, "b")]));
    let metrics = setup(Kind::Victoriametrics);
    let (allowed, _) = passed(&metrics, &request("POST /write?db=b"), &["write a"]);
    assert_eq!(allowed.request.target(), "/write?extra_label=db%3Db");
    let core = setup(Kind::Influxdb3);
    let (allowed, _) = passed(&core, &request("GET /api/v3/query_sql?db=b&q=SELECT 1"), &["read a"]);
    assert_eq!(allowed.authority, Authority::Gate, "it has no other");
}

#[test]
fn a_read_without_a_readable_bucket_reaches_the_buckets_of_the_gate() {
    let setup = setup(Kind::Victoriametrics);
    let query = request("POST /api/v1/query").form("query=up");
    let (allowed, refusal) = passed(&setup, &query, &["write a"]);
    assert_eq!(refusal.reason, Reason::NothingReadable);
    let filters = allowed.request.parameters().iter().filter(|(name, _)| name == "extra_filters[]").count();
    assert_eq!(filters, 4, "rows without a bucket are not among them");
}

#[test]
fn flux_would_be_refused_for_a_literal_name_and_reaches_it_beside_what_the_token_reads() {
    let mut setup = setup(Kind::Influxdb2);
    setup.syntax = named_bucket;
    let (allowed, refusal) = passed(&setup, &flux(), &["read a"]);
    assert_eq!(refusal.reason, Reason::Missing(Action::Read, "b".into()));
    assert_eq!(allowed.authority, delegated(&[(Action::Read, "a"), (Action::Read, "b")]));
    let (allowed, refusal) = passed(&setup, &flux(), &["write a"]);
    assert_eq!(refusal.reason, Reason::NothingReadable);
    assert_eq!(allowed.authority, delegated(&[(Action::Write, "a"), (Action::Read, "b")]));
    assert!(matches!(setup.observe(&flux(), &["read b"]), Observed::Decided(Decision::Allow(_))));
    setup.syntax = no_bucket;
    assert_eq!(refused(&setup, &flux(), &["write a"]), Reason::NothingReadable, "it does not say which bucket");
    assert!(matches!(setup.observe(&flux(), &["read a"]), Observed::Decided(Decision::Allow(_))));
}

/// Otherwise every token would be one of an administrator of the database.
#[test]
fn what_needs_an_operator_is_refused() {
    for (kind, line) in [
        (Kind::Influxdb1, "GET /query?db=a&q=DROP DATABASE a"),
        (Kind::Influxdb1, "GET /query?db=b&q=DELETE FROM m"),
        (Kind::Influxdb2, "GET /api/v2/tasks"),
        (Kind::Influxdb2, "POST /api/v2/delete?bucket=b&org=acme"),
        (Kind::Influxdb3, "GET /api/v3/query_sql?db=a&q=SELECT * FROM system.queries"),
        (Kind::Influxdb3, "DELETE /api/v3/configure/database?db=a"),
        (Kind::Victoriametrics, "POST /api/v1/admin/tsdb/delete_series"),
    ] {
        let reason = refused(&setup(kind), &request(line), &["read *", "write *"]);
        assert!(matches!(reason, Reason::Operator(_)), "{line}: {reason:?}");
    }
    let token = request("POST /api/v3/configure/token/admin");
    assert_eq!(refused(&setup(Kind::Influxdb3), &token, &["operator"]), Reason::Never);
}

#[test]
fn a_deletion_that_the_token_lacks_is_refused_also_where_writers_delete() {
    for (kind, delete) in [
        (Kind::Influxdb2, request("POST /api/v2/delete?bucket=b&org=acme").json("{}")),
        (Kind::Influxdb2, request("GET /query?db=b&q=DELETE FROM m")),
        (Kind::Influxdb1, request("POST /query?db=b&q=DROP SERIES FROM m")),
        (Kind::Influxdb1, request("POST /query?db=b").form("q=DELETE FROM m")),
        (Kind::Influxdb1, request("POST /query?db=b&q=SELECT * FROM m; DELETE FROM m")),
    ] {
        let setup = with(kind, Settings { writers_delete: true, ..Settings::default() });
        for names in [&["read a", "write a"][..], &["read b"], &["write b"]] {
            let reason = refused(&setup, &delete, names);
            assert!(matches!(reason, Reason::Missing(..)), "{names:?} {delete:?}: {reason:?}");
        }
        let decided = Observed::Decided(setup.decide_for(&delete, &["read *", "write *"]));
        assert_eq!(setup.observe(&delete, &["read *", "write *"]), decided, "{delete:?}");
        setup.allow(&delete, &["read *", "write *"]);
    }
    let setup = with(Kind::Influxdb1, Settings { writers_delete: true, ..Settings::default() });
    passed(&setup, &request("POST /query?db=b&q=SELECT * FROM m"), &["write a"]);
}

#[test]
fn what_names_no_available_bucket_of_the_gate_is_refused() {
    let mut setup = setup(Kind::Influxdb1);
    assert_eq!(refused(&setup, &request("POST /write?db=other"), &["write a"]).status(), 404);
    let both = request("GET /query?db=b&q=SELECT * FROM m, other..m");
    assert!(matches!(refused(&setup, &both, &["write a"]), Reason::Missing(..) | Reason::UnknownDatabase(_)));
    setup.directory = setup.directory.suspended(&[bucket("b")]);
    let write = request("POST /write?db=b");
    assert!(matches!(refused(&setup, &write, &["write a"]), Reason::Missing(..)));
    assert!(matches!(refused(&setup, &write, &["write b"]), Reason::Suspended(_)));
    let metrics = self::setup(Kind::Victoriametrics);
    assert_eq!(refused(&metrics, &request("POST /write"), &["write a", "write b"]), Reason::NotOneWritable);
}

#[test]
fn a_token_of_another_organization_reaches_nothing() {
    let permissions = permissions(&["none"]);
    let caller = Caller::Token { org: OrgId(Id::new(0xbad).unwrap()), permissions: &permissions };
    for (kind, line) in [(Kind::Influxdb1, "POST /write?db=a"), (Kind::Victoriametrics, "GET /api/v1/labels")] {
        let observed = setup(kind).observe_for(&request(line), &caller);
        assert!(matches!(observed, Observed::Decided(Decision::Refuse(_))), "{line}: {observed:?}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    let setup = with(Kind::Influxdb1, Settings::default());
    let twice = request("POST /write?db=a&db=b");
    assert!(matches!(refused(&setup, &twice, &["write *"]), Reason::Malformed(Malformed::Repeated(_))));
    let decision = unauthenticated(Kind::Influxdb1, &twice);
    assert!(matches!(decision, UnauthenticatedDecision::Refuse(_)), "{decision:?}");
    assert!(request("POST //write?db=a").canonical().is_err());
    let grpc = request("POST /x").body("application/grpc", "m");
    assert!(matches!(unauthenticated(Kind::Influxdb3, &grpc), UnauthenticatedDecision::Refuse(_)));
}

#[test]
fn a_request_without_a_token_of_jeton_goes_on_with_its_own_credential() {
    let write = request("POST /write?db=a&u=admin&p=pass word").body("text/plain", "m v=1");
    let passed = passthrough(Kind::Influxdb1, &write);
    assert_eq!(passed.target(), "/write?db=a&u=admin&p=pass+word");
    assert_eq!(passed.request().target(), "/write?db=a");
    assert_eq!(*passed.request().body(), Body::Streamed);
    assert_eq!(passed.refusal().map(|refusal| &refusal.reason), Some(&Reason::Unauthenticated));
    assert!(!format!("{passed:?}").contains("pass"), "{passed:?}");
    for (kind, line) in [
        (Kind::Influxdb1, "GET /query?q=DROP DATABASE a"),
        (Kind::Influxdb2, "GET /api/v2/tasks"),
        (Kind::Influxdb3, "DELETE /api/v3/configure/database?db=a"),
        (Kind::Victoriametrics, "GET /vmui"),
    ] {
        assert!(passthrough(kind, &request(line)).refusal().is_some(), "{line}: the database decides");
    }
    let body = request("POST /api/v3/query_sql?db=a").body("text/plain", "anything");
    assert!(passthrough(Kind::Influxdb3, &body).refusal().is_some(), "nobody reads it");
    assert_eq!(passthrough(Kind::Influxdb1, &request("GET /ping")).refusal(), None, "it needs no token");
}

#[test]
fn what_nobody_may_and_what_is_jetons_does_not_go_on_without_a_token() {
    let token = unauthenticated(Kind::Influxdb3, &request("POST /api/v3/configure/token/admin"));
    assert!(matches!(token, UnauthenticatedDecision::Refuse(_)), "{token:?}");
    let own = unauthenticated(Kind::Influxdb2, &request("GET /api/v2/buckets"));
    assert_eq!(own, UnauthenticatedDecision::Jeton);
    let preflight = unauthenticated(Kind::Influxdb2, &request("OPTIONS /api/v2/write"));
    assert!(matches!(preflight, UnauthenticatedDecision::Answer(_)), "{preflight:?}");
}
