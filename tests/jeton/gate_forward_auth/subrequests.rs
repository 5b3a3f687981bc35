//! The requests of reverse proxies, and their answers.

use std::fs;

use jeton::config::ConfigFile;
use jeton_gate::{Args, Kind};
use jeton_model::binding::GateKind;
use jeton_proxy::{AuthRequest, ForwardAuth, Outcome};
use jeton_service::{Client, Clock};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::json;
use sqlx::Row as _;

use crate::{
    gate_proxy::{gated::Gated, played::Played},
    home::{Home, on_each_database},
    support::server::{Answer, Server, answer, permission_on, text, with_token},
};

use super::scene::{CREDENTIAL, KEEPS, KEY, REWRITES, Scene};

const FORM: &str = "application/x-www-form-urlencoded";

/// Checks that the headers are present and empty, so that a reverse proxy does not use the client's instead.
#[track_caller]
fn tells_nothing(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.body);
    for name in ["x-gate-authorization", "x-gate-args"] {
        assert_eq!(answer.headers.get(name), Some(&HeaderValue::from_static("")), "{name}");
    }
    assert_eq!(answer.headers.get("authorization"), None);
}

/// Returns the reason why a server with a gate of a kind does not start with a key of forward auth.
async fn refusal_of(kind: &str, key: &str) -> String {
    let home = Home::sqlite();
    let at = |name: &str| home.path().join(name);
    fs::write(at("key"), key).unwrap();
    fs::write(at("credential"), "gate:upstream-password").unwrap();
    let section = format!(
        "[[gate]]\nname = \"plant\"\nkind = \"{kind}\"\nforward-auth-key-file = \"{}\"\ncredential-file = \"{}\"\n\
         upstream = \"http://127.0.0.1:9\"\norg = \"acme\"\ndatabases = [\"*\"]\n",
        at("key").display(),
        at("credential").display()
    );
    fs::write(at("jeton.toml"), section).unwrap();
    let mut config = home.config(&[]);
    config.file = Some(ConfigFile::read(&at("jeton.toml")).unwrap());
    Server::start_as(&home, config, Clock::System).await.err().expect("a refusal").to_string()
}

#[tokio::test]
async fn a_1_x_credential_in_the_header_is_one_for_reverse_proxies_too() {
    on_each_database(async |home: Home| {
        let scene = Scene::new(&home).await;
        let (server, first) = (&scene.server, &scene.first);
        let permissions = json!([permission_on("write", "buckets", &first.bucket, &first.org)]);
        let body = json!({"orgID": first.org, "token": "grafana", "permissions": permissions});
        let created = server.post("/private/legacy/authorizations", &first.token, body).await.expect(201);
        let path = format!("/private/legacy/authorizations/{}/password", text(&created["id"]));
        server.post(&path, &first.token, json!({"password": "grafana-password"})).await.expect(204);
        let asked = |line: &str| scene.subrequest(REWRITES, line, "");
        let allowed = answer(asked("POST /write?db=a").basic_auth("grafana", Some("grafana-password"))).await;
        assert_eq!((allowed.status, allowed.header("x-gate-authorization").as_str()), (204, CREDENTIAL));
        let token = asked("POST /write?db=a").header("authorization", "Token grafana:grafana-password");
        assert_eq!(answer(token).await.status, 204);
        let other = asked("POST /write?db=b").basic_auth("grafana", Some("grafana-password"));
        tells_nothing(&answer(other).await, 403);
        let wrong = asked("POST /write?db=a").basic_auth("grafana", Some("wrong-password"));
        tells_nothing(&answer(wrong).await, 401);
        let in_query = asked("POST /write?db=a&u=grafana&p=grafana-password");
        tells_nothing(&answer(in_query).await, 403);
    })
    .await;
}

