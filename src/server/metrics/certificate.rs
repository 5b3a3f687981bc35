//! Metrics of the server's own certificate.

use jeton_model::Timestamp;

/// Sets the end of validity of the certificate; 0 if there is none, or it cannot be parsed.
#[expect(clippy::cast_precision_loss, reason = "no time is 2^52 seconds away")]
pub fn expires(end: Option<Timestamp>) {
    let seconds = end.map_or(0, |end| end.seconds_since(Timestamp::from_micros(0)));
    metrics::gauge!("jeton_certificate_expiry_timestamp_seconds").set(seconds as f64);
}

/// Counts orders of a certificate that failed.
pub fn order_failed(number: u64) {
    metrics::counter!("jeton_acme_failures_total").increment(number);
}
