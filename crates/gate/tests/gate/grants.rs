//! The privileges of the user with which InfluxDB 1.x sees a request: never more than the caller's, by database.

use jeton_gate::{Args, Authority, Caller, Decision, Head, Kind, Observed, Privilege, ProxyOnly, Reason, Settings};

use crate::support::{Request, Setup, bucket, org, permissions, request, setup, with};

fn delegating() -> Setup {
    with(Kind::Influxdb1, Settings { delegates: true, ..Settings::default() })
}

fn privileges(authority: &Authority) -> Vec<(&str, Privilege)> {
    match authority {
        Authority::User(grants) => grants.iter().collect(),
        other => panic!("a user: {other:?}"),
    }
}

fn authority(request: &Request, names: &[&str]) -> Authority {
    delegating().allow(request, names).authority
}

#[test]
fn data_is_read_and_written_by_a_user_with_the_callers_privileges_on_every_database() {
    let mine = ["read a", "write a", "write b"];
    for line in ["POST /write?db=b", "GET /query?db=a&q=SELECT * FROM m", "POST /api/v1/prom/write?db=a"] {
        let user = authority(&request(line), &mine);
        assert_eq!(privileges(&user), [("a", Privilege::All), ("b", Privilege::Write)], "{line}");
    }
}

/// The database has no privilege on a retention policy: that the token has no other one is decided before.
#[test]
fn a_bucket_of_a_retention_policy_is_a_privilege_on_its_database() {
    let user = authority(&request("GET /query?db=a&rp=week&q=SELECT * FROM m"), &["read a/week"]);
    assert_eq!(privileges(&user), [("a", Privilege::Read)]);
    let elsewhere = delegating().refuse(&request("GET /query?db=a&q=SELECT * FROM m"), &["read a/week"]);
    assert!(matches!(elsewhere, Reason::Missing(..)), "{elsewhere:?}");
}

#[test]
fn a_suspended_bucket_gives_no_privilege() {
    let mut setup = delegating();
    setup.directory = setup.directory.suspended(&[bucket("b")]);
    let permissions = permissions(&["read a", "read b"]);
    let caller = Caller::Token { org: org(), permissions: &permissions };
    let Decision::Allow(allowed) = setup.decide(&request("GET /query?db=a&q=SELECT * FROM m"), &caller) else {
        panic!("the other bucket is available")
    };
    assert_eq!(privileges(&allowed.authority), [("a", Privilege::Read)]);
}

/// Otherwise the user kept a privilege on a database that was taken away since.
#[test]
fn a_bucket_that_is_suspended_after_a_request_gives_the_next_one_no_privilege() {
    let (write, mine) = (request("POST /write?db=a"), ["write a", "read b"]);
    let mut setup = delegating();
    for _ in 0..2 {
        let user = setup.allow(&write, &mine).authority;
        assert_eq!(privileges(&user), [("a", Privilege::Write), ("b", Privilege::Read)]);
    }
    setup.directory = setup.directory.suspended(&[bucket("b")]);
    assert_eq!(privileges(&setup.allow(&write, &mine).authority), [("a", Privilege::Write)]);
}

#[test]
fn the_gates_own_authority_is_for_operators_and_where_nothing_is_read() {
    assert_eq!(authority(&request("GET /query?q=SHOW USERS"), &["operator"]), Authority::Gate);
    assert_eq!(authority(&request("GET /ping"), &[]), Authority::Gate);
    let operator = authority(&request("POST /write?db=b"), &["operator"]);
    assert_eq!(privileges(&operator), [(".*", Privilege::All), ("a", Privilege::All), ("b", Privilege::All)]);
}

#[test]
fn a_gate_that_classifies_alone_uses_its_own_authority() {
    let allowed = setup(Kind::Influxdb1).allow(&request("POST /write?db=a"), &["write a"]);
    assert_eq!(allowed.authority, Authority::Gate);
}

#[test]
fn in_observe_mode_a_missing_permission_is_a_privilege_on_the_named_database_alone() {
    let observed = delegating().observe(&request("POST /write?db=b"), &["write a", "read a"]);
    let Observed::WouldRefuse(allowed, _) = observed else { panic!("it goes on") };
    assert_eq!(privileges(&allowed.authority), [("b", Privilege::Write)]);
}

/// It would pass the gate's own credential to the database.
#[test]
fn a_reverse_proxy_passes_nothing_on() {
    let setup = delegating();
    let head = Head { method: "GET", target: "/query?db=a&q=SELECT%20*%20FROM%20m", headers: &[] };
    let forwarded = setup.gate.forwarded(&head, Args::Rewritten).unwrap();
    let permissions = permissions(&["read a"]);
    let caller = Caller::Token { org: org(), permissions: &permissions };
    let refusal = setup.gate.decide_forwarded(&forwarded, &caller, &setup.directory).unwrap_err();
    assert_eq!(refusal.reason, Reason::ProxyOnly(ProxyOnly::Authority));
}
