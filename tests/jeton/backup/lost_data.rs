//! Data that were lost: a server does not begin anew where it had data, unless it is told to.

use std::{fs, path::Path, process::Command};

use jeton_service::Clock;

use crate::{
    home::{Home, on_each_database},
    support::{polling::poll_until, server::Server},
};

use super::Shelf;

async fn start(home: &Home, directory: &Path, flags: &[&str]) -> Result<Server, String> {
    let data = format!("--data={}", directory.display());
    let flags = [&[data.as_str()], flags].concat();
    Server::try_start(home, Clock::System, &flags).await.map_err(|error| error.to_string())
}

async fn refusal(home: &Home, directory: &Path) -> String {
    start(home, directory, &[]).await.err().expect("a refusal")
}

async fn started(home: &Home, directory: &Path, flags: &[&str]) -> Server {
    start(home, directory, flags).await.unwrap_or_else(|refused| panic!("{refused}"))
}

/// Copies files as a person does.
fn copy(from: &Path, names: &[&str], to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    let status = Command::new("cp").args(names.iter().map(|name| from.join(name))).arg(to).status();
    assert!(status.expect("cp").success());
}

const LOST: &str = "the database is empty, but the audit.key in the directory ";

#[tokio::test]
async fn where_the_key_has_signed_entries_an_empty_database_is_refused_unless_it_is_asked_for() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    server.stop().await;
    let database = home.path().join("jeton.db");
    fs::remove_file(&database).expect("no database");
    let refused = refusal(&home, home.path()).await;
    assert!(refused.starts_with(LOST) && refused.contains("--fresh"), "{refused}");
    assert!(!database.exists(), "nothing is made by a refused start");

    started(&home, home.path(), &["--fresh"]).await.stop().await;
    let server = started(&home, home.path(), &[]).await;
    server.set_up().await;
    server.stop().await;
    fs::remove_file(&database).expect("no database");
    let refused = refusal(&home, home.path()).await;
    assert!(refused.starts_with(LOST), "{refused}");
}

#[tokio::test]
async fn asked_to_begin_anew_it_deletes_nothing() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        server.stop().await;
        let server = started(&home, home.path(), &["--fresh"]).await;
        server.get("/api/v2/buckets", &first.token).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn another_empty_postgresql_database_is_refused_too() {
    let (Some(home), Some(other)) = (Home::postgres().await, Home::postgres().await) else { return };
    let server = Server::start(&home).await;
    server.set_up().await;
    server.stop().await;
    let refused = refusal(&other, home.path()).await;
    assert!(refused.starts_with(LOST), "{refused}");
}

#[tokio::test]
async fn a_provisioned_key_and_a_start_before_the_set_up_are_no_lost_data() {
    let (home, shelf) = (Home::sqlite(), Shelf::new());
    Server::start(&home).await.stop().await;
    fs::remove_file(home.path().join("jeton.db")).expect("no database");
    let server = started(&home, home.path(), &[]).await;
    server.set_up().await;
    server.stop().await;
    copy(home.path(), &["audit.key"], &shelf.file("another"));
    started(&home, &shelf.file("another"), &[]).await.stop().await;
    let given = format!("--audit-key={}", "ab".repeat(32));
    started(&home, &shelf.file("given"), &[&given]).await.set_up().await;
}

#[tokio::test]
async fn a_database_with_an_audit_log_gets_no_new_key() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        server.stop().await;
        let key = home.path().join("audit.key");
        fs::rename(&key, home.path().join("kept")).expect("no key");
        let refused = refusal(&home, home.path()).await;
        assert!(
            refused.starts_with("the database has an audit log, but its key is not in the directory "),
            "{refused}"
        );
        assert!(!key.exists());
        fs::rename(home.path().join("kept"), &key).expect("a key");
        started(&home, home.path(), &[]).await.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_copy_without_the_write_ahead_log_does_not_start_as_an_empty_jeton() {
    let (home, shelf) = (Home::sqlite(), Shelf::new());
    let server = Server::start(&home).await;
    let blank = shelf.file("blank");
    copy(home.path(), &["jeton.db", "audit.key"], &blank);
    let refused = refusal(&home, &blank).await;
    assert!(refused.starts_with("the database in the directory ") && refused.contains("has no tables"), "{refused}");
    started(&home, &blank, &["--fresh"]).await.stop().await;

    // Once the key is marked, the database file alone holds what was set up.
    let first = server.set_up().await;
    let mark = home.path().join("audit.key.used");
    assert!(poll_until(async || mark.exists()).await, "a mark");
    let copied = shelf.file("copied");
    copy(home.path(), &["jeton.db", "audit.key"], &copied);
    let server = started(&home, &copied, &[]).await;
    server.get("/api/v2/buckets", &first.token).await.expect(200);
}
