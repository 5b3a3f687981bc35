//! Export of audit entries: in order, without a gap, and a failing required sink stops changes.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    os::unix::{fs::OpenOptionsExt as _, net::UnixDatagram},
    path::Path,
    process::Command,
};

use jeton_service::Clock;
use serde_json::{Value, json};
use sqlx::Row as _;
use tempfile::TempDir;

use crate::{
    binary::{Program, post},
    home::{Home, on_each_database},
    support::{
        polling::{WITHIN, poll_for, poll_until},
        server::{Server, set_up_body},
    },
};

/// Returns the entries of a file, each with its number and its hash.
fn left(file: &Path) -> Vec<(i64, String)> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let entry = |line: &str| {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        (entry["seq"].as_i64().unwrap(), entry["hash"].as_str().unwrap().to_owned())
    };
    // The last line may be half written.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(entry).collect()
}

/// Waits until the entries of the database are those of the file.
async fn all_leave(home: &Home, file: &Path) -> usize {
    let leave = poll_for(async || {
        let rows = home.rows("SELECT seq, hash FROM audit_log ORDER BY seq").await;
        let logged: Vec<(i64, String)> = rows.iter().map(|row| (row.get("seq"), row.get("hash"))).collect();
        (!logged.is_empty() && logged == left(file)).then_some(logged.len())
    });
    leave.await.unwrap_or_else(|| panic!("entries are not exported: {:?}", left(file)))
}

#[tokio::test]
async fn each_entry_leaves_in_order_and_a_restart_repeats_none() {
    on_each_database(async |home| {
        let place = TempDir::new().unwrap();
        let file = place.path().join("audit.jsonl");
        let flag = format!("--audit-file={}", file.display());
        let server = Server::start_with(&home, Clock::System, &[flag.as_str()]).await;
        let first = server.set_up().await;
        let before = all_leave(&home, &file).await;
        server.bucket(&first.token, &first.org, "one").await;
        assert!(all_leave(&home, &file).await > before);
        server.stop().await;
        let server = Server::start_with(&home, Clock::System, &[flag.as_str()]).await;
        server.bucket(&first.token, &first.org, "two").await;
        all_leave(&home, &file).await;
    })
    .await;
}

#[tokio::test]
async fn a_rotated_file_is_followed_by_a_new_one_with_the_next_entries() {
    let (home, place) = (Home::sqlite(), TempDir::new().unwrap());
    let file = place.path().join("audit.jsonl");
    let flag = format!("--audit-file={}", file.display());
    let server = Server::start_with(&home, Clock::System, &[flag.as_str()]).await;
    let first = server.set_up().await;
    let before = all_leave(&home, &file).await;
    let rotated = place.path().join("audit.jsonl.1");
    fs::rename(&file, &rotated).unwrap();
    server.bucket(&first.token, &first.org, "one").await;
    assert!(poll_until(async || !left(&file).is_empty()).await, "a new file");
    assert_eq!(left(&rotated).len(), before);
    let next = i64::try_from(before).unwrap() + 1;
    assert_eq!(left(&file).first().map(|(seq, _)| *seq), Some(next));
}

#[tokio::test]
async fn syslog_gets_each_entry_in_a_message() {
    let (home, place) = (Home::sqlite(), TempDir::new().unwrap());
    let path = place.path().join("log");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(WITHIN)).unwrap();
    let flag = format!("--audit-syslog={}", path.display());
    let server = Server::start_with(&home, Clock::System, &[flag.as_str()]).await;
    server.set_up().await;
    let received = tokio::task::spawn_blocking(move || {
        let mut bytes = vec![0; 1 << 16];
        let length = socket.recv(&mut bytes).expect("a message");
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    });
    let message = received.await.unwrap();
    let (head, entry) = message.split_once(" audit - ").expect("a message of RFC 5424");
    assert!(head.starts_with("<110>1 20") && head.contains(" - jeton "), "{head}");
    let entry: Value = serde_json::from_str(entry).unwrap();
    assert_eq!((&entry["seq"], entry["action"].is_string()), (&Value::from(1), true));
}

