//! The real binary, with a home directory of its own and without the tests' environment.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::home::Home;

use super::server::{First, Server};

/// Starts a server, sets it up, and returns it with a shell that has the operator token.
pub async fn signed_in(home: &Home) -> (Server, First, Shell) {
    let server = Server::start(home).await;
    let first = server.set_up().await;
    let shell = Shell::new(&server).with("INFLUX_TOKEN", &first.token).with("INFLUX_ORG", "acme");
    (server, first, shell)
}

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_jeton");

/// A certificate that no server under test has. The program reads it in place of those that the machine trusts, hundreds
/// of them at each command.
const AUTHORITIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/jeton/tls/expired.crt");

/// The hint after a table of tokens.
pub const HINT: &str = "Hint: a token is shown once, when it is created, and never in a list; \
                        jeton auth create --output env prints a new one for a script\n";

/// A shell with variables and profiles.
pub struct Shell {
    home: TempDir,
    variables: Vec<(String, String)>,
}

/// The output of a command.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Shell {
    /// Returns a shell without profiles and with the server in `INFLUX_HOST`.
    pub fn new(server: &Server) -> Self {
        Self::at(&format!("http://{}", server.address))
    }

    /// Returns a shell for any server at this address.
    pub fn at(host: &str) -> Self {
        let shell = Self { home: TempDir::new().expect("a home"), variables: Vec::new() };
        shell.with("INFLUX_HOST", host)
    }

    /// Sets a variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Returns the path of the profiles.
    pub fn configs(&self) -> PathBuf {
        self.home().join(".influxdbv2").join("configs")
    }

    /// Runs a command whose words are separated by spaces.
    pub async fn run(&self, line: &str) -> Said {
        self.run_with(&words(line), "").await
    }

    /// Runs a command with this standard input. The server, which is in the same process, keeps answering.
    pub async fn run_with(&self, arguments: &[String], input: &str) -> Said {
        let mut command = Command::new(PROGRAM);
        command.args(arguments);
        self.set(&mut command);
        perform(command, input).await
    }

    /// Runs a line in a shell, as typed there.
    pub async fn type_in(&self, line: &str) -> Said {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(line);
        self.set(&mut command);
        perform(command, "").await
    }

    /// Returns a command whose words are separated by spaces, to be run in another way.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(words(line));
        self.set(&mut command);
        command
    }

    /// Sets the home directory and the variables.
    fn set(&self, command: &mut Command) {
        let folder = Path::new(PROGRAM).parent().expect("a folder");
        command.env_clear().env("HOME", self.home()).env("PATH", folder).env("SSL_CERT_FILE", AUTHORITIES);
        command.envs(self.variables.clone());
    }

    /// Runs a command that must succeed; returns its output.
    #[track_caller]
    pub fn ok(&self, line: &str) -> impl Future<Output = String> {
        let line = line.to_owned();
        async move {
            let said = self.run(&line).await;
            assert_eq!(said.code, Some(0), "{line}: {said:?}");
            said.stdout
        }
    }

    /// Runs a command that must succeed and print JSON.
    pub async fn json(&self, line: &str) -> Value {
        let text = self.ok(&format!("{line} --json")).await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error} in {text}"))
    }

    /// Runs a command that must fail; returns its sentence without `Error: `, and what follows it.
    pub async fn fails(&self, line: &str) -> (String, String) {
        let said = self.run(line).await;
        assert_eq!(said.code, Some(1), "{line}: {said:?}");
        let said = said.without_warnings();
        let (first, rest) = said.split_once('\n').unwrap_or((&said, ""));
        (first.strip_prefix("Error: ").unwrap_or_else(|| panic!("{line}: {said}")).into(), rest.into())
    }
}

async fn perform(mut command: Command, input: &str) -> Said {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let input = input.to_owned();
    let run = move || {
        let mut child = command.spawn().expect("the program");
        let mut stdin = child.stdin.take().expect("its input");
        // A command that reads nothing may have ended already.
        drop(stdin.write_all(input.as_bytes()));
        drop(stdin);
        child.wait_with_output().expect("its end")
    };
    let output = tokio::task::spawn_blocking(run).await.expect("a run");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Said { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

impl Said {
    /// Returns standard error without warnings about secrets on the command line.
    pub fn without_warnings(&self) -> String {
        let lines = self.stderr.split_inclusive('\n');
        lines.filter(|line| !line.starts_with("warning: ")).collect()
    }
}

/// Splits a line into words as a shell does: double quotes keep spaces.
pub fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            letter => words.last_mut().expect("a word").push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
