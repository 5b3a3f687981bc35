//! Gauges that a timer refreshes while the server runs. docs/metrics.md lists every metric.

mod attention;
pub mod audit_out;
pub mod backups;
pub mod certificate;
mod verifier;

use std::{io, sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use jeton_model::Status;
use jeton_service::Service;

pub use attention::keep_counting_attention;
pub use verifier::keep_counting_lookups;

/// Interval between two counts. Counting scans the whole table, so it does not run at each scrape.
const COUNT_EVERY: Duration = Duration::from_secs(30);
const TIDY_EVERY: Duration = Duration::from_secs(10);

/// Returns the process's only recorder, however many servers a test starts in it.
pub fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another metrics recorder is already installed; /metrics stays empty");
            }
            begin_counters();
            handle
        })
        .clone()
}

/// Initializes counters of rare events with 0: Prometheus sees no increase in a counter that begins with 1.
fn begin_counters() {
    for outcome in ["accepted", "refused", "throttled"] {
        metrics::counter!("jeton_sign_ins_total", "outcome" => outcome).increment(0);
    }
    metrics::counter!("jeton_uses_unnoticed_total").increment(0);
    certificate::expires(None);
    certificate::renews(None);
    certificate::order_failed(0);
}

/// Converts a count to the type of metric values.
#[expect(clippy::cast_precision_loss, reason = "no number of a server reaches 2^52")]
const fn number(count: u64) -> f64 {
    count as f64
}

/// Drains the histograms periodically: without a scrape their samples would accumulate.
pub async fn keep_small(metrics: &PrometheusHandle) -> io::Result<()> {
    let mut now_and_then = tokio::time::interval(TIDY_EVERY);
    loop {
        now_and_then.tick().await;
        metrics.run_upkeep();
    }
}

/// Counts the tokens periodically. The first count was at the start.
pub async fn keep_counting(service: &Service) -> io::Result<()> {
    loop {
        tokio::time::sleep(COUNT_EVERY).await;
        count_tokens(service).await;
    }
}

/// Counts the tokens for the first time. The start does not wait for it where there are many.
pub async fn count_at_start(service: &Service) {
    if service.has_many_tokens().await.unwrap_or_default() {
        let service = service.clone();
        tokio::spawn(async move { count_tokens(&service).await });
    } else {
        count_tokens(service).await;
    }
}

/// Counts the tokens once.
async fn count_tokens(service: &Service) {
    match service.token_counts().await {
        Ok(counts) => set_token_counts(&counts),
        Err(error) => tracing::warn!(%error, "could not count the tokens"),
    }
}

fn set_token_counts(counts: &[(Status, bool, u64)]) {
    for (state, of) in [("active", Some(Status::Active)), ("inactive", Some(Status::Inactive)), ("ended", None)] {
        let count: u64 = counts
            .iter()
            .filter(|(status, ended, _)| of.map_or(*ended, |of| !ended && *status == of))
            .map(|(_, _, count)| count)
            .sum();
        metrics::gauge!("jeton_tokens", "state" => state).set(number(count));
    }
}
