//! What the console's list of buckets, and the dialogs above it, show.

use serde::{Deserialize, Serialize};

use crate::model::Bucket;

use super::list_query::Listed;

/// One bucket in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketRow {
    pub bucket: Bucket,
    /// How many live tokens may read it; also those that the caller does not see.
    pub readers: u64,
    /// How many live tokens may write to it.
    pub writers: u64,
    /// Whether the caller may change it.
    pub may_change: bool,
    /// Whether the caller may create a token that reads it.
    pub may_generate: bool,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketPage {
    pub list: Listed<BucketRow>,
    /// How many of all the buckets InfluxDB made.
    pub system: u64,
    /// How many live tokens may do everything in the organization, and so are in every count.
    pub all_access: u64,
}

/// What a dialog about one bucket says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketDetails {
    pub bucket: Bucket,
    /// How many live tokens may read it or write to it.
    pub tokens: u64,
    /// The DBRP mappings that lead to it, as `database/retention policy`: the first few.
    pub mappings: Vec<String>,
    /// How many mappings there are.
    pub mapping_count: u64,
}
