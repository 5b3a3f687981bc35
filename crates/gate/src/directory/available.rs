//! A set of the available bindings, for constant-time lookups: every running exchange looks up its bindings repeatedly.

use std::collections::HashSet;

use jeton_model::BucketId;

use super::{Binding, Directory};

/// Bucket, database and retention policy of a binding.
type Leads<'a> = (BucketId, &'a str, Option<&'a str>);

/// The bindings of a gate that are available.
#[derive(Debug)]
pub struct Available<'a>(HashSet<Leads<'a>>);

impl Directory {
    /// Returns the bindings that are not suspended.
    pub fn available(&self) -> Available<'_> {
        let all = self.buckets.iter().chain(self.places());
        Available(all.filter(|binding| !binding.suspended).map(leads).collect())
    }
}

impl Available<'_> {
    /// Returns whether a binding that was granted earlier is still available and leads to the same data.
    pub fn has(&self, granted: &Binding) -> bool {
        self.0.contains(&leads(granted))
    }
}

fn leads(binding: &Binding) -> Leads<'_> {
    (binding.bucket, binding.database.as_str(), binding.policy.as_deref())
}
