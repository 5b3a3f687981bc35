//! `jeton telegrafs`: Telegraf configurations, with the commands and flags of `influx`.

mod change;

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use jeton_model::TelegrafId;

use crate::{
    error::{Failure, Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags, Session},
    output::{Format, Shown},
    resolve,
};

const PATH: &str = "/api/v2/telegrafs";

/// Lists the configurations, or manages them.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Telegrafs {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    list: List,
}

#[derive(Subcommand)]
enum Command {
    /// Create a Telegraf configuration
    Create(Box<change::Create>),
    /// List Telegraf configurations
    #[command(visible_aliases = ["find", "ls"])]
    List(Box<List>),
    /// Update a Telegraf configuration
    Update(Box<change::Update>),
    /// Delete Telegraf configurations
    #[command(visible_aliases = ["remove", "delete"])]
    Rm(Box<change::Remove>),
}

/// The configurations to list.
#[derive(Args)]
struct List {
    #[command(flatten)]
    org: OrgFlags,

    /// Id or name of the configuration
    #[arg(long, short, value_name = "ID")]
    id: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

impl Telegrafs {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self.command {
            Some(Command::Create(create)) => create.run().await,
            Some(Command::List(list)) => list.run().await,
            Some(Command::Update(update)) => update.run().await,
            Some(Command::Rm(remove)) => remove.run().await,
            None => self.list.run().await,
        }
    }
}

/// A configuration as the API returns it.
#[derive(Deserialize, Serialize)]
#[serde(transparent)]
struct Row(Value);

#[derive(Deserialize, Serialize)]
struct Configurations {
    #[serde(default)]
    configurations: Vec<Row>,
}

impl Row {
    fn text(&self, name: &str) -> String {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

impl Shown for Row {
    fn columns() -> Vec<&'static str> {
        vec!["ID", "OrgID", "Name", "Description"]
    }

    fn cells(&self) -> Vec<String> {
        ["id", "orgID", "name", "description"].map(|name| self.text(name)).into()
    }
}

impl List {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        if let Some(text) = self.id.as_deref().filter(|id| !id.is_empty()) {
            let id = by_id_or_name(&session, text, &self.org).await?;
            let found = session.client.get(path(id)).read::<Row>().await;
            let found = found.while_doing(format!("failed to get telegraf config with ID {text:?}"))?;
            return session.printer.one(&found);
        }
        let org = resolve::any_org(&session.client, &session.profile, &self.org).await?;
        let org = org.ok_or_else(|| Failure::new("at least one of org, org-id, or id must be provided"))?.to_string();
        let found = session.client.get(PATH).query("orgID", &org).read::<Configurations>().await;
        let found = found.while_doing(format!("failed to get telegraf configs from org {org:?}"))?;
        match session.printer.format {
            Format::Table => session.printer.list(&found.configurations, ""),
            Format::Json | Format::Yaml | Format::Env => session.printer.value(&found),
        }
    }
}

fn path(id: TelegrafId) -> String {
    format!("{PATH}/{id}")
}

/// Returns an id as it is, or looks up a name in the organization.
async fn by_id_or_name(session: &Session, text: &str, org: &OrgFlags) -> Outcome<TelegrafId> {
    match text.parse() {
        Ok(id) => Ok(id),
        Err(_) => {
            let org = resolve::org(&session.client, &session.profile, org).await?;
            resolve::telegraf(&session.client, text, org).await
        }
    }
}
