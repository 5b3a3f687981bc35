//! The configuration file of `jeton serve`: what it sets, what wins over it, and how a running server follows it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use jeton::config::{ConfigFile, gates};

use crate::{
    binary::{Program, refusal_of},
    home::Home,
    support::{
        certificates::fixture,
        command::{PROGRAM, Shell},
        polling::poll_until,
        server::client,
    },
};

const CONFIGURATION: &str = include_str!("../../docs/configuration.md");

/// Writes a configuration file beside the data.
fn write(home: &Home, text: &str) -> PathBuf {
    let path = home.path().join("jeton.toml");
    fs::write(&path, text).expect("a file");
    path
}

fn flag(path: &Path) -> String {
    format!("--config={}", path.display())
}

/// Returns the first line of the log of a server with these flags and variables; the server answers by then.
async fn first_line(home: &Home, flags: &[&str], variables: &[(&str, &str)]) -> String {
    let log = home.path().join("log");
    let mut command = Command::new(PROGRAM);
    command.envs(variables.iter().copied());
    let program = Program::start_as(command, home, flags, &log);
    let health = client().get(format!("http://{}/health", program.address)).send().await.expect("an answer");
    assert_eq!(health.status(), 200);
    let log = fs::read_to_string(log).expect("a log");
    log.lines().next().expect("a line").to_owned()
}

#[tokio::test]
async fn a_server_has_the_settings_of_its_file_and_flags_and_variables_win() {
    let home = Home::sqlite();
    // The flags of the home set another address and another directory.
    let file = write(&home, "addr = \"192.0.2.1:1\"\ndata = \"/proc/nowhere\"\nlog-format = \"json\"\n");
    let (file, named) = (flag(&file), file.display().to_string());
    let is_json = |line: &str| line.starts_with('{');
    assert!(is_json(&first_line(&home, &[&file], &[]).await));
    assert!(is_json(&first_line(&home, &[], &[("JETON_CONFIG", &named)]).await));
    assert!(!is_json(&first_line(&home, &[&file], &[("JETON_LOG_FORMAT", "text")]).await));
    assert!(!is_json(&first_line(&home, &[&file, "--log-format=text"], &[("JETON_LOG_FORMAT", "json")]).await));
}

#[tokio::test]
async fn a_server_does_not_start_with_a_file_that_has_a_mistake() {
    let home = Home::sqlite();
    let file = write(&home, "log-format = \"json\"\n\nadress = \":1\"\n");
    let flags = [home.flags(), vec![flag(&file)]].concat();
    let said = refusal_of(Command::new(PROGRAM), &home, &flags);
    let beginning =
        format!("the configuration file {}, line 3, column 1: there is no setting \"adress\"", file.display());
    assert!(said.starts_with(&beginning), "{said}");
    assert!(!home.path().join("jeton.db").exists(), "nothing was begun");

    let said = refusal_of(Command::new(PROGRAM), &home, &[flag(&home.path().join("none.toml"))]);
    assert!(said.contains("none.toml can't be read: "), "{said}");
}

#[tokio::test]
async fn a_server_does_not_start_without_the_credential_of_a_gate() {
    let home = Home::sqlite();
    let credential = home.path().join("plant.token");
    let file = write(&home, &gate(&credential, "[\"*\"]"));
    let said = refusal_of(Command::new(PROGRAM), &home, &[flag(&file)]);
    let beginning = format!("the credential file {} of the gate plant can't be read: ", credential.display());
    assert!(said.starts_with(&beginning), "{said}");
    let systemd = write(&home, &gate(Path::new("plant.token"), "[\"*\"]"));
    let mut command = Command::new(PROGRAM);
    command.env_remove("CREDENTIALS_DIRECTORY");
    let said = refusal_of(command, &home, &[flag(&systemd)]);
    assert!(said.contains("LoadCredential=plant.token:FILE"), "{said}");
}

