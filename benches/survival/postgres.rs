//! A PostgreSQL of its own, which is stopped and started while Jeton uses it.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    Outcome,
    common::{
        Result,
        process::{find, free_address},
    },
};

/// The outcome of a scenario for which PostgreSQL is missing.
pub const LEFT_OUT: Outcome = Outcome::LeftOut("PostgreSQL is not installed");
/// Number of attempts to start on a port that is still free.
const ATTEMPTS: usize = 5;

/// A cluster, stopped and removed when dropped.
pub struct Postgres {
    directory: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts a new cluster; `None` if PostgreSQL is not installed.
    pub fn start() -> Result<Option<Self>> {
        let Some(programs) = programs() else { return Ok(None) };
        let mut cluster = Self { directory: directory()?, programs, port: 0 };
        let data = cluster.data();
        let mut create = cluster.program("initdb");
        create.args(["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]);
        run(create.arg("--pgdata").arg(data), "initdb")?;
        for _ in 0..ATTEMPTS {
            cluster.port = free_address()?.port();
            if cluster.resume().is_ok() {
                return Ok(Some(cluster));
            }
        }
        Err("PostgreSQL did not start".into())
    }

    /// Returns the URL of its database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops it. `mode`: `fast` ends the sessions, `immediate` ends the processes without a checkpoint.
    pub fn stop(&self, mode: &str) -> Result<()> {
        let mut stop = self.program("pg_ctl");
        run(stop.args(["stop", "--wait", "--mode", mode, "--pgdata"]).arg(self.data()), "pg_ctl stop")
    }

    /// Starts it again, and waits until it accepts connections.
    pub fn resume(&self) -> Result<()> {
        let (folder, port) = (self.directory.path().display(), self.port);
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c max_connections=100"
        );
        let mut start = self.program("pg_ctl");
        start.args(["start", "--wait", "--options", &options, "--pgdata"]).arg(self.data());
        run(start.arg("--log").arg(self.directory.path().join("log")), "pg_ctl start")
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        as_postgres(&self.programs.join(name))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.stop("immediate"));
    }
}

/// Returns the folder of PostgreSQL's programs: Debian has one for each version, outside PATH.
pub fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.retain(|folder| folder.join("initdb").is_file());
    folders.sort();
    folders.pop().or_else(|| find("initdb")?.parent().map(Path::to_path_buf))
}

/// Returns a directory that PostgreSQL may write. It is in `/tmp`, because the path of a socket must be short.
pub fn directory() -> Result<TempDir> {
    let directory = TempDir::new()?;
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(directory.path()), "chown")?;
    }
    Ok(directory)
}

/// Returns the command of a program that does not run as root. Its process is the program's own: signals reach it.
pub fn as_postgres(program: &Path) -> Command {
    let mut command = if is_root() { Command::new("setpriv") } else { Command::new(program) };
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
    }
    // The user postgres may not be allowed to be where this program was started.
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Runs a command whose children may outlive it, and would keep a pipe open.
fn run(command: &mut Command, name: &str) -> Result<()> {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed").into()) }
}
