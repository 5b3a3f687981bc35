//! `jeton gate adopt`: buckets for the databases that a gate's database has.

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::json;

use jeton_model::binding::check_gate_name;

use crate::{
    error::{Outcome, WhileDoing as _},
    flags::CommonFlags,
    output::{Shown, note},
};

/// Creates buckets for the databases that no bucket stands for, and binds them; of InfluxDB 2, the organization and its
/// buckets with their ids.
#[derive(Args)]
pub struct GateAdopt {
    /// Name of the gate
    #[arg(value_name = "NAME")]
    gate: String,

    /// Create the buckets and bind them; without it, what would be done is printed
    #[arg(long)]
    apply: bool,

    #[command(flatten)]
    common: CommonFlags,
}

#[derive(Deserialize)]
struct Adoptions {
    org: Option<OrgAdoption>,
    databases: Vec<Adoption>,
}

/// The organization of an InfluxDB 2.
#[derive(Deserialize)]
struct OrgAdoption {
    id: String,
    name: String,
    outcome: String,
}

/// A database, and what became of it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Adoption {
    outcome: String,
    database: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_policy: Option<String>,
    bucket: String,
    #[serde(rename = "bucketID", skip_serializing_if = "Option::is_none")]
    bucket_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Shown for Adoption {
    fn columns() -> Vec<&'static str> {
        vec!["Outcome", "Database", "Retention Policy", "Bucket", "Bucket ID", "Reason"]
    }

    fn cells(&self) -> Vec<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            self.outcome.clone(),
            self.database.clone(),
            text(&self.retention_policy),
            self.bucket.clone(),
            text(&self.bucket_id),
            text(&self.reason),
        ]
    }
}

impl GateAdopt {
    /// Runs the command.
    pub async fn run(&self) -> Outcome {
        check_gate_name(&self.gate)?;
        let session = self.common.session().await?;
        let requested = session.client.post(format!("/api/v2/gates/{}/adopt", self.gate));
        let adopted = requested.json(&json!({"dryRun": !self.apply})).read::<Adoptions>().await;
        let adopted = adopted.while_doing(format!("failed to adopt the databases of gate {:?}", self.gate))?;
        if let Some(OrgAdoption { id, name, outcome }) = &adopted.org {
            note(&format!("organization {name:?} with the id {id}: {outcome}"));
        }
        session.printer.list(&adopted.databases, "[]")
    }
}
