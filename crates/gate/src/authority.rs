//! The credential that a request to the database carries. A database with tokens of its own checks the caller's
//! permissions a second time.

use std::collections::BTreeSet;

use jeton_model::{Action, BucketId, OrgId};

use crate::{
    caller::Caller,
    demand::Demand,
    directory::{Binding, Directory},
    kind::Kind,
};

/// The permissions of the credential that a request to the database carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// No credential: the database requires none for this request.
    Nobody,
    /// The gate's own credential: only Jeton checks the caller's permissions.
    Gate,
    /// A credential with the caller's permissions: the database checks them again.
    Caller(Delegated),
}

/// The actions on buckets of a gate that its caller may delegate: those that are permitted and not suspended, each on a
/// bucket by its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delegated {
    /// The organization of the gate.
    pub org: OrgId,
    /// The actions on buckets.
    pub permissions: BTreeSet<(Action, BucketId)>,
}

impl Authority {
    /// Returns the authority of a request whose caller meets the demand.
    pub(crate) fn of(kind: Kind, demand: &Demand, caller: &Caller<'_>, directory: &Directory) -> Self {
        match (kind, demand) {
            (Kind::Influxdb1 | Kind::Influxdb3 | Kind::Victoriametrics, _) => Self::Gate,
            (Kind::Influxdb2, Demand::Nothing) => Self::Nobody,
            // A request for a syntax tree reads no data. An operator holds every permission of the gate.
            (Kind::Influxdb2, Demand::Member | Demand::Operator(_)) => Self::Gate,
            (
                Kind::Influxdb2,
                Demand::Token
                | Demand::Targets(_)
                | Demand::Deletion(_)
                | Demand::AnyReadable
                | Demand::OnlyWritable
                | Demand::Never,
            ) => Self::Caller(Delegated::of(caller, directory)),
        }
    }
}

impl Authority {
    /// Returns the narrowest authority for actions on buckets that a caller lacks, and is granted in observe mode. A Flux
    /// text may name further buckets, which are those of its caller.
    pub(crate) fn observed(
        kind: Kind,
        is_flux: bool,
        caller: &Caller<'_>,
        granted: &[(Action, &Binding)],
        directory: &Directory,
    ) -> Self {
        match kind {
            Kind::Influxdb1 | Kind::Influxdb3 | Kind::Victoriametrics => Self::Gate,
            Kind::Influxdb2 => {
                let none = Delegated { org: directory.org(), permissions: BTreeSet::new() };
                let mut rights = if is_flux { Delegated::of(caller, directory) } else { none };
                rights.permissions.extend(granted.iter().map(|(action, binding)| (*action, binding.bucket)));
                Self::Caller(rights)
            }
        }
    }
}

impl Delegated {
    /// Returns whether any action on the bucket is delegated.
    pub(crate) fn has(&self, bucket: BucketId) -> bool {
        Action::ALL.iter().any(|action| self.permissions.contains(&(*action, bucket)))
    }

    fn of(caller: &Caller<'_>, directory: &Directory) -> Self {
        let org = directory.org();
        let active = directory.buckets().iter().filter(|binding| !binding.suspended);
        let both = active.flat_map(|binding| Action::ALL.map(|action| (action, binding.bucket)));
        Self { org, permissions: both.filter(|(action, bucket)| caller.may(*action, *bucket, org)).collect() }
    }
}
