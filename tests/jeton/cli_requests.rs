//! What `jeton` asks a server for, tried against one that only writes requests down and answers what it was told.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::{Arc, Mutex, mpsc},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::Request,
    http::Uri,
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::command::words;

/// A request: method, path and query, `Authorization`, body.
type Asked = (String, String, String, String);

struct Fake {
    address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    /// Answers a request by its address, on a thread of its own: it may wait there.
    async fn start(answer: impl Fn(&Uri) -> Value + Clone + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let kept = asked.clone();
        let handle = async move |request: Request| -> Response {
            let (parts, body) = request.into_parts();
            let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
            let header = parts.headers.get("authorization").map(|value| value.to_str().expect("text").to_owned());
            let text = String::from_utf8(body.to_vec()).expect("text");
            let entry = (parts.method.to_string(), parts.uri.to_string(), header.unwrap_or_default(), text);
            kept.lock().expect("the list").push(entry);
            let answered = tokio::task::spawn_blocking(move || answer(&parts.uri)).await.expect("an answer");
            Json(answered).into_response()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handle)).await });
        Self { address, asked }
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jeton"));
        command.args(words(line)).env_clear().env("HOME", "/nonexistent").env("INFLUX_HOST", &self.address);
        command.env("INFLUX_TOKEN", "mine").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command; its exit code and what it printed.
    async fn run(&self, line: &str) -> (Option<i32>, String) {
        let mut command = self.command(line);
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a run").expect("the program");
        let said = String::from_utf8(output.stdout).expect("text") + &String::from_utf8(output.stderr).expect("text");
        (output.status.code(), said)
    }

    fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().expect("the list"))
    }
}

const ORG: &str = "0000000000000001";

fn authorization(number: usize) -> Value {
    json!({"id": format!("{number:016x}"), "token": "", "status": "active", "description": format!("n{number}"),
        "orgID": ORG, "org": "acme", "userID": ORG, "user": "alice",
        "permissions": [{"action": "read", "resource": {"type": "tasks", "orgID": ORG}}]})
}

fn authorizations(numbers: std::ops::Range<usize>) -> Value {
    json!({"authorizations": numbers.map(authorization).collect::<Vec<_>>()})
}

#[tokio::test]
async fn a_token_is_asked_for_with_its_end_and_networks() {
    let fake = Fake::start(|_| authorization(9)).await;
    let line = format!(
        "auth create --org-id {ORG} --read-tasks --expires 2999-01-31 --network 10.0.0.0/8,::1 --network 192.0.2.7"
    );
    assert_eq!(fake.run(&line).await.0, Some(0));
    let asked = fake.asked();
    let [(method, path, header, body)] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!((method.as_str(), path.as_str(), header.as_str()), ("POST", "/api/v2/authorizations", "Token mine"));
    let body: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["expiresAt"], "2999-02-01T00:00:00Z");
    assert_eq!(body["allowedNetworks"], json!(["10.0.0.0/8", "::1/128", "192.0.2.7/32"]));
    for bad in ["--expires yesterday", "--expires 2001-01-01", "--network everywhere"] {
        let (code, said) = fake.run(&format!("auth create --org-id {ORG} --read-tasks {bad}")).await;
        assert_eq!(code, Some(1), "{bad}: {said}");
    }
    assert_eq!(fake.asked(), []);
}

