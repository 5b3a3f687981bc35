use proptest::prelude::*;

use super::*;
use crate::{
    demand::{Demand, Place, Target},
    kind::Settings,
};

const REQUESTS: RequestDefaults<'_> = RequestDefaults { database: Some("request"), policy: None };

fn deleting() -> Settings {
    Settings { writers_delete: true, ..Settings::default() }
}

/// Returns the databases with actions that a text demands; `None` if it is left to operators.
fn demanded(text: &str) -> Option<Vec<(Action, String)>> {
    let demand = match need(text, REQUESTS, &deleting()) {
        Ok(Need::Demand(demand) | Need::Created(demand)) => demand,
        Ok(Need::Databases) => return Some(Vec::new()),
        Ok(Need::Policies(name)) => return Some(vec![(Action::Read, name)]),
        Err(_) => return None,
    };
    let (Demand::Targets(targets) | Demand::Deletion(targets)) = demand else { return None };
    let name = |target: &Target| match &target.place {
        Place::Database(name, _) => (target.action, name.clone()),
        Place::Bucket(_) | Place::BucketId(_) => panic!("InfluxQL names databases: {text}"),
    };
    Some(targets.iter().map(name).collect())
}

/// Returns the places that a text demands, as `action database policy`.
fn places(text: &str, policy: Option<&str>) -> Vec<String> {
    let need = need(text, RequestDefaults { policy, ..REQUESTS }, &deleting());
    let Ok(Need::Demand(Demand::Targets(targets) | Demand::Deletion(targets))) = need else {
        panic!("left to operators: {text}");
    };
    let shown = |target: &Target| match &target.place {
        Place::Database(name, Policy::Named(policy)) => format!("{} {name} {policy}", target.action),
        Place::Database(name, Policy::Default) => format!("{} {name}", target.action),
        Place::Database(name, Policy::All) => format!("{} {name} *", target.action),
        Place::Bucket(_) | Place::BucketId(_) => panic!("InfluxQL names databases"),
    };
    let mut places: Vec<String> = targets.iter().map(shown).collect();
    places.sort();
    places
}

/// A text that Go's parser accepts, with what it makes of it.
#[derive(serde::Deserialize)]
struct Row {
    text: String,
    /// The databases that its syntax tree names.
    databases: Vec<String>,
    /// The retention policies that its syntax tree names.
    policies: Vec<String>,
    /// The privileges that it requires.
    privileges: Vec<Privilege>,
}

#[derive(serde::Deserialize)]
struct Privilege {
    admin: bool,
    database: String,
    privilege: String,
}

/// Checks that nothing which Go finds is missing; returns false if the text is left to operators.
fn is_covered(row: &Row) -> bool {
    let Row { text, databases, policies, .. } = row;
    let Some(demanded) = demanded(text) else { return false };
    for name in databases {
        assert!(demanded.iter().any(|(_, one)| one == name), "{text:?} names {name}: {demanded:?}");
    }
    for Privilege { admin, database, privilege } in &row.privileges {
        let name = if database.is_empty() { "request" } else { database };
        let wanted = match privilege.as_str() {
            "READ" => Action::Read,
            "WRITE" => Action::Write,
            "NO PRIVILEGES" => continue,
            _ => {
                // Jeton answers it without asking the database.
                assert!(*admin && matches!(need(text, REQUESTS, &deleting()), Ok(Need::Created(_))), "{text:?}");
                continue;
            }
        };
        assert!(demanded.contains(&(wanted, name.to_owned())), "{text:?} needs {wanted} {name}: {demanded:?}");
    }
    if !policies.is_empty() {
        let places = places(text, None);
        for policy in policies {
            assert!(places.iter().any(|place| place.ends_with(policy)), "{text:?} names {policy}: {places:?}");
        }
    }
    true
}

/// `make fuzz-influxql` names a table of mutated texts in `GATE_INFLUXQL_TABLE`; else the committed one is read.
#[test]
fn nothing_is_missing_that_influxdbs_own_parser_finds() {
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/influxql-privileges.json");
    let path = std::env::var("GATE_INFLUXQL_TABLE").unwrap_or_else(|_| committed.to_owned());
    let rows: Vec<Row> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let understood = rows.iter().filter(|row| is_covered(row)).count();
    println!("{understood} texts are understood");
    assert!(understood > 400, "most statements are understood: {understood}");
}

