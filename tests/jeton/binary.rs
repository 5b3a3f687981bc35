//! The binary: how `jeton serve` starts, which errors it reports, and how it stops.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use crate::{
    home::{Home, on_each_database},
    support::server::{NAME, PASSWORD, Server, client, set_up_body, text},
};

/// Maximum duration of stopping, after which `deploy/compose.yml` has the program killed. Requests may take eight seconds
/// of it.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// A running `jeton serve`, killed at the end of the test.
pub struct Program {
    child: Option<Child>,
    line: String,
    pub address: SocketAddr,
}

impl Program {
    pub fn start(home: &Home, log: &Path) -> Self {
        Self::start_with(home, &[], log)
    }

    pub fn start_with(home: &Home, flags: &[&str], log: &Path) -> Self {
        Self::start_as(Command::new(env!("CARGO_BIN_EXE_jeton")), home, flags, log)
    }

    /// Starts the program. `command`: runs it with the arguments that are appended.
    pub fn start_as(mut command: Command, home: &Home, flags: &[&str], log: &Path) -> Self {
        command.arg("serve").args(home.flags()).args(flags).env("JETON_LOG", "trace");
        command.stdout(Stdio::piped()).stderr(File::create(log).expect("a log"));
        let mut child = command.spawn().expect("the program");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line.trim_end().rsplit_once("://").and_then(|(_, address)| address.parse().ok());
        Self { address: address.unwrap_or_else(|| panic!("an address in {line:?}")), line, child: Some(child) }
    }

    /// Sends a signal, such as `HUP`.
    pub fn send(&self, signal: &str) {
        let id = self.child.as_ref().expect("a child").id();
        let killed = Command::new("kill").arg(format!("-{signal}")).arg(id.to_string()).status();
        assert!(killed.expect("kill").success());
    }

    /// Sends SIGTERM, and waits until the program has stopped.
    pub fn terminate(mut self) -> ExitStatus {
        self.send("TERM");
        let mut child = self.child.take().expect("a child");
        let (tell, told) = mpsc::channel();
        thread::spawn(move || tell.send(child.wait()));
        told.recv_timeout(STOP_WITHIN).expect("it stops in time").expect("a status")
    }
}

/// Kills it as `kill -9` or a power failure does.
impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Returns the one sentence with which the program refuses to start.
fn refusal(home: &Home, flags: &[String]) -> String {
    refusal_of(Command::new(env!("CARGO_BIN_EXE_jeton")), home, flags)
}

pub fn refusal_of(mut command: Command, home: &Home, flags: &[String]) -> String {
    let log = home.path().join("refusal.log");
    let output =
        command.arg("serve").args(flags).stderr(File::create(&log).expect("a log")).output().expect("the program");
    let said = fs::read_to_string(log).expect("its words");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    said.strip_prefix("jeton: ").unwrap_or_else(|| panic!("{said}")).trim_end().into()
}

