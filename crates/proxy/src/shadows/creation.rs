//! Rate limit and failure backoff of the creation of shadows.

use std::time::{Duration, Instant};

use crate::{counters::UpstreamFailure, upstream::NoResponse};

/// Time between two creations: at most 20 per second.
const PACE: Duration = Duration::from_millis(50);
/// Time for which a failure also fails the requests that wait.
pub(super) const FAILS_FOR: Duration = Duration::from_secs(1);

/// The state of the creation of shadows.
#[derive(Debug, Default)]
pub(super) struct Creation {
    /// True if the database has no shadow that is missing in the cache, such as those of an earlier start.
    pub(super) is_clean: bool,
    next: Option<Instant>,
    failed: Option<(Instant, NoResponse)>,
}

impl Creation {
    /// Checks that an attempt makes sense.
    ///
    /// # Errors
    /// Fails if an attempt failed within [`FAILS_FOR`], or if the request has timed out.
    pub(super) fn check(&self, now: Instant, until: Instant) -> Result<(), NoResponse> {
        match self.failed {
            Some((at, failure)) if now.saturating_duration_since(at) < FAILS_FOR => Err(failure),
            _ if now >= until => Err(NoResponse::Failed(UpstreamFailure::Delegation)),
            _ => Ok(()),
        }
    }

    /// Returns the time to wait before the next creation, and reserves it.
    pub(super) fn pause(&mut self, now: Instant) -> Duration {
        let at = self.next.map_or(now, |next| next.max(now));
        self.next = Some(at + PACE);
        at.saturating_duration_since(now)
    }

    /// Records the outcome of an attempt: `None`, or a failure that concerns every authority.
    pub(super) fn note(&mut self, failure: Option<NoResponse>, now: Instant) {
        self.failed = failure.map(|failure| (now, failure));
    }
}

/// Returns whether a failure to create a shadow concerns every authority: the database as a whole, or the credential of
/// the gate.
pub(super) const fn concerns_all(failure: NoResponse) -> bool {
    match failure {
        NoResponse::Failed(
            UpstreamFailure::Unreachable
            | UpstreamFailure::NoAnswer
            | UpstreamFailure::Unauthorized
            | UpstreamFailure::Unguarded,
        ) => true,
        NoResponse::Failed(UpstreamFailure::Delegation | UpstreamFailure::Disagrees)
        | NoResponse::Cut
        | NoResponse::TooLarge => false,
    }
}

/// Returns whether a failure to give a shadow its permissions concerns every authority. A missing answer may be that to
/// many permissions.
pub(super) fn concerns_all_grants(failure: NoResponse) -> bool {
    concerns_all(failure) && failure != NoResponse::Failed(UpstreamFailure::NoAnswer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_twenty_creations() {
        let (mut creation, now) = (Creation::default(), Instant::now());
        let pauses: Vec<Duration> = (0..21).map(|_| creation.pause(now)).collect();
        assert_eq!(pauses[0], Duration::ZERO);
        assert_eq!(pauses[20], Duration::from_secs(1));
        assert_eq!(creation.pause(now + Duration::from_secs(5)), Duration::ZERO);
    }

    #[test]
    fn a_failure_counts_for_those_who_wait_and_passes() {
        let (mut creation, now) = (Creation::default(), Instant::now());
        let later = now + Duration::from_secs(1);
        creation.note(Some(NoResponse::Failed(UpstreamFailure::Unreachable)), now);
        assert!(creation.check(now, later).is_err());
        assert!(creation.check(later, later + PACE).is_ok());
        assert!(creation.check(later, later).is_err(), "nobody waits any more");
        creation.note(None, now);
        assert!(creation.check(now, later).is_ok());
    }

    #[test]
    fn only_a_failure_of_the_database_as_a_whole_concerns_everyone() {
        let judged = UpstreamFailure::ALL.map(NoResponse::Failed);
        let concerning = |judge: fn(NoResponse) -> bool| judged.into_iter().filter(|one| judge(*one)).count();
        assert_eq!((concerning(concerns_all), concerning(concerns_all_grants)), (4, 3));
        for refused in [NoResponse::Failed(UpstreamFailure::Delegation), NoResponse::TooLarge] {
            assert!(!concerns_all(refused) && !concerns_all_grants(refused), "{refused:?}");
        }
        let silent = NoResponse::Failed(UpstreamFailure::NoAnswer);
        assert!(concerns_all(silent) && !concerns_all_grants(silent));
    }
}
