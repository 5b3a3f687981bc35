//! The directory of a gate, from what is stored.

use std::collections::BTreeMap;

use jeton_model::binding::{BoundBucket, DirectoryContent, DirectoryRecord};

use super::{Binding, Directory};

impl Directory {
    /// Returns the directory of a stored record. `policies` are the databases' default retention policies, as learnt
    /// from an upstream of InfluxDB 1.x; they are ignored for InfluxDB 2, whose DBRP mappings are stored.
    pub fn of_record(record: &DirectoryRecord, policies: BTreeMap<String, String>) -> Self {
        let org_name = record.org_name.as_str();
        match &record.content {
            DirectoryContent::Bound(bound) => {
                Self::of_bindings(record.org, org_name, bound.iter().map(Binding::from).collect(), policies)
            }
            DirectoryContent::Buckets { buckets, mappings, suspended } => {
                Self::of_buckets(record.org, org_name, buckets, mappings).suspended(suspended)
            }
        }
    }
}

impl From<&BoundBucket> for Binding {
    fn from(bound: &BoundBucket) -> Self {
        Self {
            bucket: bound.bucket,
            name: bound.name.clone(),
            database: bound.database.clone(),
            policy: bound.policy.clone(),
            suspended: bound.suspended,
        }
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::{
        Bucket, BucketId, Dbrp, DbrpId, Id, OrgId, Timestamp,
        bucket::{BucketKind, Retention},
    };

    use crate::demand::{Place, Policy};

    use super::*;

    const ORG: OrgId = match Id::new(1) {
        Some(id) => OrgId(id),
        None => unreachable!(),
    };

    fn id(number: u64) -> BucketId {
        BucketId(Id::new(number).unwrap())
    }

    fn suspended_at(directory: &Directory, place: Place) -> Option<bool> {
        directory.resolve(&place).ok().map(|found| found.iter().all(|binding| binding.suspended))
    }

    #[test]
    fn bound_buckets_are_found_by_their_databases_and_suspended_ones_stay_so() {
        let bound = |number, database: &str, suspended| BoundBucket {
            bucket: id(number),
            name: format!("bucket {number}"),
            database: database.into(),
            policy: None,
            suspended,
        };
        let content = DirectoryContent::Bound(vec![bound(2, "a", false), bound(3, "b", true)]);
        let record = DirectoryRecord { org: ORG, org_name: "acme".into(), content };
        let directory = Directory::of_record(&record, BTreeMap::new());
        let place = |name: &str| Place::Database(name.into(), Policy::All);
        assert_eq!(suspended_at(&directory, place("a")), Some(false));
        assert_eq!(suspended_at(&directory, place("b")), Some(true));
        assert_eq!(suspended_at(&directory, place("bucket 2")), None);
    }

    #[test]
    fn a_suspended_bucket_of_influxdb_2_is_so_by_id_and_by_mapping() {
        let time = Timestamp::from_micros(0);
        let bucket = Bucket {
            id: id(2),
            org: ORG,
            kind: BucketKind::User,
            name: "iot".into(),
            description: String::new(),
            retention_policy: String::new(),
            retention: Retention::FOREVER,
            created_at: time,
            updated_at: time,
        };
        let mapping = Dbrp {
            id: DbrpId(id(5).0),
            org: ORG,
            bucket: id(2),
            database: "db".into(),
            retention_policy: "rp".into(),
            is_default: true,
            is_virtual: false,
        };
        let content =
            DirectoryContent::Buckets { buckets: vec![bucket], mappings: vec![mapping], suspended: vec![id(2)] };
        let record = DirectoryRecord { org: ORG, org_name: "acme".into(), content };
        let directory = Directory::of_record(&record, BTreeMap::new());
        assert_eq!(suspended_at(&directory, Place::BucketId(id(2))), Some(true));
        assert_eq!(suspended_at(&directory, Place::Database("db".into(), Policy::Named("rp".into()))), Some(true));
    }
}
