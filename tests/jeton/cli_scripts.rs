//! `jeton` in scripts: advice apart from data, read-only profiles, and hints that offer no more than was asked for.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    home::Home,
    support::{
        command::{HINT, PROGRAM, Shell, signed_in, words},
        server::{members, text},
        terminal::Terminal,
    },
};

#[tokio::test]
async fn a_list_says_why_its_tokens_are_empty_and_what_prints_one() {
    let home = Home::sqlite();
    let (server, first, shell) = signed_in(&home).await;
    for line in ["auth list".to_owned(), format!("auth list --id {}", first.authorization)] {
        let table = shell.run(&line).await;
        assert_eq!((table.code, table.stderr.as_str()), (Some(0), HINT), "{line}");
        assert!(!table.stdout.contains("Hint"), "{line}");
        for data in ["--json", "--output yaml"] {
            assert_eq!(shell.run(&format!("{line} {data}")).await.stderr, "", "{line} {data}");
        }
    }
    server.user(&first.token, "bob").await;
    assert_eq!(shell.run("auth list --user bob").await.stderr, "", "there is no token");
    assert!(shell.ok("auth create --read-tasks --output env").await.contains("INFLUX_TOKEN=jtn_"));
}

#[tokio::test]
async fn on_a_terminal_json_is_nothing_but_json() {
    let home = Home::sqlite();
    let (server, first, shell) = signed_in(&home).await;
    let line = format!("org list --token {} --json", first.token);
    let said = Terminal::run(shell.command(&line), |_| ()).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let orgs: Value = serde_json::from_str(&said.stdout).expect("JSON and no warning");
    assert_eq!(members(&orgs, "name"), ["acme"]);
    // In a pipe for both, too.
    let merged = format!("jeton org list --token {} --output json 2>&1", first.token);
    let said = shell.type_in(&merged).await;
    serde_json::from_str::<Value>(&said.stdout).expect("JSON and no warning");
    // Apart from the data, the warning stays.
    let said = shell.run(&line).await;
    assert!(said.stderr.starts_with("warning: the value of --token"), "{said:?}");
    // The result is redirected, the warning goes to the terminal.
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "\"$0\" org list --token \"$1\" --host \"$2\" --json >/dev/null", PROGRAM, &first.token]);
    command.arg(format!("http://{}", server.address));
    command.env_clear().env("HOME", home.path()).stdin(Stdio::null());
    let said = Terminal::run(command, |_| ()).await;
    assert!(said.stdout.contains("warning: the value of --token"), "{said:?}");
}

#[tokio::test]
async fn warnings_are_silenced_on_request() {
    let home = Home::sqlite();
    let (server, first, shell) = signed_in(&home).await;
    let line = format!("auth list --token {}", first.token);
    let said = shell.run(&line).await;
    assert!(said.stderr.contains("warning: ") && said.stderr.contains("Hint: "), "{said:?}");
    for (value, is_silent) in [("1", true), ("true", true), ("", false), ("0", false), ("false", false)] {
        let shell = Shell::at(&format!("http://{}", server.address)).with("JETON_NO_WARNINGS", value);
        let said = shell.run(&line).await;
        assert_eq!((said.code, said.stderr.is_empty()), (Some(0), is_silent), "{value:?}: {said:?}");
    }
    let shell = shell.with("JETON_NO_WARNINGS", "1");
    let said = shell.run("user create --name bob").await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    let (said, hint) = shell.fails("auth list --token wrong").await;
    assert!(said.contains("unauthorized access") && hint.starts_with("Hint: "), "an error keeps its hint");
}

#[tokio::test]
async fn a_profile_is_chosen_in_a_file_that_cannot_be_written() {
    let home = Home::sqlite();
    let (server, first, _) = signed_in(&home).await;
    let shell = Shell::at("");
    fs::create_dir(shell.configs().parent().expect("a folder")).expect("a folder");
    let file = format!(
        "[away]\n  url = \"http://localhost:9\"\n  token = \"x\"\n  org = \"o\"\n  active = true\n\
         [here]\n  url = \"http://{}\"\n  token = \"{}\"\n  org = \"acme\"\n",
        server.address, first.token
    );
    fs::write(shell.configs(), &file).expect("a file");
    fs::set_permissions(shell.configs(), fs::Permissions::from_mode(0o400)).expect("a mode");
    for line in ["bucket list -c here", "bucket list --active-config here"] {
        let said = shell.run(line).await;
        assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{line}: {said:?}");
        assert!(said.stdout.contains("iot"), "{line}: {said:?}");
    }
    assert_eq!(fs::read_to_string(shell.configs()).expect("a file"), file);
    assert_eq!(shell.fails("bucket list -c nosuch").await.0, "config \"nosuch\" is not found");
    fs::set_permissions(shell.configs(), fs::Permissions::from_mode(0o600)).expect("a mode");
    shell.ok("bucket list -c here").await;
    assert!(shell.ok("config").await.contains("*\there"), "one that can be written remembers it");
}

