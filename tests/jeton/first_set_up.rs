//! Set-up at the first start, from the variables `JETON_INIT_*`.

use std::{fs, process::Command};

use jeton_service::Clock;
use serde_json::json;

use crate::{
    binary::Program,
    home::{Home, on_each_database},
    support::server::{Answer, BUCKET, NAME, ORG, PASSWORD, Server, answer, client, set_up_body, with_token},
};

const TOKEN: &str = "a-token-of-ones-own-choice-that-is-long-enough==";
const TOKEN_FLAG: &str = "--init-token=a-token-of-ones-own-choice-that-is-long-enough==";

fn flags<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let flags = ["--init-username=alice", "--init-org=acme", "--init-bucket=iot"];
    flags.into_iter().chain(more.iter().copied()).collect()
}

async fn refusal(home: &Home, flags: &[&str]) -> String {
    let started = Server::try_start(home, Clock::System, flags).await;
    started.err().expect("a refusal").to_string()
}

#[tokio::test]
async fn a_first_start_with_values_leaves_no_set_up_open() {
    on_each_database(async |home| {
        let given = flags(&["--init-password=password1", TOKEN_FLAG]);
        let server = Server::start_with(&home, Clock::System, &given).await;
        assert_eq!(server.get("/api/v2/setup", "").await.expect(200)["allowed"], false);
        let again = server.post("/api/v2/setup", "", set_up_body()).await;
        assert_eq!(again.refused(422), "onboarding has already been completed");
        assert_eq!(server.get("/api/v2/me", TOKEN).await.expect(200)["name"], NAME);
        assert_eq!(server.sign_in(NAME, PASSWORD).await.status, 204);
        let found = server.get(&format!("/api/v2/buckets?org={ORG}&name={BUCKET}"), TOKEN).await.expect(200);
        assert_eq!(found["buckets"].as_array().map(Vec::len), Some(1));
        let log = server.get("/api/v2/audit?action=set+up", TOKEN).await.expect(200);
        assert_eq!(log["entries"].as_array().map(Vec::len), Some(1), "{log}");
    })
    .await;
}

