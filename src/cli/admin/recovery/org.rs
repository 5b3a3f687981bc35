//! `jeton recovery org`.

use clap::{Args, Subcommand};

use jeton_client::{error::Outcome, output::warn, rows::NamedRow};

use super::{OfflineFlags, failed, opened, print_created, required, rows};

/// Organizations, without a server.
#[derive(Subcommand)]
pub enum Org {
    /// List all organizations
    #[command(visible_aliases = ["ls", "find"])]
    List(List),
    /// Create an organization with its system buckets
    Create(Create),
}

/// Lists all organizations.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    flags: OfflineFlags,
}

/// Creates an organization.
#[derive(Args)]
pub struct Create {
    /// Name of the organization
    #[arg(long, value_name = "NAME")]
    org: Option<String>,
    /// Name of the user who becomes the owner of the organization
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    #[command(flatten)]
    flags: OfflineFlags,
}

impl Org {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::List(list) => list.run().await,
            Self::Create(create) => create.run().await,
        }
    }
}

impl List {
    async fn run(&self) -> Outcome {
        let printer = self.flags.print.printer()?;
        let opened = opened(&self.flags).await?;
        let rows = rows(opened.offline.orgs().await)?;
        opened.close().await;
        printer.list(&rows, "[]")
    }
}

impl Create {
    async fn run(&self) -> Outcome {
        let name = required("org", self.org.as_deref())?;
        let owner = self.username.as_deref().filter(|name| !name.is_empty());
        let printer = self.flags.print.printer()?;
        let opened = opened(&self.flags).await?;
        let created = NamedRow::from(opened.offline.create_org(name, owner).await.map_err(failed)?);
        let all = rows(opened.offline.orgs().await)?;
        opened.close().await;
        if owner.is_none() {
            warn(
                "warning: this organization has no owner; create one with jeton recovery user create --owner, or name \
                 an existing user with --username when you create an organization",
            );
        }
        print_created(printer, &created, &all)
    }
}
