//! The audit key in a file of its own, or in a credential of systemd.

use std::{fs, path::PathBuf, process::Command};

use jeton_service::Clock;

use crate::{
    binary::refusal_of,
    home::{Home, on_each_database},
    support::{
        command::{PROGRAM, Shell},
        server::Server,
    },
};

const KEY: &str = "00112233445566778899aabbccddeeff";

/// Writes a file beside the data.
fn write(home: &Home, name: &str, content: &str) -> PathBuf {
    let path = home.path().join(name);
    fs::write(&path, content).expect("a file");
    path
}

fn flag(file: &str) -> String {
    format!("--audit-key-file={file}")
}

#[tokio::test]
async fn a_server_signs_with_the_key_of_a_file_and_makes_none_beside_the_data() {
    on_each_database(async |home| {
        let file = write(&home, "key", &format!("{KEY}\n"));
        let given = flag(file.to_str().expect("text"));
        let server = Server::start_with(&home, Clock::System, &[&given]).await;
        server.set_up().await;
        server.stop().await;
        assert!(!home.path().join("audit.key").exists());

        let value = format!("--audit-key={KEY}");
        let server = Server::start_with(&home, Clock::System, &[&value, &flag("/nowhere/key")]).await;
        assert!(server.check_audit_log().await.1, "the value takes precedence");
        server.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_log_is_verified_with_the_key_of_a_file_and_of_a_credential_of_systemd() {
    let home = Home::sqlite();
    let file = write(&home, "key", KEY);
    let given = flag(file.to_str().expect("text"));
    let server = Server::start_with(&home, Clock::System, &[&given]).await;
    server.set_up().await;
    server.stop().await;

    let verify = format!("audit verify --data {}", home.path().display());
    let shell = Shell::at("http://127.0.0.1:9");
    let said = shell.run(&verify).await;
    assert!(said.code == Some(1) && said.stderr.contains("there is no audit key"), "{said:?}");
    let said = shell.ok(&format!("{verify} {given}")).await;
    assert!(said.starts_with("The audit log is intact: "), "{said}");
    let service = shell.with("CREDENTIALS_DIRECTORY", home.path().to_str().expect("text"));
    let said = service.with("JETON_AUDIT_KEY_FILE", "key").ok(&verify).await;
    assert!(said.starts_with("The audit log is intact: "), "{said}");
}

#[test]
fn a_key_that_is_not_where_it_should_be_is_told_and_not_replaced() {
    let home = Home::sqlite();
    let bad = write(&home, "bad", "no key\n").display().to_string();
    let missing = home.path().join("missing").display().to_string();
    for (file, sentence) in [
        (missing.as_str(), format!("the file {missing} of the audit key can't be read: ")),
        ("jeton_audit.key", "the audit key \"jeton_audit.key\" is a credential of systemd, but ".to_owned()),
        (bad.as_str(), "the audit key must be at least 32 hex digits".to_owned()),
    ] {
        let mut command = Command::new(PROGRAM);
        command.env_remove("CREDENTIALS_DIRECTORY");
        let said = refusal_of(command, &home, &[home.flags(), vec![flag(file)]].concat());
        assert!(said.starts_with(&sentence), "{said}");
        assert!(!said.contains("no key"), "what is in the file is not repeated: {said}");
    }
    assert!(!home.path().join("audit.key").exists());
}
