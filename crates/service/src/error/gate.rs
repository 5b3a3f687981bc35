//! Errors of gates: bindings of buckets to databases, and their suspension.

use jeton_model::{Code, OrgId};

/// The reason why a bucket is not bound, unbound, confirmed or renamed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// The caller is no operator.
    #[error(
        "only an operator may bind a bucket to a database that may hold data, unbind or delete one whose data would belong to another bucket, and confirm or unbind a suspended one"
    )]
    OperatorRequired,
    /// The caller is an operator by a token with limits only.
    #[error(
        "an operator token with an expiry or networks cannot do this, because the access that it gives has neither limit; use an operator token without these limits, or sign in"
    )]
    LimitedOperator,
    /// The caller is no operator, and requests a comparison with a database.
    #[error(
        "only an operator may compare a gate with its database, because the answer names databases of every organization"
    )]
    OperatorToCompare,
    /// The server runs no such gate, or the caller may not see it.
    #[error("gate \"{name}\" not found")]
    NotFound {
        /// The name that was looked up.
        name: String,
    },
    /// The gate does not guard databases with this name.
    #[error("gate \"{gate}\" does not guard database \"{database}\"; choose a name that its setting databases matches")]
    NotGuarded {
        /// The name of the gate.
        gate: String,
        /// The database.
        database: String,
    },
    /// The upstream gave no valid list of its databases.
    #[error("the database behind gate \"{gate}\" does not tell what it has; check the gate, then try again")]
    NoList {
        /// The name of the gate.
        gate: String,
    },
    /// The bucket has a binding at the gate.
    #[error("bucket \"{bucket}\" is bound at this gate already; unbind it first")]
    AlreadyBound {
        /// The name of the bucket.
        bucket: String,
    },
    /// Another bucket, gate or organization has the database.
    #[error(
        "database \"{database}\" is bound already; a database belongs to one gate, and each part of it to one bucket"
    )]
    DatabaseTaken {
        /// The database, and the retention policy if there is one.
        database: String,
    },
    /// The bucket has no binding at the gate.
    #[error("the bucket is not bound at gate \"{gate}\"")]
    NotBound {
        /// The name of the gate.
        gate: String,
    },
    /// The bucket is available.
    #[error("bucket \"{bucket}\" is not suspended")]
    NotSuspended {
        /// The name of the bucket.
        bucket: String,
    },
    /// The gate has another database or organization than when its suspended buckets were shown.
    #[error(
        "the database behind gate \"{gate}\" changed since its suspended buckets were shown; load the page again, and look at the database before you confirm"
    )]
    ChangedSinceShown {
        /// The name of the gate.
        gate: String,
    },
    /// The bucket is the database's own.
    #[error("bucket \"{bucket}\" is the database's own and is never bound")]
    ReservedBucket {
        /// The name of the bucket.
        bucket: String,
    },
    /// The gate leads to InfluxDB 2.
    #[error("a gate for InfluxDB 2 has no bindings: its buckets have the ids of the upstream")]
    NoBindings,
    /// A list of what the upstream has does not fit the gate's kind.
    #[error("the list does not fit the kind of the gate")]
    OtherKind,
    /// A bound bucket would get another name.
    #[error(
        "the bucket is bound to database \"{database}\" at gate \"{gate}\", whose clients know it by its name; unbind it before you rename it"
    )]
    BoundBucketRenamed {
        /// The database, and the retention policy if there is one.
        database: String,
        /// The name of the gate.
        gate: String,
    },
    /// A bucket of an InfluxDB 2 would be created or changed in Jeton: its name and retention belong to the database.
    #[error(
        "the buckets of this organization are those of InfluxDB behind gate \"{gate}\"; create or change the bucket there, then adopt or import it"
    )]
    UpstreamsBuckets {
        /// The name of the gate.
        gate: String,
    },
    /// The InfluxDB behind a gate has no such organization, or does not show it.
    #[error(
        "InfluxDB has no organization \"{org}\", or does not show it; correct org of gate \"{gate}\", or give the gate an operator token of InfluxDB"
    )]
    NoUpstreamOrg {
        /// The name of the gate.
        gate: String,
        /// The configured name or id.
        org: String,
    },
    /// The organization of a gate of InfluxDB 2 has another id there.
    #[error(
        "organization \"{name}\" has the id {here} here and {there} in InfluxDB, and ids do not change; rename or delete it here, restart the server and adopt again, or set up another Jeton with an organization of another name, or import InfluxDB into it"
    )]
    OtherOrgId {
        /// The name of the organization.
        name: String,
        /// Its id here.
        here: OrgId,
        /// Its id in InfluxDB.
        there: OrgId,
    },
    /// The organization of a gate of InfluxDB 2 has another name here, by which the gate does not find it.
    #[error(
        "organization {id} is called \"{here}\" here and \"{there}\" in InfluxDB; set org of gate \"{gate}\" to its id"
    )]
    OtherOrgName {
        /// The name of the gate.
        gate: String,
        /// The id of the organization.
        id: OrgId,
        /// Its name here.
        here: String,
        /// Its name in InfluxDB.
        there: String,
    },
    /// The organization of a gate of InfluxDB 2 was deleted here.
    #[error("organization \"{name}\" was deleted here, and neither adoption nor import creates it again")]
    DeletedOrg {
        /// Its name in InfluxDB.
        name: String,
    },
}

impl GateError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::OperatorRequired | Self::LimitedOperator | Self::OperatorToCompare => Code::Forbidden,
            Self::NoList { .. } => Code::Unavailable,
            Self::AlreadyBound { .. }
            | Self::DatabaseTaken { .. }
            | Self::NotSuspended { .. }
            | Self::ChangedSinceShown { .. }
            | Self::BoundBucketRenamed { .. }
            | Self::UpstreamsBuckets { .. }
            | Self::OtherOrgId { .. }
            | Self::OtherOrgName { .. }
            | Self::DeletedOrg { .. } => Code::Conflict,
            Self::NotBound { .. } | Self::NotFound { .. } | Self::NoUpstreamOrg { .. } => Code::NotFound,
            Self::ReservedBucket { .. } | Self::NotGuarded { .. } | Self::NoBindings | Self::OtherKind => Code::Invalid,
        }
    }
}
