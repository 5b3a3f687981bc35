//! The channels by which the gates publish their state to the rest of the server. They exist before the gates, which
//! breaks a cycle: a gate for InfluxDB 2 uses the service of the server's own listener, which in turn shows the gates.

use std::{collections::BTreeMap, sync::Arc};

use jeton_http::gates::RunningGates;
use jeton_proxy::ForwardAuth;
use tokio::sync::watch;

use crate::server::forward_auth::ForwardAuthGates;

use super::running::{RegisteredGate, RunningSet};

/// The channels by which the gates publish their state.
#[derive(Default)]
pub struct GateRegistry {
    pub(super) forward_auth: watch::Sender<BTreeMap<String, ForwardAuth>>,
    pub(super) gates: watch::Sender<Vec<RegisteredGate>>,
}

impl GateRegistry {
    /// Returns the gates with forward auth, which follow each reload.
    pub fn forward_auth(&self) -> ForwardAuthGates {
        ForwardAuthGates::new(self.forward_auth.subscribe())
    }

    /// Returns the gates, as the API and the console see them.
    pub fn running(&self) -> Arc<dyn RunningGates> {
        Arc::new(RunningSet::of(self.gates.subscribe()))
    }

    /// Removes the gates. Otherwise they and the service of the server's listener would keep each other alive.
    pub(super) fn clear(&self) {
        self.forward_auth.send_replace(BTreeMap::new());
        self.gates.send_replace(Vec::new());
    }
}
