//! Export of audit entries by HTTP, to a server that the test plays.

mod receiver;

use std::{fs, net::SocketAddr, os::unix::fs::PermissionsExt as _, process::Command};

use jeton_service::Clock;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    binary::{Program, post, refusal_of},
    home::{Home, on_each_database},
    support::{
        certificates::fixture,
        command::{PROGRAM, Shell},
        polling::{poll_for, poll_until},
        server::{First, Server, client, set_up_body, text},
    },
};

use receiver::{Entry, Receiver, Reply};

/// Waits until a condition holds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    assert!(poll_until(async || holds()).await, "it does not happen: {what}");
}

/// Waits until the gauge of the sink has a value.
async fn gauge_is(address: SocketAddr, value: u8) {
    let line = format!("jeton_audit_out_up{{sink=\"http\"}} {value}\n");
    let happens = poll_until(async || {
        let answer = client().get(format!("http://{address}/metrics")).send().await.unwrap();
        answer.text().await.unwrap().contains(&line)
    });
    assert!(happens.await, "the metrics lack {line}");
}

/// Creates buckets until the answer has a status.
async fn create_until(server: &Server, first: &First, status: u16) {
    let happens = poll_until(async || {
        let name = format!("bucket {}", jeton_service::random::<8>().map(|byte| byte.to_string()).join("-"));
        let body = json!({"orgID": first.org, "name": name});
        server.post("/api/v2/buckets", &first.token, body).await.status == status
    });
    assert!(happens.await, "no answer has the status {status}");
}

#[tokio::test]
async fn each_entry_is_posted_in_order_and_a_restart_repeats_none() {
    on_each_database(async |home| {
        let receiver = Receiver::start().await;
        let flag = receiver.flag();
        let server = Server::start_with(&home, Clock::System, &[flag.as_str()]).await;
        let first = server.set_up().await;
        let before = receiver.has_all(&home).await;
        server.bucket(&first.token, &first.org, "one").await;
        assert!(receiver.has_all(&home).await > before);
        server.stop().await;
        let server = Server::start_with(&home, Clock::System, &[flag.as_str()]).await;
        server.bucket(&first.token, &first.org, "two").await;
        receiver.has_all(&home).await;
        let posts = receiver.state().posts.clone();
        assert!(posts.iter().all(|post| post.kind.as_deref() == Some("application/x-ndjson")), "{posts:?}");
        assert!(posts.iter().all(|post| post.authorization.is_none()), "{posts:?}");
    })
    .await;
}

#[tokio::test]
async fn entries_whose_answer_was_lost_are_repeated_as_they_were() {
    let (home, receiver) = (Home::sqlite(), Receiver::start().await);
    receiver.reply(Reply::Lost);
    let flag = receiver.flag();
    let server = Server::start_with(&home, Clock::System, &[flag.as_str()]).await;
    server.set_up().await;
    until("a lost answer", || !receiver.state().posts.is_empty()).await;
    receiver.reply(Reply::Status(200));
    receiver.has_all(&home).await;
    let accepted = receiver.accepted();
    let lost: Vec<Entry> = receiver.state().posts[0].entries.clone();
    assert!(accepted.starts_with(&lost) && !lost.is_empty(), "{lost:?} {accepted:?}");
}

#[tokio::test]
async fn refused_entries_are_never_left_out() {
    let (home, receiver) = (Home::sqlite(), Receiver::start().await);
    let flag = receiver.flag();
    let server = Server::start_with(&home, Clock::System, &[flag.as_str()]).await;
    let first = server.set_up().await;
    let mut number = receiver.has_all(&home).await;
    for status in [400, 413, 429, 503] {
        receiver.reply(Reply::Status(status));
        let seen = receiver.state().posts.len();
        server.bucket(&first.token, &first.org, &format!("bucket {status}")).await;
        until("a refused request", || receiver.state().posts.len() > seen).await;
        receiver.reply(Reply::Status(200));
        let now = receiver.has_all(&home).await;
        assert!(now > number, "{status}");
        number = now;
    }
}

#[tokio::test]
async fn a_required_receiver_that_answers_with_errors_stops_changes_until_it_works() {
    let (home, receiver) = (Home::sqlite(), Receiver::start().await);
    receiver.reply(Reply::Status(500));
    let flag = receiver.flag();
    let server = Server::start_with(&home, Clock::System, &[flag.as_str(), "--audit-out-required"]).await;
    server.post("/api/v2/setup", "", set_up_body()).await.refused(503);
    assert_eq!(server.get("/health", "").await.status, 200, "only changes are refused");
    receiver.reply(Reply::Status(200));
    let set_up = poll_for(async || {
        let answer = server.post("/api/v2/setup", "", set_up_body()).await;
        (answer.status == 201).then(|| answer.expect(201))
    });
    let done = set_up.await.expect("changes are accepted again");
    let first = First {
        token: text(&done["auth"]["token"]),
        authorization: text(&done["auth"]["id"]),
        user: text(&done["user"]["id"]),
        org: text(&done["org"]["id"]),
        bucket: text(&done["bucket"]["id"]),
    };
    receiver.has_all(&home).await;
    receiver.reply(Reply::Status(500));
    create_until(&server, &first, 503).await;
    assert_eq!(server.get("/api/v2/me", &first.token).await.status, 200, "only changes are refused");
    receiver.reply(Reply::Status(200));
    create_until(&server, &first, 201).await;
    receiver.has_all(&home).await;
}

