//! `jeton org` (docs/influxdb-compatibility.md §7.6).

mod members;
mod rules;

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;

use jeton_model::OrgId;

use crate::{
    environment::either,
    error::{Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags},
    output::Deleted,
    resolve,
    rows::NamedRow,
};

/// Maximum number of organizations per page.
const PAGE: usize = 100;

/// The commands for organizations.
#[derive(Subcommand)]
pub enum Org {
    /// Create an organization
    Create(Box<Create>),
    /// List organizations
    #[command(visible_aliases = ["find", "ls"])]
    List(Box<List>),
    /// Update an organization
    Update(Box<Update>),
    /// Delete an organization
    Delete(Box<Delete>),
    /// Manage the members of an organization
    #[command(subcommand)]
    Members(members::Members),
    /// Manage the rules of an organization for its tokens
    #[command(subcommand)]
    Rules(rules::Rules),
}

/// An organization to create.
#[derive(Args)]
pub struct Create {
    /// Name of the organization (required)
    #[arg(long, short, value_name = "NAME")]
    name: String,

    /// Description of the organization
    #[arg(long, short, default_value = "", hide_default_value = true, value_name = "TEXT")]
    description: String,

    #[command(flatten)]
    common: CommonFlags,
}

/// The organizations to list.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    common: CommonFlags,
}

/// An organization to change.
#[derive(Args)]
pub struct Update {
    /// Id or name of the organization (required)
    #[arg(long, short, env = either("JETON_ORG_ID", "INFLUX_ORG_ID"), value_name = "ID")]
    id: String,

    /// New name of the organization
    #[arg(long, short, env = either("JETON_ORG", "INFLUX_ORG"), value_name = "NAME")]
    name: Option<String>,

    /// Description of the organization
    #[arg(long, short, env = either("JETON_ORG_DESCRIPTION", "INFLUX_ORG_DESCRIPTION"), value_name = "TEXT")]
    description: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

/// An organization to delete, and all that is in it.
#[derive(Args)]
pub struct Delete {
    /// Id or name of the organization (required)
    #[arg(long, short, env = either("JETON_ORG_ID", "INFLUX_ORG_ID"), value_name = "ID")]
    id: String,

    #[command(flatten)]
    common: CommonFlags,
}

/// An organization, by `--id` or `--name`.
#[derive(Args, Clone, Debug)]
pub struct Which {
    /// Id or name of the organization
    #[arg(long, short, env = either("JETON_ORG_ID", "INFLUX_ORG_ID"), value_name = "ID")]
    id: Option<String>,

    /// Name of the organization
    #[arg(long, short, env = either("JETON_ORG", "INFLUX_ORG"), value_name = "NAME")]
    name: Option<String>,
}

impl Which {
    fn flags(&self) -> OrgFlags {
        OrgFlags { org_id: self.id.clone(), org: self.name.clone() }
    }
}

#[derive(Deserialize)]
struct Orgs {
    #[serde(default)]
    orgs: Vec<NamedRow>,
}

impl Org {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::Create(create) => create.run().await,
            Self::List(list) => list.run().await,
            Self::Update(update) => update.run().await,
            Self::Delete(delete) => delete.run().await,
            Self::Members(members) => members.run().await,
            Self::Rules(rules) => rules.run().await,
        }
    }
}

impl Create {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let body = json!({"name": self.name, "description": self.description});
        let created = session.client.post("/api/v2/orgs").json(&body).read::<NamedRow>().await;
        session.printer.one(&created.while_doing(format!("failed to create org {:?}", self.name))?)
    }
}

impl List {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let given = |flag: &Option<String>| flag.clone().unwrap_or_default();
        let (mut id, mut name) = (given(&self.which.id), given(&self.which.name));
        if !id.is_empty() && id.parse::<OrgId>().is_err() && name.is_empty() {
            (id, name) = (String::new(), id);
        }
        let one = !id.is_empty() || !name.is_empty();
        let mut listing = session.printer.listing("[]");
        let mut offset = 0;
        loop {
            let request = session.client.get("/api/v2/orgs").query("orgID", &id).query("org", &name);
            let request = request.query("limit", PAGE.to_string()).query("offset", offset.to_string());
            let Orgs { orgs } = request.read().await.while_doing("failed to list orgs")?;
            listing.add(&orgs)?;
            // Organizations that the caller may not see are missing from a page: only an empty page is the last.
            if one || orgs.is_empty() {
                return listing.end();
            }
            offset += PAGE;
        }
    }
}

impl Update {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let id = resolve::org_by_id_or_name(&session.client, &self.id).await?;
        let given = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
        let mut body = json!({});
        for (name, value) in [("name", given(&self.name)), ("description", given(&self.description))] {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        let changed = session.client.patch(format!("/api/v2/orgs/{id}")).json(&body).read::<NamedRow>().await;
        session.printer.one(&changed.while_doing(format!("failed to update org {:?}", self.id))?)
    }
}

impl Delete {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let id = resolve::org_by_id_or_name(&session.client, &self.id).await?;
        let path = format!("/api/v2/orgs/{id}");
        let found = session.client.get(&path).read::<NamedRow>().await;
        let found = found.while_doing(format!("org {:?} not found", self.id))?;
        let deleted = session.client.delete(&path).done().await;
        deleted.while_doing(format!("failed to delete org {:?}", self.id))?;
        session.printer.one(&Deleted(found))
    }
}
