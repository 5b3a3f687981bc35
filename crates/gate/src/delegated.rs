//! The actions on buckets that a caller may delegate to a credential of InfluxDB 2.

use std::collections::BTreeSet;

use jeton_model::{Action, BucketId, OrgId};

/// The actions on buckets of a gate that its caller may delegate: those that are permitted and not suspended, each on a
/// bucket by its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delegated {
    /// The organization of the gate.
    pub org: OrgId,
    /// The actions on buckets.
    pub permissions: BTreeSet<(Action, BucketId)>,
}

impl Delegated {
    /// Returns whether any action on the bucket is delegated.
    pub(crate) fn has(&self, bucket: BucketId) -> bool {
        Action::ALL.iter().any(|action| self.permissions.contains(&(*action, bucket)))
    }
}
