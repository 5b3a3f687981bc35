//! A real influxd 1.x.

use std::{fs, net::SocketAddr, path::Path, process::Command};

use reqwest::RequestBuilder;

use crate::support::server::answer;

use super::program::Program;

/// Name and password of the administrator of an influxd with authentication.
const ADMIN: (&str, &str) = ("root", "past the gate");
/// The secret that an influxd with authentication shares with a gate.
pub const SHARED_SECRET: &str = "the secret of influxd and the gate";

/// An influxd, which goes on until it is dropped.
pub struct Influxd {
    program: Program,
    is_guarded: bool,
}

impl Influxd {
    /// Starts one without authentication; `None` if it is not installed.
    pub async fn start() -> Option<Self> {
        let program = Program::start("influxd", "/ping", configure_open).await?;
        Some(Self { program, is_guarded: false })
    }

    /// Starts one with authentication; `None` if it is not installed.
    pub async fn start_guarded() -> Option<Self> {
        let program = Program::start("influxd", "/ping", configure_guarded).await?;
        let started = Self { program, is_guarded: true };
        let (name, password) = ADMIN;
        // The first user is created without credentials; those that are sent are not looked at.
        started.execute(&format!("CREATE USER {name} WITH PASSWORD '{password}' WITH ALL PRIVILEGES")).await;
        Some(started)
    }

    pub fn address(&self) -> SocketAddr {
        self.program.address
    }

    /// Executes a statement past the gate; returns the answer's text.
    pub async fn execute(&self, statement: &str) -> String {
        let query = self.program.http.post(self.program.url("/query")).query(&[("q", statement)]);
        let done = answer(self.as_admin(query)).await;
        assert_eq!(done.status, 200, "{}", done.body);
        done.body
    }

    /// Writes a row past the gate.
    pub async fn write(&self, database: &str, row: &str) {
        let write = self.program.http.post(self.program.url("/write")).query(&[("db", database)]);
        let written = answer(self.as_admin(write.body(row.to_owned()))).await;
        assert_eq!(written.status, 204, "{}", written.body);
    }

    fn as_admin(&self, request: RequestBuilder) -> RequestBuilder {
        let (name, password) = ADMIN;
        if self.is_guarded { request.basic_auth(name, Some(password)) } else { request }
    }
}

fn configure_open(command: &mut Command, address: SocketAddr, directory: &Path) {
    configure(command, address, directory, false);
}

fn configure_guarded(command: &mut Command, address: SocketAddr, directory: &Path) {
    configure(command, address, directory, true);
}

fn configure(command: &mut Command, address: SocketAddr, directory: &Path, is_guarded: bool) {
    let (file, directory) = (directory.join("conf"), directory.display());
    let configuration = format!(
        "reporting-disabled = true\n\
         bind-address = \"127.0.0.1:0\"\n\
         [meta]\ndir = \"{directory}/meta\"\n\
         [data]\ndir = \"{directory}/data\"\nwal-dir = \"{directory}/wal\"\n\
         [monitor]\nstore-enabled = false\n\
         [http]\nbind-address = \"{address}\"\nauth-enabled = {is_guarded}\n\
         shared-secret = \"{SHARED_SECRET}\"\n"
    );
    fs::write(&file, configuration).unwrap();
    command.arg("-config").arg(file);
}
