//! The access that a request demands. Every request has exactly one demand.

use std::collections::BTreeSet;

use jeton_model::{Action, BucketId};

/// The access that a request must be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Nothing, not even a credential.
    Nothing,
    /// Any live token, whatever it permits.
    Token,
    /// Any live token of the gate's organization.
    Member,
    /// An action on each of the targets. There is at least one.
    Targets(Targets),
    /// An action on each of the targets, to delete data: observe mode never lets it pass.
    Deletion(Targets),
    /// The permission to read at least one bucket of the gate.
    AnyReadable,
    /// The permission to write exactly one bucket of the gate, which the request does not name.
    OnlyWritable,
    /// Every permission in every organization.
    Operator(OperatorOnly),
    /// Nobody may: the request would let the credential of the gate out.
    Never,
}

/// The organization that a request names. A gate has one, so that it may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OrgName(pub(crate) Option<String>);

/// The reason why a request is left to operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorOnly {
    /// Method and path are not listed.
    Unlisted,
    /// The statement is not in the closed list, or it cannot be read with certainty.
    Statement,
    /// The SQL text names system tables, or it cannot be read with certainty.
    System,
    /// The text names a retention policy, which this database ignores.
    Policy,
    /// Data is deleted, and the gate's writers may not.
    Deletion,
}

impl OperatorOnly {
    /// Returns the sentence that a caller who is no operator is told.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Unlisted => "this request needs an operator token",
            Self::Statement => "this statement needs an operator token",
            Self::System => "queries of system tables need an operator token",
            Self::Policy => "a retention policy inside the query needs an operator token",
            Self::Deletion => {
                "deleting data needs an operator token, or writers-delete in the configuration of the gate"
            }
        }
    }
}

/// Targets of a request, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets(BTreeSet<Target>);

impl Targets {
    /// Returns the set of one target.
    pub fn one(action: Action, place: Place) -> Self {
        Self(BTreeSet::from([Target { action, place }]))
    }

    /// Returns the set of these targets; `None` if there is none.
    pub fn of(targets: impl IntoIterator<Item = Target>) -> Option<Self> {
        let targets: BTreeSet<_> = targets.into_iter().collect();
        (!targets.is_empty()).then_some(Self(targets))
    }

    /// Returns the targets.
    pub fn iter(&self) -> impl Iterator<Item = &Target> {
        self.0.iter()
    }
}

/// An action on a place of the database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// The action.
    pub action: Action,
    /// The database and its retention policies.
    pub place: Place,
}

/// A place as a request names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A database, and which of its retention policies.
    Database(String, Policy),
    /// A bucket of InfluxDB 2 by id or name.
    Bucket(String),
    /// A bucket by id alone.
    BucketId(BucketId),
}

/// A selection of a database's retention policies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Policy {
    /// The default one.
    Default,
    /// The one of this name.
    Named(String),
    /// All of them.
    All,
}

impl Policy {
    /// Returns the policy of this name, or the default one if a request names none.
    pub(crate) fn given(name: Option<&str>) -> Self {
        name.map_or(Self::Default, |name| Self::Named(name.to_owned()))
    }
}

impl Demand {
    /// Returns the demand for one action on one database.
    pub fn database(action: Action, database: impl Into<String>, policy: Policy) -> Self {
        Self::Targets(Targets::one(action, Place::Database(database.into(), policy)))
    }
}