#[test]
fn a_place_is_what_the_text_names() {
    let read = |text, places_: &[&str]| assert_eq!(places(text, None), places_, "{text}");
    read("SELECT * FROM m", &["read request"]);
    read("SELECT * FROM week.m", &["read request week"]);
    read("SELECT * FROM b..m", &["read b"]);
    read("SELECT * FROM b.week.m", &["read b week"]);
    read(r#"select * from "b"."week"./m/"#, &["read b week"]);
    read("SELECT * FROM (SELECT * FROM b..m), c.week.n", &["read b", "read c week"]);
    read("SELECT * INTO c.week.:MEASUREMENT FROM /x/", &["read request", "write c week"]);
    read("EXPLAIN ANALYZE SELECT * FROM b..m", &["read b"]);
    read("SHOW TAG KEYS ON b", &["read b *"]);
    read("SHOW SERIES ON a FROM b..m", &["read a *", "read b"]);
    read("SHOW MEASUREMENTS WITH MEASUREMENT =~ c.week./x/", &["read c week", "read request *"]);
    read("SHOW FIELD KEYS FROM week.m", &["read request week"]);
    read("SHOW FIELD KEYS FROM b.week.m", &["read b week", "read request *"]);
    read("SHOW TAG KEY CARDINALITY ON b FROM week.m", &["read b *", "read b week", "read request week"]);
    read("SHOW FIELD KEYS ON a FROM b.week.m", &["read a *", "read b week"]);
    read("DELETE FROM m", &["read request", "read request *", "write request", "write request *"]);
    read("SELECT * FROM m; SHOW SERIES ON b", &["read b *", "read request"]);
}

#[test]
fn the_requests_policy_takes_the_default_ones_place() {
    assert_eq!(places("SELECT * FROM m", Some("week")), ["read request week"]);
    assert_eq!(places("SELECT * FROM b..m", Some("week")), ["read b", "read b week"]);
    assert_eq!(places("SELECT * FROM day.m", Some("week")), ["read request day"]);
}

#[test]
fn what_is_not_understood_is_left_to_operators() {
    let texts = [
        // Not in the list.
        "CREATE CONTINUOUS QUERY q ON a BEGIN SELECT mean(v) INTO x FROM b..m GROUP BY time(1m) END",
        "DROP RETENTION POLICY p ON b",
        "DROP MEASUREMENT m",
        "DROP DATABASE b",
        "SHOW QUERIES",
        "SHOW CONTINUOUS QUERIES",
        "SHOW USERS",
        "KILL QUERY 1",
        "CREATE DATABASE b WITH DURATION 1d",
        "SHOW DATABASES; SELECT * FROM m",
        // A name that may be anything.
        "SELECT * FROM $m",
        "SHOW TAG KEYS ON $db",
        "SELECT * INTO $m FROM x",
        "SHOW MEASUREMENTS ON *.*",
        // What Go's scanner reads in a surprising way.
        r#"SELECT * FROM x"b"..m"#,
        r#"SELECT * FROM "a""b"..m"#,
        r#"SELECT $"x" FROM m"#,
        r#"SELECT * FROM ""."rp".m"#,
        "SELECT * FROM b ..m",
        "SELECT * FROM b. .m",
        "SELECT * FROM b./**/m",
        "SELECT * FROM b.1m",
        "SELECT * FROM a.b.c.d",
        "SELECT * FROM m -- x\r, b..m",
        "SELECT * FROM m\0",
        "SELECT * FROM größe",
        "SELECT * FROM m WHERE x = 'open",
        "SELECT * FROM /open",
        r#"SELECT * FROM "\x41""#,
        "SELECT * FROM m /* open",
        "SELECT * FROM m WHERE SELECT",
        "SELECT",
    ];
    for text in texts {
        assert_eq!(demanded(text), None, "{text}");
    }
    let deep = format!("SELECT * FROM {}b..m{}", "(SELECT * FROM ".repeat(200), ")".repeat(200));
    assert_eq!(demanded(&deep), None);
}

#[test]
fn text_in_quotes_names_nothing() {
    for text in [
        "SELECT 'FROM b..m' FROM m",
        "SELECT * FROM m WHERE x =~ /b..m/ AND y = 1 / 2",
        r#"SELECT "b..m" FROM m"#,
        "SELECT * FROM m -- , b..m",
        "SELECT * FROM m /* , b..m */ WHERE x = 1",
    ] {
        assert_eq!(demanded(text), Some(vec![(Action::Read, "request".into())]), "{text}");
    }
}

/// A database name with the spelling of an identifier.
fn name() -> impl Strategy<Value = (String, String)> {
    let bare = "[a-zA-Z_][a-zA-Z0-9_]{0,5}".prop_map(|name| format!("db_{name}"));
    let quoted = r#"[a-z "'.,;/\\()ö$-]{1,8}"#;
    prop_oneof![
        bare.prop_map(|name| (name.clone(), name)),
        quoted.prop_map(|name| {
            let spelled = name.replace('\\', r"\\").replace('"', "\\\"");
            (name, format!("\"{spelled}\""))
        }),
    ]
}

/// White space and comments, at least one.
fn blank() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(" "), Just("\n\t"), Just(" /* FROM x..y */ "), Just(" -- ; '\n")]
}

