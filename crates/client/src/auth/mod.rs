//! `jeton auth` (docs/influxdb-compatibility.md §7.4), and Jeton's own subcommands of it.

mod asking;
mod check;
mod create;
mod delete;
mod describe;
mod dry_run;
mod list;
mod narrow;
mod new_token;
mod revoke;
mod rotate;
mod status;
pub(crate) mod uses;

pub use new_token::variables;

use clap::Subcommand;

use jeton_model::Status;

use crate::error::Outcome;

/// The commands for authorizations.
#[derive(Subcommand)]
pub enum Auth {
    /// Create an authorization and print its token
    Create(Box<create::Create>),
    /// Delete an authorization
    Delete(Box<delete::Delete>),
    /// List authorizations
    #[command(visible_aliases = ["find", "ls"])]
    List(Box<list::List>),
    /// Activate an authorization
    Active(Box<status::Switch>),
    /// Deactivate an authorization, or the authorizations that were created with it
    Inactive(Box<status::Deactivate>),
    /// Describe what a token can do, what is implied and what it cannot do
    Describe(Box<describe::Describe>),
    /// Replace a token by a new one, with the same permissions or others
    Rotate(Box<rotate::Rotate>),
    /// Replace a token by one with the permissions that gates saw it use in the last 30 days
    Narrow(Box<narrow::Narrow>),
    /// Check whether a token works and what it may do
    Check(Box<check::Check>),
    /// List the last uses of a token through gates, by bucket and action
    Uses(Box<uses::Uses>),
    /// Revoke a token by its value, read from standard input
    Revoke(Box<revoke::Revoke>),
}

impl Auth {
    /// Runs the command. `Check` has an exit code of its own: see [`check::Check::run`].
    pub async fn run(self) -> Outcome {
        match self {
            Self::Create(create) => create.run().await,
            Self::Delete(delete) => delete.run().await,
            Self::List(list) => list.run().await,
            Self::Active(switch) => switch.run(Status::Active).await,
            Self::Inactive(deactivate) => deactivate.run().await,
            Self::Describe(describe) => describe.run().await,
            Self::Rotate(rotate) => rotate.run().await,
            Self::Narrow(narrow) => narrow.run().await,
            Self::Check(check) => check.run().await.map(drop),
            Self::Uses(uses) => uses.run().await,
            Self::Revoke(revoke) => revoke.run().await,
        }
    }
}
