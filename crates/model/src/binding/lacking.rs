//! The permission or organization that the token of a refused request lacks.

use crate::Permission;

/// The permission or organization that the token of a request lacks, which a gate refused for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lacking {
    /// A permission on a bucket, or on at least one bucket of an organization.
    Permission(Permission),
    /// Every permission in every organization.
    Operator,
    /// The organization of the gate.
    Organization,
}
