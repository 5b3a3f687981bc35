//! `jeton v1 dbrp`: mappings of a 1.x database and retention policy to a bucket.

mod list;
pub(crate) mod row;

use crate::{
    error::{Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags},
    resolve,
};

use list::List;
use row::{PATH, Row, in_org, path};

use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::json;

/// The commands for mappings.
#[derive(Subcommand)]
pub enum Dbrp {
    /// List mappings of databases and retention policies
    #[command(visible_aliases = ["find", "ls"])]
    List(Box<List>),
    /// Create a mapping of a database and retention policy to a bucket
    Create(Box<Create>),
    /// Delete a mapping of a database and retention policy
    Delete(Box<Delete>),
    /// Update a mapping of a database and retention policy
    Update(Box<Update>),
}

/// A mapping to create.
#[derive(Args)]
pub struct Create {
    #[command(flatten)]
    org: OrgFlags,

    /// Id or name of the bucket (required)
    #[arg(long, value_name = "ID")]
    bucket_id: String,

    /// Name of the database (required)
    #[arg(long, value_name = "NAME")]
    db: String,

    /// Make this mapping the default of the database
    #[arg(long)]
    default: bool,

    /// Name of the retention policy (required)
    #[arg(long, value_name = "NAME")]
    rp: String,

    #[command(flatten)]
    common: CommonFlags,
}

/// A mapping to delete.
#[derive(Args)]
pub struct Delete {
    #[command(flatten)]
    org: OrgFlags,

    /// Id of the mapping (required)
    #[arg(long, value_name = "ID")]
    id: String,

    #[command(flatten)]
    common: CommonFlags,
}

/// A mapping to change.
#[derive(Args)]
pub struct Update {
    #[command(flatten)]
    org: OrgFlags,

    /// Id of the mapping (required)
    #[arg(long, value_name = "ID")]
    id: String,

    /// Make this mapping the default of the database
    #[arg(long)]
    default: bool,

    /// New name of the retention policy
    #[arg(long, value_name = "NAME")]
    rp: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

#[derive(Deserialize)]
struct One {
    content: Row,
}

impl Dbrp {
    /// Runs the command.
    pub async fn run(self) -> Outcome {
        match self {
            Self::List(list) => list.run().await,
            Self::Create(create) => create.run().await,
            Self::Delete(delete) => delete.run().await,
            Self::Update(update) => update.run().await,
        }
    }
}

impl Create {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let org = resolve::org(&session.client, &session.profile, &self.org).await?;
        let what = format!("failed to create dbrp for bucket {:?}", self.bucket_id);
        let bucket = resolve::bucket(&session.client, &self.bucket_id, org).await?;
        let mut body = json!({"orgID": org, "bucketID": bucket, "database": self.db, "retention_policy": self.rp});
        if self.default {
            body["default"] = json!(true);
        }
        let created = session.client.post(PATH).json(&body).read::<Row>().await;
        session.printer.one(&created.while_doing(what)?)
    }
}

impl Update {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let mut body = json!({});
        if let Some(rp) = self.rp.as_ref().filter(|rp| !rp.is_empty()) {
            body["retention_policy"] = json!(rp);
        }
        if self.default {
            body["default"] = json!(true);
        }
        let request = in_org(session.client.patch(path(&self.id)), &session.profile, &self.org)?;
        let changed = request.json(&body).read::<One>().await;
        session.printer.one(&changed.while_doing(format!("failed to update DBRP mapping {:?}", self.id))?.content)
    }
}

impl Delete {
    async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let path = path(&self.id);
        let found = in_org(session.client.get(&path), &session.profile, &self.org)?.read::<One>().await;
        let found = found.while_doing(format!("failed to find DBRP mapping {:?}", self.id))?;
        let deleted = in_org(session.client.delete(&path), &session.profile, &self.org)?.done().await;
        deleted.while_doing(format!("failed to delete DBRP mapping {:?}", self.id))?;
        session.printer.one(&found.content)
    }
}
