//! `jeton user` (docs/influxdb-compatibility.md §7.5).

mod create;
mod password;
mod sessions;

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;

use crate::{
    error::{Outcome, WhileDoing as _},
    flags::CommonFlags,
    output::Deleted,
    resolve,
    rows::NamedRow,
};

/// Maximum number of users per page.
const PAGE: usize = 100;

/// The commands for users.
#[derive(Subcommand)]
pub enum User {
    /// Create a user
    Create(Box<create::Create>),
    /// List users
    #[command(visible_aliases = ["find", "ls"])]
    List(Box<List>),
    /// Rename a user
    Update(Box<Update>),
    /// Delete a user
    Delete(Box<Delete>),
    /// Set a user's password
    Password(Box<password::Password>),
    /// Manage the sessions of a user
    #[command(subcommand)]
    Sessions(sessions::Sessions),
}

/// The users to list.
#[derive(Args)]
pub struct List {
    /// Id or name of the user
    #[arg(long, short, value_name = "ID")]
    id: Option<String>,

    /// Name of the user
    #[arg(long, short, value_name = "NAME")]
    name: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

/// A user to rename.
#[derive(Args)]
pub struct Update {
    /// Id or name of the user (required)
    #[arg(long, short, value_name = "ID")]
    id: String,

    /// New name of the user
    #[arg(long, short, default_value = "", hide_default_value = true, value_name = "NAME")]
    name: String,

    #[command(flatten)]
    common: CommonFlags,
}

/// A user to delete, and their tokens with them.
#[derive(Args)]
pub struct Delete {
    /// Id or name of the user (required)
    #[arg(long, short, value_name = "ID")]
    id: String,

    #[command(flatten)]
    common: CommonFlags,
}

#[derive(Deserialize)]
struct Users {
    #[serde(default)]
    users: Vec<NamedRow>,
}

impl User {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::Create(create) => create.run().await,
            Self::List(list) => list.run().await,
            Self::Update(update) => update.run().await,
            Self::Delete(delete) => delete.run().await,
            Self::Password(password) => password.run().await,
            Self::Sessions(sessions) => sessions.run().await,
        }
    }
}

impl List {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let given = |flag: &Option<String>| flag.clone().unwrap_or_default();
        let (mut id, mut name) = (given(&self.id), given(&self.name));
        if !id.is_empty() && id.parse::<jeton_model::UserId>().is_err() && name.is_empty() {
            (id, name) = (String::new(), id);
        }
        let one = !id.is_empty() || !name.is_empty();
        let mut listing = session.printer.listing("[]");
        let mut after = String::new();
        loop {
            let request = session.client.get("/api/v2/users").query("id", &id).query("name", &name);
            let request = if one { request } else { request.query("limit", PAGE.to_string()).query("after", &after) };
            let Users { users } = request.read().await.while_doing("failed to list users")?;
            listing.add(&users)?;
            // Users that the caller may not see are missing from a page: only an empty page is the last.
            match users.last().map(|user| user.text("id")).filter(|last| !one && *last > after) {
                Some(last) => after = last,
                None => return listing.end(),
            }
        }
    }
}

impl Update {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let id = resolve::user(&session.client, &self.id).await;
        let id = id.while_doing(format!("failed to update user {:?}", self.id))?;
        let changed = session
            .client
            .patch(format!("/api/v2/users/{id}"))
            .json(&json!({"name": self.name}))
            .read::<NamedRow>()
            .await;
        session.printer.one(&changed.while_doing(format!("failed to update user {:?}", self.id))?)
    }
}

impl Delete {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let missing = format!("user {:?} not found", self.id);
        let id = resolve::user(&session.client, &self.id).await.while_doing(&missing)?;
        let path = format!("/api/v2/users/{id}");
        let found = session.client.get(&path).read::<NamedRow>().await.while_doing(&missing)?;
        let deleted = session.client.delete(&path).done().await;
        deleted.while_doing(format!("failed to delete user {:?}", self.id))?;
        session.printer.one(&Deleted(found))
    }
}
