//! `jeton org members`.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    error::{Outcome, WhileDoing as _},
    flags::CommonFlags,
    output::{Shown, print},
    resolve,
};

use super::Which;

/// The commands for the members of an organization.
#[derive(Subcommand)]
pub enum Members {
    /// Add a member to an organization
    Add(Box<Add>),
    /// List the members of an organization
    #[command(visible_aliases = ["find", "ls"])]
    List(Box<List>),
    /// Remove a member from an organization
    Remove(Box<Remove>),
}

/// A user to make a member.
#[derive(Args)]
pub struct Add {
    /// Id or name of the user (required)
    #[arg(long, short, value_name = "ID")]
    member: String,

    #[command(flatten)]
    which: Which,

    /// Make the user an owner of the organization
    #[arg(long)]
    owner: bool,

    #[command(flatten)]
    common: CommonFlags,
}

/// The organization whose members are listed.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    common: CommonFlags,
}

/// A member to remove.
#[derive(Args)]
pub struct Remove {
    /// Id or name of the user (required)
    #[arg(long, short, value_name = "ID")]
    member: String,

    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    common: CommonFlags,
}

#[derive(Deserialize, Serialize)]
#[serde(transparent)]
struct Row(Value);

impl Shown for Row {
    fn columns() -> Vec<&'static str> {
        vec!["ID", "Name", "User Type", "Status"]
    }

    fn cells(&self) -> Vec<String> {
        let text = |name| self.0.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        ["id", "name", "role", "status"].map(text).into()
    }
}

#[derive(Deserialize)]
struct Users {
    #[serde(default)]
    users: Vec<Row>,
}

impl Members {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::Add(add) => add.run().await,
            Self::List(list) => list.run().await,
            Self::Remove(remove) => remove.run().await,
        }
    }
}

impl Add {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let client = &session.client;
        let org = resolve::org(client, &session.profile, &self.which.flags()).await?;
        let user = resolve::user(client, &self.member).await?;
        let (roles, role) = if self.owner { ("owners", "an owner") } else { ("members", "a member") };
        let added = client.post(format!("/api/v2/orgs/{org}/{roles}")).json(&json!({"id": user})).done().await;
        added.while_doing(format!(
            "failed to add user \"{user}\" as {} of org \"{org}\"",
            roles.trim_end_matches('s')
        ))?;
        print(&format!("user \"{user}\" has been added as {role} of org \"{org}\"\n"))
    }
}

impl List {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let org = resolve::org(&session.client, &session.profile, &self.which.flags()).await?;
        let mut listing = session.printer.listing("[]");
        let mut all = Vec::new();
        for roles in ["owners", "members"] {
            let found = session.client.get(format!("/api/v2/orgs/{org}/{roles}")).read::<Users>().await;
            all.extend(found.while_doing(format!("failed to find {roles} of org \"{org}\""))?.users);
        }
        listing.add(&all)?;
        listing.end()
    }
}

impl Remove {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let org = resolve::org(&session.client, &session.profile, &self.which.flags()).await?;
        let user = resolve::user(&session.client, &self.member).await?;
        let removed = session.client.delete(format!("/api/v2/orgs/{org}/members/{user}")).done().await;
        removed.while_doing(format!("failed to remove user \"{user}\" from org \"{org}\""))?;
        print(&format!("user \"{user}\" has been removed from org \"{org}\"\n"))
    }
}
