//! Backups that the server takes itself.

use std::{collections::BTreeMap, path::Path};

use serde_json::json;

use jeton_model::Timestamp;
use jeton_service::Clock;

use crate::{
    audit_log::details,
    home::Home,
    support::{
        polling::poll_until,
        server::{Server, text},
    },
};

use super::{Shelf, manifest, modes_in};

/// Waits for a file.
async fn appears(file: &Path) {
    assert!(poll_until(async || file.exists()).await, "a backup that is due is taken");
}

#[tokio::test]
async fn one_is_taken_when_it_is_due_and_the_newest_are_kept() {
    let (home, shelf) = (Home::sqlite(), Shelf::new());
    let backups = shelf.file("backups");
    let flags = [format!("--backup-dir={}", backups.display()), "--backup-keep=2".into()];
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let start: Timestamp = "2027-01-15T08:00:00Z".parse().expect("a time");
    let clock = Clock::manual(start);
    // On the second day the server is restarted once more, which takes no backup early.
    for (name, hours) in [
        ("jeton-2027-01-15T08-00-00Z.db", 24),
        ("jeton-2027-01-16T08-00-00Z.db", 1),
        ("jeton-2027-01-16T08-00-00Z.db", 23),
        ("jeton-2027-01-17T08-00-00Z.db", 0),
    ] {
        let server = Server::start_with(&home, clock.clone(), &flags).await;
        appears(&backups.join(name)).await;
        server.stop().await;
        clock.advance(hours * 3600);
    }
    let expected = [
        "jeton-2027-01-16T08-00-00Z.db",
        "jeton-2027-01-16T08-00-00Z.db.json",
        "jeton-2027-01-17T08-00-00Z.db",
        "jeton-2027-01-17T08-00-00Z.db.json",
    ];
    assert_eq!(modes_in(&backups), BTreeMap::from(expected.map(|name| (name.to_owned(), 0o600))));
    let described = manifest(&backups.join("jeton-2027-01-17T08-00-00Z.db"));
    assert_eq!(text(&described["createdAt"]), "2027-01-17T08:00:00Z");
}

#[tokio::test]
async fn it_is_on_record_with_the_last_entry_that_it_contains() {
    let (home, shelf) = (Home::sqlite(), Shelf::new());
    let server = Server::start(&home).await;
    server.set_up().await;
    server.stop().await;
    let backups = shelf.file("backups");
    let clock = Clock::manual("2027-01-15T08:00:00Z".parse().expect("a time"));
    let name = "jeton-2027-01-15T08-00-00Z.db";
    let server = Server::start_with(&home, clock, &[&format!("--backup-dir={}", backups.display())]).await;
    appears(&backups.join(name)).await;
    // A job that has begun is not interrupted by the end of the server.
    server.stop().await;
    let described = manifest(&backups.join(name));
    let recorded = details(&home, "backup taken").await;
    assert_eq!(recorded, [json!({"file": name, "lastEntry": described["auditHead"]["seq"]})]);
    let server = Server::start(&home).await;
    assert!(server.check_audit_log().await.1);
}

#[tokio::test]
async fn a_place_where_backups_would_be_lost_or_can_not_be_written_is_told_at_the_start() {
    let home = Home::sqlite();
    let refused = async |home: &Home, flag: String| {
        let started = Server::try_start(home, Clock::System, &[&flag]).await;
        started.err().expect("a refusal").to_string()
    };
    let said = refused(&home, format!("--backup-dir={}", home.path().display())).await;
    assert!(said.contains("is the data directory, with which backups would be lost"), "{said}");
    let said = refused(&home, "--backup-dir=/proc/none".into()).await;
    assert!(said.starts_with("the backup directory /proc/none can't be used: "), "{said}");
    let Some(postgres) = Home::postgres().await else { return };
    let said = refused(&postgres, format!("--backup-dir={}", home.path().join("b").display())).await;
    assert!(said.starts_with("--backup-dir is for SQLite; schedule pg_dump"), "{said}");
}