#[tokio::test]
async fn values_are_ignored_once_the_server_is_set_up() {
    on_each_database(async |home| {
        let given = flags(&["--init-password=password1", TOKEN_FLAG]);
        Server::start_with(&home, Clock::System, &given).await.stop().await;
        // Incomplete, and with a file that is gone.
        for changed in [
            ["--init-username=mallory", "--init-token=another-token-of-ones-own-choice-than-before"].as_slice(),
            &["--init-password-file=/nowhere"],
        ] {
            let server = Server::start_with(&home, Clock::System, changed).await;
            assert_eq!(server.get("/api/v2/me", TOKEN).await.expect(200)["name"], NAME);
            let stranger = server.get("/api/v2/me", "another-token-of-ones-own-choice-than-before").await;
            assert_eq!(stranger.status, 401);
            let users = server.get("/api/v2/users", TOKEN).await.expect(200);
            assert_eq!(users["users"].as_array().map(Vec::len), Some(1));
            server.stop().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_first_start_without_a_member_is_refused_and_leaves_nothing_behind() {
    let home = Home::sqlite();
    let secrets = "JETON_INIT_PASSWORD or JETON_INIT_TOKEN (or one of them with _FILE)";
    for (given, missing) in [
        (vec!["--init-org=acme", "--init-bucket=iot", "--init-password=password1"], "JETON_INIT_USERNAME".to_owned()),
        (vec!["--init-username=alice", "--init-token=x"], "JETON_INIT_ORG and JETON_INIT_BUCKET".to_owned()),
        (flags(&[]), secrets.to_owned()),
        (flags(&["--init-password=", "--init-token="]), secrets.to_owned()),
        (vec!["--init-bucket=iot", "--init-org="], format!("JETON_INIT_USERNAME and JETON_INIT_ORG and {secrets}")),
    ] {
        let expected = format!(
            "the set-up at the first start also needs {missing}; set it, or remove all variables that begin with \
             JETON_INIT_"
        );
        assert_eq!(refusal(&home, &given).await, expected, "{given:?}");
    }
    let server = Server::start_with(&home, Clock::System, &["--init-username=", "--init-token-file="]).await;
    assert_eq!(server.get("/api/v2/setup", "").await.expect(200)["allowed"], true, "empty values are none");
}

#[tokio::test]
async fn a_value_that_set_up_refuses_is_refused_without_repeating_it() {
    on_each_database(async |home| {
        for (flag, reason) in [
            ("--init-password=hunter2", "passwords must be between 8 and 72 characters long"),
            (
                "--init-token=hunter2 hunter2",
                "a token must not be empty, longer than 512 bytes, a JWT, or contain spaces",
            ),
            ("--init-bucket=_hunter2", "JETON_INIT_BUCKET must not begin with an underscore"),
            ("--init-bucket=hunter2\"", "JETON_INIT_BUCKET must not contain quotation marks"),
            ("--init-org= ", "org name is empty"),
        ] {
            let said = refusal(&home, &flags(&["--init-password=password1", flag])).await;
            assert!(said.starts_with("the set-up from the variables JETON_INIT_* failed: "), "{said}");
            assert!(said.contains(reason), "{said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
        for table in ["users", "organizations", "buckets", "authorizations", "audit_log"] {
            assert_eq!(home.rows(&format!("SELECT * FROM {table}")).await.len(), 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_secret_in_a_file_is_read_without_its_line_break() {
    let home = Home::sqlite();
    let write = |name: &str, content: &str| {
        let path = home.path().join(name);
        fs::write(&path, content).expect("a file");
        path.display().to_string()
    };
    let (password, token) = (write("password", "password1\r\n"), write("token", &format!("{TOKEN}\n")));
    let password = format!("--init-password-file={password}");
    let token = format!("--init-token-file={token}");
    let empty = format!("--init-token-file={}", write("empty", "\n"));
    let said = refusal(&home, &flags(&[&empty])).await;
    assert!(said.ends_with("/empty in JETON_INIT_TOKEN_FILE is empty"), "{said}");
    let said = refusal(&home, &flags(&["--init-password-file=/nowhere/password"])).await;
    assert!(said.starts_with("the file /nowhere/password in JETON_INIT_PASSWORD_FILE can't be read: "), "{said}");
    let said = refusal(&home, &flags(&[&password, "--init-password=password1"])).await;
    assert_eq!(said, "JETON_INIT_PASSWORD and JETON_INIT_PASSWORD_FILE are both set; remove one of them");
    let server = Server::start_with(&home, Clock::System, &flags(&[&password, &token])).await;
    assert_eq!(server.get("/api/v2/me", TOKEN).await.expect(200)["name"], NAME);
    assert_eq!(server.sign_in(NAME, PASSWORD).await.status, 204);
}

async fn me(program: &Program) -> Answer {
    answer(with_token(client().get(format!("http://{}/api/v2/me", program.address)), TOKEN)).await
}

#[tokio::test]
async fn variables_set_up_the_program_and_no_log_holds_their_values() {
    let home = Home::sqlite();
    let file = home.path().join("password");
    fs::write(&file, "open-sesame-password\n").expect("a file");
    let log = home.path().join("log");
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jeton"));
        command.env("JETON_INIT_USERNAME", "open-sesame-user").env("JETON_INIT_PASSWORD_FILE", &file);
        command.env("JETON_INIT_ORG", "open-sesame-org").env("JETON_INIT_BUCKET", "open-sesame-bucket");
        command.env("JETON_INIT_PASSWORD", "").env("JETON_INIT_TOKEN", TOKEN);
        Program::start_as(command, &home, &[], &log)
    };
    for line in ["the server was set up from the variables JETON_INIT_*", "the variables JETON_INIT_* are ignored"] {
        let program = start();
        assert_eq!(me(&program).await.expect(200)["name"], json!("open-sesame-user"));
        drop(program);
        let said = fs::read_to_string(&log).expect("a log");
        assert!(said.contains(line), "{said:.2000}");
        assert!(!said.contains("open-sesame") && !said.contains(TOKEN));
    }
}
