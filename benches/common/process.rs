//! Programs that are started for a measurement, and their memory.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::{
    Result,
    load::{Connection, Request},
};

/// A program, killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    started: Instant,
    /// The address of its listener.
    pub address: SocketAddr,
}

impl Process {
    /// Starts `jeton serve` with these flags and waits for its address. `log`: where its errors go.
    pub fn jeton(flags: &[String], log: &Path) -> Result<Self> {
        Self::jeton_by(Command::new(env!("CARGO_BIN_EXE_jeton")), flags, log)
    }

    /// Starts `jeton serve` through a command that runs the program with the arguments that are appended.
    pub fn jeton_by(mut command: Command, flags: &[String], log: &Path) -> Result<Self> {
        command.arg("serve").args(flags).env("JETON_LOG", "warn");
        command.stdout(Stdio::piped()).stderr(fs::OpenOptions::new().create(true).append(true).open(log)?);
        let started = Instant::now();
        let mut child = command.spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().ok_or("no standard output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim_end().rsplit_once("http://").and_then(|(_, address)| address.parse().ok());
        let address = address.ok_or_else(|| format!("Jeton did not start; {} says why", log.display()))?;
        Ok(Self { child, started, address })
    }

    /// Starts another server, which will listen at the address.
    pub fn other(mut command: Command, address: SocketAddr) -> Result<Self> {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let started = Instant::now();
        Ok(Self { child: command.spawn()?, started, address })
    }

    /// Sends a request until it is answered as expected; returns the time since the start.
    pub async fn first_answer(&self, request: &Request, within: Duration) -> Result<Duration> {
        loop {
            let answered = match Connection::to(self.address).await {
                Ok(mut connection) => connection.send(request).await.map(drop),
                Err(error) => Err(error),
            };
            match answered {
                Ok(()) => return Ok(self.started.elapsed()),
                Err(error) if self.started.elapsed() > within => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    }

    /// Returns the id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the resident memory in bytes, mapped pages of files included.
    pub fn resident(&self) -> Result<u64> {
        resident(self.child.id())
    }

    /// Stops the program with a signal; waits until it has ended. Returns whether it ended well.
    pub fn end(mut self, signal: &str) -> Result<bool> {
        Command::new("kill").arg(signal).arg(self.child.id().to_string()).status()?;
        Ok(self.child.wait()?.success())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Returns an address with a port that is free now.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Finds a program, which Debian may install outside the PATH of users who are not root.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/bin", "/usr/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Returns the number of files that this process may open.
pub fn open_files() -> Result<u64> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).ok_or("no limits in /proc")?;
    let soft = line.split_whitespace().next().unwrap_or_default();
    Ok(if soft == "unlimited" { u64::MAX } else { soft.parse()? })
}

fn resident(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS in /proc")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024)
}
