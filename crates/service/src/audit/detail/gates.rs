//! Details of entries about the databases behind gates.

use serde::Serialize;

use jeton_model::binding::{ExistingData, GateBinding};

/// A bucket that was bound, unbound, suspended or confirmed, with its database.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BindingState<'a> {
    name: &'a str,
    gate: &'a str,
    upstream: &'a str,
    database: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_policy: Option<&'a str>,
    /// Only of a new binding: whether the database held data.
    #[serde(skip_serializing_if = "Option::is_none")]
    existing_data: Option<&'static str>,
}

impl<'a> BindingState<'a> {
    /// The detail of a binding.
    pub fn of(binding: &'a GateBinding) -> Self {
        Self {
            name: &binding.bucket_name,
            gate: &binding.gate,
            upstream: binding.upstream.as_str(),
            database: &binding.database,
            retention_policy: binding.policy.as_deref(),
            existing_data: None,
        }
    }

    /// The detail of a new binding.
    pub fn of_new(binding: &'a GateBinding, existing: ExistingData) -> Self {
        Self { existing_data: Some(existing.name()), ..Self::of(binding) }
    }
}

/// A bucket of InfluxDB 2 that was suspended or confirmed.
#[derive(Serialize)]
pub(crate) struct SuspendedBucket<'a> {
    pub name: &'a str,
    pub gate: &'a str,
}

#[cfg(test)]
mod tests {
    use jeton_model::{BucketId, OrgId};

    use super::*;
    use crate::audit::detail::tests::{NOW, check, id};

    #[test]
    fn the_texts_are_exact() {
        let mut binding = GateBinding {
            gate: "plant".into(),
            bucket: BucketId(id(3)),
            bucket_name: "iot".into(),
            org: OrgId(id(1)),
            upstream: "http://a:1".parse().unwrap(),
            database: "db".into(),
            policy: Some("rp".into()),
            suspended_at: None,
            created_at: NOW,
            updated_at: NOW,
        };
        let text = concat!(
            r#"{"database":"db","gate":"plant","name":"iot","retentionPolicy":"rp","#,
            r#""upstream":"http://a:1"}"#,
        );
        check(BindingState::of(&binding), text);
        binding.policy = None;
        let text = r#"{"database":"db","existingData":"absent","gate":"plant","name":"iot","upstream":"http://a:1"}"#;
        check(BindingState::of_new(&binding, ExistingData::Absent), text);
        check(SuspendedBucket { name: "iot", gate: "plant" }, r#"{"gate":"plant","name":"iot"}"#);
    }
}