#[tokio::test]
async fn it_prints_its_address_once_it_answers() {
    on_each_database(async |home| {
        let program = Program::start(&home, &home.path().join("log"));
        assert_eq!(program.line, format!("Jeton answers on http://{}\n", program.address));
        let health = client().get(format!("http://{}/health", program.address)).send().await.expect("an answer");
        assert_eq!(health.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn asked_to_stop_it_stops_at_once_and_well() {
    on_each_database(async |home| {
        let program = Program::start(&home, &home.path().join("log"));
        // Immediately after its first line: the signal handler must exist by then.
        assert_eq!(program.terminate().code(), Some(0));
    })
    .await;
}

#[tokio::test]
async fn a_client_that_never_finishes_does_not_keep_it_from_stopping() {
    let home = Home::sqlite();
    let program = Program::start(&home, &home.path().join("log"));
    let mut stream = TcpStream::connect(program.address).await.expect("a connection");
    stream.write_all(b"POST /api/v2/signin HTTP/1.1\r\nHost: localhost\r\nContent-Le").await.expect("half a request");
    let status = program.terminate();
    assert_eq!((status.code(), status.signal()), (Some(0), None));
}

/// Sends JSON and returns the JSON response.
pub async fn post(address: SocketAddr, path: &str, token: &str, body: Value) -> Value {
    let request = client().post(format!("http://{address}/api/v2/{path}"));
    let answer = request.header("authorization", format!("Token {token}")).json(&body).send().await;
    answer.expect("an answer").json().await.expect("JSON")
}

#[tokio::test]
async fn no_log_however_detailed_holds_a_secret() {
    let home = Home::sqlite();
    let log = home.path().join("log");
    let program = Program::start(&home, &log);
    let done = post(program.address, "setup", "", set_up_body()).await;
    let (token, org) = (text(&done["auth"]["token"]), text(&done["org"]["id"]));
    let permission = json!({"action": "read", "resource": {"type": "tasks", "orgID": org}});
    let created =
        post(program.address, "authorizations", &token, json!({"orgID": org, "permissions": [permission]})).await;
    let client = client();
    let signed_in =
        client.post(format!("http://{}/api/v2/signin", program.address)).basic_auth(NAME, Some(PASSWORD)).send().await;
    let cookie = signed_in.expect("an answer").headers()["set-cookie"].to_str().expect("text").to_owned();
    let key = cookie.split(['=', ';']).nth(1).expect("a key").to_owned();
    let listed = client.get(format!("http://{}/api/v2/authorizations?q={token}", program.address)).send().await;
    assert_eq!(listed.expect("an answer").status(), 401);
    program.terminate();
    let said = fs::read_to_string(log).expect("a log");
    assert!(said.contains("/api/v2/authorizations"), "requests are logged: {said:.300}");
    for secret in [&token, &text(&created["token"]), key.as_str(), PASSWORD] {
        assert!(!said.contains(secret));
    }
}

#[test]
fn a_taken_address_is_told() {
    let home = Home::sqlite();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let said = refusal(&home, &[format!("--addr={address}"), format!("--data={}", home.path().display())]);
    assert_eq!(
        said,
        format!("the address {address} is in use by another program; stop it or choose another address with --addr")
    );
}

#[test]
fn a_directory_that_cannot_be_written_is_told() {
    let outer = Home::sqlite();
    let file = outer.path().join("file");
    fs::write(&file, "").expect("a file");
    let said = refusal(&outer, &["--addr=127.0.0.1:0".into(), format!("--data={}", file.join("data").display())]);
    assert!(said.starts_with(&format!("the data directory {} can't be used: ", file.join("data").display())), "{said}");
    assert!(said.ends_with("choose another with --data or give this user write access"), "{said}");
}

#[test]
fn data_that_another_process_holds_are_left_alone() {
    let home = Home::sqlite();
    let _program = Program::start(&home, &home.path().join("log"));
    let said = refusal(&home, &home.flags());
    assert_eq!(
        said,
        format!(
            "another Jeton is using the data directory {}; stop it or choose another with --data",
            home.path().display()
        )
    );
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    on_each_database(async |home| {
        Server::start(&home).await.stop().await;
        let columns = "version, description, installed_on, success, checksum, execution_time";
        let newer = "9999, description, installed_on, success, checksum, execution_time";
        home.sql(&format!(
            "INSERT INTO _sqlx_migrations ({columns}) SELECT {newer} FROM _sqlx_migrations WHERE version = 1"
        ))
        .await;
        let said = refusal(&home, &home.flags());
        assert!(
            said.starts_with("the database was written by a newer version of Jeton (its schema has step 9999"),
            "{said}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_database_is_not_continued_with_another_audit_key() {
    on_each_database(async |home| {
        Server::start(&home).await.stop().await;
        fs::write(home.path().join("audit.key"), "ab".repeat(32)).expect("another key");
        let said = refusal(&home, &home.flags());
        assert!(said.starts_with("the audit key is not the one this database was started with"), "{said}");
    })
    .await;
}

#[test]
fn a_file_that_is_no_database_is_told_once() {
    let home = Home::sqlite();
    fs::write(home.path().join("jeton.db"), "no database, but longer than the header of one ".repeat(9))
        .expect("a file");
    let said = refusal(&home, &home.flags());
    assert!(said.starts_with("the database can't be opened: "), "{said}");
    assert!(said.contains("file is not a database"), "{said}");
}

#[test]
fn a_database_that_is_not_there_is_told_without_its_password() {
    let home = Home::sqlite();
    let with = |url: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jeton"));
        command.env("JETON_DATABASE_URL", url);
        refusal_of(command, &home, &home.flags())
    };
    let said = with("postgres://jeton:open-sesame@127.0.0.1:1/jeton");
    assert!(said.starts_with("the database can't be opened: "), "{said}");
    assert!(said.contains("refused"), "the reason, and not only that time ran out: {said}");
    assert!(!said.contains("open-sesame"), "{said}");
    let said = with("mysql://jeton:open-sesame@127.0.0.1/jeton");
    assert_eq!(said, "the database URL must begin with postgres:// or postgresql://");
}

#[test]
fn a_password_of_the_database_on_the_command_line_is_told_and_not_repeated() {
    let home = Home::sqlite();
    let log = home.path().join("refusal.log");
    let said = |line: &str, variable: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jeton"));
        command.arg("serve").args(home.flags()).stderr(File::create(&log).expect("a log"));
        if !line.is_empty() {
            command.arg(format!("--database-url={line}"));
        }
        if !variable.is_empty() {
            command.env("JETON_DATABASE_URL", variable);
        }
        assert_eq!(command.output().expect("the program").status.code(), Some(1));
        fs::read_to_string(&log).expect("its words")
    };
    let warning = "the value of --database-url can be read in the process list and the shell's history; set \
                   JETON_DATABASE_URL instead";
    for url in ["postgres://jeton:open-sesame@127.0.0.1:1/jeton", "postgres://127.0.0.1:1/jeton?password=open-sesame"] {
        let said_of_line = said(url, "");
        assert!(said_of_line.contains(warning), "{said_of_line}");
        assert!(!said_of_line.contains("open-sesame"), "{said_of_line}");
        assert!(!said("", url).contains("--database-url"), "by the environment");
    }
    assert!(!said("postgres://jeton@127.0.0.1:1/jeton", "").contains(warning), "without a password");
}

#[test]
fn what_gives_away_too_much_is_told_in_the_log() {
    let home = Home::sqlite();
    let log = home.path().join("log");
    let told = |flags: &[&str]| {
        drop(Program::start_with(&home, flags, &log));
        fs::read_to_string(&log).expect("a log").contains("--trusted-proxies contains the wide network 10.0.0.0/8")
    };
    assert!(told(&["--trusted-proxies=127.0.0.1,10.0.0.0/8"]));
    assert!(!told(&["--trusted-proxies=127.0.0.1,10.0.0.0/24"]));
}