/// Returns a file with one gate. `databases`: its patterns.
fn gate(credential: &Path, databases: &str) -> String {
    format!(
        "max-tokens-per-user = 5\n\n[[gate]]\nname = \"plant\"\nkind = \"influxdb3\"\nlisten = \"127.0.0.1:0\"\n\
         org = \"acme\"\nupstream = \"http://127.0.0.1:9\"\ncredential-file = \"{}\"\ndatabases = {databases}\n",
        credential.display()
    )
}

#[tokio::test]
async fn a_file_is_checked_without_a_server() {
    let home = Home::sqlite();
    let credential = home.path().join("plant.token");
    fs::write(&credential, "hunter2\n").expect("a credential");
    let shell = Shell::at("http://127.0.0.1:9");
    let check = |path: &Path| format!("config check {}", path.display());

    let file = write(&home, &gate(&credential, "[\"*\"]"));
    let said = shell.ok(&check(&file)).await;
    assert_eq!(said, format!("{} is valid (settings: 1, gates: 1)\n", file.display()));

    for (text, sentence) in [
        ("addr = \":1\"\n[[gate]]\nnam = \"a\"\n".to_owned(), "line 3, column 1: a gate has no setting \"nam\""),
        ("addr = \"8086\"\n".to_owned(), "line 1, column 8: addr: give an IP address and a port"),
        ("addr = \n".to_owned(), "line 1, column "),
        (gate(&credential, "[]"), "line 10, column 13: databases: list at least one"),
        (gate(&home.path().join("none"), "[\"*\"]"), "none of the gate plant can't be read"),
        (
            gate(&credential, "[\"*\"]") + "tls = true\n",
            "gate plant has tls = true, and the server has no certificate; set tls-cert and tls-key, or acme-domain",
        ),
        (
            "public-url = [\"https://a.example/a\", \"https://b.example/b\"]\n".to_owned(),
            "is not valid: the public URLs https://a.example/a and https://b.example/b have different paths",
        ),
    ] {
        let (said, _) = shell.fails(&check(&write(&home, &text))).await;
        assert!(said.contains(sentence), "{said}");
    }
    let [cert, key] = ["crt", "key"].map(|kind| fixture(&format!("first.{kind}")));
    let certified = format!("tls-cert = \"{}\"\ntls-key = \"{}\"\n", cert.display(), key.display());
    let said = shell.ok(&check(&write(&home, &(certified + &gate(&credential, "[\"*\"]") + "tls = true\n")))).await;
    assert!(said.ends_with(" is valid (settings: 3, gates: 1)\n"), "{said}");
    let (said, _) = shell.fails("config check /nowhere/jeton.toml").await;
    assert!(said.starts_with("the configuration file /nowhere/jeton.toml can't be read: "), "{said}");
}

#[tokio::test]
async fn a_check_does_not_read_the_variables_of_its_shell_and_warns_of_what_it_cannot_see() {
    let home = Home::sqlite();
    let file = write(&home, &gate(Path::new("plant.token"), "[\"*\"]"));
    let shell = Shell::at("http://127.0.0.1:9").with("JETON_ADDR", "nonsense");
    let said = shell.run(&format!("config check {}", file.display())).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stderr.starts_with("warning: the credential of the gate plant was not checked"), "{said:?}");
}

#[tokio::test]
async fn profiles_are_still_switched_by_name() {
    let shell = Shell::at("http://127.0.0.1:9");
    shell.ok("config create -n checked -u http://localhost:9 -o o -t t").await;
    assert!(shell.ok("config checked").await.contains("checked"));
    let (said, _) = shell.fails("config create -n check -u http://localhost:9 -t t").await;
    assert_eq!(said, "failed to create config \"check\": \"check\" is not a valid config name");
}

/// Waits until a line of the log contains a text.
async fn logged(log: &Path, text: &str) {
    let said = || fs::read_to_string(log).unwrap_or_default();
    assert!(poll_until(async || said().contains(text)).await, "{text:?} in the log: {}", said());
}

