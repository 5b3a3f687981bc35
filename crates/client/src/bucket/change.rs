//! `jeton bucket create`, `update` and `delete`.

use clap::Args;
use serde_json::{Value, json};

use jeton_model::BucketId;

use crate::{
    duration,
    environment::either,
    error::{Failure, Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags, Session},
    http::Client,
    output::Deleted,
    resolve,
};

use super::{Buckets, Row};

/// A bucket to create.
#[derive(Args)]
pub struct Create {
    #[command(flatten)]
    org: OrgFlags,

    /// Name of the bucket (required)
    #[arg(long, short, env = either("JETON_BUCKET_NAME", "INFLUX_BUCKET_NAME"), value_name = "NAME")]
    name: String,

    /// Description of the bucket
    #[arg(long, short, value_name = "TEXT")]
    description: Option<String>,

    #[command(flatten)]
    rule: RuleFlags,

    /// Schema type; accepted for compatibility, only implicit is supported
    #[arg(long, hide = true, value_name = "TYPE")]
    schema_type: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

/// The retention of data.
#[derive(Args)]
pub struct RuleFlags {
    /// Retention period of the bucket, such as 72h or 30d; 0 keeps data forever
    #[arg(long, short, value_name = "DURATION")]
    retention: Option<String>,

    /// Shard group duration of the bucket, such as 24h
    #[arg(long, value_name = "DURATION")]
    shard_group_duration: Option<String>,
}

/// A bucket to change.
#[derive(Args)]
pub struct Update {
    #[command(flatten)]
    org: OrgFlags,

    /// Id or name of the bucket (required)
    #[arg(long, short, value_name = "ID")]
    id: String,

    /// New name of the bucket
    #[arg(long, short, env = either("JETON_BUCKET_NAME", "INFLUX_BUCKET_NAME"), value_name = "NAME")]
    name: Option<String>,

    /// Description of the bucket
    #[arg(long, short, value_name = "TEXT")]
    description: Option<String>,

    #[command(flatten)]
    rule: RuleFlags,

    #[command(flatten)]
    common: CommonFlags,
}

/// A bucket to delete.
#[derive(Args)]
pub struct Delete {
    #[command(flatten)]
    org: OrgFlags,

    /// Id or name of the bucket
    #[arg(long, short, value_name = "ID")]
    id: Option<String>,

    /// Name of the bucket
    #[arg(long, short, value_name = "NAME")]
    name: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

impl RuleFlags {
    /// Returns the retention rule to send; `None` if no flag sets one.
    fn rule(&self) -> Outcome<Option<Value>> {
        let given = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
        let mut rule = json!({"type": "expire"});
        let flags = [
            ("everySeconds", "retention period", given(&self.retention)),
            ("shardGroupDurationSeconds", "shard-group duration", given(&self.shard_group_duration)),
        ];
        let said = flags.iter().any(|(_, _, flag)| flag.is_some());
        for (name, what, flag) in flags {
            if let Some(text) = flag {
                rule[name] = json!(duration::retention(what, &text)?);
            }
        }
        Ok(said.then_some(rule))
    }
}

impl Create {
    /// Creates it.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let rule = self.rule.rule()?;
        if self.schema_type.as_deref().is_some_and(|schema| !matches!(schema, "" | "implicit")) {
            return Err(Failure::new("--schema-type explicit is only supported in InfluxDB Cloud"));
        }
        let org = resolve::org(&session.client, &session.profile, &self.org).await?;
        let rules: Vec<Value> = rule.into_iter().collect();
        let mut body = json!({"orgID": org, "name": self.name, "retentionRules": rules});
        if let Some(description) = self.description.as_ref().filter(|text| !text.is_empty()) {
            body["description"] = json!(description);
        }
        let created = session.client.post("/api/v2/buckets").json(&body).read::<Row>().await;
        session.printer.one(&created.while_doing("failed to create bucket")?)
    }
}

impl Update {
    /// Changes the given members.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let mut body = json!({});
        for (name, value) in [("name", &self.name), ("description", &self.description)] {
            if let Some(value) = value.as_ref().filter(|text| !text.is_empty()) {
                body[name] = json!(value);
            }
        }
        if let Some(rule) = self.rule.rule()? {
            body["retentionRules"] = json!([rule]);
        }
        let id = by_id_or_name(&session, &self.id, &self.org).await?;
        let changed = session.client.patch(path(id)).json(&body).read::<Row>().await;
        session.printer.one(&changed.while_doing(format!("failed to update bucket {:?}", self.id))?)
    }
}

impl Delete {
    /// Deletes it and prints the deleted record.
    pub async fn run(&self) -> Outcome {
        let given = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
        let session = self.common.session().await?;
        let client = &session.client;
        let (found, shown) = match (given(&self.id), given(&self.name)) {
            (Some(text), _) => {
                let id = by_id_or_name(&session, &text, &self.org).await?;
                let found = client.get(path(id)).read::<Row>().await;
                (found.while_doing(format!("failed to find bucket {text:?}"))?, text)
            }
            (None, Some(name)) => (by_name(client, &session, &name, &self.org).await?, name),
            (None, None) => return Err(Failure::new("must specify bucket ID or bucket name")),
        };
        let deleted = client.delete(format!("/api/v2/buckets/{}", found.text("id"))).done().await;
        deleted.while_doing(format!("failed to delete bucket {shown:?}"))?;
        session.printer.one(&Deleted(found))
    }
}

fn path(id: BucketId) -> String {
    format!("/api/v2/buckets/{id}")
}

/// Returns an id as it is, or looks up a name in the organization.
async fn by_id_or_name(session: &Session, text: &str, org: &OrgFlags) -> Outcome<BucketId> {
    match text.parse() {
        Ok(id) => Ok(id),
        Err(_) => {
            let org = resolve::org(&session.client, &session.profile, org).await?;
            resolve::bucket(&session.client, text, org).await
        }
    }
}

async fn by_name(client: &Client, session: &Session, name: &str, org: &OrgFlags) -> Outcome<Row> {
    let org = resolve::any_org(client, &session.profile, org).await?;
    let org = org.ok_or_else(|| Failure::new("must specify org ID or org name when deleting a bucket by name"))?;
    let found = client.get("/api/v2/buckets").query("orgID", org.to_string()).query("name", name).read().await;
    let missing = || Failure::new(format!("bucket {name:?} not found"));
    match found {
        Ok(Buckets { buckets }) => buckets.into_iter().next().ok_or_else(missing),
        Err(failure) if failure.status() == Some(404) => Err(missing()),
        Err(failure) => Err(failure.while_doing(format!("failed to find bucket {name:?}"))),
    }
}
