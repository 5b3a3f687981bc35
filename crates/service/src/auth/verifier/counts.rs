//! The size and the hit counts of the verifier, for the metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Service;

/// Counters of hits and misses in memory.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Lookups {
    /// Counts a use of a credential. `is_hit`: true if memory sufficed and no query was needed.
    pub fn note(&self, is_hit: bool) {
        let counter = if is_hit { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// The size of the verifier, and its hits and misses since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifierCounts {
    /// Number of uses of credentials for which memory sufficed.
    pub hits: u64,
    /// Number of uses of credentials for which the database was read.
    pub misses: u64,
    /// Number of tokens in memory.
    pub tokens: u64,
    /// Number of tokens in memory that the database does not have.
    pub unknown: u64,
    /// Number of user names of 1.x clients in memory.
    pub credentials: u64,
    /// Approximate number of bytes that tokens and 1.x credentials take.
    pub bytes: u64,
}

impl Service {
    /// Returns the size of the verifier, and its hits and misses since the start.
    pub fn verifier_counts(&self) -> VerifierCounts {
        let verifier = &self.0.verifier;
        // The cache applies evictions lazily: without this, an unused one reports an outdated size.
        verifier.known.run_pending_tasks();
        verifier.unknown.run_pending_tasks();
        verifier.credentials.run_pending_tasks();
        VerifierCounts {
            hits: verifier.lookups.hits.load(Ordering::Relaxed),
            misses: verifier.lookups.misses.load(Ordering::Relaxed),
            tokens: verifier.known.entry_count(),
            unknown: verifier.unknown.entry_count(),
            credentials: verifier.credentials.entry_count(),
            bytes: verifier.known.weighted_size() + verifier.credentials.weighted_size(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_and_misses_are_counted_apart() {
        let lookups = Lookups::default();
        [true, false, true].into_iter().for_each(|is_hit| lookups.note(is_hit));
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        assert_eq!((count(&lookups.hits), count(&lookups.misses)), (2, 1));
    }
}