#[tokio::test]
async fn a_rotation_says_how_long_both_tokens_work() {
    let fake = Fake::start(|_| json!({"token": "new", "replaces": "000000000000000a"}).merged(authorization(11))).await;
    let (code, said) = fake.run("auth rotate 000000000000000a --overlap 24h --json").await;
    assert_eq!(code, Some(0), "{said}");
    let said: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&said["token"], &said["replaces"]), (&json!("new"), &json!("000000000000000a")));
    let asked = fake.asked();
    assert_eq!(asked[0].0, "POST");
    assert_eq!(asked[0].1, "/api/v2/authorizations/000000000000000a/rotate");
    assert_eq!(asked[0].3, r#"{"overlap":"24h"}"#);
    assert_eq!(fake.run("auth rotate 000000000000000a --overlap 1h30m --expires never").await.0, Some(0));
    assert_eq!(fake.asked()[0].3, r#"{"expiresAt":null,"overlap":"5400s"}"#);
    assert_eq!(fake.run("auth rotate 000000000000000a").await.0, Some(0));
    assert_eq!(fake.asked()[0].3, "{}");
    assert_eq!(fake.run("auth rotate 000000000000000a --overlap soon").await.0, Some(1));
    assert_eq!(fake.run("auth rotate 000000000000000a --overlap -1h").await.0, Some(1));
    assert_eq!(fake.run("auth rotate").await.0, Some(1));
    assert_eq!(fake.asked(), []);
}

#[tokio::test]
async fn a_check_asks_with_ones_own_token_and_exits_with_the_answer() {
    let fake = Fake::start(|_| json!({"active": true, "username": "alice", "scope": "read:tasks", "allowed": false, "missing": "write:buckets"})).await;
    let (code, said) = fake.run("auth check --token theirs --can write:buckets/telemetry --org acme").await;
    assert_eq!(code, Some(1));
    assert!(said.contains("no: a live token of alice that may not do this; it lacks write:buckets\n"), "{said}");
    let asked = fake.asked();
    assert_eq!(asked[0].1, "/api/v2/tokens/introspect");
    assert_eq!(asked[0].2, "Token mine");
    assert_eq!(asked[0].3, "token=theirs&action=write&resourceType=buckets&resourceName=telemetry&org=acme");
    let (code, said) = fake.run("auth check --token theirs --from 192.0.2.7").await;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(fake.asked()[0].3, "token=theirs&address=192.0.2.7");
    assert_eq!(fake.run("auth check --token theirs --can everything").await.0, Some(1));
    let dead = Fake::start(|_| json!({"active": false})).await;
    let (code, said) = dead.run("auth check --token theirs --json").await;
    assert_eq!(code, Some(1));
    assert!(said.contains("\"active\": false"), "{said}");
}

#[tokio::test]
async fn the_first_page_is_printed_before_the_second_is_there() {
    let (release, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let fake = Fake::start(move |uri| {
        if !uri.query().is_some_and(|query| query.contains("after=")) {
            return authorizations(1..101);
        }
        wait.lock().expect("the signal").recv().expect("a signal");
        authorizations(101..151)
    })
    .await;
    let mut child = fake.command("auth list --hide-headers").spawn().expect("the program");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let read = move || {
        let first = lines.next().expect("a line").expect("text");
        release.send(()).expect("a signal");
        (first, lines.count(), child.wait().expect("an end"))
    };
    let (first, rest, status) = tokio::task::spawn_blocking(read).await.expect("a run");
    assert!(first.starts_with("0000000000000001\tn1"), "{first}");
    assert_eq!((rest, status.code()), (149, Some(0)));
    let paths: Vec<String> = fake.asked().into_iter().map(|asked| asked.1).collect();
    assert_eq!(paths[0], "/api/v2/authorizations?limit=100");
    assert_eq!(paths[1], "/api/v2/authorizations?limit=1000&after=0000000000000064");
}

#[tokio::test]
async fn a_server_without_pages_is_listed_once() {
    for count in [100, 1000, 1001] {
        let fake = Fake::start(move |_| authorizations(1..count + 1)).await;
        let (code, said) = fake.run("auth list --hide-headers").await;
        assert_eq!((code, said.lines().count()), (Some(0), count));
    }
}

#[tokio::test]
async fn an_address_or_answer_that_is_none_is_told_in_a_sentence() {
    let fake = Fake::start(|_| json!("what?")).await;
    let (code, said) = fake.run("auth list").await;
    assert_eq!(code, Some(1));
    assert!(said.starts_with("Error: could not find authorization with given parameters: GET /api/v2/authorizations: the answer is not what"), "{said}");
    for host in ["localhost:8086", "ftp://localhost", "not an address", "http://alice:password1@localhost"] {
        let (code, said) = fake.run(&format!("ping --host \"{host}\"")).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.starts_with("Error: host URL ") && !said.contains("password1"), "{said}");
    }
    let (code, said) = fake.run("auth delete --id ../users/1").await;
    assert_eq!(code, Some(1));
    assert!(fake.asked().iter().any(|asked| asked.1.ends_with("/authorizations/..%2Fusers%2F1")), "{said}");
}

trait Merged {
    /// The members of another object where this one has none.
    fn merged(self, other: Value) -> Value;
}

impl Merged for Value {
    fn merged(mut self, other: Value) -> Value {
        let Value::Object(other) = other else { return self };
        for (name, value) in other {
            if self.get(&name).is_none() {
                self[name] = value;
            }
        }
        self
    }
}