#[tokio::test]
async fn no_user_is_created_with_a_password_that_is_refused() {
    let home = Home::sqlite();
    let (server, first, shell) = signed_in(&home).await;
    let said = shell.run_with(&words("user create --name bob --password -"), "short\n").await;
    let reason = "passwords must be between 8 and 72 characters long";
    assert_eq!(said.stderr, format!("Error: failed to create user \"bob\": {reason}\n"));
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""));
    let users = server.get("/api/v2/users", &first.token).await.expect(200);
    assert_eq!(members(&users["users"], "name"), ["alice"]);
    let line = "v1 auth create --username graf --read-bucket iot --password -";
    let said = shell.run_with(&words(line), "short\n").await;
    assert_eq!(said.stderr, format!("Error: failed to set password for \"graf\": {reason}\n"));
    assert_eq!(shell.ok("v1 auth list --json").await.trim(), "null");
}

#[tokio::test]
async fn a_credential_of_1_x_clients_expires() {
    let home = Home::sqlite();
    let (server, first, shell) = signed_in(&home).await;
    let made = shell.json("v1 auth create --username graf --no-password --read-bucket iot --expires 90d").await;
    let path = format!("/private/legacy/authorizations/{}", text(&made["id"]));
    let kept = server.get(&path, &first.token).await.expect(200);
    assert!(kept["expiresAt"].is_string(), "{kept}");
    assert_eq!(kept["expiresAt"], made["expiresAt"]);
    let never = "v1 auth create --username other --no-password --read-bucket iot --expires never";
    assert_eq!(shell.json(never).await.get("expiresAt"), None);
    let (said, _) = shell.fails("v1 auth create --username x --no-password --expires yesterday").await;
    assert!(said.starts_with("--expires \"yesterday\" is neither a duration"), "{said}");
}

#[tokio::test]
async fn a_hint_offers_no_more_than_was_asked_for() {
    let home = Home::sqlite();
    let (_server, _, shell) = signed_in(&home).await;
    let (said, hint) = shell.fails("auth create --bucket iot").await;
    assert_eq!(said, "flag provided but not defined: -bucket");
    assert!(!hint.contains("--read-buckets") && !hint.contains("--write-buckets"), "{hint}");
    assert!(hint.is_empty() || hint.contains("-bucket"), "{hint}");
    for line in ["auth create --read-buckets iot", "auth create --read-buckets=iot"] {
        let (_, hint) = shell.fails(line).await;
        let expected = "Hint: --read-buckets grants all buckets and takes no name; --read-bucket NAME grants one\n";
        assert_eq!(hint, expected, "{line}");
    }
    let (_, hint) = shell.fails("auth create --write-tasks nightly").await;
    assert_eq!(hint, "Hint: --write-tasks grants all tasks and takes no name; --can write:tasks/ID grants one\n");
    assert_eq!(shell.json("auth list").await.as_array().map(Vec::len), Some(1), "nothing was created");
}

#[tokio::test]
async fn what_only_influx_can_do_is_said_to_be_so() {
    let home = Home::sqlite();
    let (_server, _, shell) = signed_in(&home).await;
    for word in ["query", "write", "task", "export", "delete", "dashboards", "replication", "secret"] {
        let said = shell.run(&format!("{word} --org acme something")).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{word}");
        let expected = format!(
            "Error: jeton has no command \"{word}\": it administers tokens and stores no data for it\n\
             Hint: use influx {word}, with the address of the database itself\n"
        );
        assert_eq!(said.stderr, expected);
    }
    assert!(shell.fails("v1 shell").await.1.contains("influx v1 shell"));
    assert_eq!(shell.fails("auth query").await.0, "unknown command \"query\" for \"jeton auth\"");
    assert_eq!(shell.json("auth list").await.as_array().map(Vec::len), Some(1), "and jeton's own commands work");
}
