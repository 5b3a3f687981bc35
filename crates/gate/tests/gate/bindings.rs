//! Bindings: what is stored decides, never a name in a request.

use jeton_gate::{Binding, Caller, Decision, Directory, Kind, Reason};
use jeton_model::{Action, Bucket, OrgId, Permission, ResourceType, binding::Lacking};

use crate::support::{bucket, model, org, permissions, request, setup};

#[test]
fn a_renamed_bucket_keeps_its_database() {
    for kind in [Kind::Influxdb1, Kind::Influxdb3, Kind::Victoriametrics] {
        let mut setup = setup(kind);
        let mut places = setup.directory.places().to_vec();
        // The names of a and b are swapped in Jeton.
        for place in &mut places {
            place.name = match place.name.as_str() {
                "a" => "b".into(),
                "b" => "a".into(),
                other => other.to_owned(),
            };
        }
        setup.directory = Directory::of_bindings(org(), "acme", places, [("a".into(), "autogen".into())].into());
        let write = |database: &str| request(&format!("POST /write?db={database}")).body("", "m v=1");
        setup.allow(&write("a"), &["write a"]);
        assert_eq!(setup.refuse(&write("b"), &["write a"]), Reason::Missing(Action::Write, "b".into()), "{kind:?}");
    }
}

#[test]
fn a_bucket_of_another_organization_is_not_found() {
    let other = OrgId(jeton_model::Id::new(0xf0e).unwrap());
    let foreign = Bucket { org: other, ..model("foreign", "b") };
    let mut setup = setup(Kind::Influxdb2);
    setup.directory = Directory::of_buckets(org(), "acme", &[model("a", "a"), foreign], &[]);
    let all = ["read *", "write *", "read b", "write b"];
    let by_id = bucket("b").to_string();
    for name in ["foreign", &by_id] {
        let write = request(&format!("POST /api/v2/write?bucket={name}"));
        assert_eq!(setup.refuse(&write, &all), Reason::UnknownDatabase(name.into()));
    }
    assert!(matches!(setup.refuse(&request("POST /write?db=foreign"), &all), Reason::UnknownDatabase(_)));
    let read = request("GET /query?db=a&q=SELECT * FROM \"foreign\"..m");
    assert!(matches!(setup.refuse(&read, &all), Reason::UnknownDatabase(_)));
}

#[test]
fn a_token_of_another_organization_has_no_more_than_its_permissions() {
    let other = OrgId(jeton_model::Id::new(0xf0e).unwrap());
    let permissions = [
        Permission::in_org(Action::Read, ResourceType::Buckets, other),
        Permission::in_org(Action::Write, ResourceType::Buckets, other),
    ];
    let caller = Caller::Token { org: other, permissions: &permissions };
    for kind in Kind::ALL {
        let setup = setup(kind);
        for line in ["POST /write?db=a", "POST /api/v2/write?bucket=a", "GET /query?db=a&q=SELECT * FROM m"] {
            let decision = setup.decide(&request(line), &caller);
            assert!(matches!(decision, Decision::Refuse(_)), "{kind:?} {line}: {decision:?}");
        }
    }
    let syntax = request("POST /api/v2/query/ast").json("{}");
    let Decision::Refuse(refusal) = setup(Kind::Influxdb2).decide(&syntax, &caller) else { panic!("it is refused") };
    assert_eq!(refusal.reason, Reason::ForeignOrg);
}

/// Otherwise each tenant could find the names of the others' databases, and read ids of their buckets in its own log.
#[test]
fn a_database_does_not_exist_for_a_token_of_another_organization_that_may_do_nothing_there() {
    let other = OrgId(jeton_model::Id::new(0xf0e).unwrap());
    let there = Action::ALL.map(|action| Permission::in_org(action, ResourceType::Buckets, other));
    let reads = Permission::on_in(Action::Read, ResourceType::Buckets, bucket("a"), org());
    for kind in Kind::ALL {
        let setup = setup(kind);
        let refusal = |database: &str, permissions: &[Permission]| {
            let caller = Caller::Token { org: other, permissions };
            match setup.decide(&request(&format!("POST /write?db={database}")), &caller) {
                Decision::Refuse(refusal) => (refusal.reason, refusal.lacking),
                decision => panic!("{kind:?}: {decision:?}"),
            }
        };
        for database in ["a", "nothing"] {
            let expected = (Reason::UnknownDatabase(database.into()), Some(Lacking::Organization));
            assert_eq!(refusal(database, &there), expected, "{kind:?}");
        }
        let (reason, lacking) = refusal("a", &[reads]);
        assert_eq!(reason, Reason::Missing(Action::Write, "a".into()), "{kind:?}: it knows the bucket");
        assert!(matches!(lacking, Some(Lacking::Permission(_))), "{kind:?}: {lacking:?}");
    }
}

