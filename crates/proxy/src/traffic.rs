//! The latest requests at a gate: samples of its counters at equal distances.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jeton_model::binding::{GateRates, GateTraffic};

/// Number of seconds between two samples.
pub(crate) const SAMPLE_SECONDS: u64 = 5;
/// Number of samples in a minute.
const OF_MINUTE: usize = 12;
/// Number of samples in an hour.
const OF_HOUR: usize = 60 * OF_MINUTE;

/// The samples of the last hour, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Traffic(Mutex<VecDeque<GateTraffic>>);

impl Traffic {
    /// Keeps the present state of the counters.
    pub(crate) fn keep(&self, now: GateTraffic) {
        let mut sampled = self.lock();
        if sampled.len() > OF_HOUR {
            sampled.pop_front();
        }
        sampled.push_back(now);
    }

    /// Returns the latest requests. `now`: the present state of the counters.
    pub(crate) fn rates(&self, now: GateTraffic) -> GateRates {
        let sampled = self.lock();
        // Without a sample that is old enough, the counters began later.
        let before = |samples: usize| {
            let place = sampled.len().checked_sub(samples + 1);
            place.and_then(|place| sampled.get(place)).copied().unwrap_or_default()
        };
        GateRates { minute: now.since(before(OF_MINUTE)), hour: now.since(before(OF_HOUR)) }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<GateTraffic>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(requests: u64) -> GateTraffic {
        GateTraffic { requests, ..GateTraffic::default() }
    }

    #[test]
    fn a_minute_and_an_hour_end_with_their_oldest_sample() {
        let traffic = Traffic::default();
        let rates = |now| {
            let GateRates { minute, hour } = traffic.rates(counted(now));
            (minute.requests, hour.requests)
        };
        assert_eq!(rates(3), (3, 3), "since the start");
        for sample in 0..=OF_HOUR as u64 {
            traffic.keep(counted(10 * sample));
        }
        assert_eq!(rates(7203), (123, 7203));
        traffic.keep(counted(7210));
        assert_eq!(rates(7210), (120, 7200));
        for _ in 0..=OF_HOUR {
            traffic.keep(counted(7210));
        }
        assert_eq!((rates(7210), traffic.lock().len()), ((0, 0), OF_HOUR + 1), "in bounded memory");
    }
}
