//! Set-up: the first user, organization, bucket and token.

use serde_json::{Value, json};

use crate::{
    binary::{Program, post},
    home::{Home, on_each_database},
    support::{
        command::{Shell, words},
        server::{NAME, PASSWORD, Server, set_up_body, text},
    },
};

fn with(member: &str, value: impl Into<Value>) -> Value {
    let mut body = set_up_body();
    body[member] = value.into();
    body
}

async fn is_allowed(server: &Server) -> bool {
    server.get("/api/v2/setup", "").await.expect(200)["allowed"] == true
}

#[tokio::test]
async fn a_refused_set_up_leaves_nothing_behind() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let refused = [
            (400, with("bucket", "_mine")),
            (400, with("bucket", "a\"b")),
            (422, with("bucket", "")),
            (400, with("retentionPeriodSeconds", 60)),
            (400, with("password", "short")),
            (400, with("org", "  ")),
            (400, with("org", "a\0b")),
            (400, with("username", "a\0b")),
            (400, with("username", "x".repeat(256))),
            (400, with("token", "with space")),
            (400, with("token", "x".repeat(513))),
            (400, with("username", 7)),
        ];
        for (status, body) in refused {
            let message = server.post("/api/v2/setup", "", body.clone()).await.refused(status);
            assert!(!message.is_empty(), "{body}");
            assert!(is_allowed(&server).await, "{body}");
        }
        for table in ["users", "organizations", "buckets", "memberships", "authorizations", "audit_log"] {
            assert_eq!(home.rows(&format!("SELECT * FROM {table}")).await.len(), 0, "{table}");
        }
        server.set_up().await;
        assert!(!is_allowed(&server).await);
    })
    .await;
}

#[tokio::test]
async fn set_up_happens_once() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let again = server.post("/api/v2/setup", "", with("username", "mallory")).await;
        assert_eq!(again.refused(422), "onboarding has already been completed");
        let users = server.get("/api/v2/users", &first.token).await.expect(200);
        assert_eq!(users["users"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn of_two_set_ups_at_once_one_wins() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let set_up = |name| server.post("/api/v2/setup", "", with("username", name));
        let (one, other) = tokio::join!(set_up("ann"), set_up("bea"));
        let (winner, loser) = if one.status == 201 { (one, other) } else { (other, one) };
        assert_eq!(loser.refused(422), "onboarding has already been completed");
        let token = text(&winner.expect(201)["auth"]["token"]);
        let orgs = server.get("/api/v2/orgs", &token).await.expect(200);
        assert_eq!(orgs["orgs"].as_array().map(Vec::len), Some(1));
        assert_eq!(server.check_audit_log().await, (2, true));
    })
    .await;
}

#[tokio::test]
async fn a_token_of_ones_own_choice_works_as_it_is() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let chosen = "my-super-secret-admin-token==";
        let done = server.post("/api/v2/setup", "", with("token", chosen)).await.expect(201);
        assert_eq!(done["auth"]["token"], chosen);
        assert_eq!(server.get("/api/v2/me", chosen).await.expect(200)["name"], NAME);
        assert_eq!(server.get("/api/v2/me", "my-super-secret-admin-token").await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn without_a_password_the_token_works_and_nobody_signs_in() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let mut body = set_up_body();
        body["password"] = Value::Null;
        let done = server.post("/api/v2/setup", "", body).await.expect(201);
        assert_eq!(server.get("/api/v2/me", &text(&done["auth"]["token"])).await.status, 200);
        for password in ["", PASSWORD, "nobody has this password"] {
            assert_eq!(server.sign_in(NAME, password).await.status, 401, "{password:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn set_up_tells_the_token_and_not_its_hash() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let answer = server.post("/api/v2/setup", "", set_up_body()).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let done = answer.expect(201);
        assert!(text(&done["auth"]["token"]).starts_with("jtn_"));
        assert_eq!(done["auth"].get("hashedToken"), None);
        assert_eq!(done["auth"]["permissions"].as_array().map(Vec::len), Some(44));
        assert_eq!(
            done["bucket"]["retentionRules"],
            json!([{"type": "expire", "everySeconds": 0, "shardGroupDurationSeconds": 604_800}])
        );
    })
    .await;
}

#[tokio::test]
async fn a_short_token_of_ones_own_choice_works_and_is_warned_of() {
    for (length, is_warned) in [(1, true), (31, true), (32, false), (512, false)] {
        let home = Home::sqlite();
        let server = Server::start(&home).await;
        let shell = Shell::new(&server);
        let token = "x".repeat(length);
        let line = format!("setup -u alice -p - -o acme -b iot -f -t {token}");
        let said = shell.run_with(&words(&line), "password1\n").await;
        assert_eq!(said.code, Some(0), "{said:?}");
        let hint = "Hint: this token has fewer than 32 characters and can be guessed; without --token, the server makes one that can't";
        assert_eq!(said.stderr.lines().any(|line| line == hint), is_warned, "{length}: {said:?}");
        assert_eq!(server.get("/api/v2/me", &token).await.status, 200);
    }
}

#[tokio::test]
async fn the_server_logs_that_its_operator_token_is_short_and_not_the_token() {
    let home = Home::sqlite();
    let log = home.path().join("log");
    let program = Program::start(&home, &log);
    post(program.address, "setup", "", with("token", "hunter2-is-short")).await;
    drop(program);
    let said = std::fs::read_to_string(log).expect("a log");
    assert!(said.contains("the operator token given at set-up has fewer than 32 characters"), "{said:.500}");
    assert!(!said.contains("hunter2-is-short"));
}
