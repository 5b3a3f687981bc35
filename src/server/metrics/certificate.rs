//! Metrics of the server's own certificate.

use jeton_model::Timestamp;

/// Sets the end of validity of the certificate; 0 if there is none, or it cannot be parsed.
pub fn expires(end: Option<Timestamp>) {
    metrics::gauge!("jeton_certificate_expiry_timestamp_seconds").set(seconds(end));
}

/// Sets the time at which the server renews the certificate by ACME; 0 if it does not.
pub fn renews(at: Option<Timestamp>) {
    metrics::gauge!("jeton_certificate_renewal_timestamp_seconds").set(seconds(at));
}

/// Counts orders of a certificate that failed.
pub fn order_failed(number: u64) {
    metrics::counter!("jeton_acme_failures_total").increment(number);
}

#[expect(clippy::cast_precision_loss, reason = "no time is 2^52 seconds away")]
fn seconds(time: Option<Timestamp>) -> f64 {
    time.map_or(0, |time| time.seconds_since(Timestamp::from_micros(0))) as f64
}
