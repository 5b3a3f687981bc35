//! The requests at a gate in a span of time.

use serde::{Deserialize, Serialize};

use super::GateCounts;

/// The numbers of requests at a gate in a span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateTraffic {
    /// All requests.
    pub requests: u64,
    /// Requests that were refused, for themselves or for their credential.
    pub refused: u64,
    /// Requests that a gate in observe mode would have refused.
    pub would_refuse: u64,
    /// Requests that failed because of the database.
    pub failed: u64,
}

impl GateTraffic {
    /// Returns what was added to an earlier state of the same counters.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(earlier.requests),
            refused: self.refused.saturating_sub(earlier.refused),
            would_refuse: self.would_refuse.saturating_sub(earlier.would_refuse),
            failed: self.failed.saturating_sub(earlier.failed),
        }
    }
}

impl From<GateCounts> for GateTraffic {
    fn from(counts: GateCounts) -> Self {
        Self {
            requests: counts.requests(),
            refused: counts.turned_away(),
            would_refuse: counts.would_refuse,
            failed: counts.failed,
        }
    }
}

/// The latest requests at a gate. Until the server has run for a minute or an hour, those since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRates {
    /// The requests of the last minute.
    pub minute: GateTraffic,
    /// The requests of the last hour.
    pub hour: GateTraffic,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_before_a_span_is_not_in_it() {
        let counts = GateCounts { allowed: 5, refused: 2, unauthenticated: 1, failed: 3, ..GateCounts::default() };
        let earlier = GateTraffic { requests: 6, refused: 1, would_refuse: 0, failed: 3 };
        let expected = GateTraffic { requests: 2, refused: 2, ..GateTraffic::default() };
        assert_eq!(GateTraffic::from(counts).since(earlier), expected);
    }
}
