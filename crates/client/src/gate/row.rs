//! The rows of bindings and of confirmations.

use serde::{Deserialize, Serialize};

use jeton_model::{
    Timestamp,
    binding::{Confirmation, GateBinding},
};

use crate::output::Shown;

/// A bucket that is bound to a database.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BindingRow {
    /// The name of the gate.
    pub gate: String,
    /// The mode of the gate, if a running server tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The name of the bucket.
    pub bucket: String,
    /// The id of the bucket.
    #[serde(rename = "bucketID")]
    pub bucket_id: String,
    /// The id of the organization.
    #[serde(rename = "orgID")]
    pub org_id: String,
    /// The address of the database.
    pub upstream: String,
    /// The name of the database.
    pub database: String,
    /// The retention policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_policy: Option<String>,
    /// True if the bucket is suspended until an operator confirms it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    /// The start of the suspension; unknown if the gate got another upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended_at: Option<Timestamp>,
}

impl From<GateBinding> for BindingRow {
    fn from(binding: GateBinding) -> Self {
        Self {
            bucket_id: binding.bucket.to_string(),
            org_id: binding.org.to_string(),
            upstream: binding.upstream.to_string(),
            gate: binding.gate,
            mode: None,
            bucket: binding.bucket_name,
            database: binding.database,
            retention_policy: binding.policy,
            suspended: binding.suspended_at.is_some(),
            suspended_at: binding.suspended_at,
        }
    }
}

impl Shown for BindingRow {
    fn columns() -> Vec<&'static str> {
        vec!["Gate", "Bucket", "Bucket ID", "Database", "Retention Policy", "Upstream", "Suspended At", "Mode"]
    }

    fn cells(&self) -> Vec<String> {
        let otherwise = if self.suspended { "unknown" } else { "" };
        vec![
            self.gate.clone(),
            self.bucket.clone(),
            self.bucket_id.clone(),
            self.database.clone(),
            self.retention_policy.clone().unwrap_or_default(),
            self.upstream.clone(),
            self.suspended_at.map_or_else(|| otherwise.to_owned(), |at| at.to_string()),
            self.mode.clone().unwrap_or_default(),
        ]
    }
}

/// The row of a confirmed bucket.
#[derive(Clone, Debug, Serialize)]
pub struct ConfirmedRow {
    /// The id of the bucket.
    pub id: String,
    /// The name of the bucket.
    pub name: String,
}

impl Shown for ConfirmedRow {
    fn columns() -> Vec<&'static str> {
        vec!["ID", "Name"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.id.clone(), self.name.clone()]
    }
}

/// The row of a bucket that was suspended when all of a gate were confirmed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmationRow {
    /// `confirmed`, `missing` or `left`.
    pub outcome: String,
    /// The name of the bucket.
    pub bucket: String,
    /// The id of the bucket.
    #[serde(rename = "bucketID")]
    pub bucket_id: String,
    /// The name of the database.
    pub database: String,
    /// The retention policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_policy: Option<String>,
    /// The reason why it was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl From<Confirmation> for ConfirmationRow {
    fn from(confirmation: Confirmation) -> Self {
        let Confirmation { bucket, bucket_name, database, policy, outcome } = confirmation;
        Self {
            outcome: outcome.name().to_owned(),
            bucket: bucket_name,
            bucket_id: bucket.to_string(),
            database,
            retention_policy: policy,
            reason: outcome.reason(),
        }
    }
}

impl Shown for ConfirmationRow {
    fn columns() -> Vec<&'static str> {
        vec!["Outcome", "Bucket", "Bucket ID", "Database", "Retention Policy", "Reason"]
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.outcome.clone(),
            self.bucket.clone(),
            self.bucket_id.clone(),
            self.database.clone(),
            self.retention_policy.clone().unwrap_or_default(),
            self.reason.clone().unwrap_or_default(),
        ]
    }
}
