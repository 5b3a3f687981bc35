//! The gates that the server runs, as callers may see them. The server passes the running gates in; the rules about
//! visibility and changes are here.

use jeton_model::{
    Action, Timestamp,
    binding::{Comparison, FoundDatabase, GateBinding, GateIdentity, RunningGate, Upstream},
    grant::is_operator,
};
use jeton_store::Connection;

use crate::{Caller, Error, Service, auth::required_permissions, error::GateError};

use super::{binding::NewBinding, directory::org_called, suspension::Found};

/// A running gate that a caller may see.
#[derive(Clone, Debug)]
pub struct VisibleGate {
    /// The name, kind, upstream and organization, on which its bindings depend.
    pub identity: GateIdentity,
    /// The name of its organization.
    pub org_name: String,
    /// The gate; without its refusals if the caller may not read the organization's authorizations. A refusal contains
    /// a token's id only if the caller may read the authorizations of the token's organization.
    pub running: RunningGate,
}

impl Service {
    /// Returns the running gates that the caller may see, which requires the permission to read or write all buckets of
    /// the organization. A gate whose organization does not exist is left out.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn visible_gates(&self, caller: &Caller, running: Vec<RunningGate>) -> Result<Vec<VisibleGate>, Error> {
        let mut reader = self.read().await?;
        let mut visible = Vec::new();
        for gate in running {
            visible.extend(seen(&mut reader, caller, gate).await?);
        }
        Ok(visible)
    }

    /// Returns one of the running gates, by its name.
    ///
    /// # Errors
    /// [`GateError::NotFound`], also if the caller may not see it; the database may fail.
    pub async fn visible_gate(
        &self,
        caller: &Caller,
        running: Vec<RunningGate>,
        name: &str,
    ) -> Result<VisibleGate, Error> {
        let named = running.into_iter().filter(|gate| gate.name == name).collect();
        let found = self.visible_gates(caller, named).await?.into_iter().next();
        found.ok_or_else(|| Error::Gate(GateError::NotFound { name: name.into() }))
    }

    /// Denies callers who may not bind buckets to a database behind a gate, whether or not it holds data.
    ///
    /// # Errors
    /// `AuthError::Unauthorized`; [`GateError::NotGuarded`].
    pub fn check_binding(&self, caller: &Caller, gate: &VisibleGate, database: &str) -> Result<(), Error> {
        caller.check(required_permissions::buckets(Action::Write, gate.identity.org))?;
        if gate.running.guards(database) {
            return Ok(());
        }
        Err(Error::Gate(GateError::NotGuarded { gate: gate.identity.name.clone(), database: database.into() }))
    }

    /// Binds a bucket to a database that a running gate guards.
    ///
    /// # Errors
    /// Those of [`Service::check_binding`] and [`Service::bind_bucket`].
    pub async fn bind_guarded(
        &self,
        caller: &Caller,
        gate: &VisibleGate,
        new: NewBinding,
    ) -> Result<GateBinding, Error> {
        self.check_binding(caller, gate, &new.database)?;
        self.bind_bucket(caller, &gate.identity, new).await
    }

    /// Denies callers who may not compare a gate with its database.
    ///
    /// # Errors
    /// [`GateError::OperatorToCompare`].
    pub fn check_comparison(&self, caller: &Caller) -> Result<(), Error> {
        if is_operator(caller.permissions()) { Ok(()) } else { Err(Error::Gate(GateError::OperatorToCompare)) }
    }

    /// Compares a running gate with the databases of its upstream, or with its buckets, as [`Service::sync_gate`] does.
    /// Those that the gate does not guard are not reported as unknown. `found`: `None` if the upstream gave no list.
    ///
    /// # Errors
    /// Those of [`Service::check_comparison`]; [`GateError::NoList`]; the database may fail.
    pub async fn compare_guarded(
        &self,
        caller: &Caller,
        gate: &VisibleGate,
        found: Option<&Found>,
        asked_at: Timestamp,
    ) -> Result<Comparison, Error> {
        self.check_comparison(caller)?;
        let found = found.ok_or_else(|| no_list(gate))?;
        let mut compared = self.sync_gate(caller, &gate.identity, found, asked_at).await?;
        compared.unknown.retain(|database| gate.running.guards(&database.name));
        Ok(compared)
    }
}

/// Returns what the database of a gate told; `None`: it gave no list.
///
/// # Errors
/// [`GateError::NoBindings`]; [`GateError::NoList`].
pub(super) fn require_list(gate: &VisibleGate, found: Option<Vec<FoundDatabase>>) -> Result<Vec<FoundDatabase>, Error> {
    if !gate.identity.kind.has_bindings() {
        return Err(Error::Gate(GateError::NoBindings));
    }
    found.ok_or_else(|| no_list(gate))
}

fn no_list(gate: &VisibleGate) -> Error {
    Error::Gate(GateError::NoList { gate: gate.identity.name.clone() })
}

/// Returns a gate as the caller sees it.
async fn seen(
    connection: &mut Connection,
    caller: &Caller,
    mut running: RunningGate,
) -> Result<Option<VisibleGate>, Error> {
    let Some(org) = org_called(connection, &running.org).await? else { return Ok(None) };
    let may = |action| caller.may(&required_permissions::buckets(action, org.id));
    if !may(Action::Read) && !may(Action::Write) {
        return Ok(None);
    }
    let reads_tokens = |org| caller.may(&required_permissions::authorizations(Action::Read, org));
    if !reads_tokens(org.id) {
        running.refusals.clear();
    }
    for refusal in &mut running.refusals {
        // The refused token may be of another organization.
        let org = refusal.token_org.filter(|org| reads_tokens(*org));
        (refusal.token, refusal.token_org) = (refusal.token.filter(|_| org.is_some()), org);
    }
    let upstream: Upstream = running.upstream.parse()?;
    let identity = GateIdentity { name: running.name.clone(), kind: running.kind, org: org.id, upstream };
    Ok(Some(VisibleGate { identity, org_name: org.name, running }))
}
