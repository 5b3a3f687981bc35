//! DBRP mappings: from a 1.x database and retention policy to a bucket. See
//! [compatibility §5.8](../../docs/influxdb-compatibility.md#s5-8).

use serde::{Deserialize, Serialize};

use crate::{Bucket, BucketId, DbrpId, OrgId, ValidationError, user};

/// The retention policy of a bucket whose name contains none.
const AUTOGEN: &str = "autogen";

/// A mapping from a 1.x database and retention policy of an organization to one of its buckets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dbrp {
    /// Its id; that of the bucket if it is virtual.
    pub id: DbrpId,
    /// The organization that it belongs to.
    pub org: OrgId,
    /// The bucket that the database and retention policy map to.
    pub bucket: BucketId,
    /// The 1.x database.
    pub database: String,
    /// The 1.x retention policy.
    pub retention_policy: String,
    /// True if it applies to requests for the database without a retention policy.
    pub is_default: bool,
    /// True if it is implied by a bucket instead of stored; its id is then that of the bucket.
    pub is_virtual: bool,
}

/// Conditions on mappings, all of which must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DbrpFilter {
    /// Requires this id.
    pub id: Option<DbrpId>,
    /// Requires this bucket.
    pub bucket: Option<BucketId>,
    /// Requires this name of the database.
    pub database: Option<String>,
    /// Requires this name of the retention policy.
    pub retention_policy: Option<String>,
    /// Requires that the mapping is, or is not, its database's default.
    pub is_default: Option<bool>,
}

impl Dbrp {
    /// Returns the virtual mapping of a bucket: `telemetry/weekly` is database and retention policy, `telemetry` alone
    /// is the database's default.
    pub fn of_bucket(bucket: &Bucket) -> Self {
        let parts = bucket.name.split_once('/');
        let (database, retention_policy) = parts.unwrap_or((bucket.name.as_str(), AUTOGEN));
        Self {
            id: DbrpId(bucket.id.0),
            org: bucket.org,
            bucket: bucket.id,
            database: database.into(),
            retention_policy: retention_policy.into(),
            is_default: parts.is_none(),
            is_virtual: true,
        }
    }

    /// Returns whether both map the same database and retention policy, so that only one of them counts.
    pub fn is_from_where(&self, other: &Self) -> bool {
        self.database == other.database && self.retention_policy == other.retention_policy
    }
}

impl DbrpFilter {
    /// Returns whether a mapping matches.
    pub fn lets_through(&self, dbrp: &Dbrp) -> bool {
        self.id.is_none_or(|id| id == dbrp.id)
            && self.bucket.is_none_or(|bucket| bucket == dbrp.bucket)
            && self.database.as_ref().is_none_or(|database| *database == dbrp.database)
            && self.retention_policy.as_ref().is_none_or(|policy| *policy == dbrp.retention_policy)
            && self.is_default.is_none_or(|is_default| is_default == dbrp.is_default)
    }
}

/// Checks the name of a database or retention policy; `part` is what the message calls it.
///
/// # Errors
/// Fails if the name is empty, `.` or `..`, too long, or contains a slash, a backslash or a control character.
pub fn check_part(part: &'static str, name: &str) -> Result<(), ValidationError> {
    let refused = name.is_empty()
        || matches!(name, "." | "..")
        || name.chars().any(|letter| letter.is_control() || matches!(letter, '/' | '\\'));
    if refused {
        return Err(ValidationError::DbrpName { part: part.into() });
    }
    user::check_text(part, name, user::MAX_NAME)
}

#[cfg(test)]
mod tests {
    use crate::{
        Id, Timestamp,
        bucket::{BucketKind, Retention},
    };

    use super::*;

    fn bucket(name: &str) -> Bucket {
        let id = Id::new(7).unwrap();
        Bucket {
            id: BucketId(id),
            org: OrgId(id),
            kind: BucketKind::User,
            name: name.into(),
            description: String::new(),
            retention_policy: String::new(),
            retention: Retention::FOREVER,
            created_at: Timestamp::from_micros(0),
            updated_at: Timestamp::from_micros(0),
        }
    }

    #[test]
    fn a_bucket_leads_to_itself_by_its_name() {
        let parts = |name: &str| {
            let dbrp = Dbrp::of_bucket(&bucket(name));
            (dbrp.database, dbrp.retention_policy, dbrp.is_default)
        };
        assert_eq!(parts("iot"), ("iot".into(), "autogen".into(), true));
        assert_eq!(parts("iot/weekly"), ("iot".into(), "weekly".into(), false));
        assert_eq!(parts("iot/a/b"), ("iot".into(), "a/b".into(), false));
    }

    #[test]
    fn names_that_would_be_paths_are_refused() {
        for name in ["", ".", "..", "a/b", "a\\b", "a\0b", "a\nb"] {
            assert!(check_part("database", name).is_err(), "{name:?}");
        }
        for name in ["db0", "a.b", "_internal", "größe", "a b"] {
            assert_eq!(check_part("database", name), Ok(()), "{name}");
        }
    }
}