#[tokio::test]
async fn a_required_sink_that_is_down_stops_changes_until_it_is_up() {
    let (home, place) = (Home::sqlite(), TempDir::new().unwrap());
    let folder = place.path().join("logs");
    let flag = format!("--audit-file={}", folder.join("audit.jsonl").display());
    let server = Server::start_with(&home, Clock::System, &[flag.as_str(), "--audit-out-required"]).await;
    server.post("/api/v2/setup", "", set_up_body()).await.refused(503);
    assert_eq!(server.get("/health", "").await.status, 200, "only changes are refused");
    fs::create_dir(&folder).unwrap();
    let accepted = async || server.post("/api/v2/setup", "", set_up_body()).await.status == 201;
    assert!(poll_until(accepted).await, "changes are accepted again");
    all_leave(&home, &folder.join("audit.jsonl")).await;
}

/// Creates a named pipe, fills it with empty lines, and returns its open end.
fn full_pipe(path: &Path) -> File {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
    let flag = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let mut pipe = OpenOptions::new().read(true).write(true).custom_flags(flag).open(path).unwrap();
    let is_full = loop {
        match pipe.write(&[b'\n'; 1024]) {
            Ok(written) => assert!(written > 0),
            Err(error) => break error.kind() == ErrorKind::WouldBlock,
        }
    };
    assert!(is_full);
    pipe
}

/// Reads what is in a pipe.
fn drain(pipe: &mut File, read: &mut Vec<u8>) {
    let mut part = [0; 1 << 12];
    while let Ok(length) = pipe.read(&mut part) {
        read.extend_from_slice(&part[..length]);
    }
}

#[tokio::test]
async fn a_required_sink_that_takes_nothing_stops_changes_and_nothing_else() {
    let (home, place) = (Home::sqlite(), TempDir::new().unwrap());
    let path = place.path().join("pipe");
    let mut pipe = full_pipe(&path);
    let flag = format!("--audit-file={}", path.display());
    let server = Server::start_with(&home, Clock::System, &[flag.as_str(), "--audit-out-required"]).await;
    let first = server.set_up().await;
    let mut number = 0;
    let mut create = async || {
        number += 1;
        let body = json!({"orgID": first.org, "name": format!("bucket {number}")});
        server.post("/api/v2/buckets", &first.token, body).await.status
    };
    assert!(poll_until(async || create().await == 503).await, "changes are refused");
    assert_eq!(server.get("/api/v2/me", &first.token).await.status, 200, "only changes are refused");
    let mut read = Vec::new();
    let accepted = async || {
        drain(&mut pipe, &mut read);
        create().await == 201
    };
    assert!(poll_until(accepted).await, "changes are accepted again");
    drain(&mut pipe, &mut read);
    let text = String::from_utf8(read).unwrap();
    // A line may not have arrived completely.
    let (whole, _) = text.rsplit_once('\n').unwrap();
    let lines = whole.lines().filter(|line| !line.is_empty());
    let number = |line: &str| serde_json::from_str::<Value>(line).unwrap()["seq"].as_i64().unwrap();
    let numbers: Vec<i64> = lines.map(number).collect();
    let last = *numbers.last().expect("entries");
    assert_eq!(numbers, (1..=last).collect::<Vec<_>>(), "each entry once, in order");
}

#[tokio::test]
async fn a_sink_that_takes_nothing_keeps_no_server_from_stopping() {
    let (home, place) = (Home::sqlite(), TempDir::new().unwrap());
    let path = place.path().join("pipe");
    let _pipe = full_pipe(&path);
    let flag = format!("--audit-file={}", path.display());
    let program = Program::start_with(&home, &[flag.as_str()], &home.path().join("log"));
    let done = post(program.address, "setup", "", set_up_body()).await;
    assert!(done["auth"]["token"].is_string(), "{done}");
    assert_eq!(program.terminate().code(), Some(0));
}

#[tokio::test]
async fn no_entry_is_deleted_for_its_age_before_it_has_left() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        server.set_up().await;
        server.clock.advance(2 * 86_400);
        server.service.keep_entries_after(0);
        assert_eq!(server.service.trim_audit_log(1).await, Ok(0));
        server.service.keep_entries_after(i64::MAX);
        assert!(server.service.trim_audit_log(1).await.is_ok_and(|deleted| deleted > 0));
    })
    .await;
}
