//! `jeton doctor`: a healthy installation passes, and a problem is reported with its remedy.

use std::{fs, os::unix::fs::PermissionsExt as _};

use jeton_service::Clock;
use serde_json::Value;

use crate::{
    home::{Home, on_each_database},
    support::{
        command::{Said, Shell},
        nginx::Nginx,
        server::{Server, answer},
    },
};

/// Runs the command with the flags of a home.
async fn run(home: &Home, more: &str) -> Said {
    let flags = home.flags().join(" ");
    Shell::at("http://127.0.0.1:1").run(&format!("doctor {flags} {more}")).await
}

/// Runs the command; returns its exit code, and the sentences of the checks with this status.
async fn examined(home: &Home, more: &str, status: &str) -> (Option<i32>, Vec<String>) {
    let said = run(home, &format!("--json {more}")).await;
    let findings: Value = serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    let findings = findings.as_array().expect("a list").iter().filter(|finding| finding["status"] == status);
    let line =
        |finding: &Value| format!("{}: {}", finding["check"].as_str().unwrap(), finding["sentence"].as_str().unwrap());
    (said.code, findings.map(line).collect())
}

/// Checks that exactly one check fails, and that its sentence has the remedy.
#[track_caller]
fn is_only(found: (Option<i32>, Vec<String>), remedy: &str) {
    let (code, failed) = found;
    assert_eq!(code, Some(1), "{failed:?}");
    assert!(failed.len() == 1 && failed[0].contains(remedy), "{remedy}: {failed:?}");
}

fn public(server: &Server) -> String {
    format!("--public-url=http://{}", server.address)
}

#[tokio::test]
async fn a_healthy_installation_passes() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        let (code, failed) = examined(&home, &public(&server), "failed").await;
        assert_eq!((code, failed), (Some(0), Vec::new()));
        let (_, well) = examined(&home, &public(&server), "ok").await;
        for check in ["clock: ", "disk: ", "permissions: ", "database: ", "locks: ", "audit log: ", "public URL: "] {
            assert!(well.iter().any(|line| line.starts_with(check)), "{check}: {well:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn people_read_one_line_for_each_check() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    let said = run(&home, "--public-url=http://127.0.0.1:1").await;
    assert_eq!(said.code, Some(1));
    let words: Vec<&str> = said.stdout.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(words.len() > 6 && words.iter().all(|word| ["ok", "warning", "FAILED"].contains(word)), "{}", said.stdout);
    assert_eq!(words.iter().filter(|word| **word == "FAILED").count(), 1, "{}", said.stdout);
    assert!(said.stdout.contains("start the server, or mend the proxy"), "{}", said.stdout);
}

#[tokio::test]
async fn without_data_it_says_where_they_are_missed() {
    let home = Home::sqlite();
    let (code, failed) = examined(&home, "", "failed").await;
    assert_eq!(code, Some(1));
    assert!(failed.iter().any(|line| line.starts_with("database: there is no Jeton database")), "{failed:?}");
    assert!(!home.path().join("jeton.db").exists(), "nothing is created");
}

#[tokio::test]
async fn a_directory_that_others_can_enter_fails() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    is_only(examined(&home, "", "failed").await, "run: chmod 700 ");
}

#[tokio::test]
async fn a_changed_entry_of_the_audit_log_fails() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        server.set_up().await;
        assert_eq!(home.sql("UPDATE audit_log SET detail = '{}' WHERE seq = 1").await, 1);
        is_only(examined(&home, "", "failed").await, "audit log: the audit log is NOT intact: entry 1 was changed");
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_missing_or_another_fails() {
    let home = Home::sqlite();
    Server::start(&home).await.stop().await;
    let key = home.path().join("audit.key");
    fs::write(&key, "00".repeat(32)).unwrap();
    is_only(examined(&home, "", "failed").await, "put its audit.key back");
    fs::remove_file(&key).unwrap();
    is_only(examined(&home, "", "failed").await, "there is no audit key in the directory");
}

#[tokio::test]
async fn a_database_that_another_process_locks_fails() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    let url = format!("sqlite://{}?mode=rw", home.path().join("jeton.db").display());
    let mut other = <sqlx::AnyConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    is_only(examined(&home, "", "failed").await, "find it with: fuser ");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
}

