//! influxd's JSON of each resource type, in answers of its API (docs/influxdb-compatibility.md §4–§6) and in its
//! key-value store (§10.6), converted into the model's types. Members that a release leaves out get influxd's own
//! default.

use serde::Deserialize;
use serde_json::Value;

use jeton_model::{BucketId, Dbrp, DbrpId, OrgId, Status, Telegraf, TelegrafId, Timestamp, User, UserId, org::Role};

pub use jeton_gate::{BucketBody, OrgBody};

/// The time of the import, used where influxd returns none.
pub type Now = Timestamp;

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
