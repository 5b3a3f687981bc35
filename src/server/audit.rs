//! What happens to the audit log beside requests, for as long as the server runs.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior, interval},
};

use crate::{model::Error, service::Service};

/// How long a refusal waits to be written, at most.
const WRITE_EVERY: Duration = Duration::from_secs(1);
const WATCH_EVERY: Duration = Duration::from_secs(3600);
const TRIM_EVERY: Duration = Duration::from_secs(86_400);

/// Writes refusals soon after they happened, checks the chain and logs its head hourly, and deletes old entries daily,
/// the first time at the start. `retention`: how many days entries are kept; `None`: for ever. Ends when the other end of
/// `running` is dropped, but never in the middle of something.
pub async fn keep_audit_log(service: Service, retention: Option<u32>, running: watch::Receiver<()>) {
    let ticks = |period| Ticks { interval: every(period), running: running.clone() };
    let (writing, watching, trimming) = (ticks(WRITE_EVERY), ticks(WATCH_EVERY), ticks(TRIM_EVERY));
    tokio::join!(write(&service, writing), watch(&service, watching), trim(&service, retention, trimming));
}

/// Moments at which something is to be done, until the server stops.
struct Ticks {
    interval: Interval,
    running: watch::Receiver<()>,
}

impl Ticks {
    /// Waits for the next; false at the end.
    async fn next(&mut self) -> bool {
        tokio::select! {
            // What is due is done, also at the very end.
            biased;
            _ = self.interval.tick() => true,
            _ = self.running.changed() => false,
        }
    }
}

async fn write(service: &Service, mut ticks: Ticks) {
    while ticks.next().await {
        warn("the refusals were not written to the audit log", service.write_refusals().await);
    }
}

async fn watch(service: &Service, mut ticks: Ticks) {
    while ticks.next().await {
        warn("the audit log was not checked", service.watch_audit_log().await);
    }
}

async fn trim(service: &Service, retention: Option<u32>, mut ticks: Ticks) {
    let Some(days) = retention else { return };
    while ticks.next().await {
        warn("the old entries of the audit log were not deleted", service.trim_audit_log(days).await);
    }
}

/// The first time at once; never twice in a row to make up for a time that was missed.
fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// `failed`: what did not happen. It is tried again the next time.
fn warn<T>(failed: &str, result: Result<T, Error>) {
    if let Err(error) = result {
        tracing::warn!(%error, "{failed}");
    }
}
