//! Buckets, their names and their retention (contract §5.5).

use serde::{Deserialize, Serialize};

use super::{BucketId, Error, OrgId, Timestamp, user};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Holds time series; here, what permissions name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    pub id: BucketId,
    pub org: OrgId,
    pub kind: BucketKind,
    pub name: String,
    pub description: String,
    /// The 1.x retention policy's name, which InfluxDB only carries along.
    pub retention_policy: String,
    pub retention: Retention,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Whether people made a bucket or InfluxDB did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BucketKind {
    User,
    System,
}

impl BucketKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::System => "system",
        }
    }
}

/// How long data is kept, and in what pieces. Seconds; `every` 0 is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    pub every: i64,
    pub shard_group: i64,
}

impl Retention {
    /// Data is kept for ever.
    pub const FOREVER: Self = Self { every: 0, shard_group: 7 * DAY };

    /// A rule as a client asked for it, with the piece size InfluxDB would pick; `shard_group` 0 lets it pick.
    pub fn new(every: i64, shard_group: i64) -> Result<Self, Error> {
        if every < 0 {
            return Err(Error::RetentionNegative);
        }
        if shard_group < 0 {
            return Err(Error::ShardGroupNegative);
        }
        if every > 0 && every < HOUR {
            return Err(Error::RetentionTooShort);
        }
        let shard_group = match shard_group {
            0 => Self::usual_shard_group(every),
            given => given.max(HOUR),
        };
        if every > 0 && shard_group > every {
            return Err(Error::ShardGroupTooLong);
        }
        Ok(Self { every, shard_group })
    }

    const fn usual_shard_group(every: i64) -> i64 {
        match every {
            0 => 7 * DAY,
            _ if every >= 180 * DAY => 7 * DAY,
            _ if every >= 2 * DAY => DAY,
            _ => HOUR,
        }
    }
}

/// The buckets every organization is born with: name, description, retention.
pub const SYSTEM_BUCKETS: [(&str, &str, Retention); 2] = [
    ("_tasks", "System bucket for task logs", Retention { every: 3 * DAY, shard_group: DAY }),
    ("_monitoring", "System bucket for monitoring logs", Retention { every: 7 * DAY, shard_group: DAY }),
];

/// Refuses what can't be a bucket's name.
pub fn check_bucket_name(name: &str) -> Result<(), Error> {
    if name.is_empty() {
        return Err(Error::BucketNameEmpty);
    }
    if name.starts_with('_') {
        return Err(Error::BucketNameUnderscore { name: name.into() });
    }
    if name.contains('"') {
        return Err(Error::BucketNameQuote { name: name.into() });
    }
    user::check_text("name", name, user::MAX_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_those_of_influxd() {
        let piece = |every| Retention::new(every, 0).unwrap().shard_group;
        assert_eq!(piece(0), 604_800);
        assert_eq!(piece(180 * DAY), 604_800);
        assert_eq!(piece(2 * DAY), 86_400);
        assert_eq!(piece(HOUR), 3600);
        assert_eq!(Retention::new(DAY, 60).unwrap().shard_group, 3600);
    }

    #[test]
    fn impossible_rules_are_refused() {
        assert_eq!(Retention::new(-1, 0), Err(Error::RetentionNegative));
        assert_eq!(Retention::new(0, -1), Err(Error::ShardGroupNegative));
        assert_eq!(Retention::new(3599, 0), Err(Error::RetentionTooShort));
        assert_eq!(Retention::new(DAY, 2 * DAY), Err(Error::ShardGroupTooLong));
    }

    #[test]
    fn names_of_system_buckets_are_out_of_reach() {
        assert!(matches!(check_bucket_name("_x"), Err(Error::BucketNameUnderscore { .. })));
        assert!(matches!(check_bucket_name("a\"b"), Err(Error::BucketNameQuote { .. })));
        assert_eq!(check_bucket_name(""), Err(Error::BucketNameEmpty));
        assert_eq!(check_bucket_name("iot-center"), Ok(()));
    }
}
