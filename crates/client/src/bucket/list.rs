//! `jeton bucket list`.

use clap::Args;

use jeton_model::BucketId;

use crate::{
    error::{Failure, Outcome, WhileDoing as _},
    flags::{CommonFlags, OrgFlags},
    resolve,
};

use super::Buckets;

/// The buckets to list.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    org: OrgFlags,

    /// Id or name of the bucket
    #[arg(long, short, value_name = "ID")]
    id: Option<String>,

    /// Name of the bucket
    #[arg(long, short, value_name = "NAME")]
    name: Option<String>,

    /// Maximum number of buckets to list; 0 lists all
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    limit: usize,

    /// Number of buckets to skip
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    offset: usize,

    /// Number of buckets to fetch per request to the server
    #[arg(long, default_value_t = 20, value_name = "COUNT")]
    page_size: usize,

    #[command(flatten)]
    common: CommonFlags,
}

impl List {
    /// Prints the buckets page by page.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        if !(1..=100).contains(&self.page_size) {
            return Err(Failure::new("--page-size must be between 1 and 100"));
        }
        let org = resolve::org(&session.client, &session.profile, &self.org).await?.to_string();
        let given = |flag: &Option<String>| flag.clone().unwrap_or_default();
        let (mut id, mut name) = (given(&self.id), given(&self.name));
        if !id.is_empty() && id.parse::<BucketId>().is_err() && name.is_empty() {
            (id, name) = (String::new(), id);
        }
        let one = !id.is_empty() || !name.is_empty();
        let mut listing = session.printer.listing("[]");
        let (mut offset, mut left) = (self.offset, if self.limit == 0 { usize::MAX } else { self.limit });
        loop {
            let wanted = self.page_size.min(left);
            let request = session.client.get("/api/v2/buckets").query("orgID", &org);
            let request = request.query("id", &id).query("name", &name);
            let request = request.query("limit", wanted.to_string()).query("offset", offset.to_string());
            let Buckets { buckets } = request.read().await.while_doing("failed to list buckets")?;
            listing.add(&buckets)?;
            left = left.saturating_sub(buckets.len());
            if one || left == 0 || buckets.len() < wanted {
                return listing.end();
            }
            offset += buckets.len();
        }
    }
}
