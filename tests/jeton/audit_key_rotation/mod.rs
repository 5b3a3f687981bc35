//! The rotation of the audit key: the chain goes on, and neither a lost nor a stolen earlier key passes unnoticed.

mod backups;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use jeton_service::Clock;
use sqlx::{Connection as _, Executor as _, Row as _};

use crate::{
    audit_chain::verify,
    audit_log::details,
    home::{Home, on_each_database},
    support::{
        command::PROGRAM,
        polling::poll_until,
        server::{First, Server},
    },
};

/// Returns the file of the key.
fn key_file(home: &Home) -> PathBuf {
    home.path().join("audit.key")
}

fn key_text(home: &Home) -> String {
    fs::read_to_string(key_file(home)).expect("a key")
}

/// Runs a command of the program; returns whether it succeeded, and its output.
fn run(arguments: &[&str], home: &Home, more: &[&str]) -> (bool, String) {
    let output = command(arguments, home, more).output().expect("the program");
    let said = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.success(), String::from_utf8_lossy(&said).trim_end().into())
}

fn command(arguments: &[&str], home: &Home, more: &[&str]) -> Command {
    let flags = home.flags().into_iter().filter(|flag| !flag.starts_with("--addr"));
    let mut command = Command::new(PROGRAM);
    command.env_remove("JETON_AUDIT_KEY").env_remove("JETON_AUDIT_KEY_FILE");
    command.args(arguments).args(flags).args(more);
    command
}

#[track_caller]
fn rotate(home: &Home) -> String {
    let (is_done, said) = run(&["audit", "rotate-key"], home, &[]);
    assert!(is_done, "{said}");
    said
}

#[track_caller]
fn intact(home: &Home) {
    let (is_intact, said) = verify(home, &[]);
    assert!(is_intact && said.starts_with("The audit log is intact: "), "{said}");
}

/// Returns what the verification finds wrong.
#[track_caller]
fn fault(home: &Home) -> String {
    let (is_intact, said) = verify(home, &[]);
    assert!(!is_intact, "{said}");
    said
}

async fn hashes(home: &Home) -> Vec<String> {
    home.rows("SELECT hash FROM audit_log ORDER BY seq").await.iter().map(|row| row.get("hash")).collect()
}

/// Sets a server up and stops it. The log has 2 entries.
async fn set_up(home: &Home) -> First {
    let server = Server::start(home).await;
    let first = server.set_up().await;
    server.stop().await;
    first
}

/// Starts the server again and creates a bucket.
async fn go_on(home: &Home, first: &First, bucket: &str) {
    let server = Server::start(home).await;
    server.bucket(&first.token, &first.org, bucket).await;
    server.stop().await;
}