#[tokio::test]
async fn backups_that_are_not_taken_fail() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    let backups = home.path().join("backups");
    let flag = format!("--backup-dir={}", backups.display());
    is_only(examined(&home, &flag, "failed").await, "give this user access");
    fs::create_dir(&backups).unwrap();
    fs::set_permissions(&backups, fs::Permissions::from_mode(0o700)).unwrap();
    is_only(examined(&home, &flag, "failed").await, "start the server, and see its log");
}

#[tokio::test]
async fn the_settings_of_a_configuration_file_are_examined_with_its_gates() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    // Nobody listens there.
    let upstream = "127.0.0.1:9";
    let file = home.path().join("jeton.toml");
    let text = format!(
        "public-url = \"http://{}\"\n[[gate]]\nname = \"plant\"\nkind = \"victoriametrics\"\nlisten = \"127.0.0.1:0\"\n\
         upstream = \"http://{upstream}\"\norg = \"acme\"\ndatabases = [\"*\"]\n",
        server.address
    );
    fs::write(&file, text).unwrap();
    let flag = format!("--config={}", file.display());
    is_only(examined(&home, &flag, "failed").await, "the database of the gate plant can't be reached at ");
    let (_, well) = examined(&home, &flag, "ok").await;
    assert!(well.iter().any(|line| line.starts_with("public URL: ")), "{well:?}");
}

#[tokio::test]
async fn a_certificate_that_has_expired_and_a_key_that_all_can_read_fail() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jeton/tls");
    let key = home.path().join("tls.key");
    fs::copy(folder.join("first.key"), &key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let flags = |cert: &str| format!("--tls-cert={} --tls-key={}", folder.join(cert).display(), key.display());
    is_only(examined(&home, &flags("expired.crt"), "failed").await, "expires on ");
    assert_eq!(examined(&home, &flags("first.crt"), "failed").await, (Some(0), Vec::new()));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    is_only(examined(&home, &flags("first.crt"), "failed").await, "run: chmod o-rwx ");
}

#[tokio::test]
async fn a_certificate_that_no_authority_has_issued_fails() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    is_only(examined(&home, "--acme-domain=localhost", "failed").await, "there is no certificate for localhost yet");
}

#[tokio::test]
async fn a_token_for_the_audit_export_that_all_can_read_fails() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    let token = home.path().join("audit.token");
    fs::write(&token, "open-sesame\n").unwrap();
    let flags = format!("--audit-http=https://logs.example.com/ --audit-http-token-file={}", token.display());
    for (mode, is_told) in [(0o600, false), (0o644, true)] {
        fs::set_permissions(&token, fs::Permissions::from_mode(mode)).unwrap();
        let found = examined(&home, &flags, "failed").await;
        if is_told {
            is_only(found, &format!("run: chmod o-r {}", token.display()));
        } else {
            assert_eq!(found, (Some(0), Vec::new()));
        }
    }
}

#[tokio::test]
async fn a_server_that_believes_every_client_fails() {
    let home = Home::sqlite();
    let server = Server::start_with(&home, Clock::System, &["--trusted-proxies=127.0.0.1"]).await;
    server.set_up().await;
    is_only(examined(&home, &public(&server), "failed").await, "add the client's address to the forwarded header");
}

#[tokio::test]
async fn a_proxy_that_does_not_pass_the_host_on_fails() {
    let home = Home::sqlite();
    let server = Server::start_with(&home, Clock::System, &["--trusted-proxies=127.0.0.1"]).await;
    server.set_up().await;
    let Some(nginx) = Nginx::before(server.address) else { return };
    let flag = format!("--public-url=http://{}", nginx.address);
    is_only(examined(&home, &flag, "failed").await, "proxy_set_header Host");
}

#[tokio::test]
async fn a_public_url_of_another_server_fails() {
    let (home, other) = (Home::sqlite(), Home::sqlite());
    let (server, stranger) = (Server::start(&home).await, Server::start(&other).await);
    server.set_up().await;
    is_only(examined(&home, &public(&stranger), "failed").await, "not answered by a server with this audit key");
}

#[tokio::test]
async fn nobody_without_the_audit_key_learns_what_the_server_sees() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    server.set_up().await;
    for proof in ["", "x", "0000000000000000000000000000000000000000000000000000000000000000"] {
        let health = answer(server.request("GET", "/health").header("jeton-doctor", proof)).await.expect(200);
        assert_eq!((&health["status"], health.get("seen")), (&Value::from("pass"), None), "{proof}");
    }
}
