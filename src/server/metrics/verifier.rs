//! Gauges and counters of the tokens in memory.

use std::{io, time::Duration};

use jeton_service::Service;

use super::number;

/// Interval between two updates.
const COUNT_EVERY: Duration = Duration::from_secs(5);

/// Copies the counts of the verifier to the metrics periodically, the first time at once.
pub async fn keep_counting_lookups(service: &Service) -> io::Result<()> {
    let mut now_and_then = tokio::time::interval(COUNT_EVERY);
    loop {
        now_and_then.tick().await;
        let counts = service.verifier_counts();
        for (result, count) in [("hit", counts.hits), ("miss", counts.misses)] {
            metrics::counter!("jeton_verifier_lookups_total", "result" => result).absolute(count);
        }
        for (kind, count) in [("token", counts.tokens), ("unknown", counts.unknown), ("credential", counts.credentials)]
        {
            metrics::gauge!("jeton_verifier_entries", "kind" => kind).set(number(count));
        }
        metrics::gauge!("jeton_verifier_bytes").set(number(counts.bytes));
        metrics::counter!("jeton_password_verifications_total").absolute(service.password_verifications());
    }
}
