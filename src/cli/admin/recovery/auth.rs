//! `jeton recovery auth`.

use clap::{Args, Subcommand};
use serde::Serialize;

use jeton_client::{
    error::Outcome,
    output::{Format, Printer, Shown},
};
use jeton_model::{AuthorizationId, console::tokens::Details};

use crate::cli::admin::{offline::Opened, operation_failed};

use super::{OfflineFlags, failed, opened, required};

/// Authorizations, without a server.
#[derive(Subcommand)]
pub enum Auth {
    /// List all authorizations
    #[command(visible_aliases = ["ls", "find"])]
    List(List),
    /// Create an operator token for a user and print it; it is shown only once
    CreateOperator(CreateOperator),
}

/// Lists all authorizations, those of deleted users included.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    flags: OfflineFlags,
}

/// Creates a token that may do everything in every organization.
#[derive(Args)]
pub struct CreateOperator {
    /// Name of the owner
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// Name of the organization
    #[arg(long, value_name = "NAME")]
    org: Option<String>,
    #[command(flatten)]
    flags: OfflineFlags,
}

/// A row of the list (docs/influxdb-compatibility.md §8).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    description: String,
    /// Empty, unless the token was just created.
    token: String,
    status: String,
    user_name: String,
    #[serde(rename = "userID")]
    user_id: String,
    permissions: Vec<String>,
}

impl Row {
    fn new(details: Details, token: &str) -> Self {
        let authorization = details.authorization;
        Self {
            id: authorization.id.to_string(),
            description: authorization.description,
            token: token.into(),
            status: authorization.status.name().into(),
            user_name: details.user_name.unwrap_or_default(),
            user_id: authorization.user.to_string(),
            permissions: authorization.permissions.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Shown for Row {
    fn columns() -> Vec<&'static str> {
        vec!["ID", "User Name", "User ID", "Description", "Token", "Permissions"]
    }

    fn cells(&self) -> Vec<String> {
        let token = if self.token.is_empty() { "REDACTED" } else { &self.token };
        vec![
            self.id.clone(),
            self.user_name.clone(),
            self.user_id.clone(),
            self.description.clone(),
            token.into(),
            format!("[{}]", self.permissions.join(" ")),
        ]
    }
}

impl Auth {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::List(list) => {
                let printer = list.flags.print.printer()?;
                let opened = opened(&list.flags).await?;
                print_all(printer, &opened, None).await?;
                opened.close().await;
            }
            Self::CreateOperator(create) => create.run().await?,
        }
        Ok(())
    }
}

impl CreateOperator {
    async fn run(&self) -> Outcome {
        let username = required("username", self.username.as_deref())?;
        let org = required("org", self.org.as_deref())?;
        let printer = self.flags.print.printer()?;
        let opened = opened(&self.flags).await?;
        let created = opened.offline.create_operator(username, org).await.map_err(failed)?;
        let (id, token) = (created.details.authorization.id, created.token.expose());
        match printer.format {
            // As in influxd: the table contains all authorizations, the new one with its token.
            Format::Table => print_all(printer, &opened, Some((id, token))).await?,
            Format::Json | Format::Yaml | Format::Env => printer.one(&Row::new(created.details, token))?,
        }
        opened.close().await;
        Ok(())
    }
}

/// Prints every authorization, page by page, and the token of the one that was just created.
async fn print_all(printer: Printer, opened: &Opened, new: Option<(AuthorizationId, &str)>) -> Outcome {
    let mut listing = printer.listing::<Row>("[]");
    let mut after = None;
    loop {
        let page = opened.offline.authorizations(after).await.map_err(operation_failed)?;
        let Some(last) = page.last() else { break };
        after = Some(last.authorization.id);
        let row = |details: Details| {
            let token = new.filter(|(id, _)| *id == details.authorization.id).map_or("", |(_, token)| token);
            Row::new(details, token)
        };
        listing.add(&page.into_iter().map(row).collect::<Vec<_>>())?;
    }
    listing.end()
}
