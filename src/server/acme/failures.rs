//! Failed orders. They are stored, so that a server that is restarted again and again does not order at each start.

use serde::{Deserialize, Serialize};

use jeton_model::Timestamp;

/// Number of seconds after a failure until the next attempt: after the first, and at most. Authorities limit the number
/// of failures per hour.
const FIRST_PAUSE: i64 = 60;
const LONGEST_PAUSE: i64 = 6 * 3600;
/// Maximum number of seconds from a failure to the attempt after a restart, which may have repaired the reason. Let's
/// Encrypt allows five failures per hour.
const LONGEST_AFTER_RESTART: i64 = 15 * 60;

/// The failed orders since the last certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Failures {
    pub(super) number: u32,
    /// The time at which the last one began.
    pub(super) last: Timestamp,
}

impl Failures {
    /// Returns the time of the next attempt of a server that has just started.
    pub(super) fn due_after_restart(self, now: Timestamp) -> Timestamp {
        // A clock that was set back must not delay the attempt.
        self.last.min(now).plus_seconds(pause(self.number).min(LONGEST_AFTER_RESTART))
    }
}

/// Returns the number of seconds until the next attempt. It doubles with each failure.
pub(super) fn pause(failures: u32) -> i64 {
    (FIRST_PAUSE << failures.saturating_sub(1).min(16)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_become_rarer_with_each_failure_and_never_end() {
        assert_eq!([1, 2, 3, 4].map(pause), [60, 120, 240, 480]);
        assert_eq!([10, 100, u32::MAX].map(pause), [LONGEST_PAUSE; 3]);
    }

    #[test]
    fn a_restart_neither_repeats_an_attempt_at_once_nor_waits_for_hours() {
        let last = Timestamp::from_micros(1_800_000_000_000_000);
        let now = last.plus_seconds(1);
        let due = |number, last: Timestamp| Failures { number, last }.due_after_restart(now);
        assert_eq!(due(1, last), last.plus_seconds(FIRST_PAUSE));
        assert_eq!(due(100, last), last.plus_seconds(LONGEST_AFTER_RESTART));
        assert_eq!(due(1, last.plus_seconds(86_400)), now.plus_seconds(FIRST_PAUSE), "the clock was set back");
    }
}
