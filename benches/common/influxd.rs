//! influxd, for comparison, if `INFLUXD` names its program.

use std::{process::Command, time::Duration};

use tempfile::TempDir;

use super::{
    Result,
    load::Request,
    process::{Process, free_address},
    server::First,
};

/// A running influxd, set up.
pub struct Influxd {
    /// The process.
    pub process: Process,
    /// The result of the set-up.
    pub first: First,
    /// Time from its start to its first answer.
    pub start: Duration,
    _directory: TempDir,
}

impl Influxd {
    /// Starts influxd; `None` if no program is named.
    pub async fn start() -> Result<Option<Self>> {
        let Ok(program) = std::env::var("INFLUXD") else { return Ok(None) };
        let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let address = free_address()?;
        let mut command = Command::new(program);
        command
            .arg(format!("--bolt-path={}", directory.path().join("influxd.bolt").display()))
            .arg(format!("--sqlite-path={}", directory.path().join("influxd.sqlite").display()))
            .arg(format!("--engine-path={}", directory.path().join("engine").display()))
            .arg(format!("--http-bind-address={address}"))
            .args(["--reporting-disabled", "--log-level=error"]);
        let process = Process::other(command, address)?;
        let start = process.first_answer(&Request::get("/health", &[], 200), Duration::from_secs(60)).await?;
        let first = First::set_up(address).await?;
        Ok(Some(Self { process, first, start, _directory: directory }))
    }
}
