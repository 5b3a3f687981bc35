//! View models of the list of buckets and its dialogs.

use serde::{Deserialize, Serialize};

use crate::Bucket;

use super::list_query::Listed;

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketRow {
    /// The bucket itself.
    pub bucket: Bucket,
    /// Number of live tokens that can read it, including those that the caller may not see.
    pub readers: u64,
    /// Number of live tokens that can write to it.
    pub writers: u64,
    /// True if the caller may change it.
    pub may_change: bool,
    /// True if the caller may create a token that reads it.
    pub may_generate: bool,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketPage {
    /// The rows of the page, and their counts.
    pub list: Listed<BucketRow>,
    /// Number of system buckets among all.
    pub system: u64,
    /// Number of live tokens that can do everything in the organization, and so are part of every count.
    pub all_access: u64,
}

/// The facts in a dialog about one bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketDetails {
    /// The bucket itself.
    pub bucket: Bucket,
    /// Number of live tokens that can read it or write to it.
    pub tokens: u64,
    /// The first DBRP mappings to it, as `database/retention policy`.
    pub mappings: Vec<String>,
    /// Number of mappings.
    pub mapping_count: u64,
}
