//! Survival: what was acknowledged is still there after the server was killed under load, and a database that cannot be
//! written is answered with 503.

use std::{
    env, mem,
    net::SocketAddr,
    process::Command,
    sync::{Arc, Mutex},
};

use jeton_model::Timestamp;
use jeton_store::{Store, audit::Stored};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinSet};

use crate::{
    binary::Program,
    home::{Home, on_each_database},
    support::server::{First, Server, client, permission_in, text, with_token},
};

/// Number of clients that write at the same time.
const CLIENTS: usize = 8;
/// Number of times that the server is killed, unless this variable says otherwise; `make nightly` has a thousand.
const ROUNDS: usize = 50;
const ROUNDS_VARIABLE: &str = "JETON_KILL_ROUNDS";
/// Number of rounds after which the whole audit log is checked. A break stays in it, so that a later check finds it too.
const LOG_EVERY: usize = 10;
/// Flags of a server that is killed: the tokens of a thousand rounds are more than a user has by default.
const UNLIMITED: [&str; 3] = ["--max-tokens-per-user=0", "--max-tokens-per-org=0", "--max-permissions-per-org=0"];

fn rounds() -> usize {
    env::var(ROUNDS_VARIABLE).map_or(ROUNDS, |rounds| rounds.parse().expect("a number of rounds"))
}

async fn set_up(home: &Home) -> First {
    let server = Server::start(home).await;
    let first = server.set_up().await;
    server.stop().await;
    first
}

/// Starts the program without a log of every statement. `limits`: what the shell does before.
fn start(home: &Home, limits: &str) -> Program {
    let mut command = Command::new("sh");
    let script = format!("{limits} JETON_LOG=off exec \"$0\" \"$@\"");
    command.args(["-c", script.as_str(), env!("CARGO_BIN_EXE_jeton")]);
    Program::start_as(command, home, &UNLIMITED, &home.path().join("log"))
}

/// A client that creates tokens and deletes some of them.
struct Writer {
    http: reqwest::Client,
    api: String,
    operator: String,
    body: Value,
}

/// An answer that arrived whole; `None` if the server is gone.
struct Answered {
    status: u16,
    retry_after: bool,
    body: Value,
}

impl Writer {
    fn new(http: &reqwest::Client, address: SocketAddr, first: &First) -> Self {
        let body = json!({"orgID": first.org, "permissions": [permission_in("read", "buckets", &first.org)]});
        let api = format!("http://{address}/api/v2/authorizations");
        Self { http: http.clone(), api, operator: first.token.clone(), body }
    }

    async fn send(&self, request: RequestBuilder) -> Option<Answered> {
        let response = with_token(request, &self.operator).send().await.ok()?;
        let (status, retry_after) = (response.status().as_u16(), response.headers().contains_key("retry-after"));
        let body = response.bytes().await.ok()?;
        Some(Answered { status, retry_after, body: serde_json::from_slice(&body).unwrap_or_default() })
    }

    async fn create(&self) -> Option<Answered> {
        self.send(self.http.post(&self.api).json(&self.body)).await
    }

    async fn delete(&self, id: &str) -> Option<Answered> {
        self.send(self.http.delete(format!("{}/{id}", self.api))).await
    }

    /// Creates tokens and deletes every third, until the server is gone. Reports only what was acknowledged.
    async fn run(self, acknowledged: mpsc::UnboundedSender<Acknowledged>) {
        for number in 1.. {
            let Some(created) = self.create().await else { return };
            assert_eq!(created.status, 201, "{}", created.body);
            let token = text(&created.body["token"]);
            if number % 3 > 0 {
                drop(acknowledged.send(Acknowledged::Live(token)));
                continue;
            }
            let Some(deleted) = self.delete(&text(&created.body["id"])).await else { return };
            assert_eq!(deleted.status, 204, "{}", deleted.body);
            drop(acknowledged.send(Acknowledged::Revoked(token)));
        }
    }
}

enum Acknowledged {
    Live(String),
    Revoked(String),
}

impl Acknowledged {
    /// Checks that the token works, or that it does not.
    async fn check(&self, http: &reqwest::Client, address: SocketAddr) {
        let (token, status) = match self {
            Self::Live(token) => (token, 200),
            Self::Revoked(token) => (token, 401),
        };
        let request = http.get(format!("http://{address}/api/v2/buckets?limit=1"));
        let response = with_token(request, token).send().await.expect("an answer");
        assert_eq!(response.status(), status);
    }
}

/// Checks each change, all at the same time.
async fn check_all(http: &reqwest::Client, address: SocketAddr, changes: Vec<Acknowledged>) {
    let mut checks = JoinSet::new();
    for change in changes {
        let http = http.clone();
        checks.spawn(async move { change.check(&http, address).await });
    }
    checks.join_all().await;
}