#[tokio::test]
async fn told_to_a_running_server_reads_its_file_again() {
    let home = Home::sqlite();
    let (credential, log) = (home.path().join("plant.token"), home.path().join("log"));
    fs::write(&credential, "hunter2\n").expect("a credential");
    let file = write(&home, &gate(&credential, "[\"*\"]"));
    let program = Program::start_with(&home, &[&flag(&file)], &log);

    write(&home, &gate(&credential, "[]"));
    program.send("HUP");
    logged(&log, "the gates stay as they were: the configuration file").await;

    let changed = gate(&credential, "[\"plant-*\"]").replace("per-user = 5", "per-user = 6");
    write(&home, &changed);
    program.send("HUP");
    logged(&log, "the configuration file was read again, and its gates changed").await;
    logged(&log, "changed settings take effect at the next start: max-tokens-per-user").await;

    let health = client().get(format!("http://{}/health", program.address)).send().await.expect("an answer");
    assert_eq!(health.status(), 200);
    let said = fs::read_to_string(&log).expect("a log");
    assert!(!said.contains("hunter2"), "the credential is in no log");
}

#[tokio::test]
async fn a_running_server_notices_that_its_file_or_a_credential_changed() {
    let home = Home::sqlite();
    let (credential, log) = (home.path().join("plant.token"), home.path().join("log"));
    fs::write(&credential, "first\n").expect("a credential");
    let file = write(&home, &gate(&credential, "[\"*\"]"));
    let _program = Program::start_with(&home, &[&flag(&file)], &log);
    fs::write(&credential, "the second\n").expect("another credential");
    logged(&log, "the configuration file was read again, and its gates changed").await;
}

#[tokio::test]
async fn a_gate_without_tls_that_a_reload_opens_to_other_machines_is_told() {
    let home = Home::sqlite();
    let (credential, log) = (home.path().join("plant.token"), home.path().join("log"));
    fs::write(&credential, "hunter2\n").expect("a credential");
    let local = gate(&credential, "[\"*\"]");
    let file = write(&home, &local);
    let program = Program::start_with(&home, &[&flag(&file), "--trusted-proxies=10.0.0.1"], &log);
    let warning = "is reached from other machines without TLS";
    assert!(!fs::read_to_string(&log).expect("a log").contains(warning));
    write(&home, &local.replace("127.0.0.1:0", "0.0.0.0:0"));
    program.send("HUP");
    logged(&log, &format!("the gate plant on 0.0.0.0:0 {warning}")).await;
}

/// Returns the section of the documentation with this heading.
fn section(heading: &str) -> &'static str {
    let (_, after) = CONFIGURATION.split_once(&format!("\n## {heading}\n")).expect("the section");
    after.split("\n## ").next().unwrap_or(after)
}

/// Returns the first code of each row of the tables in a text.
fn rows(text: &str) -> Vec<&str> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    cells.collect()
}

#[test]
fn every_key_of_the_file_is_documented_and_no_other_is() {
    let flags = rows(section("Flags and variables"));
    let flags = flags.iter().filter_map(|row| row.strip_prefix("--")?.split([' ', '\\']).next());
    // Settings that are flags alone, or secrets.
    let documented: Vec<&str> = flags.filter(|flag| !["config", "fresh", "audit-key"].contains(flag)).collect();
    let keys = ConfigFile::keys();
    for key in &keys {
        let variable = format!("JETON_{}", key.replace('-', "_").to_uppercase());
        let in_setup = key.starts_with("init-") && section("Set-up at the first start").contains(&variable);
        assert!(documented.contains(&key.as_str()) || in_setup, "docs/configuration.md lacks {key}");
    }
    for flag in documented {
        assert!(keys.iter().any(|key| key == flag), "docs/configuration.md: the file has no key {flag}");
    }
    assert_eq!(rows(section("Configuration file")), gates::KEYS, "the table of the settings of a gate");
}

#[test]
fn the_documented_file_is_valid() {
    let example = section("Configuration file").split("```toml\n").nth(1).and_then(|text| text.split("```").next());
    let directory = tempfile::TempDir::new().expect("a directory");
    let path = directory.path().join("jeton.toml");
    fs::write(&path, example.expect("an example")).expect("a file");
    let file = ConfigFile::read(&path).unwrap_or_else(|error| panic!("{error}"));
    assert!(file.number_of_settings() > 0 && !file.gates().is_empty());
}
