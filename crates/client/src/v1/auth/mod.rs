//! `jeton v1 auth` (docs/influxdb-compatibility.md §7.8).

mod create;
pub(crate) mod path;

use jeton_model::{OrgId, Status};

use crate::{
    auth::uses,
    authorization::{Authorization, Authorizations, V1Row},
    error::{Failure, Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags},
    http::Client,
    output::Deleted,
    resolve, secret,
};

use create::Create;
use path::{PATH, path};

use clap::{Args, Subcommand};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

/// The commands for 1.x credentials.
#[derive(Subcommand)]
pub enum Auth {
    /// Create a 1.x credential
    Create(Box<Create>),
    /// Delete a 1.x credential
    Delete(Box<Known>),
    /// List 1.x credentials
    #[command(visible_aliases = ["find", "ls"])]
    List(Box<List>),
    /// Activate a 1.x credential
    SetActive(Box<Known>),
    /// Deactivate a 1.x credential
    SetInactive(Box<Known>),
    /// Set the password of a 1.x credential
    SetPassword(Box<SetPassword>),
    /// List the last uses of a 1.x credential through gates, by bucket and action
    Uses(Box<Known>),
}

/// A credential that is there.
#[derive(Args)]
pub struct Known {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    common: CommonFlags,
}

/// A credential, by `--id` or `--username`.
#[derive(Args)]
struct Which {
    /// Id of the credential
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    /// User name of the credential
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
}

/// A password to set.
#[derive(Args)]
pub struct SetPassword {
    #[command(flatten)]
    which: Which,

    /// New password of the credential; - reads it from standard input. Prompted for on a terminal if omitted
    #[arg(long, value_name = "PASSWORD")]
    password: Option<SecretString>,

    #[command(flatten)]
    common: CommonFlags,
}

/// The credentials to list.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    org: OrgFlags,

    #[command(flatten)]
    which: Which,

    /// Name or id of the owner
    #[arg(long, short, value_name = "NAME")]
    user: Option<String>,

    /// Id or name of the owner
    #[arg(long, value_name = "ID")]
    user_id: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

impl Auth {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::Create(create) => create.run().await,
            Self::Delete(known) => known.delete().await,
            Self::List(list) => list.run().await,
            Self::SetActive(known) => known.switch(Status::Active).await,
            Self::SetInactive(known) => known.switch(Status::Inactive).await,
            Self::SetPassword(set) => set.run().await,
            Self::Uses(known) => known.uses().await,
        }
    }
}

impl Which {
    /// Returns the id of the named credential.
    async fn id(&self, client: &Client) -> Outcome<String> {
        let given = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
        match (given(&self.id), given(&self.username)) {
            (None, None) => Err(Failure::new("id or username required")),
            (Some(_), Some(_)) => Err(Failure::new("specify id or username, not both")),
            (Some(id), None) => Ok(id),
            (None, Some(name)) => {
                let what = format!("could not find v1 auth with token (username) {name:?}");
                let found = client.get(PATH).query("token", &name).read::<Authorizations>().await;
                let first = found.while_doing(&what)?.authorizations.into_iter().next();
                first.map(|found| found.id).ok_or_else(|| Failure::new(what))
            }
        }
    }
}

impl Known {
    async fn delete(&self) -> Outcome {
        let session = self.common.session().await?;
        let id = self.which.id(&session.client).await?;
        let found = session.client.get(path(&id)).read::<Authorization>().await;
        let found = found.while_doing(format!("could not find Authorization from ID {id:?}"))?;
        let deleted = session.client.delete(path(&id)).done().await;
        deleted.while_doing(format!("could not remove Authorization with ID {id:?}"))?;
        session.printer.one(&Deleted(V1Row::from(found)))
    }

    async fn switch(&self, status: Status) -> Outcome {
        let session = self.common.session().await?;
        let id = self.which.id(&session.client).await?;
        let changed = session.client.patch(path(&id)).json(&json!({"status": status})).read::<Authorization>().await;
        let changed = changed.while_doing(format!("failed to update status of authorization with ID {id:?}"))?;
        session.printer.one(&V1Row::from(changed))
    }

    async fn uses(&self) -> Outcome {
        let session = self.common.session().await?;
        let id = self.which.id(&session.client).await?;
        uses::print(&session, &path(&id), &id).await
    }
}

impl SetPassword {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let id = self.which.id(&session.client).await?;
        let password = secret::or_asked(self.password.as_ref(), "Please type new password")?;
        let body = json!({"password": password.expose_secret()});
        let set = session.client.post(format!("{}/password", path(&id))).json(&body).done().await;
        set.while_doing("error setting password")
    }
}

impl List {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let client = &session.client;
        let given = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
        // The server filters by ids only: names are resolved here.
        let user = match (given(&self.user_id), given(&self.user)) {
            (Some(text), _) => resolve::user(client, &text).await?.to_string(),
            (None, Some(name)) => resolve::named_user(client, &name).await?.to_string(),
            (None, None) => String::new(),
        };
        let said = given(&self.org.org_id).is_some() || given(&self.org.org).is_some();
        let org: Option<OrgId> =
            if said { Some(resolve::org(client, &session.profile, &self.org).await?) } else { None };
        let request = client.get(PATH).query("userID", user);
        let request = request.query("orgID", org.map(|org| org.to_string()).unwrap_or_default());
        let request = request.query("token", given(&self.which.username).unwrap_or_default());
        let request = request.query("id", given(&self.which.id).unwrap_or_default());
        let found = request.read::<Authorizations>().await;
        let found = found.while_doing("could not find Authorizations for specified arguments")?.authorizations;
        let rows: Vec<V1Row> = found.into_iter().map(V1Row::from).collect();
        session.printer.list(&rows, "null")
    }
}
