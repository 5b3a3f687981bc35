//! `jeton auth create --token-value -`: the value of a token is read from standard input, and from nowhere else.

use serde_json::Value;

use crate::{
    home::Home,
    support::{
        command::{Said, Shell, words},
        server::{First, Server, text},
    },
};

const VALUE: &str = "Wind-turbine_7/secret=from+our~vault!";

struct Scene {
    server: Server,
    first: First,
    shell: Shell,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        let server = Server::start(home).await;
        let first = server.set_up().await;
        let shell = Shell::new(&server).with("INFLUX_ORG", "acme");
        Self { server, first, shell }
    }

    /// Creates a token that reads tasks. `flags` may contain the caller's token.
    async fn create(&self, flags: &str, input: &str) -> Said {
        self.shell.run_with(&words(&format!("auth create --read-tasks --json {flags}")), input).await
    }

    fn as_operator(&self) -> String {
        format!("--token {}", self.first.token)
    }

    async fn status(&self, token: &str) -> u16 {
        self.server.get("/api/v2/authorizations", token).await.status
    }
}

#[tokio::test]
async fn a_value_from_standard_input_becomes_the_token() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let said = scene.create(&format!("{} --token-value -", scene.as_operator()), &format!("{VALUE}\n")).await;
    assert_eq!((said.code, said.without_warnings().as_str()), (Some(0), ""));
    let made: Value = serde_json::from_str(&said.stdout).expect("JSON");
    assert_eq!(text(&made["token"]), VALUE);
    assert_eq!(scene.status(VALUE).await, 200);
}

#[tokio::test]
async fn the_callers_token_comes_before_the_value() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let said = scene.create("--token - --token-value -", &format!("{}\n{VALUE}\n", scene.first.token)).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    assert_eq!(scene.status(VALUE).await, 200);
}

#[tokio::test]
async fn a_value_on_the_command_line_is_refused_and_not_repeated() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let said = scene.create(&format!("{} --token-value {VALUE}", scene.as_operator()), "").await;
    assert_eq!(said.code, Some(1));
    let refused = "Error: --token-value must be -, which reads the value from standard input\n";
    assert_eq!((said.without_warnings().as_str(), said.stdout.as_str()), (refused, ""));
    assert!(!said.stderr.contains(VALUE));
    assert_eq!(scene.status(VALUE).await, 401);
    let said = scene.create(&format!("{} --token-value -", scene.as_operator()), "").await;
    assert_eq!(said.code, Some(1), "an empty input is no value");
}

#[tokio::test]
async fn a_dry_run_reads_no_value() {
    let home = Home::sqlite();
    let scene = Scene::new(&home).await;
    let said = scene.create(&format!("{} --token-value - --dry-run", scene.as_operator()), VALUE).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!said.stdout.contains("tokenValue") && !said.stdout.contains(VALUE), "{said:?}");
    assert_eq!(scene.status(VALUE).await, 401);
}
