//! Probes: whether the database asks for a credential.

use std::{sync::atomic::Ordering, time::Duration};

use http::{Request, StatusCode};
use jeton_model::binding::UpstreamHealth;
use jeton_service::Service;
use tokio::time::{sleep, timeout};

use crate::{body, counters::UpstreamFailure};

use super::Upstream;

/// Maximum time for the answer to a probe.
const PROBE_WITHIN: Duration = Duration::from_secs(5);
/// Time between two probes.
const PROBE_EVERY: Duration = Duration::from_secs(10);
/// Time to the next probe after one that kept the gate closed.
const PROBE_AGAIN: Duration = Duration::from_secs(1);

impl Upstream {
    /// Probes, without a credential, whether the database asks for one: otherwise it is open to everyone, and a gate
    /// before it only pretends. Until the database has shown it, nothing is sent. `service`: has Jeton's clock, with which
    /// that of the database is compared.
    pub(crate) async fn probe(&self, service: &Service) {
        let Some(target) = self.probe else { return };
        let Ok(request) = Request::get(format!("{}{target}", self.base)).body(body::empty()) else { return };
        let answered = timeout(PROBE_WITHIN, self.clients.own().request(request)).await;
        if let Ok(Err(error)) = &answered {
            self.log(UpstreamFailure::Unreachable, Some(error));
        }
        let response = answered.ok().and_then(Result::ok);
        if let Some(response) = &response {
            self.note_clock(response.headers(), service.now());
        }
        let status = response.map(|response| response.status());
        let asks = status == Some(StatusCode::UNAUTHORIZED);
        // One that fails, or is just starting, does not show that it answers everyone.
        let is_open = status.is_some_and(|status| status.is_success());
        self.is_open.store(is_open, Ordering::Relaxed);
        let changes = self.asks.swap(asks, Ordering::Relaxed) != asks;
        self.note_health(match status {
            Some(_) if !asks => UpstreamHealth::Unguarded,
            // A probe carries no credential: only a request with it shows that it is accepted.
            Some(_) if self.noted_health() == UpstreamHealth::Unauthorized => UpstreamHealth::Unauthorized,
            Some(_) => UpstreamHealth::Healthy,
            None => UpstreamHealth::Unreachable,
        });
        let takes_requests = asks || (is_open && self.observes);
        self.is_up.store(takes_requests && !self.is_refused.load(Ordering::Relaxed), Ordering::Relaxed);
        match status {
            Some(status) if !asks && self.is_news(UpstreamFailure::Unguarded) => {
                let (status, observes) = (status.as_u16(), self.observes);
                tracing::warn!(
                    gate = self.gate,
                    status,
                    observes,
                    "the database asks for no credential: its gate is closed, unless it observes"
                );
            }
            _ if changes => tracing::info!(gate = self.gate, asks, "the gate has probed its database"),
            _ => {}
        }
    }

    /// Probes periodically, and soon after the database could not be reached. It never returns.
    pub(crate) async fn keep_probing(&self, service: &Service) {
        loop {
            let pause = if self.asks.load(Ordering::Relaxed) { PROBE_EVERY } else { PROBE_AGAIN };
            tokio::select! {
                () = sleep(pause) => {}
                () = self.lost.notified() => sleep(PROBE_AGAIN).await,
            }
            self.probe(service).await;
        }
    }
}
