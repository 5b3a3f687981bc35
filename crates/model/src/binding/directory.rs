//! The stored records about the buckets of a gate, as requests for data need them.

use crate::{Bucket, BucketId, Dbrp, OrgId};

/// The buckets of a gate, and its organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryRecord {
    /// The organization of the gate.
    pub org: OrgId,
    /// The name of the organization.
    pub org_name: String,
    /// The buckets.
    pub content: DirectoryContent,
}

/// The buckets of a gate, by the kind of its database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DirectoryContent {
    /// Those that are bound to a database.
    Bound(Vec<BoundBucket>),
    /// All of the organization, for InfluxDB 2.
    Buckets {
        /// The buckets.
        buckets: Vec<Bucket>,
        /// The stored DBRP mappings.
        mappings: Vec<Dbrp>,
        /// The buckets that are unavailable until an operator confirms.
        suspended: Vec<BucketId>,
    },
}

/// A bucket that is bound to a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundBucket {
    /// The bucket.
    pub bucket: BucketId,
    /// The name of the bucket.
    pub name: String,
    /// The name of the database.
    pub database: String,
    /// The retention policy; `None` for all of those that have no binding of their own.
    pub policy: Option<String>,
    /// True if the bucket is unavailable until an operator confirms.
    pub suspended: bool,
}
