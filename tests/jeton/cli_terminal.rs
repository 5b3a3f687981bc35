//! `jeton` on a real terminal: prompts, hidden input, and colours.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{
    home::Home,
    support::{
        command::{PROGRAM, Said, Shell, signed_in, words},
        influxd::{Influxd, OPERATOR},
        server::Server,
        terminal::Terminal,
    },
};

const ESCAPE: char = '\u{1b}';

/// Runs a command on a terminal with a user.
async fn at_terminal(shell: &Shell, line: &str, sit: impl FnOnce(&mut Terminal) + Send + 'static) -> Said {
    Terminal::run(shell.command(line), sit).await
}

/// Runs a command on a terminal without prompts.
async fn shown(shell: &Shell, line: &str) -> Said {
    at_terminal(shell, line, |_| ()).await
}

/// Answers all prompts of a set-up.
fn set_up(terminal: &mut Terminal, confirmation: &str) {
    terminal.answer("Please type your primary username: ", "alice");
    terminal.answer_unseen("Please type your password: ", "password1");
    terminal.answer_unseen("Please type your password again: ", "password1");
    terminal.answer("Please type your primary organization name: ", "my org");
    terminal.answer("Please type your primary bucket name: ", "telemetry");
    terminal.answer("Please type your retention period in hours, or 0 for infinite (0): ", "72");
    terminal.wait_for("Username:          alice\r\n");
    terminal.wait_for("Retention Period:  72h0m0s\r\n");
    terminal.answer("(y/N): ", confirmation);
}

#[tokio::test]
async fn set_up_asks_for_everything_and_shows_no_password() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let shell = Shell::new(&server);
    let said = at_terminal(&shell, "setup", |terminal| set_up(terminal, "n")).await;
    assert_eq!(said.code, Some(1));
    assert!(said.stdout.ends_with("Error: setup was canceled\n"), "{said:?}");
    let said = at_terminal(&shell, "setup", |terminal| set_up(terminal, "y")).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stdout.ends_with("User\tOrganization\tBucket\nalice\tmy org\t\ttelemetry\n"), "{said:?}");
    assert!(!said.stdout.contains("password1"), "{said:?}");
    assert_eq!(server.sign_in("alice", "password1").await.status, 204);
    assert!(shell.ok("bucket list").await.contains("telemetry\t72h0m0s"), "the profile works at once");
}

#[tokio::test]
async fn what_is_given_is_not_asked_for() {
    let home = Home::sqlite();
    let server = Server::start(&home).await;
    let shell = Shell::new(&server);
    let said = at_terminal(&shell, "setup -u alice -o acme -b iot -r 0", |terminal| {
        terminal.answer_unseen("Please type your password: ", "password1");
        terminal.answer_unseen("again: ", "password1");
        terminal.answer("(y/N): ", "yes");
    })
    .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stdout.starts_with("Please type your password: ") && said.stdout.contains("infinite"), "{said:?}");
}

#[tokio::test]
async fn a_password_is_asked_for_twice_and_never_shown() {
    let home = Home::sqlite();
    let (server, _, shell) = signed_in(&home).await;
    let said = at_terminal(&shell, "user create --name bob", |terminal| {
        terminal.answer_unseen("Please type the password of \"bob\" (empty for none): ", "password2");
        terminal.answer_unseen("again: ", "password2");
    })
    .await;
    assert!(said.code == Some(0) && !said.stdout.contains("password2"), "{said:?}");
    assert_eq!(server.sign_in("bob", "password2").await.status, 204);
    let said = at_terminal(&shell, "user password --name bob", |terminal| {
        terminal.answer_unseen("Please type new password for \"bob\": ", "password3");
        terminal.answer_unseen("again: ", "password4");
    })
    .await;
    assert_eq!(said.code, Some(1));
    assert!(said.stdout.ends_with("Error: the two passwords differ; nothing was changed\n"), "{said:?}");
    assert_eq!(server.sign_in("bob", "password2").await.status, 204);
    let said = at_terminal(&shell, "v1 auth create --username graf --read-bucket iot", |terminal| {
        terminal.answer_unseen("Please type your password: ", "password5");
        terminal.answer_unseen("again: ", "password5");
    })
    .await;
    assert!(said.code == Some(0) && !said.stdout.contains("password5"), "{said:?}");
}

#[tokio::test]
async fn a_user_may_be_made_without_a_password() {
    let home = Home::sqlite();
    let (_server, _, shell) = signed_in(&home).await;
    let said = at_terminal(&shell, "user create --name bob", |terminal| {
        terminal.answer_unseen("(empty for none): ", "");
        terminal.answer_unseen("again: ", "");
    })
    .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stdout.contains("WARN: initial password not set for user"), "{said:?}");
}

#[tokio::test]
async fn a_profile_with_a_name_alone_asks_for_the_password_each_time() {
    let home = Home::sqlite();
    let (server, _, _) = signed_in(&home).await;
    let shell = Shell::at("");
    let create = format!("config create -n me -u http://{} -o acme -p alice -a", server.address);
    let said = shell.run(&create).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "a name is no secret");
    let said = at_terminal(&shell, "bucket list", |terminal| {
        terminal.answer_unseen("Please type the password of \"alice\": ", "password1");
    })
    .await;
    assert!(said.code == Some(0) && said.stdout.contains("iot"), "{said:?}");
    assert!(!said.stdout.contains("password1"), "{said:?}");
    let (said, _) = shell.fails("bucket list").await;
    assert_eq!(said, "there is no terminal to ask for the password of \"alice\"; use a terminal or a token");
}

