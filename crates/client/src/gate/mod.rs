//! `jeton gate` with a running server: bindings, and checks of the databases behind gates.

mod adopt;
pub mod bindings;
pub mod row;

pub use adopt::GateAdopt;

use clap::Args;
use serde::{Deserialize, Serialize};

use jeton_model::{OrgId, binding::check_gate_name};

use crate::{
    error::{Outcome, WhileDoing as _},
    flags::CommonFlags,
    http::Client,
    output::Shown,
};

/// Compares a gate with the databases or buckets of its upstream.
#[derive(Args)]
pub struct GateSync {
    /// Name of the gate
    #[arg(value_name = "NAME")]
    gate: String,

    #[command(flatten)]
    common: CommonFlags,
}

/// Asks the databases behind gates whether all is well.
#[derive(Args)]
pub struct GateCheck {
    /// Name of the gate; all by default
    #[arg(value_name = "NAME")]
    gate: Option<String>,

    #[command(flatten)]
    common: CommonFlags,
}

/// The fields of a gate that commands use.
#[derive(Serialize, Deserialize)]
struct Gate {
    name: String,
    kind: String,
    #[serde(rename = "orgID")]
    org: OrgId,
    upstream: String,
    /// Empty for a gate that only answers reverse proxies.
    #[serde(default)]
    address: String,
    /// True if clients reach the gate by https.
    #[serde(default)]
    tls: bool,
    mode: String,
    health: String,
    findings: Vec<String>,
}

impl Gate {
    /// Returns the address with its scheme; nothing for a gate that only answers reverse proxies.
    fn url(&self) -> String {
        match (self.address.as_str(), self.tls) {
            ("", _) => String::new(),
            (address, true) => format!("https://{address}"),
            (address, false) => format!("http://{address}"),
        }
    }
}

#[derive(Deserialize)]
struct Gates {
    gates: Vec<Gate>,
}

impl Shown for Gate {
    fn columns() -> Vec<&'static str> {
        vec!["Gate", "Kind", "Address", "Upstream", "Mode", "Health", "To Do"]
    }

    fn cells(&self) -> Vec<String> {
        let Self { name, kind, upstream, mode, health, .. } = self;
        let url = self.url();
        let texts = [name, kind, &url, upstream, mode, health].map(Clone::clone);
        texts.into_iter().chain([self.findings.join(" ")]).collect()
    }
}

/// The difference between the buckets of a gate and the databases or buckets of its upstream.
#[derive(Deserialize)]
struct Comparison {
    unknown: Vec<Unknown>,
    suspended: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Unknown {
    database: String,
    retention_policy: Option<String>,
    #[serde(rename = "bucketID")]
    bucket_id: Option<String>,
}

/// A row of a comparison.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Difference {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_policy: Option<String>,
    #[serde(rename = "bucketID", skip_serializing_if = "Option::is_none")]
    bucket_id: Option<String>,
}

impl Shown for Difference {
    fn columns() -> Vec<&'static str> {
        vec!["State", "Database", "Retention Policy", "Bucket ID"]
    }

    fn cells(&self) -> Vec<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![self.state.to_owned(), text(&self.database), text(&self.retention_policy), text(&self.bucket_id)]
    }
}

impl Comparison {
    fn rows(self) -> Vec<Difference> {
        let unknown = self.unknown.into_iter().map(|one| Difference {
            state: "unknown",
            database: Some(one.database),
            retention_policy: one.retention_policy,
            bucket_id: one.bucket_id,
        });
        let suspended = self.suspended.into_iter().map(|bucket| Difference {
            state: "suspended",
            database: None,
            retention_policy: None,
            bucket_id: Some(bucket),
        });
        unknown.chain(suspended).collect()
    }
}

impl GateSync {
    /// Runs the command.
    pub async fn run(&self) -> Outcome {
        check_gate_name(&self.gate)?;
        let session = self.common.session().await?;
        let compared = session.client.post(format!("/api/v2/gates/{}/sync", self.gate)).read::<Comparison>().await;
        let compared = compared.while_doing(format!("failed to compare gate {:?} with its database", self.gate))?;
        session.printer.list(&compared.rows(), "[]")
    }
}

impl GateCheck {
    /// Runs the command.
    pub async fn run(&self) -> Outcome {
        let session = self.common.session().await?;
        let names = match &self.gate {
            Some(gate) => check_gate_name(gate).map(|()| vec![gate.clone()])?,
            None => gates(&session.client).await?.into_iter().map(|gate| gate.name).collect(),
        };
        let mut checked = Vec::new();
        for name in names {
            let gate = session.client.post(format!("/api/v2/gates/{name}/check")).read::<Gate>().await;
            checked.push(gate.while_doing(format!("failed to check gate {name:?}"))?);
        }
        session.printer.list(&checked, "[]")
    }
}

/// Returns the gates that the caller may see.
async fn gates(client: &Client) -> Outcome<Vec<Gate>> {
    let found: Outcome<Gates> = client.get("/api/v2/gates").read().await;
    Ok(found.while_doing("failed to list gates")?.gates)
}