/// Numbers of created and of revoked tokens that are acknowledged before the server is killed. They differ from round to
/// round, and so does the state of the database's log.
const fn wanted(round: usize) -> (usize, usize) {
    (4 + round * 7 % 16, 2 + round * 3 % 6)
}

/// Starts the server again, checks what the killed one acknowledged, and kills this one under load; returns what it has
/// acknowledged.
async fn kill_under_load(home: &Home, first: &First, earlier: Vec<Acknowledged>, round: usize) -> Vec<Acknowledged> {
    let program = start(home, "");
    let http = client();
    check_all(&http, program.address, earlier).await;
    let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(Writer::new(&http, program.address, first).run(acknowledge.clone()));
    }
    drop(acknowledge);
    let (live, revoked) = wanted(round);
    let (mut all, mut revocations) = (Vec::new(), 0);
    while revocations < revoked || all.len() - revocations < live {
        let change = acknowledged.recv().await.expect("a change");
        revocations += usize::from(matches!(change, Acknowledged::Revoked(_)));
        all.push(change);
    }
    drop(program);
    clients.join_all().await;
    while let Some(one) = acknowledged.recv().await {
        all.push(one);
    }
    all
}

/// Each round has one start: the server that checks what was acknowledged is the next that is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_under_load_it_has_lost_nothing_that_it_acknowledged() {
    on_each_database(async |home| {
        let first = set_up(&home).await;
        let (mut unchecked, mut total) = (Vec::new(), 0);
        for round in 1..=rounds() {
            unchecked = kill_under_load(&home, &first, unchecked, round).await;
            total += unchecked.len();
            if round % LOG_EVERY == 0 || round == rounds() {
                let server = Server::start(&home).await;
                check_all(&client(), server.address, mem::take(&mut unchecked)).await;
                let (entries, whole) = server.check_audit_log().await;
                assert!(whole && entries >= total as i64, "{entries} entries of {total} changes");
                server.stop().await;
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_room_for_a_change_it_answers_503_and_keeps_what_it_acknowledged() {
    let home = Home::sqlite();
    let first = set_up(&home).await;
    // A write beyond 2 MiB of a file fails, and does not end the program.
    let program = start(&home, "trap '' XFSZ; ulimit -f 4096;");
    let tokens = Arc::new(Mutex::new(Vec::new()));
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        let (writer, tokens) = (Writer::new(&client(), program.address, &first), Arc::clone(&tokens));
        clients.spawn(async move {
            loop {
                let answer = writer.create().await.expect("an answer");
                if answer.status != 201 {
                    return answer;
                }
                tokens.lock().unwrap().push(text(&answer.body["token"]));
            }
        });
    }
    for refused in clients.join_all().await {
        assert_eq!((refused.status, refused.retry_after), (503, true), "{}", refused.body);
        assert_eq!(refused.body["code"], "unavailable");
    }
    drop(program);
    let server = Server::start(&home).await;
    let tokens = tokens.lock().unwrap().clone();
    for token in &tokens {
        assert_eq!(server.get("/api/v2/buckets?limit=1", token).await.status, 200);
    }
    let list = server.get("/api/v2/authorizations", &first.token).await.expect(200);
    assert_eq!(list["authorizations"].as_array().map(Vec::len), Some(tokens.len() + 1));
    assert!(server.check_audit_log().await.1);
    server.token(&first.token, &first.org, json!([permission_in("read", "buckets", &first.org)])).await.expect(201);
}

/// An entry of the audit log that follows `prev`.
fn entry_after(prev: &jeton_store::audit::Head) -> Stored {
    Stored {
        seq: prev.seq + 1,
        at: Timestamp::from_micros(0),
        action: "noted".into(),
        actor_user: None,
        actor_authorization: None,
        actor_session: None,
        address: None,
        org: None,
        subject_type: "audit".into(),
        subject: None,
        detail: "{}".into(),
        prev: prev.hash.clone(),
        hash: (prev.seq + 1).to_string(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_a_commit_is_done_in_the_order_of_the_commits() {
    on_each_database(async |home| {
        let store = if home.is_sqlite() {
            Store::sqlite(&home.path().join("jeton.db")).await.expect("a database")
        } else {
            Store::postgres(&home.url()).await.expect("a database")
        };
        let done = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        for _ in 0..80 {
            let (store, done) = (store.clone(), Arc::clone(&done));
            tasks.spawn(async move {
                let mut write = store.write().await.expect("a transaction");
                let entry = entry_after(write.head());
                let seq = entry.seq;
                write.append(entry).await.expect("an entry");
                let follows = Arc::clone(&done);
                write.on_commit(move || follows.lock().unwrap().push(seq));
                write.commit().await.expect("a commit");
                assert!(done.lock().unwrap().contains(&seq), "done before the answer");
            });
        }
        tasks.join_all().await;
        assert_eq!(*done.lock().unwrap(), (1..=80).collect::<Vec<i64>>());
        store.close().await;
    })
    .await;
}
