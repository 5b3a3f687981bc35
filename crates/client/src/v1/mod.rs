//! `jeton v1`: credentials and mappings for 1.x clients.

mod auth;
mod dbrp;

use clap::Subcommand;

use crate::error::Outcome;

/// The commands for 1.x clients.
#[derive(Subcommand)]
pub enum V1 {
    /// Manage the credentials of 1.x clients
    #[command(subcommand, visible_alias = "authorization")]
    Auth(auth::Auth),
    /// Manage the mappings of 1.x databases and retention policies to buckets
    #[command(subcommand)]
    Dbrp(dbrp::Dbrp),
}

impl V1 {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::Auth(auth) => auth.run().await,
            Self::Dbrp(dbrp) => dbrp.run().await,
        }
    }
}
