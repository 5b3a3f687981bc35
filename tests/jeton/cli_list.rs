//! `jeton auth list` with many tokens, and against influxd.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    process::Stdio,
};

use serde_json::{Value, json};

use crate::{
    home::Home,
    support::{
        command::Shell,
        influxd::{Influxd, OPERATOR},
        server::{First, Server, members, permission_in, text},
        shared::column,
    },
};

/// Number of tokens, which takes few requests: a page of 100, then pages of 1,000.
const MANY: usize = 3500;
const REQUESTS: usize = 5;

/// Starts a server with many tokens of one kind, and the operator's.
async fn with_many(home: &Home) -> (Server, First, Shell) {
    let server = Server::start(home).await;
    let first = server.set_up().await;
    let body = json!({"orgID": first.org, "permissions": [permission_in("read", "tasks", &first.org)]});
    let made = server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
    let like = column(&text(&made["id"]));
    let copies = MANY - 2;
    let numbers = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies})");
    let id = "-9000000000000000000 + n.i";
    let same = "org_id, user_id, created_by, kind, status, description_key, search_text, permissions, token_prefix, created_at, updated_at, breadth";
    let authorizations = home.sql(&format!("{numbers} INSERT INTO authorizations ({same}, id, description, token_hash) SELECT {same}, {id}, 'n' || n.i, 'hash ' || n.i FROM authorizations, n WHERE id = {like}")).await;
    let grant = "action, resource_type, resource_id, org_id";
    home.sql(&format!("{numbers} INSERT INTO grants (authorization_id, {grant}) SELECT {id}, {grant} FROM grants, n WHERE authorization_id = {like}")).await;
    assert_eq!(authorizations, copies as u64);
    let shell = Shell::new(&server).with("INFLUX_TOKEN", &first.token);
    (server, first, shell)
}

/// The state of a listing when its reader paused after the first row, and its whole output.
struct Listing {
    /// Requests that were answered while the reader had read only the first row.
    early: usize,
    /// Requests that were answered in total.
    requests: usize,
    stdout: String,
}

/// Reads up to the first row, pauses, and reads the rest. A pipe holds less than a page, so the writer blocks.
async fn listing(shell: &Shell, line: &str) -> Listing {
    let asked = shell.home().join("asked");
    let mut command = shell.command(&format!("{line} --http-debug"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&asked).expect("a file"));
    let work = move || {
        let count = || std::fs::read_to_string(&asked).expect("text").matches("/api/v2/authorizations").count();
        let mut child = command.spawn().expect("the program");
        let mut output = BufReader::with_capacity(256, child.stdout.take().expect("its output"));
        let mut stdout = String::new();
        while !stdout.contains("n1") {
            assert_ne!(output.read_line(&mut stdout).expect("a line"), 0, "{stdout}");
        }
        let early = count();
        assert_eq!(child.try_wait().expect("a look"), None, "it waits for its reader");
        output.read_to_string(&mut stdout).expect("the rest");
        assert_eq!(child.wait().expect("its end").code(), Some(0));
        Listing { early, requests: count(), stdout }
    };
    tokio::task::spawn_blocking(work).await.expect("a run")
}

#[tokio::test]
async fn the_first_row_is_there_before_the_last_page_was_asked_for() {
    let home = Home::sqlite();
    let (_server, _, shell) = with_many(&home).await;
    let table = listing(&shell, "auth list").await;
    assert!(table.early < REQUESTS, "{} requests before the first row was read", table.early);
    assert_eq!((table.requests, table.stdout.lines().count()), (REQUESTS, MANY + 1));
    let listed = listing(&shell, "auth list --json").await;
    assert!(listed.early < REQUESTS, "{} requests before the first row was read", listed.early);
    let rows: Value = serde_json::from_str(&listed.stdout).expect("JSON");
    let mut ids = members(&rows, "id");
    assert!(ids.is_sorted(), "in one order through all pages");
    ids.dedup();
    assert_eq!((listed.requests, ids.len()), (REQUESTS, MANY));
}

#[tokio::test]
async fn whoever_reads_no_further_is_no_error() {
    let home = Home::sqlite();
    let (_server, _, shell) = with_many(&home).await;
    let said = shell.type_in("{ jeton auth list; echo \"exit $?\" >&2; } | /usr/bin/head -n 2").await;
    assert_eq!((said.stdout.lines().count(), said.stderr.as_str()), (2, "exit 0\n"));
}

/// Returns a shell whose server is a recorded influxd.
fn of(influxd: &Influxd) -> Shell {
    let shell = Shell::at(&format!("http://{}", influxd.address));
    shell.with("INFLUX_TOKEN", OPERATOR)
}

#[tokio::test]
async fn a_server_without_pages_is_listed_once() {
    let influxd = Influxd::with_hidden_tokens().await;
    let shell = of(&influxd);
    for count in [100, 1000, 1001] {
        influxd.change("/api/v2/authorizations", |answer| {
            let one = answer["authorizations"][0].clone();
            let all = (1..=count).map(|number| {
                let mut one = one.clone();
                one["id"] = format!("{number:016x}").into();
                one
            });
            answer["authorizations"] = all.collect();
        });
        assert_eq!(shell.ok("auth list --hide-headers").await.lines().count(), count);
    }
}

#[tokio::test]
async fn an_address_or_answer_that_is_none_is_told_in_a_sentence() {
    let influxd = Influxd::with_hidden_tokens().await;
    let shell = of(&influxd);
    influxd.change("/api/v2/authorizations", |answer| *answer = "what?".into());
    let (said, _) = shell.fails("auth list").await;
    let expected =
        "could not find authorization with given parameters: GET /api/v2/authorizations: the response does not conform";
    assert!(said.starts_with(expected), "{said}");
    for host in ["localhost:8086", "ftp://localhost", "not an address", "http://alice:password1@localhost"] {
        let (said, hint) = shell.fails(&format!("ping --host \"{host}\"")).await;
        assert!(said.starts_with("host URL ") && !format!("{said}{hint}").contains("password1"), "{said}");
    }
}

#[tokio::test]
async fn an_id_is_no_way_to_another_address() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let first = server.set_up().await;
    let bob = server.user(&first.token, "bob").await;
    let shell = Shell::new(&server).with("INFLUX_TOKEN", &first.token);
    shell.fails(&format!("auth delete --id ../users/{bob}")).await;
    server.get(&format!("/api/v2/users/{bob}"), &first.token).await.expect(200);
}
