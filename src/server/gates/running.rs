//! The running gates, as the API and the console see them.

use std::{net::SocketAddr, sync::Arc};

use jeton_http::gates::{Asking, Explaining, RunningGates};
use jeton_model::{
    Bucket, Org, OrgId,
    binding::{GateMode, NotExplained, RunningGate},
};
use jeton_proxy::ProxyGate;
use jeton_service::gates::LiveToken;
use tokio::sync::watch;

use crate::config::gates::{GateSettings, Mode};

use super::bindings::StoredBindings;

/// A running gate with its settings and its bindings.
pub(super) struct RegisteredGate {
    /// The settings in the configuration file.
    pub settings: GateSettings,
    /// True if the gate has a credential for the database.
    pub has_credential: bool,
    /// The address on which the gate listens; `None` for one that only answers reverse proxies.
    pub address: Option<SocketAddr>,
    /// The source of its bindings.
    pub bindings: Arc<StoredBindings>,
    /// The gate itself.
    pub gate: ProxyGate,
}

impl RegisteredGate {
    fn state(&self) -> RunningGate {
        RunningGate {
            name: self.settings.name.to_string(),
            kind: self.settings.kind,
            org: self.bindings.known_org(),
            org_setting: self.settings.org.clone(),
            upstream: self.settings.upstream.to_string(),
            databases: self.settings.databases.clone(),
            address: self.address,
            is_encrypted: self.settings.tls,
            mode: match self.settings.mode {
                Mode::Enforce => GateMode::Enforce,
                Mode::Observe => GateMode::Observe,
            },
            has_credential: self.has_credential,
            health: self.gate.health(),
            counts: self.gate.counters().requests(),
            rates: self.gate.counters().rates(),
            refusals: self.gate.refusals(),
        }
    }
}

/// The currently running gates, in the order of their names.
pub(super) struct RunningSet(watch::Receiver<Vec<RegisteredGate>>);

impl RunningSet {
    /// Returns the set that the sender of `gates` updates.
    pub(super) fn of(gates: watch::Receiver<Vec<RegisteredGate>>) -> Self {
        Self(gates)
    }

    fn named(&self, name: &str) -> Option<ProxyGate> {
        self.0.borrow().iter().find(|shown| shown.gate.name() == name).map(|shown| shown.gate.clone())
    }
}

impl RunningGates for RunningSet {
    fn all(&self) -> Vec<RunningGate> {
        self.0.borrow().iter().map(RegisteredGate::state).collect()
    }

    fn ask<'a>(&'a self, name: &'a str) -> Asking<'a> {
        let gate = self.named(name);
        Box::pin(async move { gate?.inventory().await })
    }

    fn ask_orgs<'a>(&'a self, name: &'a str) -> Asking<'a, Org> {
        let gate = self.named(name);
        Box::pin(async move { gate?.upstream_orgs().await })
    }

    fn ask_buckets<'a>(&'a self, name: &'a str, org: OrgId) -> Asking<'a, Bucket> {
        let gate = self.named(name);
        Box::pin(async move { gate?.upstream_buckets(org).await })
    }

    fn explain<'a>(&'a self, name: &'a str, request: &'a str, token: Option<&'a LiveToken>) -> Explaining<'a> {
        let gate = self.named(name);
        Box::pin(async move { gate.ok_or(NotExplained::Unavailable)?.explain(request, token).await })
    }
}
