//! The audit log's chain: removed, changed and added entries are detected, and retention may delete old ones.

use std::process::Command;

use jeton_model::audit::AuditQuery;
use jeton_service::audit::verify;

use crate::{
    audit_log::{details, reader_of_buckets},
    home::{Home, on_each_database},
    support::{people::last_actions, server::Server},
};

use serde_json::json;
use sqlx::Row as _;

#[tokio::test]
async fn the_first_broken_entry_is_named_and_a_logged_head_shows_a_cut_tail() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        reader_of_buckets(&server, &first).await;
        server.service.watch_audit_log().await.expect("a check");
        let head = home.rows("SELECT seq, hash FROM audit_head").await.remove(0);
        let head = format!("{}:{}", head.get::<i64, _>("seq"), head.get::<String, _>("hash"));
        assert_eq!(
            verify(&home, &["--head", &head]),
            (true, format!("The audit log is intact: 3 entries, the last is {head}."))
        );

        home.sql("CREATE TABLE kept AS SELECT * FROM audit_log").await;
        home.sql("UPDATE audit_log SET detail = '{}' WHERE seq = 2").await;
        let (_, said) = verify(&home, &[]);
        assert_eq!(said, "jeton: the audit log is NOT intact: entry 2 was changed, or added without the audit key");
        home.sql(
            "DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM kept; DELETE FROM audit_log WHERE seq = 2",
        )
        .await;
        assert_eq!(verify(&home, &[]), (false, "jeton: the audit log is NOT intact: entry 2 is missing".into()));

        home.sql(
            "DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM kept; DELETE FROM audit_log WHERE seq = 3",
        )
        .await;
        home.sql("UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit_log WHERE seq = 2)").await;
        assert!(verify(&home, &[]).0, "what was cut off with its head is not seen from inside");
        assert_eq!(
            verify(&home, &["--head", &head]),
            (false, "jeton: the audit log is NOT intact: entry 3 is missing".into())
        );
        server.bucket(&first.token, &first.org, "another").await;
        assert_eq!(
            verify(&home, &["--head", &head]).1,
            "jeton: the audit log is NOT intact: entry 3 does not have the hash that was logged"
        );
        // The server itself remembers the last head.
        server.service.watch_audit_log().await.expect("a check");
        let page = server
            .service
            .audit_page(&server.caller(&first.token).await, first.org.parse().expect("an id"), &AuditQuery::default())
            .await;
        let chain = page.expect("a page").chain.expect("a chain");
        assert_eq!(chain.fault.as_deref(), Some("entry 3 does not have the hash that was logged"));
    })
    .await;
}

#[tokio::test]
async fn a_log_whose_key_was_erased_is_not_taken_for_a_new_one() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        home.sql("UPDATE audit_head SET key_check = ''").await;
        let (is_intact, said) = verify(&home, &[]);
        assert!(!is_intact && said.contains("not the key that the audit log was written with"), "{said}");
    })
    .await;
}

#[tokio::test]
async fn entries_whose_age_was_forged_are_not_deleted() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        server.set_up().await;
        home.sql("UPDATE audit_log SET at = 0").await;
        assert_eq!(server.service.trim_audit_log(30).await, Ok(0));
        let (is_intact, said) = verify(&home, &[]);
        assert!(!is_intact && said.contains("entry 1 was changed"), "{said}");
    })
    .await;
}

/// Runs `jeton audit verify` beside the server; returns whether it succeeded, and its output.
pub fn verify(home: &Home, more: &[&str]) -> (bool, String) {
    let where_it_is = home.flags().into_iter().filter(|flag| !flag.starts_with("--addr"));
    run(&where_it_is.chain(more.iter().map(ToString::to_string)).collect::<Vec<_>>())
}

fn run(flags: &[String]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jeton"));
    let output = command.args(["audit", "verify"]).args(flags).output().expect("the program");
    let said = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.success(), String::from_utf8_lossy(&said).trim_end().into())
}

#[test]
fn verifying_what_is_not_there_says_what_to_do() {
    let home = Home::sqlite();
    let directory = home.path().join("nothing");
    let (content, said) = run(&[format!("--data={}", directory.display())]);
    assert!(!content);
    assert_eq!(
        said,
        format!(
            "jeton: there is no Jeton database in the directory {}; set --data to the directory of the server, or start the server once",
            directory.display()
        )
    );
    assert!(!directory.exists(), "nothing is made by looking");
    for head in ["3", "3:x", "0:0", "x:y"] {
        assert!(!verify(&home, &["--head", head]).0, "{head}");
    }
}

#[tokio::test]
async fn another_key_is_told_from_a_broken_log() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        server.stop().await;
        let other = format!("--audit-key={}", "ab".repeat(32));
        let (content, said) = verify(&home, &[&other]);
        assert!(!content && said.contains("not the key that the audit log was written with"), "{said}");
        assert!(verify(&home, &[]).0, "after the server has stopped it verifies too");
    })
    .await;
}

#[tokio::test]
async fn old_entries_go_and_the_rest_still_verifies() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        let first = server.set_up().await;
        server.clock.advance(20 * 86_400);
        let bucket = server.bucket(&first.token, &first.org, "later").await;
        assert_eq!(server.service.trim_audit_log(30).await, Ok(0), "nothing is old enough");
        server.clock.advance(15 * 86_400);
        assert_eq!(server.service.trim_audit_log(30).await, Ok(2));
        let seqs: Vec<i64> =
            home.rows("SELECT seq FROM audit_log ORDER BY seq").await.iter().map(|row| row.get("seq")).collect();
        assert_eq!(seqs, [3, 4]);
        assert_eq!(server.check_audit_log().await, (4, true));
        let trimmed = details(&home, "audit log trimmed").await;
        assert_eq!((&trimmed[0]["entries"], &trimmed[0]["upTo"]), (&json!(2), &json!(2)));
        let (content, said) = verify(&home, &[]);
        assert!(
            content && said.contains("2 entries") && said.contains("Entries up to 2 were deleted because of their age"),
            "{said}"
        );
        let (_, said) = verify(&home, &["--head", &format!("1:{}", "0".repeat(64))]);
        assert!(said.contains("entry 1 can't be compared"), "{said}");

        server.delete(&format!("/api/v2/buckets/{bucket}"), &first.token).await.expect(204);
        server.clock.advance(40 * 86_400);
        assert_eq!(server.service.trim_audit_log(30).await, Ok(3), "all of it is old by now");
        assert_eq!(last_actions(&home, 9).await, ["audit log trimmed"]);
        assert_eq!(server.check_audit_log().await, (6, true));
    })
    .await;
}

#[tokio::test]
async fn nobody_else_cuts_off_the_beginning() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        server.bucket(&first.token, &first.org, "b").await;
        home.sql("INSERT INTO audit_anchor (id, seq, hash, at, signature) SELECT 1, seq, hash, at, 'forged' FROM audit_log WHERE seq = 2").await;
        home.sql("DELETE FROM audit_log WHERE seq <= 2").await;
        assert_eq!(server.check_audit_log().await, (2, false));
        assert!(verify(&home, &[]).1.ends_with(&verify::Fault::ForgedAnchor.to_string()));
    })
    .await;
}

#[tokio::test]
async fn with_a_retention_the_server_deletes_what_is_old_when_it_starts() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        server.set_up().await;
        let clock = server.clock.clone();
        clock.advance(3 * 86_400);
        server.stop().await;
        let server = Server::start_with(&home, clock, &["--audit-retention=2d"]).await;
        server.stop().await;
        assert_eq!(last_actions(&home, 9).await, ["audit log trimmed"]);
    })
    .await;
}
