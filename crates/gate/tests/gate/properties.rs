//! Properties of every request, for every kind of database.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jeton_gate::{Caller, Decision, Kind, Malformed, Method, Reason, Settings};
use proptest::prelude::*;

use crate::{
    listed::{is_listed, listed},
    support::{Request, org, permissions, request, setup, with},
};

/// A token with everything in its organization, which is no operator's.
const STRONG: [&str; 3] = ["read *", "write *", "none"];

/// Tokens with some permissions each.
const CALLERS: [&str; 7] = ["read a", "write a", "read b", "none", "read *", "write *", "operator"];

/// Paths of every kind, parts of them, and their neighbours.
fn path() -> impl Strategy<Value = String> {
    let known: Vec<String> =
        Kind::ALL.iter().flat_map(|kind| listed(*kind)).map(|(_, path)| path.replace('*', "x")).collect();
    let more = ["/api/v2/tasks", "/debug/pprof", "/metrics", "/api/v3/configure/table", "/api/v1/series/count", "/"];
    let known: Vec<String> = known.into_iter().chain(more.map(str::to_owned)).collect();
    let known = proptest::sample::select(known);
    prop_oneof![
        3 => known.clone(),
        1 => (known.clone(), "[a-z/_]{1,6}").prop_map(|(path, more)| path + &more),
        1 => (known.clone(), any::<proptest::sample::Index>()).prop_map(|(path, at)| {
            let at = at.index(path.len());
            format!("{}{}", &path[..at], &path[at + 1..])
        }),
        1 => known.clone().prop_map(|path| path.to_uppercase()),
        1 => known.prop_map(|path| format!("/prometheus{path}")),
        1 => "(/[a-z0-9_.]{0,8}){1,4}",
    ]
}

fn method() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(Method::ALL.map(Method::name).to_vec())
}

fn kind() -> impl Strategy<Value = Kind> {
    proptest::sample::select(Kind::ALL.to_vec())
}

/// Parameters and a body that would do for most paths.
const QUERY: &str = "db=a&bucket=a&org=acme&q=SELECT%20*%20FROM%20m&query=up";

/// Escapes some letters of a path or a query string in ways that mean the same.
fn respelled(text: &str, choices: &[bool]) -> String {
    let mut text = text.to_owned();
    let escapes: Vec<_> = text.char_indices().filter(|(_, letter)| letter.is_ascii_alphanumeric()).collect();
    let mut at: Vec<usize> = Vec::new();
    for (index, (place, _)) in escapes.iter().enumerate() {
        let is_escape = text[..*place].ends_with('%') || (*place > 1 && text[..*place - 1].ends_with('%'));
        if choices[index % choices.len()] && !is_escape {
            at.push(*place);
        }
    }
    for place in at.into_iter().rev() {
        let byte = text.as_bytes()[place];
        let escape = if place % 2 == 0 { format!("%{byte:02X}") } else { format!("%{byte:02x}") };
        text.replace_range(place..=place, &escape);
    }
    text
}

/// Requests that are allowed to a strong token, of every kind.
fn allowed() -> Vec<(Kind, Request)> {
    let form = |line: &str, body: &str| request(line).form(body);
    vec![
        (Kind::Victoriametrics, request("POST /write?db=a&precision=s").body("", "m v=1")),
        (Kind::Victoriametrics, request("GET /api/v1/query?query=up&time=1")),
        (Kind::Victoriametrics, form("POST /api/v1/series?start=1", "match[]=up")),
        (Kind::Influxdb3, request("POST /api/v3/write_lp?db=a&precision=s").body("", "m v=1")),
        (Kind::Influxdb3, request("POST /write?db=a&rp=week").body("", "m v=1")),
        (Kind::Influxdb3, request("GET /api/v3/query_sql?db=a&q=SELECT * FROM m&format=json")),
        (Kind::Influxdb3, form("POST /query?db=a", "q=SELECT * FROM m")),
        (Kind::Influxdb1, request("POST /write?db=a&rp=week&precision=s").body("", "m v=1")),
        (Kind::Influxdb1, request("GET /query?db=a&q=SELECT * FROM \"b\"..m&epoch=ms")),
        (Kind::Influxdb1, form("POST /query?db=a", "q=SELECT * FROM m")),
        (Kind::Influxdb2, request("POST /api/v2/write?org=acme&bucket=a&precision=s").body("", "m v=1")),
        (Kind::Influxdb2, request("POST /write?db=a&rp=week").body("", "m v=1")),
        (Kind::Influxdb2, request("GET /query?db=a&q=SELECT * FROM m")),
    ]
}

