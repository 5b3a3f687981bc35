//! influxd's JSON of each resource type, in answers of its API (docs/influxdb-compatibility.md §4–§6) and in its
//! key-value store (§10.6), converted into the model's types. Members that a release leaves out get influxd's own
//! default.

use serde::Deserialize;
use serde_json::Value;

use jeton_model::{
    Bucket, BucketId, Dbrp, DbrpId, Org, OrgId, Status, Telegraf, TelegrafId, Timestamp, User, UserId,
    bucket::{BucketKind, Retention},
    org::Role,
};

/// The time of the import, used where influxd returns none.
pub type Now = Timestamp;

/// An organization.
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
    /// Converts it into the model's type.
    pub fn into_org(self, now: Now) -> Org {
        Org {
            id: self.id,
            name: self.name,
            description: self.description,
            created_at: self.created_at.unwrap_or(now),
            updated_at: self.updated_at.unwrap_or(now),
        }
    }
}

/// A user.
#[derive(Deserialize)]
pub struct UserBody {
    /// Id of the user.
    pub id: UserId,
    /// Name of the user.
    pub name: String,
    #[serde(default)]
    status: String,
}

impl UserBody {
    /// Converts it into the model's type. Any status but `inactive` is active (docs/influxdb-compatibility.md §2.2).
    pub fn into_user(self) -> User {
        User { id: self.id, name: self.name, status: status(&self.status) }
    }
}

/// A member or owner.
#[derive(Deserialize)]
pub struct MemberBody {
    /// Id of the user.
    pub id: UserId,
    /// Name of the user; empty if influxd leaves it out.
    #[serde(default)]
    pub name: String,
    /// The user's role in the resource.
    pub role: Role,
}

/// A bucket.
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
    /// Converts it into the model's type.
    pub fn into_bucket(self, now: Now) -> Bucket {
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

/// A DBRP mapping.
#[derive(Deserialize)]
pub struct DbrpBody {
    id: DbrpId,
    #[serde(rename = "orgID")]
    org: OrgId,
    #[serde(rename = "bucketID")]
    bucket: BucketId,
    database: String,
    retention_policy: String,
    #[serde(default)]
    default: bool,
    /// True if it is virtual: implied by a bucket, under the bucket's id.
    #[serde(default, rename = "virtual")]
    pub is_virtual: bool,
}

impl DbrpBody {
    /// Converts it into the model's type.
    pub fn into_dbrp(self) -> Dbrp {
        Dbrp {
            id: self.id,
            org: self.org,
            bucket: self.bucket,
            database: self.database,
            retention_policy: self.retention_policy,
            is_default: self.default,
            is_virtual: self.is_virtual,
        }
    }
}

/// A telegraf configuration.
#[derive(Deserialize)]
pub struct TelegrafBody {
    id: TelegrafId,
    #[serde(rename = "orgID")]
    org: OrgId,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    config: String,
    metadata: Option<Value>,
}

impl TelegrafBody {
    /// Converts it into the model's type.
    pub fn into_telegraf(self, now: Now) -> Telegraf {
        Telegraf {
            id: self.id,
            org: self.org,
            name: self.name,
            description: self.description,
            config: self.config,
            metadata: self.metadata,
            updated_at: now,
        }
    }
}

/// Returns the status that influxd writes; any but `inactive` is active (docs/influxdb-compatibility.md §2.2).
pub fn status(text: &str) -> Status {
    if text == Status::Inactive.name() { Status::Inactive } else { Status::Active }
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
