//! A database of Debian, started for one test.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;

use crate::{left_out, support::server::client};

use super::played::listen_apart;

/// Maximum time for a start on a slow machine.
const WITHIN: Duration = Duration::from_secs(60);

/// A database that listens on a free port, stopped at the end of the test.
pub struct Program {
    pub address: SocketAddr,
    /// A client that goes past the gate.
    pub http: reqwest::Client,
    child: Child,
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
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { address, http: client(), child: command.spawn().unwrap(), _directory: directory }
    }

    /// Waits until it answers; returns false if it ended before.
    async fn answers(&mut self, health: &str) -> bool {
        let health = self.url(health);
        let asked = async {
            loop {
                if self.child.try_wait().unwrap().is_some() {
                    return false;
                }
                if self.http.get(&health).send().await.is_ok_and(|answer| answer.status().is_success()) {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(WITHIN, asked).await.unwrap_or(false)
    }

    /// Returns the URL of a path, past the gate.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/bin")]);
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}
