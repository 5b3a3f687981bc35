//! Gauges that a timer refreshes while the server runs.

use std::{io, sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use jeton_model::Status;
use jeton_service::Service;

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
            handle
        })
        .clone()
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

/// Counts the tokens once.
pub async fn count_tokens(service: &Service) {
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
        #[expect(clippy::cast_precision_loss, reason = "no server has 2^52 tokens")]
        metrics::gauge!("jeton_tokens", "state" => state).set(count as f64);
    }
}