#[tokio::test]
async fn only_the_answer_to_an_allowed_request_has_the_credential() {
    on_each_database(async |home: Home| {
        let mut scene = Scene::new(&home).await;
        let writer = scene.token(&["write a"]).await;
        let allowed = answer(scene.subrequest(REWRITES, "POST /write?db=a&precision=s", &writer)).await;
        assert_eq!((allowed.status, allowed.header("x-gate-authorization").as_str()), (204, CREDENTIAL));
        assert_eq!(allowed.header("x-gate-args"), "precision=s&extra_label=db%3Da");
        assert_eq!(allowed.headers.get("authorization"), None, "the reverse proxy renames the header");
        tells_nothing(&answer(scene.subrequest(REWRITES, "POST /write?db=b", &writer)).await, 403);
        tells_nothing(&answer(scene.subrequest(REWRITES, "GET /api/v1/labels", &writer)).await, 403);
        tells_nothing(&answer(scene.subrequest(REWRITES, "POST /write?db=a&db=b", &writer)).await, 403);
        tells_nothing(&answer(scene.subrequest(REWRITES, "POST /write?db=a", "unknown")).await, 401);
        tells_nothing(&answer(scene.subrequest(REWRITES, "POST /write?db=a", "")).await, 401);
        // Jeton does without its database for a token that was used less than half a second ago.
        let unused = scene.token(&["write a"]).await;
        scene.server.service.close().await;
        let failed = answer(scene.subrequest(REWRITES, "POST /write?db=a", &unused)).await;
        tells_nothing(&failed, 503);
        assert_eq!(failed.header("retry-after"), "1");
        assert!(scene.database.is_idle(), "Jeton asks the database nothing");
    })
    .await;
}