#[test]
fn a_suspended_database_is_unavailable_to_those_who_may_use_it() {
    for kind in Kind::ALL {
        let mut setup = setup(kind);
        setup.directory = setup.directory.clone().suspended(&[bucket("b")]);
        let write = request("POST /write?db=b").body("", "m v=1");
        let refusal = setup.refusal(&write, &["write b"]);
        assert_eq!(refusal.reason, Reason::Suspended("b".into()), "{kind:?}");
        let answer = refusal.answer();
        assert_eq!(answer.status, 503);
        assert!(answer.headers.contains(&("retry-after", "1".into())), "{kind:?}");
        assert_eq!(setup.refuse(&write, &["write a"]).status(), 403, "{kind:?}");
    }
    let mut setup = setup(Kind::Victoriametrics);
    setup.directory = setup.directory.clone().suspended(&[bucket("b")]);
    let read = request("GET /api/v1/query?query=up");
    assert_eq!(setup.refuse(&read, &["read b"]), Reason::Suspended("b".into()));
    let sent = setup.allow(&read, &["read a", "read b"]).request;
    assert_eq!(sent.target(), "/api/v1/query?query=up&extra_label=db%3Da");
    assert_eq!(setup.refuse(&request("POST /api/v1/import").body("", "{}"), &["write b"]).status(), 503);
}

#[test]
fn a_label_value_is_quoted() {
    let place = |id: &str, database: &str| Binding {
        bucket: bucket(id),
        name: database.into(),
        database: database.into(),
        policy: None,
        suspended: false,
    };
    let places = vec![place("a", "a\"} or {x=\""), place("b", "b\\\n")];
    let mut setup = setup(Kind::Victoriametrics);
    setup.directory = Directory::of_bindings(org(), "acme", places, [].into());
    let sent = setup.allow(&request("GET /federate"), &["read a", "read b"]).request;
    let filters: Vec<_> = sent.parameters().iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(filters, [r#"{db="a\"} or {x=\""}"#, r#"{db="b\\\n"}"#]);
}

#[test]
fn two_credentials_are_refused_and_one_counts_where_the_database_takes_it() {
    for kind in Kind::ALL {
        let setup = setup(kind);
        let both = |line: &str| request(line).header("Authorization", "Token one");
        let refused = setup.refuse(&both("POST /write?db=a&u=x&p=two"), &["operator"]);
        assert_eq!(refused, Reason::Malformed(jeton_gate::Malformed::TwoCredentials), "{kind:?}");
        assert_eq!(setup.secret(&both("POST /write?db=a&u=x&p=one")).as_deref(), Some("one"));
        assert_eq!(setup.secret(&request("POST /write?db=a&u=x&p=one")).as_deref(), Some("one"));
    }
    for kind in [Kind::Influxdb2, Kind::Influxdb3, Kind::Victoriametrics] {
        assert_eq!(setup(kind).secret(&request("POST /api/v2/write?bucket=a&u=x&p=one")), None, "{kind:?}");
    }
    let write = request("POST /write?db=a&u=x&p=secret-value").body("", "x");
    let sent = setup(Kind::Influxdb1).allow(&write, &["write a"]);
    assert!(!format!("{sent:?}").contains("secret-value"), "a credential goes no further");
    let cookie = request("POST /write?db=a").header("Cookie", "influxdb-oss-session=x");
    assert_eq!(setup(Kind::Influxdb2).secret(&cookie), None);
    let stranger = setup(Kind::Influxdb1).decide(&cookie, &Caller::Anonymous);
    assert!(matches!(stranger, Decision::Refuse(refusal) if refusal.answer().status == 401));
}

#[test]
fn an_operator_is_one_with_everything_everywhere() {
    let unlisted = request("GET /debug/pprof");
    for kind in Kind::ALL {
        let setup = setup(kind);
        let mut almost = permissions(&["operator"]);
        almost.pop();
        let decision = setup.decide(&unlisted, &Caller::Token { org: org(), permissions: &almost });
        assert!(matches!(decision, Decision::Refuse(_)), "{kind:?}");
        let sent = setup.allow(&request("DELETE /x/%C3%B6?b=1&a=2&b=3&p=secret").body("text/x", "x"), &["operator"]);
        assert_eq!(sent.request.target(), "/x/%C3%B6?b=1&a=2&b=3", "{kind:?}");
    }
}
