//! Details of entries about buckets and DBRP mappings.

use serde::Serialize;

use jeton_model::{Bucket, BucketId, Dbrp};

/// A bucket that was created or deleted, or before or after a change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BucketState<'a> {
    name: &'a str,
    description: &'a str,
    retention_policy: &'a str,
    retention_seconds: i64,
    shard_group_seconds: i64,
}

impl<'a> BucketState<'a> {
    /// The detail of a bucket.
    pub fn of(bucket: &'a Bucket) -> Self {
        Self {
            name: &bucket.name,
            description: &bucket.description,
            retention_policy: &bucket.retention_policy,
            retention_seconds: bucket.retention.every,
            shard_group_seconds: bucket.retention.shard_group,
        }
    }
}

/// A DBRP mapping that was created or deleted, or before or after a change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DbrpState<'a> {
    database: &'a str,
    retention_policy: &'a str,
    bucket: BucketId,
    default: bool,
}

impl<'a> DbrpState<'a> {
    /// The detail of a mapping.
    pub fn of(dbrp: &'a Dbrp) -> Self {
        Self {
            database: &dbrp.database,
            retention_policy: &dbrp.retention_policy,
            bucket: dbrp.bucket,
            default: dbrp.is_default,
        }
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::{
        DbrpId, OrgId,
        bucket::{BucketKind, Retention},
    };

    use super::*;
    use crate::audit::detail::{
        Change,
        tests::{NOW, check, id},
    };

    #[test]
    fn the_texts_are_exact() {
        let bucket = Bucket {
            id: BucketId(id(3)),
            org: OrgId(id(1)),
            kind: BucketKind::User,
            name: "data".into(),
            description: String::new(),
            retention_policy: "autogen".into(),
            retention: Retention { every: 7200, shard_group: 3600 },
            created_at: NOW,
            updated_at: NOW,
        };
        let text = concat!(
            r#"{"description":"","name":"data","retentionPolicy":"autogen","#,
            r#""retentionSeconds":7200,"shardGroupSeconds":3600}"#,
        );
        check(BucketState::of(&bucket), text);
        let change = Change { before: BucketState::of(&bucket), after: BucketState::of(&bucket) };
        check(change, &format!(r#"{{"after":{text},"before":{text}}}"#));
        let dbrp = Dbrp {
            id: DbrpId(id(6)),
            org: OrgId(id(1)),
            bucket: BucketId(id(3)),
            database: "db".into(),
            retention_policy: "rp".into(),
            is_default: true,
            is_virtual: false,
        };
        let text = r#"{"bucket":"0000000000000003","database":"db","default":true,"retentionPolicy":"rp"}"#;
        check(DbrpState::of(&dbrp), text);
        let change = Change { before: DbrpState::of(&dbrp), after: DbrpState::of(&dbrp) };
        check(change, &format!(r#"{{"after":{text},"before":{text}}}"#));
    }
}
