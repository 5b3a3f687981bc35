//! Gauges of scheduled backups.

use jeton_model::{Span, Timestamp};

/// Sets the interval of scheduled backups, and the time of the last one; without any, the time is 0.
pub fn scheduled(every: Span, last: Option<Timestamp>) {
    metrics::gauge!("jeton_backup_interval_seconds").set(seconds(every.seconds()));
    let last = last.map_or(0, |last| last.seconds_since(Timestamp::from_micros(0)));
    metrics::gauge!("jeton_backup_last_timestamp_seconds").set(seconds(last));
    failed(0);
}

/// Counts scheduled backups that failed.
pub fn failed(number: u64) {
    metrics::counter!("jeton_backup_failures_total").increment(number);
}

#[expect(clippy::cast_precision_loss, reason = "no time is 2^52 seconds away")]
const fn seconds(seconds: i64) -> f64 {
    seconds as f64
}
