//! `jeton recovery`: regains access by opening the database, without a server and without a token
//! (docs/influxdb-compatibility.md §8).

mod auth;
mod org;
mod user;

use clap::Subcommand;

use jeton_client::{
    error::{Failure, Outcome},
    output::{Format, Printer},
    rows::NamedRow,
};
use jeton_service::{Error, recovery::RecoveryError};

use crate::server::data_dir::Purpose;

use super::{
    offline::{OfflineFlags, Opened, open},
    operation_failed,
};

/// Commands that need neither a server nor a token. With SQLite, the server must be stopped.
#[derive(Subcommand)]
pub enum Recovery {
    /// Manage authorizations, the records of API tokens
    #[command(subcommand)]
    Auth(auth::Auth),
    /// Manage users
    #[command(subcommand)]
    User(user::User),
    /// Manage organizations
    #[command(subcommand, visible_alias = "organization")]
    Org(org::Org),
}

impl Recovery {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::Auth(auth) => auth.run().await,
            Self::User(user) => user.run().await,
            Self::Org(org) => org.run().await,
        }
    }
}

/// Opens existing data; creates none.
async fn opened(flags: &OfflineFlags) -> Outcome<Opened> {
    open(&flags.storage, Purpose::Recover).await
}

/// Returns the value of a required flag, or influxd's error if it is missing.
fn required<'a>(flag: &str, value: Option<&'a str>) -> Outcome<&'a str> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| Failure::new(format!("must provide --{flag}")))
}

/// Returns users or organizations as rows.
fn rows<T>(found: Result<Vec<T>, Error>) -> Outcome<Vec<NamedRow>>
where
    NamedRow: From<T>,
{
    Ok(found.map_err(operation_failed)?.into_iter().map(NamedRow::from).collect())
}

/// Prints what was created. As in influxd, a table contains everything of its type.
fn print_created(printer: Printer, created: &NamedRow, all: &[NamedRow]) -> Outcome {
    match printer.format {
        Format::Table => printer.list(all, "[]"),
        Format::Json | Format::Yaml | Format::Env => printer.one(created),
    }
}

/// Returns the failure of a command, with a hint about what to do next.
fn failed(error: RecoveryError) -> Failure {
    let failure = Failure::new(error.to_string());
    match error {
        RecoveryError::NoUser { .. } => failure.hint("jeton recovery user list prints all users"),
        RecoveryError::NoOrg { .. } => failure.hint("jeton recovery org list prints all organizations"),
        RecoveryError::NoOrgs => failure.hint("create one with jeton recovery org create --org NAME"),
        RecoveryError::NotOneUser { .. } => failure.hint("identify the user with --username or --id"),
        _ => failure,
    }
}
