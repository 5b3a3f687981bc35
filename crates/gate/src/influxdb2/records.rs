//! The JSON of organizations and buckets in InfluxDB 2: in answers of its API (docs/influxdb-compatibility.md §5) and
//! in its key-value store (§10.6). Members that a release leaves out get the database's own default.

use jeton_model::{
    Bucket, BucketId, Org, OrgId, Timestamp,
    bucket::{BucketKind, Retention},
};
use serde::Deserialize;

/// An organization, as InfluxDB 2 writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgBody {
    id: OrgId,
    name: String,
    #[serde(default)]
    description: String,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

impl OrgBody {
    /// Converts it into the model's type. `now`: its times, where the database tells none.
    pub fn into_org(self, now: Timestamp) -> Org {
        Org {
            id: self.id,
            name: self.name,
            description: self.description,
            created_at: self.created_at.unwrap_or(now),
            updated_at: self.updated_at.unwrap_or(now),
        }
    }
}

/// A bucket, as InfluxDB 2 writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BucketBody {
    id: BucketId,
    #[serde(rename = "orgID")]
    org: OrgId,
    #[serde(rename = "type")]
    kind: Option<BucketKind>,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    rp: String,
    #[serde(default)]
    retention_rules: Vec<RuleBody>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleBody {
    #[serde(default)]
    every_seconds: i64,
    #[serde(default)]
    shard_group_duration_seconds: i64,
}

impl BucketBody {
    /// Converts it into the model's type. `now`: its times, where the database tells none.
    pub fn into_bucket(self, now: Timestamp) -> Bucket {
        let system = self.name.starts_with('_');
        Bucket {
            id: self.id,
            org: self.org,
            kind: self.kind.unwrap_or(if system { BucketKind::System } else { BucketKind::User }),
            name: self.name,
            description: self.description,
            retention_policy: self.rp,
            retention: self.retention_rules.first().map_or(Retention::FOREVER, RuleBody::retention),
            created_at: self.created_at.unwrap_or(now),
            updated_at: self.updated_at.unwrap_or(now),
        }
    }
}

impl RuleBody {
    /// Returns the retention rule. Early releases leave out the shard group duration, which is then the default. An
    /// invalid rule is refused later.
    fn retention(&self) -> Retention {
        let (every, shard_group) = (self.every_seconds, self.shard_group_duration_seconds);
        Retention::new(every, shard_group).unwrap_or(Retention { every, shard_group })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_of_an_early_release_gets_the_usual_pieces() {
        let body = r#"{"id":"dd7cd2292f6e974a","orgID":"48c88459ee424a04","name":"_tasks","retentionRules":[{"type":"expire","everySeconds":259200}]}"#;
        let bucket = serde_json::from_str::<BucketBody>(body).unwrap().into_bucket(Timestamp::from_micros(0));
        assert_eq!(
            (bucket.kind, bucket.retention),
            (BucketKind::System, Retention { every: 259_200, shard_group: 86_400 })
        );
    }
}