#[tokio::test]
async fn nothing_is_sent_to_the_target_of_a_redirect() {
    let (home, place) = (Home::sqlite(), TempDir::new().unwrap());
    let (receiver, target) = (Receiver::start().await, Receiver::start().await);
    receiver.reply(Reply::Redirect(target.address));
    let token = place.path().join("token");
    fs::write(&token, "open-sesame").unwrap();
    let (flag, token) = (receiver.flag(), format!("--audit-http-token-file={}", token.display()));
    let server = Server::start_with(&home, Clock::System, &[flag.as_str(), token.as_str()]).await;
    server.set_up().await;
    until("a second attempt", || receiver.state().posts.len() > 1).await;
    assert_eq!(target.state().requests, 0);
    receiver.reply(Reply::Status(200));
    receiver.has_all(&home).await;
    assert_eq!(target.state().requests, 0);
}

#[tokio::test]
async fn only_the_authorities_of_the_file_are_trusted() {
    let (home, receiver) = (Home::sqlite(), Receiver::encrypted().await);
    let url = format!("--audit-http=https://{}/in", receiver.address);
    let start = async |name: &str| {
        let authorities = format!("--audit-http-ca-file={}", fixture(name).display());
        let flags = [url.as_str(), authorities.as_str(), "--audit-out-required"];
        Server::start_with(&home, Clock::System, &flags).await
    };
    let server = start("second.crt").await;
    server.post("/api/v2/setup", "", set_up_body()).await.refused(503);
    server.stop().await;
    assert_eq!(receiver.state().requests, 0);
    let server = start("first.crt").await;
    server.set_up().await;
    receiver.has_all(&home).await;
}

#[tokio::test]
async fn a_token_is_sent_and_neither_it_nor_the_query_of_the_url_is_logged() {
    let (home, place, receiver) = (Home::sqlite(), TempDir::new().unwrap(), Receiver::start().await);
    receiver.reply(Reply::Status(401));
    let (token, log) = (place.path().join("token"), place.path().join("log"));
    fs::write(&token, "open-sesame\n").unwrap();
    fs::set_permissions(&token, fs::Permissions::from_mode(0o644)).unwrap();
    let flag = format!("{}?key=swordfish", receiver.flag());
    let token_flag = format!("--audit-http-token-file={}", token.display());
    let program = Program::start_with(&home, &[flag.as_str(), token_flag.as_str()], &log);
    post(program.address, "setup", "", set_up_body()).await;
    until("a refused request", || !receiver.state().posts.is_empty()).await;
    gauge_is(program.address, 0).await;
    // The file is read for each request: a new token needs no restart.
    fs::write(&token, "open-sesame-2\n").unwrap();
    receiver.reply(Reply::Status(200));
    receiver.has_all(&home).await;
    gauge_is(program.address, 1).await;
    program.terminate();
    let sent: Vec<_> = receiver.state().posts.iter().map(|post| post.authorization.clone().unwrap()).collect();
    assert_eq!(sent.first().map(String::as_str), Some("Bearer open-sesame"));
    assert_eq!(sent.last().map(String::as_str), Some("Bearer open-sesame-2"));
    let said = fs::read_to_string(log).unwrap();
    assert!(said.contains("it answers with status 401; check the token"), "{said:.2000}");
    assert!(said.contains(&format!("run: chmod o-r {}", token.display())), "{said:.2000}");
    for secret in ["open-sesame", "swordfish"] {
        assert!(!said.contains(secret), "{secret}");
    }
}

#[test]
fn a_server_does_not_start_with_a_password_in_the_url_or_without_a_token_and_repeats_neither() {
    let home = Home::sqlite();
    let refused = |flags: &[&str]| {
        let flags = [home.flags(), flags.iter().map(ToString::to_string).collect()].concat();
        refusal_of(Command::new(PROGRAM), &home, &flags)
    };
    let said = refused(&["--audit-http=https://jeton:open-sesame@logs.example.com/"]);
    assert!(said.starts_with("--audit-http: the URL must not contain a user name or a password"), "{said}");
    assert!(!said.contains("open-sesame"), "{said}");
    let missing = home.path().join("missing");
    let token = format!("--audit-http-token-file={}", missing.display());
    let said = refused(&["--audit-http=https://logs.example.com/", &token]);
    assert!(said.starts_with(&format!("the file {} of the token for --audit-http can't be read", missing.display())));
    let said = refused(&[&token]);
    assert!(said.starts_with("--audit-http-token-file belongs to the HTTP sink"), "{said}");
    assert!(!home.path().join("jeton.db").exists(), "nothing was begun");
}

#[tokio::test]
async fn the_sink_of_a_file_is_checked_without_a_server() {
    let home = Home::sqlite();
    let (file, token) = (home.path().join("jeton.toml"), home.path().join("token"));
    let shell = Shell::at("http://127.0.0.1:9");
    let line = format!("config check {}", file.display());
    let write = |url: &str| {
        let text = format!("audit-http = \"{url}\"\naudit-http-token-file = \"{}\"\n", token.display());
        fs::write(&file, text).unwrap();
    };
    write("https://logs.example.com/in");
    let (said, _) = shell.fails(&line).await;
    assert!(said.contains("of the token for --audit-http can't be read"), "{said}");
    fs::write(&token, "open-sesame\n").unwrap();
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(shell.ok(&line).await, format!("{} is valid (settings: 2, gates: 0)\n", file.display()));
    write("https://jeton:open-sesame@logs.example.com/in");
    let (said, _) = shell.fails(&line).await;
    assert!(said.contains("--audit-http: the URL must not contain") && !said.contains("open-sesame"), "{said}");
}
