//! The command line.

mod audit;

use std::{io::IsTerminal as _, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::{
    config::{Config, LogFormat},
    server,
};

/// Where the API tokens of an InfluxDB-compatible stack live
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the console and the API
    Serve(Box<Config>),
    /// Checks the audit log
    #[command(subcommand)]
    Audit(audit::Audit),
}

/// Reads the command line and does what it says. What goes wrong is one sentence on standard error.
pub async fn run() -> ExitCode {
    let config = match Line::parse().command {
        Command::Serve(config) => config,
        Command::Audit(command) => return audit::run(command).await,
    };
    log(config.log_format);
    match server::serve(*config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jeton: {error}");
            ExitCode::FAILURE
        }
    }
}

fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_env("JETON_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => subscriber.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => subscriber.json().init(),
    }
}
