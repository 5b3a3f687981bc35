//! The counters of a gate, for the metrics. They contain nothing that a client sends.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use jeton_model::binding::{GateCounts, GateRates, UpstreamHealth};

use crate::traffic::{SAMPLE_SECONDS, Traffic};

/// The outcome of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The request went to the database.
    Allowed,
    /// Jeton answered in the database's place.
    Answered,
    /// The request went to the database, although it would be refused without observe mode.
    WouldRefuse,
    /// The request was refused.
    Refused,
    /// The request carried no credential that works.
    Unauthenticated,
    /// The gate could not decide.
    Unavailable,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 6] =
        [Self::Allowed, Self::Answered, Self::WouldRefuse, Self::Refused, Self::Unauthenticated, Self::Unavailable];

    /// Returns the name in the metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Answered => "answered",
            Self::WouldRefuse => "would_refuse",
            Self::Refused => "refused",
            Self::Unauthenticated => "unauthenticated",
            Self::Unavailable => "unavailable",
        }
    }
}

/// A failure of the database behind a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamFailure {
    /// The database cannot be reached.
    Unreachable,
    /// The database closed the connection without a response, or sent one that cannot be passed on.
    NoAnswer,
    /// The database does not accept the credential of the gate, or permits it less than the gate permitted the caller.
    Unauthorized,
    /// The database answers without a credential, or has not yet shown that it requires one.
    Unguarded,
    /// The database does not create an authorization or a user with the caller's permissions, or does not accept its
    /// credential.
    Delegation,
    /// The database refuses a request that the gate allowed.
    Disagrees,
}

impl UpstreamFailure {
    /// Every failure.
    pub const ALL: [Self; 6] =
        [Self::Unreachable, Self::NoAnswer, Self::Unauthorized, Self::Unguarded, Self::Delegation, Self::Disagrees];

    /// Returns the name in the metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::NoAnswer => "no_answer",
            Self::Unauthorized => "unauthorized",
            Self::Unguarded => "unguarded",
            Self::Delegation => "delegation",
            Self::Disagrees => "disagrees",
        }
    }
}

impl From<UpstreamFailure> for UpstreamHealth {
    fn from(failure: UpstreamFailure) -> Self {
        match failure {
            UpstreamFailure::Unreachable => Self::Unreachable,
            UpstreamFailure::NoAnswer => Self::NoAnswer,
            UpstreamFailure::Unauthorized | UpstreamFailure::Delegation | UpstreamFailure::Disagrees => {
                Self::Unauthorized
            }
            UpstreamFailure::Unguarded => Self::Unguarded,
        }
    }
}

/// The reason why the gate ends a running exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The token does not work any more.
    Revoked,
    /// The exchange took longer than the gate permits.
    TooLong,
    /// The token or the bindings could not be checked for too long.
    Unchecked,
    /// A bucket of the exchange is not bound any more, or suspended.
    Unbound,
}

impl End {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Revoked, Self::TooLong, Self::Unchecked, Self::Unbound];

    /// Returns the name in the metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::TooLong => "too_long",
            Self::Unchecked => "unchecked",
            Self::Unbound => "unbound",
        }
    }
}

/// The counters of a gate since its start.
#[derive(Debug, Default)]
pub struct Counters {
    decisions: [AtomicU64; Outcome::ALL.len()],
    failures: [AtomicU64; UpstreamFailure::ALL.len()],
    ends: [AtomicU64; End::ALL.len()],
    traffic: Traffic,
}

impl Counters {
    /// Time between two calls of [`Self::sample`].
    pub const SAMPLE_EVERY: Duration = Duration::from_secs(SAMPLE_SECONDS);

    /// Returns the number of decisions with an outcome.
    pub fn decisions(&self, outcome: Outcome) -> u64 {
        self.decisions[outcome as usize].load(Ordering::Relaxed)
    }

    /// Returns the number of requests that failed because of the database.
    pub fn failures(&self, failure: UpstreamFailure) -> u64 {
        self.failures[failure as usize].load(Ordering::Relaxed)
    }

    /// Returns the number of exchanges that the gate ended.
    pub fn ends(&self, end: End) -> u64 {
        self.ends[end as usize].load(Ordering::Relaxed)
    }

    /// Returns the numbers of requests.
    pub fn requests(&self) -> GateCounts {
        GateCounts {
            allowed: self.decisions(Outcome::Allowed),
            answered: self.decisions(Outcome::Answered),
            would_refuse: self.decisions(Outcome::WouldRefuse),
            refused: self.decisions(Outcome::Refused),
            unauthenticated: self.decisions(Outcome::Unauthenticated),
            unavailable: self.decisions(Outcome::Unavailable),
            failed: UpstreamFailure::ALL.iter().map(|failure| self.failures(*failure)).sum(),
        }
    }

    /// Keeps the present numbers, from which [`Self::rates`] follows.
    pub fn sample(&self) {
        self.traffic.keep(self.requests().into());
    }

    /// Returns the requests of the last minute and hour.
    pub fn rates(&self) -> GateRates {
        self.traffic.rates(self.requests().into())
    }

    pub(crate) fn decided(&self, outcome: Outcome) {
        self.decisions[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn failed(&self, failure: UpstreamFailure) {
        self.failures[failure as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn ended(&self, end: End) {
        self.ends[end as usize].fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_counter_counts_for_itself() {
        let counters = Counters::default();
        counters.decided(Outcome::Unavailable);
        counters.failed(UpstreamFailure::Unauthorized);
        counters.ended(End::Unchecked);
        let count = |all: &[u64]| all.iter().sum::<u64>();
        assert_eq!(counters.decisions(Outcome::Unavailable), 1);
        assert_eq!(count(&Outcome::ALL.map(|outcome| counters.decisions(outcome))), 1);
        assert_eq!(counters.failures(UpstreamFailure::Unauthorized), 1);
        assert_eq!(count(&UpstreamFailure::ALL.map(|failure| counters.failures(failure))), 1);
        assert_eq!(counters.ends(End::Unchecked), 1);
        let requests = counters.requests();
        assert_eq!((requests.unavailable, requests.failed, requests.requests()), (1, 1, 1));
        assert_eq!(count(&End::ALL.map(|end| counters.ends(end))), 1);
    }
}
