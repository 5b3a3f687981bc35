//! `jeton recovery user`.

use clap::{Args, Subcommand};
use secrecy::SecretString;

use jeton_client::{
    error::{Failure, Outcome},
    rows::NamedRow,
    secret,
};
use jeton_model::{UserId, org::Role};
use jeton_service::recovery::RecoveredUser;

use super::{OfflineFlags, failed, opened, print_created, required, rows};

/// Users, without a server.
#[derive(Subcommand)]
pub enum User {
    /// List all users
    #[command(visible_aliases = ["ls", "find"])]
    List(List),
    /// Create a user who can sign in and belongs to an organization
    Create(Create),
    /// Set a user's password and end their sessions
    Update(Update),
}

/// Lists all users.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    flags: OfflineFlags,
}

/// Creates a user.
#[derive(Args)]
pub struct Create {
    /// Name of the user
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Password of the user; - reads it from standard input. Prompted for on a terminal if omitted
    #[arg(long, allow_hyphen_values = true, value_name = "PASSWORD")]
    password: Option<SecretString>,
    /// Name of the organization; optional if there is only one
    #[arg(long, value_name = "NAME")]
    org: Option<String>,
    /// Make the user an owner of the organization
    #[arg(long)]
    owner: bool,
    #[command(flatten)]
    flags: OfflineFlags,
}

/// Sets a password.
#[derive(Args)]
pub struct Update {
    /// Name of the user
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Id of the user
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// New password of the user; - reads it from standard input. Prompted for on a terminal if omitted
    #[arg(long, allow_hyphen_values = true, value_name = "PASSWORD")]
    password: Option<SecretString>,
    #[command(flatten)]
    flags: OfflineFlags,
}

impl User {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::List(list) => list.run().await,
            Self::Create(create) => create.run().await,
            Self::Update(update) => update.run().await,
        }
    }
}

impl List {
    async fn run(&self) -> Outcome {
        let printer = self.flags.print.printer()?;
        let opened = opened(&self.flags).await?;
        let rows = rows(opened.offline.users().await)?;
        opened.close().await;
        printer.list(&rows, "[]")
    }
}

impl Create {
    async fn run(&self) -> Outcome {
        let username = required("username", self.username.as_deref())?;
        let printer = self.flags.print.printer()?;
        let missing = "must provide --password";
        // The data are opened before a password is typed, in case the server still runs.
        let opened = opened(&self.flags).await?;
        let password = password(self.password.as_ref(), username, missing)?;
        let role = if self.owner { Role::Owner } else { Role::Member };
        let new = RecoveredUser { name: username.into(), password, org: self.org.clone(), role };
        let created = NamedRow::from(opened.offline.create_user(new).await.map_err(failed)?);
        let all = rows(opened.offline.users().await)?;
        opened.close().await;
        print_created(printer, &created, &all)
    }
}

impl Update {
    async fn run(&self) -> Outcome {
        let id = match self.id.as_deref().filter(|id| !id.is_empty()) {
            Some(id) => {
                Some(id.parse::<UserId>().map_err(|error| Failure::new(format!("invalid id \"{id}\": {error}")))?)
            }
            None => None,
        };
        let name = self.username.as_deref().filter(|name| !name.is_empty());
        let printer = self.flags.print.printer()?;
        let who = name.or(self.id.as_deref()).unwrap_or("the user");
        let opened = opened(&self.flags).await?;
        let missing = "must provide a new password to set, with --password";
        let password = password(self.password.as_ref(), who, missing)?;
        let user = opened.offline.set_user_password(id, name, &password).await.map_err(failed)?;
        opened.close().await;
        printer.one(&NamedRow::from(user))
    }
}

/// Returns the password of the flag, of standard input, or of the prompt on a terminal.
fn password(flag: Option<&SecretString>, who: &str, missing: &str) -> Outcome<SecretString> {
    match secret::given(flag)? {
        Some(password) => Ok(password),
        None if secret::can_ask() => secret::ask(&format!("Please type new password for \"{who}\""), true),
        None => Err(Failure::new(missing)),
    }
}
