//! A database of Debian, started for one test.

use std::{net::SocketAddr, path::Path, process::Command};

use tempfile::TempDir;

use crate::{
    left_out,
    support::{
        process::{Process, find},
        server::client,
    },
};

use super::played::listen_apart;

/// A database that listens on a free port, stopped at the end of the test.
pub struct Program {
    pub address: SocketAddr,
    /// A client that goes past the gate.
    pub http: reqwest::Client,
    process: Process,
    _directory: TempDir,
}

impl Program {
    /// Starts a program; `None` if it is not installed. `scripts/setup` installs it. `health`: a path that it answers
    /// with success once it is ready. `configure`: adds the arguments, for the address and a directory of its own.
    pub async fn start(name: &str, health: &str, configure: fn(&mut Command, SocketAddr, &Path)) -> Option<Self> {
        let Some(program) = find(name) else {
            left_out::without(name);
            return None;
        };
        // Another program may take the port between finding and using it.
        for _ in 0..5 {
            let mut started = Self::spawn(&program, configure);
            if started.answers(health).await {
                return Some(started);
            }
        }
        panic!("{name} does not start");
    }

    fn spawn(program: &Path, configure: fn(&mut Command, SocketAddr, &Path)) -> Self {
        let address = listen_apart().local_addr().unwrap();
        let directory = TempDir::new().unwrap();
        let mut command = Command::new(program);
        configure(&mut command, address, directory.path());
        Self { address, http: client(), process: Process::start(&mut command), _directory: directory }
    }

    /// Waits until it answers; returns false if it ended before.
    async fn answers(&mut self, health: &str) -> bool {
        let (http, health) = (&self.http, self.url(health));
        let answered = async || http.get(&health).send().await.is_ok_and(|answer| answer.status().is_success());
        self.process.becomes_ready(answered).await
    }

    /// Returns the URL of a path, past the gate.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}