#[test]
fn the_examples_are_allowed() {
    for (kind, request) in allowed() {
        setup(kind).allow(&request, &STRONG);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_not_listed_never_passes_for_others_than_operators(
        kind in kind(), method in method(), path in path(), has_body in any::<bool>(), deletes in any::<bool>(),
    ) {
        let setup = with(kind, Settings { writers_delete: deletes, ..Settings::default() });
        let mut request = request(&format!("{method} {path}?{QUERY}"));
        if has_body {
            request = request.body("", "x");
        }
        if let Decision::Allow(_) = setup.decide_for(&request, &STRONG) {
            prop_assert!(is_listed(kind, method, &path), "{kind:?} {method} {path}");
        }
    }

    #[test]
    fn a_user_name_and_a_password_are_read_in_every_form_and_on_1_x_paths_alone(
        kind in kind(), user in "[!-9;-~]{1,12}", password in "[!-~]{1,20}", other in "[!-~]{1,20}",
    ) {
        let setup = setup(kind);
        let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let query = format!("u={}&p={}", encoded(&user), encoded(&password));
        let basic = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        let token = format!("Token {user}:{password}");
        let forms = |line: &str| {
            let with = |header: &str| request(line).header("Authorization", header);
            [request(&format!("{line}&{query}")), with(&basic), with(&token)]
        };
        let login = Some((user.clone(), password.clone()));
        for one in forms("POST /write?db=a").iter().chain(&forms("POST /query?db=a")) {
            prop_assert_eq!(setup.login(one), login.clone());
        }
        for one in &forms("POST /api/v2/write?bucket=a") {
            prop_assert_eq!(setup.login(one), login.clone().filter(|_| kind == Kind::Influxdb1));
        }
        let bearer = request("POST /write?db=a").header("Authorization", &format!("Bearer {user}:{password}"));
        prop_assert_eq!(setup.login(&bearer), None, "no form of 1.x clients");
        if other != password {
            let line = format!("POST /write?db=a&u={}&p={}", encoded(&user), encoded(&other));
            let two = request(&line).header("Authorization", &basic);
            prop_assert_eq!(two.canonical().err(), Some(Malformed::TwoCredentials));
        }
    }

    #[test]
    fn strangers_get_nothing_but_health(kind in kind(), method in method(), path in path()) {
        let setup = setup(kind);
        let request = request(&format!("{method} {path}?{QUERY}"));
        if let Decision::Allow(_) = setup.decide(&request, &Caller::Anonymous) {
            prop_assert!(["/ping", "/health", "/ready", "/status"].contains(&path.as_str()), "{path}");
        }
    }

    #[test]
    fn another_spelling_is_decided_and_sent_alike(
        example in any::<proptest::sample::Index>(), choices in proptest::collection::vec(any::<bool>(), 7),
        caller in proptest::sample::select(CALLERS.to_vec()),
    ) {
        let examples = allowed();
        let (kind, plain) = &examples[example.index(examples.len())];
        let mut spelled = plain.clone();
        let (path, query) = plain.target.split_once('?').unwrap();
        spelled.target = format!("{}?{}", respelled(path, &choices), respelled(query, &choices));
        if plain.headers.iter().any(|(_, value)| value == "application/x-www-form-urlencoded") {
            spelled.body = respelled(std::str::from_utf8(&plain.body).unwrap(), &choices).into_bytes();
        }
        let noise = ["Cookie", "X-Forwarded-For", "X-Original-URI", "X-Gate-Args", "X-HTTP-Method-Override", "Upgrade"];
        for name in noise {
            spelled = spelled.header(name, "x");
        }
        let setup = setup(*kind);
        let caller = permissions(&[caller]);
        let caller = Caller::Token { org: org(), permissions: &caller };
        prop_assert_eq!(setup.decide(&spelled, &caller), setup.decide(plain, &caller), "{}", spelled.target);
    }

    #[test]
    fn no_request_panics(
        kind in kind(), method in method(), target in "/[ -~ö\0]{0,40}", content_type in "[a-z/;=]{0,20}",
        body in ".{0,40}",
    ) {
        let mut request = request(&format!("{method} /"));
        request.target = target;
        let request = request.body(&content_type, &body);
        let _ = setup(kind).decide_for(&request, &["operator"]);
    }
}

#[test]
fn a_request_that_programs_read_differently_is_refused_to_everyone() {
    for (kind, plain) in allowed() {
        let (path, query) = plain.target.split_once('?').unwrap();
        let targets = [
            format!("/{path}?{query}"),
            format!("/x/..{path}?{query}"),
            format!("/.{path}?{query}"),
            format!("/%2e{path}?{query}"),
            format!("{}?{query}", path.replacen('/', "/%2F", 1)),
            format!("{path};x?{query}"),
            format!("{path}?{query};x=y"),
            format!("{path}?{query}#x"),
            format!("http://db{path}?{query}"),
            format!("{path}?{query}&x=%zz"),
            format!("{path}?{query}&x=%00"),
            format!("{path}%00?{query}"),
        ];
        for target in targets {
            let mut request = plain.clone();
            request.target.clone_from(&target);
            let refused = setup(kind).refuse(&request, &["operator"]);
            assert!(matches!(refused, Reason::Malformed(_)), "{target}: {refused:?}");
        }
        for header in ["Authorization", "Content-Type", "Content-Length", "Host"] {
            let request = plain.clone().header(header, "Token x").header(header, "Token x");
            let refused = setup(kind).refuse(&request, &["operator"]);
            assert!(matches!(refused, Reason::Malformed(Malformed::RepeatedHeader(_))), "{header}: {refused:?}");
        }
    }
}

#[test]
fn a_database_without_a_binding_does_not_exist_for_type_level_permissions() {
    for (kind, plain) in allowed() {
        let mut request = plain.clone();
        request.target = request.target.replace("db=a", "db=nope").replace("bucket=a", "bucket=nope");
        if request.target == plain.target || request.target.contains("b%22..") {
            continue;
        }
        let refused = setup(kind).refuse(&request, &STRONG);
        assert!(matches!(&refused, Reason::UnknownDatabase(name) if name.starts_with("nope")), "{kind:?} {refused:?}");
    }
}

#[test]
fn json_that_means_the_same_is_sent_alike() {
    let spellings = [
        r#"{"db":"a","q":"SELECT * FROM m","format":"json"}"#,
        "\n{ \"q\" :\t\"SELECT * FROM m\", \"format\":\"json\",\r\n\"db\": \"a\" } ",
        r#"{"\u0064\u0062":"\u0061","q":"SELECT \u002a FROM m","format":"json","params":null}"#,
    ];
    let setup = setup(Kind::Influxdb3);
    let sent = spellings.map(|body| setup.allow(&request("POST /api/v3/query_sql").json(body), &["read a"]));
    assert_eq!(sent[0], sent[1]);
    assert_eq!(sent[0], sent[2]);
}

#[test]
fn a_body_that_is_too_large_is_refused_by_its_head() {
    let large = "x".repeat(64 * 1024 + 1);
    for (kind, path) in
        [(Kind::Influxdb1, "/query"), (Kind::Influxdb3, "/query"), (Kind::Victoriametrics, "/api/v1/query")]
    {
        let refused = setup(kind).refuse(&request(&format!("POST {path}")).form(&large), &["operator"]);
        assert_eq!(refused, Reason::TooLarge, "{kind:?}");
    }
}
