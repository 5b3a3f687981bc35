//! `jeton gate explain`: the decision about a request for data, and the permissions that decide.

use std::collections::BTreeMap;

use clap::Args;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use jeton_client::{
    error::{Failure, Outcome},
    flags::TokenFlag,
    output::Shown,
    secret,
};
use jeton_gate::{Caller, Directory, Gate, Settings};
use jeton_model::binding::{DirectoryContent, DirectoryRecord, Explanation};

use crate::cli::admin::{offline::OfflineFlags, operation_failed};

use super::{failed, flags::GateFlags, opened};

/// A request for data, and its token.
#[derive(Args)]
pub struct Explain {
    /// Method and address of the request, such as 'GET /query?db=telegraf&q=SHOW MEASUREMENTS'; one without a body
    #[arg(value_name = "REQUEST")]
    request: String,
    #[command(flatten)]
    gate: GateFlags,
    #[command(flatten)]
    token: TokenFlag,
    /// Decide as a gate with writers-delete does
    #[arg(long)]
    writers_delete: bool,
    /// Default retention policy of every database of InfluxDB 1.x, which a gate learns from the database
    #[arg(long, default_value = "autogen", value_name = "NAME")]
    default_policy: String,
    #[command(flatten)]
    flags: OfflineFlags,
}

/// The decision in words.
#[derive(Serialize)]
struct ExplanationRow {
    demand: String,
    decision: String,
    permissions: Vec<String>,
}

impl From<Explanation> for ExplanationRow {
    fn from(explanation: Explanation) -> Self {
        let Explanation { demand, decision, permissions, .. } = explanation;
        Self { demand, decision, permissions }
    }
}

impl Shown for ExplanationRow {
    fn columns() -> Vec<&'static str> {
        vec!["Demand", "Decision", "Permissions"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.demand.clone(), self.decision.clone(), self.permissions.join(" ")]
    }
}

impl Explain {
    /// Runs the command.
    pub async fn run(&self) -> Outcome {
        let settings = self.gate.settings()?;
        let token = secret::given(self.token.token.as_ref())?;
        let printer = self.flags.print.printer()?;
        let opened = opened(&self.flags).await?;
        let gate_settings = Settings { writers_delete: self.writers_delete, ..Settings::default() };
        let gate = Gate::new(settings.kind, gate_settings);
        let record = opened.offline.gate_directory(settings).await.map_err(failed)?;
        let live = match &token {
            Some(token) => opened.offline.live_token(token.expose_secret()).await.map_err(operation_failed)?,
            None => None,
        };
        opened.close().await;
        let directory = Directory::of_record(&record, self.policies(&record));
        let caller = match &live {
            Some(live) => Caller::Token { org: live.org, permissions: &live.permissions },
            None => Caller::Anonymous,
        };
        let explanation = gate.explain(&self.request, &caller, &directory);
        let explanation = explanation.map_err(|reason| Failure::new(reason.to_string()))?;
        printer.one(&ExplanationRow::from(explanation))
    }

    fn policies(&self, record: &DirectoryRecord) -> BTreeMap<String, String> {
        match &record.content {
            DirectoryContent::Bound(bound) => {
                bound.iter().map(|one| (one.database.clone(), self.default_policy.clone())).collect()
            }
            DirectoryContent::Buckets { .. } => BTreeMap::new(),
        }
    }
}
