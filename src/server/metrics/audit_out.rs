//! Gauge of the health of the audit export's sinks.

/// Sets whether entries are exported to a sink.
pub fn note(sink: &'static str, is_up: bool) {
    metrics::gauge!("jeton_audit_out_up", "sink" => sink).set(f64::from(u8::from(is_up)));
}
