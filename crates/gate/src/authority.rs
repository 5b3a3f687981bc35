//! The credential that a request to the database carries. A database with tokens of its own checks the caller's
//! permissions a second time.

use std::collections::BTreeSet;

use jeton_model::Action;

use crate::{
    caller::Caller,
    delegated::Delegated,
    demand::Demand,
    directory::{Binding, Directory},
    grants::Grants,
    hashed::Hashed,
    kind::SecondLock,
};

/// The permissions of the credential that a request to the database carries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Authority {
    /// No credential: the database requires none for this request.
    Nobody,
    /// The gate's own credential: only Jeton checks the caller's permissions.
    Gate,
    /// An authorization of InfluxDB 2 with the caller's permissions: the database checks them again.
    Caller(Hashed<Delegated>),
    /// A user of InfluxDB 1.x with the caller's permissions: the database checks them again.
    User(Hashed<Grants>),
}

impl Authority {
    /// Returns the authority of a request whose caller meets the demand.
    pub(crate) fn of(lock: SecondLock, demand: &Demand, caller: &Caller<'_>, directory: &Directory) -> Self {
        match demand {
            Demand::Nothing => match lock {
                SecondLock::Authorization => Self::Nobody,
                // InfluxDB 1.x may be configured to ask for a credential even where nothing is read.
                SecondLock::None | SecondLock::User => Self::Gate,
            },
            // A request for a syntax tree reads no data. An operator holds every permission of the gate.
            Demand::Member | Demand::Operator(_) => Self::Gate,
            Demand::Token
            | Demand::Targets(_)
            | Demand::Deletion(_)
            | Demand::AnyReadable
            | Demand::OnlyWritable
            | Demand::Never => match lock {
                SecondLock::None => Self::Gate,
                SecondLock::Authorization => Self::Caller(Delegated::of(caller, directory)),
                SecondLock::User => Self::User(Grants::of(caller, directory)),
            },
        }
    }
}

impl Authority {
    /// Returns the narrowest authority for actions on buckets that a caller lacks, and is granted in observe mode. A Flux
    /// text may name further buckets, which are those of its caller.
    pub(crate) fn observed(
        lock: SecondLock,
        is_flux: bool,
        caller: &Caller<'_>,
        granted: &[(Action, &Binding)],
        directory: &Directory,
    ) -> Self {
        match lock {
            SecondLock::None => Self::Gate,
            SecondLock::User => Self::User(Grants::on(granted.iter().copied()).into()),
            SecondLock::Authorization => {
                let none = Delegated { org: directory.org(), permissions: BTreeSet::new() };
                let mut rights = if is_flux { Delegated::clone(&Delegated::of(caller, directory)) } else { none };
                rights.permissions.extend(granted.iter().map(|(action, binding)| (*action, binding.bucket)));
                Self::Caller(rights.into())
            }
        }
    }
}