#[tokio::test]
async fn the_log_goes_on_with_a_new_key_and_the_earlier_ones_verify() {
    on_each_database(async |home| {
        let first = set_up(&home).await;
        let (before, old) = (hashes(&home).await, key_text(&home));
        let said = rotate(&home);
        assert!(said.starts_with("The audit log goes on with a new key. "), "{said}");
        assert!(!said.contains(old.trim()), "{said}");
        let keys = key_text(&home);
        assert!(keys.lines().count() == 2 && keys.ends_with(&old) && !keys.starts_with(&old));
        intact(&home);
        go_on(&home, &first, "b").await;
        rotate(&home);
        go_on(&home, &first, "c").await;
        intact(&home);
        assert_eq!(key_text(&home).lines().count(), 3);
        assert_eq!(hashes(&home).await[..before.len()], before, "what was signed before is as it was");
        let (rotated, adopted) = (details(&home, "audit key rotated").await, details(&home, "audit key adopted").await);
        assert_eq!((rotated.len(), adopted.len()), (2, 2));
        assert_eq!(rotated[0]["newKey"], adopted[1]["oldKey"]);
        let server = Server::start(&home).await;
        assert!(server.check_audit_log().await.1);
        server.stop().await;
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_of_the_keys_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::sqlite();
    set_up(&home).await;
    rotate(&home);
    let mode = fs::metadata(key_file(&home)).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!home.path().join("audit.key.next").exists());
}

#[tokio::test]
async fn without_an_earlier_key_its_part_is_told_to_be_unverified() {
    on_each_database(async |home| {
        let first = set_up(&home).await;
        let before = hashes(&home).await.len();
        rotate(&home);
        go_on(&home, &first, "b").await;
        let all = key_text(&home);
        let newest = all.lines().next().expect("a key");
        fs::write(key_file(&home), newest).expect("a file");
        let said = fault(&home);
        let expected =
            format!("jeton: a part of the audit log was not verified: the entries 1 to {} can't be ", before + 1);
        assert!(said.starts_with(&expected), "{said}");
        home.sql("UPDATE audit_log SET detail = '{}' WHERE action = 'bucket created'").await;
        assert!(fault(&home).starts_with("jeton: the audit log is NOT intact: entry "), "the rest is verified");
        fs::write(home.path().join("all"), &all).expect("a file");
        let given = format!("--audit-key-file={}", home.path().join("all").display());
        assert!(verify(&home, &[&given]).1.contains(" was changed"), "the keys are also read from another file");
    })
    .await;
}

#[tokio::test]
async fn nobody_without_the_keys_forges_a_rotation_or_hides_behind_one() {
    on_each_database(async |home| {
        let first = set_up(&home).await;
        let last = hashes(&home).await.len();
        rotate(&home);
        go_on(&home, &first, "b").await;
        home.sql("CREATE TABLE kept AS SELECT * FROM audit_log").await;
        let restored = "DELETE FROM audit_log; INSERT INTO audit_log SELECT * FROM kept";
        home.sql("UPDATE audit_log SET address = '10.9.9.9' WHERE seq = 1").await;
        assert_eq!(
            fault(&home),
            "jeton: the audit log is NOT intact: entry 1 was changed, or added without the audit key"
        );
        home.sql(restored).await;
        for action in ["audit key rotated", "audit key adopted"] {
            home.sql(&format!("UPDATE audit_log SET detail = '{{}}' WHERE action = '{action}'")).await;
            assert!(fault(&home).contains(" was changed, or added without the audit key"), "{action}");
            home.sql(restored).await;
        }
        let planted = "UPDATE audit_log SET action = 'audit key rotated', detail = '{\"newKey\":\"ab\"}' \
                       WHERE action = 'bucket created'";
        home.sql(planted).await;
        assert!(fault(&home).contains(" was changed, or added without the audit key"));
        home.sql(restored).await;
        intact(&home);
        let old = details(&home, "audit key adopted").await[0]["oldKey"].as_str().expect("a key").to_owned();
        // Whoever has the earlier key can sign up to the rotation, and nothing of the new key's.
        let rotated = last + 1;
        home.sql(&format!("DELETE FROM audit_log WHERE seq > {rotated}")).await;
        home.sql(&format!(
            "UPDATE audit_head SET seq = {rotated}, hash = (SELECT hash FROM audit_log WHERE seq = {rotated})"
        ))
        .await;
        let cut = format!("the log ends at entry {rotated} with an earlier audit key; what followed was removed");
        assert_eq!(fault(&home), format!("jeton: the audit log is NOT intact: {cut}"));
        home.sql(&format!("DELETE FROM audit_log WHERE seq > {last}")).await;
        home.sql(&format!(
            "UPDATE audit_head SET seq = {last}, hash = (SELECT hash FROM audit_log WHERE seq = {last})"
        ))
        .await;
        assert!(fault(&home).contains(&format!("the log ends at entry {last} with an earlier audit key")));
        home.sql(&format!("UPDATE audit_head SET key_check = '{old}'")).await;
        assert!(fault(&home).starts_with("jeton: the audit log ends with an earlier audit key: "));
        let refused = Server::try_start(&home, Clock::System, &[]).await.err().expect("a refusal").to_string();
        assert!(refused.contains("the database has an earlier audit key"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_broken_log_gets_no_new_key() {
    on_each_database(async |home| {
        set_up(&home).await;
        let before = key_text(&home);
        home.sql("UPDATE audit_log SET detail = '{}' WHERE seq = 1").await;
        let (is_done, said) = run(&["audit", "rotate-key"], &home, &[]);
        assert!(!is_done && said.contains("NOT intact: entry 1 was changed"), "{said}");
        assert!(key_text(&home) == before && !home.path().join("audit.key.next").exists());
        assert!(details(&home, "audit key rotated").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn beside_a_server_the_key_stays_as_it_is() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        let before = key_text(&home);
        let (is_done, said) = run(&["audit", "rotate-key"], &home, &[]);
        assert!(!is_done && said.contains("another Jeton is using the data directory"), "{said}");
        assert_eq!(key_text(&home), before);
        server.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_node_with_the_earlier_key_does_not_go_on_with_the_log() {
    let Some(home) = Home::postgres().await else { return };
    let first = set_up(&home).await;
    // A node that was given the key locks nothing.
    let key = format!("--audit-key={}", key_text(&home));
    let node = Server::start_with(&home, Clock::System, &[&key]).await;
    rotate(&home);
    let body = serde_json::json!({"orgID": first.org, "name": "b"});
    assert_eq!(node.post("/api/v2/buckets", &first.token, body).await.status, 503);
    node.stop().await;
    intact(&home);
}

#[tokio::test]
async fn of_two_rotations_at_once_one_is_refused_and_the_key_of_the_other_is_kept() {
    let Some(home) = Home::postgres().await else { return };
    set_up(&home).await;
    let mut lock = sqlx::AnyConnection::connect(&home.url()).await.expect("a connection");
    lock.execute("BEGIN").await.expect("a transaction");
    lock.execute("UPDATE audit_head SET seq = seq").await.expect("the write lock");
    let rotations = [(); 2].map(|()| {
        let mut command = command(&["audit", "rotate-key"], &home, &[]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program")
    });
    let waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let both_wait = async || home.rows(waiting).await.len() >= rotations.len();
    assert!(poll_until(both_wait).await, "both wait for the write lock");
    lock.execute("COMMIT").await.expect("a commit");
    let ended = rotations.map(|rotation| rotation.wait_with_output().expect("an end").status.success());
    assert_eq!(ended.iter().filter(|is_done| **is_done).count(), 1, "{ended:?}");
    assert_eq!(key_text(&home).lines().count(), 2);
    intact(&home);
}

#[tokio::test]
async fn a_crash_leaves_the_old_state_or_the_new_one() {
    on_each_database(async |home| {
        let first = set_up(&home).await;
        let (prepared, old) = (home.path().join("audit.key.next"), key_text(&home));
        // Before the database had the new key.
        for torn in ["", "00", &"cd".repeat(32)] {
            fs::write(&prepared, torn).expect("a file");
            intact(&home);
            go_on(&home, &first, &format!("b{}", torn.len())).await;
            assert_eq!(key_text(&home), old);
        }
        rotate(&home);
        // After it.
        let new = key_text(&home);
        fs::write(&prepared, &new).expect("a file");
        fs::write(key_file(&home), &old).expect("a file");
        intact(&home);
        go_on(&home, &first, "c").await;
        assert!(key_text(&home) == new && !prepared.exists());
        intact(&home);
        fs::write(&prepared, &new).expect("a file");
        fs::write(key_file(&home), &old).expect("a file");
        let said = rotate(&home);
        assert!(said.starts_with("A rotation that was interrupted is finished. "), "{said}");
        assert!(key_text(&home) == new && !prepared.exists());
    })
    .await;
}

#[tokio::test]
async fn a_key_in_a_file_of_its_own_is_replaced_there_and_one_in_a_variable_is_not() {
    let home = Home::sqlite();
    set_up(&home).await;
    let file = home.path().join("elsewhere.key");
    fs::rename(key_file(&home), &file).expect("a file");
    let given = format!("--audit-key-file={}", file.display());
    let value = format!("--audit-key={}", fs::read_to_string(&file).expect("a key"));
    let (is_done, said) = run(&["audit", "rotate-key"], &home, &[&value]);
    assert!(!is_done && said.contains("JETON_AUDIT_KEY"), "{said}");
    let (is_done, said) = run(&["audit", "rotate-key"], &home, &["--audit-key-file=jeton_audit.key"]);
    assert!(!is_done && said.contains("is a credential of systemd"), "{said}");
    let (is_done, said) = run(&["audit", "rotate-key"], &home, &[&given]);
    assert!(is_done, "{said}");
    assert!(!key_file(&home).exists());
    let (is_intact, said) = verify(&home, &[&given]);
    assert!(is_intact, "{said}");
}

/// The command waits for the server that did not start, which gives up its transaction on another thread.
#[tokio::test(flavor = "multi_thread")]
async fn where_the_key_has_a_file_of_its_own_the_command_finishes_what_was_interrupted() {
    let home = Home::sqlite();
    set_up(&home).await;
    let (file, prepared) = (home.path().join("elsewhere.key"), home.path().join("elsewhere.key.next"));
    fs::rename(key_file(&home), &file).expect("a file");
    let given = format!("--audit-key-file={}", file.display());
    let read = || fs::read_to_string(&file).expect("a key");
    let old = read();
    let (is_done, said) = run(&["audit", "rotate-key"], &home, &[&given]);
    assert!(is_done, "{said}");
    let new = read();
    fs::write(&prepared, &new).expect("a file");
    fs::write(&file, &old).expect("a file");
    let refused = Server::try_start(&home, Clock::System, &[&given]).await.err().expect("a refusal").to_string();
    assert!(refused.contains("if jeton audit rotate-key was interrupted, run it again"), "{refused}");
    let (is_done, said) = run(&["audit", "rotate-key"], &home, &[&given]);
    assert!(is_done && said.starts_with("A rotation that was interrupted is finished. "), "{said}");
    assert!(read() == new && !prepared.exists());
}

#[tokio::test]
async fn a_log_that_was_trimmed_begins_where_the_new_key_says() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        server.set_up().await;
        server.clock.advance(40 * 86_400);
        assert_eq!(server.service.trim_audit_log(30).await, Ok(2));
        server.stop().await;
        rotate(&home);
        intact(&home);
        home.sql("UPDATE audit_anchor SET at = at + 1").await;
        assert!(fault(&home).contains("the record of where the log begins was not written with the audit key"));
    })
    .await;
}

#[tokio::test]
async fn the_retention_does_not_vouch_for_a_log_whose_rotation_was_cut_off() {
    on_each_database(async |home| {
        let server = Server::start_at_rest(&home).await;
        server.set_up().await;
        server.stop().await;
        rotate(&home);
        home.sql("DELETE FROM audit_log WHERE seq > 2").await;
        home.sql("UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit_log WHERE seq = 2)").await;
        let server = Server::start_at_rest(&home).await;
        server.clock.advance(40 * 86_400);
        assert_eq!(server.service.trim_audit_log(30).await, Ok(0));
        server.stop().await;
        assert!(fault(&home).contains("the log ends at entry 2 with an earlier audit key"));
    })
    .await;
}
