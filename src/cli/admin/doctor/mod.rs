//! `jeton doctor`: examines an installation, and reports problems with their remedies.

mod backups;
mod certificate;
mod database;
mod finding;
mod gates;
mod machine;
mod permissions;
mod public_url;

use std::process::ExitCode;

use clap::Args;

use jeton_client::{
    error::{Failure, Outcome},
    output::print,
};
use jeton_model::Timestamp;
use jeton_service::Clock;

use crate::config::{Config, ConfigFile};

use finding::{Finding, Status};

/// The settings of the server, and the format of the output.
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    config: Config,

    /// Print JSON: a list of objects with check, status (ok, warning or failed) and sentence
    #[arg(long)]
    json: bool,
}

impl Doctor {
    /// Examines the gates of a configuration file too.
    pub fn read_file(&mut self, file: Option<ConfigFile>) {
        self.config.file = file;
    }

    /// Runs the command. The exit code is 1 if a check fails.
    pub async fn run(self) -> Outcome<ExitCode> {
        super::offline::log();
        let findings = examine(&self.config, Clock::System.now()).await;
        let text = if self.json { json(&findings)? } else { findings.iter().map(Finding::line).collect::<String>() };
        print(&text)?;
        let has_failed = findings.iter().any(|finding| finding.status == Status::Failed);
        Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn json(findings: &[Finding]) -> Outcome<String> {
    let text = serde_json::to_string_pretty(findings).map_err(|error| Failure::new(error.to_string()))?;
    Ok(text + "\n")
}

async fn examine(config: &Config, now: Timestamp) -> Vec<Finding> {
    let data = database::examine(config).await;
    let mut findings = vec![machine::clock(now, data.last_entry)];
    findings.extend(machine::disks(config));
    findings.extend(permissions::examine(config));
    findings.extend(data.findings);
    findings.extend(public_url::examine(config, data.key.as_ref(), now).await);
    findings.extend(certificate::examine(config, now));
    findings.extend(gates::examine(config).await);
    findings.push(backups::examine(config, now));
    findings
}