/// A reserved word in any case.
fn word(word: &'static str) -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<bool>(), word.len()).prop_map(move |upper| {
        let cased = |(letter, upper): (char, bool)| if upper { letter.to_ascii_uppercase() } else { letter };
        word.chars().zip(upper).map(cased).collect()
    })
}

/// A source that names a database.
fn source() -> impl Strategy<Value = (Vec<String>, String)> {
    (
        name(),
        prop_oneof![Just(".."), Just(".rp."), Just(".\"r p\".")],
        prop_oneof![Just("m"), Just("\"m m\""), Just("/m/")],
    )
        .prop_map(|((name, spelled), policy, measurement)| (vec![name], format!("{spelled}{policy}{measurement}")))
}

/// A source list, or subqueries around one.
fn sources() -> impl Strategy<Value = (Vec<String>, String)> {
    let leaf = proptest::collection::vec(source(), 1..3).prop_map(|sources| {
        let (names, texts): (Vec<_>, Vec<_>) = sources.into_iter().unzip();
        (names.concat(), texts.join(", "))
    });
    leaf.prop_recursive(3, 8, 2, |inner| {
        (inner, blank(), word("select"), word("from"))
            .prop_map(|((names, text), blank, select, from)| (names, format!("({select} * {from}{blank}{text})")))
    })
}

fn statement() -> impl Strategy<Value = (Vec<String>, String)> {
    let select = (sources(), blank(), word("select"), word("from"), proptest::option::of((word("into"), name())))
        .prop_map(|((mut names, text), blank, select, from, into)| {
            let into = into.map(|(word, (name, spelled))| {
                names.push(name);
                format!(" {word} {spelled}..t")
            });
            let into = into.unwrap_or_default();
            (names, format!("{select}{blank}a / b, 'x', /x/{into} {from}{blank}{text} WHERE x =~ /y/"))
        });
    let list = prop_oneof![Just("SERIES"), Just("TAG KEYS"), Just("FIELD KEYS"), Just("SERIES EXACT CARDINALITY")];
    let show = (list, name(), source(), word("show"), word("on"), blank()).prop_map(
        |(list, (name, spelled), (mut names, text), show, on, blank)| {
            names.push(name);
            (names, format!("{show} {list}{blank}{on}{blank}{spelled} FROM {text}"))
        },
    );
    prop_oneof![select, show]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_database_of_the_text_is_demanded(statements in proptest::collection::vec(statement(), 1..3)) {
        let (names, texts): (Vec<_>, Vec<_>) = statements.into_iter().unzip();
        let text = texts.join(" ; ");
        let demanded = demanded(&text);
        prop_assert!(demanded.is_some(), "left to operators: {text}");
        let demanded = demanded.unwrap();
        for name in names.concat() {
            prop_assert!(demanded.iter().any(|(_, one)| *one == name), "{name} is missing for {text}: {demanded:?}");
        }
    }

    #[test]
    fn no_text_panics(text in r#"[SELCTFROMselctfrom"'/.*$;:()\[\]\\0-9a-zö \n-]{0,60}"#) {
        let _ = need(&text, REQUESTS, &deleting());
    }
}