#[tokio::test]
async fn an_allowed_subrequest_is_a_use_of_the_token_through_the_gate() {
    on_each_database(async |home: Home| {
        let scene = Scene::new(&home).await;
        let writer = scene.token(&["write a"]).await;
        assert_eq!(answer(scene.subrequest(REWRITES, "POST /write?db=b", &writer)).await.status, 403);
        assert_eq!(answer(scene.subrequest(REWRITES, "POST /write?db=a", &writer)).await.status, 204);
        scene.server.service.write_uses().await.expect("a flush");
        let rows = home.rows("SELECT gate, action FROM gate_uses").await;
        let uses: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert_eq!(uses, [("plant".to_owned(), "write".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn who_has_not_the_key_and_the_address_of_a_reverse_proxy_gets_no_answer() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let writer = scene.token(&["write a"]).await;
    let keyless = || {
        let subrequest = scene.server.request("GET", REWRITES).header("x-original-method", "POST");
        with_token(subrequest.header("x-original-uri", "/write?db=a"), &writer)
    };
    let allowed = answer(keyless().header("x-gate-key", KEY)).await;
    assert_eq!(allowed.status, 204, "{}", allowed.body);
    let other = KEY.replace("ef", "ee");
    let wrong: [&[&str]; 6] = [&[], &[""], &["0"], &[&KEY[1..]], &[KEY, KEY], &[&other]];
    for keys in wrong {
        let subrequest = keys.iter().fold(keyless(), |subrequest, key| subrequest.header("x-gate-key", *key));
        tells_nothing(&answer(subrequest).await, 503);
    }
    let other = Home::sqlite();
    let scene = Scene::with(&other, GateKind::Victoriametrics, "", false).await;
    let writer = scene.token(&["write a"]).await;
    tells_nothing(&answer(scene.subrequest(REWRITES, "POST /write?db=a", &writer)).await, 503);
}

#[tokio::test]
async fn a_subrequest_about_no_gate_is_503_for_a_reverse_proxy_and_404_for_others() {
    let (home, other) = (Home::sqlite(), Home::sqlite());
    let trusting = Scene::new(&home).await;
    let strict = Scene::with(&other, GateKind::Victoriametrics, "", false).await;
    for (scene, status) in [(&trusting, 503), (&strict, 404)] {
        let refused = answer(scene.subrequest("/gate/hall/auth", "POST /write?db=a", &scene.first.token)).await;
        assert_eq!(refused.status, status, "{}", refused.body);
    }
    let token = &trusting.first.token;
    tells_nothing(&answer(trusting.subrequest("/gate/plant/auth?args=other", "GET /health", token)).await, 503);
    assert_eq!(answer(trusting.subrequest("/gate/plant", "GET /health", token)).await.status, 404);
}

#[tokio::test]
async fn what_needs_the_proxy_is_refused_with_a_sentence_that_names_it() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let token = scene.token(&["write a", "read a"]).await;
    let both = scene.token(&["read a", "read b"]).await;
    let plain = |line: &str| scene.subrequest(REWRITES, line, &token);
    let subrequests = [
        ("forms", plain("POST /api/v1/query?query=up").header("content-type", FORM)),
        ("a form that is written", plain("POST /write?db=a").header("content-type", FORM)),
        ("parts", plain("POST /write?db=a").header("content-type", "multipart/form-data; boundary=x")),
        ("a second spelling", plain("GET /prometheus/api/v1/labels")),
        ("an escape", plain("GET /api/v1/label/a%62/values")),
        ("preflight", plain("OPTIONS /api/v1/labels")),
        ("a credential", scene.subrequest(REWRITES, &format!("POST /write?db=a&u=any&p={token}"), "")),
        ("the user of one", plain("POST /write?db=a&u=any")),
        ("several buckets", scene.subrequest(REWRITES, "GET /api/v1/labels", &both)),
        ("a long text", plain(&format!("GET /api/v1/query?query={}", "a".repeat(9000)))),
        ("a query string that stays", scene.subrequest(KEEPS, "GET /api/v1/labels", &token)),
    ];
    for (what, subrequest) in subrequests {
        let refused = answer(subrequest).await;
        tells_nothing(&refused, 403);
        let sentence = "use the gate as a proxy (listen)";
        assert!(refused.body.contains(sentence), "{what}: {}", refused.body);
        assert!(refused.header("x-gate-error").ends_with(sentence), "{what}");
    }
}

#[tokio::test]
async fn what_a_client_says_about_the_request_does_not_count() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let writer = scene.token(&["write a"]).await;
    for (name, value) in
        [("x-forwarded-uri", "/write?db=a"), ("x-forwarded-method", "GET"), ("x-original-uri", "/ping")]
    {
        let subrequest = scene.subrequest(REWRITES, "POST /write?db=b", &writer).header(name, value);
        tells_nothing(&answer(subrequest).await, 403);
    }
    let subrequest = scene.server.request("GET", REWRITES).header("x-gate-key", KEY);
    tells_nothing(&answer(with_token(subrequest, &writer)).await, 503);
}

/// The address of the reverse proxy is not the client's.
#[tokio::test]
async fn a_token_with_networks_works_where_the_reverse_proxy_says_that_the_client_is() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let (first, permission) = (&scene.first, permission_on("write", "buckets", &scene.first.bucket, &scene.first.org));
    let asked = json!({"orgID": first.org, "permissions": [permission], "allowedNetworks": ["127.0.0.0/8"]});
    let created = scene.server.post("/api/v2/authorizations", &first.token, asked).await.expect(201);
    let subrequest = || scene.subrequest(REWRITES, "POST /write?db=a", created["token"].as_str().unwrap());
    let within = answer(subrequest().header("x-forwarded-for", "127.0.0.2")).await;
    assert_eq!(within.status, 204, "{}", within.body);
    tells_nothing(&answer(subrequest().header("x-forwarded-for", "192.0.2.9")).await, 401);
    tells_nothing(&answer(subrequest()).await, 401);
}

#[tokio::test]
async fn a_reverse_proxy_that_keeps_the_query_string_is_allowed_what_needs_no_other() {
    let home = Home::sqlite();
    let scene = Scene::with(&home, GateKind::Influxdb1, "auth = \"classify\"\n", true).await;
    let token = scene.token(&["write a", "read a"]).await;
    let ask = async |line: &str| answer(scene.subrequest(KEEPS, line, &token)).await;
    for line in [
        "POST /write?precision=s&db=a",
        "GET /query?db=a&q=SELECT+*+FROM+m",
        "GET /query?q=SELECT%20v%20FROM%20a..m&db=a&epoch=ms",
    ] {
        let allowed = ask(line).await;
        assert_eq!(allowed.status, 204, "{line}: {}", allowed.body);
        assert_eq!(allowed.header("x-gate-authorization"), "", "the gate has no credential");
    }
    for line in [
        "POST /write?db=a&more=1",
        "POST /write?db=b",
        "GET /query?db=a&q=SELECT+*+FROM+b..m",
        "GET /query?db=a&q=SHOW+DATABASES",
        "POST /query?db=a&q=SELECT+*+FROM+m",
    ] {
        tells_nothing(&ask(line).await, 403);
    }
}

#[tokio::test]
async fn a_database_that_has_not_shown_that_it_asks_for_a_credential_stays_closed() {
    let home = Home::sqlite();
    let more = "auth = \"classify\"\ncredential-file = \"DIRECTORY/credential\"\n";
    let mut scene = Scene::with(&home, GateKind::Influxdb1, more, true).await;
    let token = scene.token(&["write a"]).await;
    let probe = scene.database.next().await;
    assert!(!probe.head.contains("authorization"), "{}", probe.head);
    tells_nothing(&answer(scene.subrequest(REWRITES, "POST /write?db=a", &token)).await, 503);
    probe.answer("200 OK", "", "{}").await;
    tells_nothing(&answer(scene.subrequest(REWRITES, "POST /write?db=a", &token)).await, 503);
}

#[tokio::test]
async fn a_key_that_can_be_guessed_keeps_the_server_from_starting() {
    let refused = refusal_of("victoriametrics", "31 characters are one too few. ").await;
    assert!(refused.starts_with("the key of forward auth of gate plant must have at least 32 characters"), "{refused}");
}

/// Its database would get the gate's credential, an operator's, instead of one with the caller's permissions.
#[tokio::test]
async fn no_gate_for_influxdb_2_answers_reverse_proxies() {
    let refused = refusal_of("influxdb2", KEY).await;
    assert!(refused.starts_with("gate plant: forward-auth-key-file with kind"), "{refused}");
}

#[tokio::test]
async fn each_answer_is_counted_for_its_gate() {
    let home = Home::sqlite();
    let database = Played::start().await;
    let gated = Gated::with(&home, Kind::Victoriametrics, database.address, |config| {
        config.forward_auth_key = Some(KEY.into());
    })
    .await;
    let gate = ForwardAuth::of(&gated.gate).expect("a key");
    let writer = gated.token(&["write a"]).await.secret;
    for (target, token, status) in
        [("/write?db=a", writer.as_str(), 204), ("/write?db=b", writer.as_str(), 403), ("/write", "x", 401)]
    {
        let mut headers = HeaderMap::new();
        let authorization = format!("Token {token}");
        let named = [("x-gate-key", KEY), ("x-original-method", "POST"), ("x-original-uri", target)];
        for (name, value) in named.into_iter().chain([("authorization", authorization.as_str())]) {
            headers.insert(name, value.parse().unwrap());
        }
        let subrequest = AuthRequest { headers, client: Client::default(), is_trusted: true, args: Args::Rewritten };
        assert_eq!(gate.answer(&subrequest).await.status().as_u16(), status, "{target}");
    }
    for outcome in [Outcome::Allowed, Outcome::Refused, Outcome::Unauthenticated] {
        assert_eq!(gated.gate.counters().decisions(outcome), 1, "{outcome:?}");
    }
}