#[tokio::test]
async fn recovery_asks_for_the_new_password() {
    let home = Home::sqlite();
    let (server, _, shell) = signed_in(&home).await;
    server.stop().await;
    let mut command = shell.command("recovery user update --username alice");
    command.args(&home.flags()[1..]);
    let said = Terminal::run(command, |terminal| {
        terminal.answer_unseen("Please type new password for \"alice\": ", "password2");
        terminal.answer_unseen("again: ", "password2");
    })
    .await;
    assert!(said.code == Some(0) && !said.stdout.contains("password2"), "{said:?}");
    let server = Server::start(&home).await;
    assert_eq!(server.sign_in("alice", "password2").await.status, 204);
}

#[tokio::test]
async fn ctrl_c_at_a_password_leaves_the_terminal_as_it_was() {
    let home = Home::sqlite();
    let (_server, _, shell) = signed_in(&home).await;
    // The shell keeps the terminal open after the program.
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "\"$0\" user password --name alice; echo \"ended with $?\"; read -r line", PROGRAM]);
    command.env_clear().envs(shell.command("").get_envs().filter_map(|(name, value)| Some((name, value?))));
    let said = Terminal::run(command, |terminal| {
        terminal.wait_for("Please type new password for \"alice\": ");
        terminal.wait_until_unseen();
        terminal.type_in("pass\u{3}");
        terminal.wait_for("ended with 130");
        assert!(terminal.is_usual());
        terminal.type_in("\n");
    })
    .await;
    assert!(!said.stdout.contains("pass\n") && !said.stdout.contains("Error"), "{said:?}");
}

#[tokio::test]
async fn an_import_shows_how_far_it_is_only_at_a_terminal() {
    let home = Home::sqlite();
    let influxd = Influxd::with_tokens_in_clear().await;
    let import = async |flags: &str| {
        let shell = Shell::at(&format!("http://{}", influxd.address)).with("INFLUX_TOKEN", OPERATOR);
        let mut command = shell.command(&format!("import influxd {flags}"));
        command.args(&home.flags()[1..]);
        (Terminal::run(command, |_| ()).await, shell)
    };
    let (said, shell) = import("").await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stdout.contains("Reading") && said.stdout.contains("Copying"), "{said:?}");
    let (_, last) = said.stdout.rsplit_once("Copying").expect("the bar");
    assert!(last.contains("\u{1b}[2K"), "it is wiped away before the summary: {last:?}");
    let mut line = words("import influxd --json");
    line.extend_from_slice(&home.flags()[1..]);
    let piped = shell.run_with(&line, "").await;
    assert_eq!((piped.code, piped.stderr.as_str()), (Some(0), ""));
    assert!(!piped.stdout.contains(ESCAPE));
    serde_json::from_str::<Value>(&piped.stdout).expect("JSON");
}

#[tokio::test]
async fn colours_are_for_terminals_and_for_nobody_who_asks_for_none() {
    let home = Home::sqlite();
    let (server, _, _) = signed_in(&home).await;
    for line in ["--help", "auth create --help", "auth create --read-bukets", "auth list --token wrong"] {
        let plain = Shell::new(&server);
        let at = shown(&plain, line).await;
        assert!(at.stdout.contains(ESCAPE), "{line}: {at:?}");
        let piped = plain.run(line).await;
        assert!(!piped.stdout.contains(ESCAPE) && !piped.stderr.contains(ESCAPE), "{line}: {piped:?}");
        let without = shown(&Shell::new(&server).with("NO_COLOR", "1"), line).await;
        assert!(!without.stdout.contains(ESCAPE), "{line}: {without:?}");
        let empty = shown(&Shell::new(&server).with("NO_COLOR", ""), line).await;
        assert!(empty.stdout.contains(ESCAPE), "an empty NO_COLOR says nothing: {empty:?}");
    }
}

#[tokio::test]
async fn each_end_of_a_command_has_colours_of_its_own() {
    let home = Home::sqlite();
    let (server, _, _) = signed_in(&home).await;
    // The result is redirected, the warning goes to the terminal.
    let mut command = Command::new("/bin/sh");
    let file = home.path().join("list");
    let line = "\"$0\" auth list --token wrong --host \"$1\" >\"$2\"";
    command.args(["-c", line, PROGRAM, &format!("http://{}", server.address)]).arg(&file);
    command.env_clear().env("HOME", home.path()).stdin(Stdio::null());
    let said = Terminal::run(command, |_| ()).await;
    assert!(said.stdout.starts_with("\u{1b}[33mwarning: "), "{said:?}");
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), "");
}

#[tokio::test]
async fn a_table_has_no_colours_anywhere() {
    let home = Home::sqlite();
    let (_server, first, shell) = signed_in(&home).await;
    let said = shown(&shell, "auth list").await;
    assert!(said.stdout.contains(&first.authorization), "{said:?}");
    assert!(!said.stdout.contains(ESCAPE), "{said:?}");
}
