//! Background jobs of the audit log and of expired tokens, for as long as the server runs.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};

use jeton_service::{Error, Service};

/// Maximum time between a denial or a read and its entry in the audit log.
const WRITE_EVERY: Duration = Duration::from_secs(1);
const WATCH_EVERY: Duration = Duration::from_secs(3600);
const TRIM_EVERY: Duration = Duration::from_secs(86_400);

/// Writes denials and reads to the audit log soon after they happened, verifies the chain and logs its head hourly, and
/// deletes old entries daily, the first time at the start. `retention`: number of days that entries are kept; `None`:
/// for ever. Ends when the sender of `running` is dropped, but never in the middle of a job.
pub async fn keep_audit_log(service: Service, retention: Option<u32>, running: watch::Receiver<()>) {
    let pause = |length| Pause::of(length, &running);
    let (writing, watching, trimming) = (pause(WRITE_EVERY), pause(WATCH_EVERY), pause(TRIM_EVERY));
    let watch = repeat("could not verify the audit log", watching, || service.watch_audit_log());
    tokio::join!(write(&service, writing), watch, trim(&service, retention, trimming));
}

/// Deletes tokens that expired or ended more than `retention` days ago, daily, the first time at the start; `None`:
/// never. Ends like [`keep_audit_log`].
pub async fn delete_expired_tokens(service: Service, retention: Option<u32>, running: watch::Receiver<()>) {
    let Some(days) = retention else { return };
    let pause = Pause::of(TRIM_EVERY, &running);
    repeat("could not delete expired tokens", pause, || service.delete_expired(days)).await;
}

/// The time between two runs of a job.
pub(super) struct Pause {
    length: Duration,
    running: watch::Receiver<()>,
}

impl Pause {
    /// Returns a pause that ends early when the sender of `running` is dropped.
    pub(super) fn of(length: Duration, running: &watch::Receiver<()>) -> Self {
        Self { length, running: running.clone() }
    }

    /// Waits for the next run; returns false if the server stops.
    pub(super) async fn is_over(&mut self) -> bool {
        tokio::select! {
            () = sleep(self.length) => true,
            _ = self.running.changed() => false,
        }
    }
}

async fn write(service: &Service, mut pause: Pause) {
    while pause.is_over().await {
        warn("could not write denials to the audit log", service.write_refusals().await);
        warn("could not write reads of telegraf texts to the audit log", service.write_reads().await);
    }
}

async fn trim(service: &Service, retention: Option<u32>, pause: Pause) {
    let Some(days) = retention else { return };
    repeat("could not delete old entries of the audit log", pause, || service.trim_audit_log(days)).await;
}

/// Runs a job at once and after each pause, until the server stops. `failed`: see [`warn`].
async fn repeat<T, Run: Future<Output = Result<T, Error>>>(failed: &str, mut pause: Pause, job: impl Fn() -> Run) {
    loop {
        warn(failed, job().await);
        if !pause.is_over().await {
            return;
        }
    }
}

/// Logs an error. `failed`: what did not happen; the next run tries it again.
fn warn<T>(failed: &str, result: Result<T, Error>) {
    if let Err(error) = result {
        tracing::warn!(%error, "{failed}");
    }
}
