//! `jeton auth uses`, a command of Jeton's own.

use clap::Args;
use serde::{Deserialize, Serialize};

use jeton_model::Timestamp;

use crate::{
    error::{Outcome, WhileDoing as _},
    flags::{CommonFlags, Session},
    output::Shown,
};

use super::delete::path;

/// A token whose uses through gates are listed.
#[derive(Args)]
pub struct Uses {
    /// Id of the authorization (required)
    #[arg(long, short, value_name = "ID")]
    id: String,

    #[command(flatten)]
    common: CommonFlags,
}

/// The last use of a token through a gate, for one action on one bucket.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UseRow {
    gate: String,
    #[serde(rename = "bucketID")]
    bucket_id: String,
    /// Absent for a deleted bucket, and for one that the caller may not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bucket: Option<String>,
    action: String,
    last_used_at: Timestamp,
}

#[derive(Deserialize)]
struct Found {
    uses: Vec<UseRow>,
}

impl Shown for UseRow {
    fn columns() -> Vec<&'static str> {
        vec!["Gate", "Bucket ID", "Bucket", "Action", "Last Used At"]
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.gate.clone(),
            self.bucket_id.clone(),
            self.bucket.clone().unwrap_or_default(),
            self.action.clone(),
            self.last_used_at.to_string(),
        ]
    }
}

impl Uses {
    /// Runs the command.
    pub async fn run(&self) -> Outcome {
        print(&self.common.session().await?, &path(&self.id), &self.id).await
    }
}

/// Prints the uses of a token or 1.x credential, whose record has this path and id.
pub(crate) async fn print(session: &Session, path: &str, id: &str) -> Outcome {
    let found = session.client.get(format!("{path}/uses")).read::<Found>().await;
    let found = found.while_doing(format!("could not list the uses of authorization {id:?}"))?;
    session.printer.list(&found.uses, "[]")
}
