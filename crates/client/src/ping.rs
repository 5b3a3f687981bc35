//! `jeton ping` and `jeton version`.

use clap::Args;
use serde::Deserialize;

use crate::{
    error::{Failure, Outcome},
    http::Client,
    output::print,
    server_flags::ServerFlags,
};

/// Asks whether the server and its database answer; needs no token.
#[derive(Args)]
pub struct Ping {
    #[command(flatten)]
    server: ServerFlags,
}

#[derive(Deserialize)]
struct Health {
    #[serde(default)]
    status: String,
    #[serde(default)]
    message: String,
}

impl Ping {
    /// Prints `OK`.
    pub async fn run(&self) -> Outcome {
        let client = Client::anonymous(&self.server, &self.server.profile()?)?;
        let health: Outcome<Health> = client.get("/health").read().await;
        match health {
            Ok(health) if health.status == "pass" => print("OK\n"),
            Ok(health) => Err(Failure::new(format!("health check failed: {}", health.message))),
            Err(failure) if failure.status().is_some() => Err(failure.while_doing("health check failed")),
            Err(failure) => Err(failure),
        }
    }
}

/// Prints this program's version, in the format of `influx version`.
pub fn version() -> Outcome {
    let commit = option_env!("JETON_COMMIT").unwrap_or("none");
    let date = option_env!("JETON_BUILD_DATE").unwrap_or("unknown");
    print(&format!("Jeton CLI {} (git: {commit}) build_date: {date}\n", env!("CARGO_PKG_VERSION")))
}
