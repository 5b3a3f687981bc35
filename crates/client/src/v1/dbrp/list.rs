//! `jeton v1 dbrp list`: lists created mappings, and the virtual ones that every bucket has.

use clap::Args;
use serde::Deserialize;

use jeton_model::BucketId;

use crate::{
    error::{Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags},
    output::{Format, print},
    resolve,
};

use super::row::{PATH, Row, in_org};

/// The mappings to list.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    org: OrgFlags,

    /// Id or name of the bucket
    #[arg(long, value_name = "ID")]
    bucket_id: Option<String>,

    /// Name of the database
    #[arg(long, value_name = "NAME")]
    db: Option<String>,

    /// List only default mappings
    #[arg(long)]
    default: bool,

    /// Id of the mapping
    #[arg(long, value_name = "ID")]
    id: Option<String>,

    /// Name of the retention policy
    #[arg(long, value_name = "NAME")]
    rp: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

#[derive(Deserialize)]
struct Many {
    #[serde(default)]
    content: Vec<Row>,
}

impl List {
    /// Prints two tables; in JSON and YAML, one list.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let given = |flag: &Option<String>| flag.clone().unwrap_or_default();
        let mut bucket = given(&self.bucket_id);
        if !bucket.is_empty() && bucket.parse::<BucketId>().is_err() {
            let org = resolve::org(&session.client, &session.profile, &self.org).await?;
            bucket = resolve::bucket(&session.client, &bucket, org).await?.to_string();
        }
        let request = in_org(session.client.get(PATH), &session.profile, &self.org)?;
        let request = request.query("id", given(&self.id)).query("bucketID", bucket);
        let request = request.query("rp", given(&self.rp)).query("db", given(&self.db));
        let request = request.query("default", if self.default { "true" } else { "" });
        let Many { content } = request.read().await.while_doing("failed to list dbrps")?;
        if session.printer.format != Format::Table {
            return session.printer.list(&content, "[]");
        }
        let (by_themselves, made): (Vec<Row>, Vec<Row>) = content.into_iter().partition(Row::is_virtual);
        session.printer.list(&made, "[]")?;
        print("\nVIRTUAL DBRP MAPPINGS (READ-ONLY)\n----------------------------------\n")?;
        session.printer.list(&by_themselves, "[]")
    }
}
