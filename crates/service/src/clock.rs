//! The source of the current time, replaceable in tests.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use jeton_model::Timestamp;

/// Number of microseconds by which the machine's clock may be behind before that is logged.
const NOTABLE: i64 = 1_000_000;

/// The beginning of the process's steady time, which no one sets.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
/// The greatest lead of the machine's clock over the steady time, in microseconds.
static LEAD: AtomicI64 = AtomicI64::new(i64::MIN);
/// True while the machine's clock is known to be behind.
static IS_BEHIND: AtomicBool = AtomicBool::new(false);

/// The source of the current time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock. If it is set back, time goes on from where it was for as long as the process lives: what has
    /// expired stays expired, and limits per hour do not begin anew.
    System,
    /// A clock that only moves when it is advanced, for tests; microseconds since 1970.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Creates a manual clock that is set to `time`.
    pub fn manual(time: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(time.micros())))
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::from_micros(never_back()),
            Self::Manual(micros) => Timestamp::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward by this number of seconds; does nothing to the machine's clock.
    pub fn advance(&self, seconds: i64) {
        if let Self::Manual(micros) = self {
            micros.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
        }
    }
}

/// The machine's time in microseconds since 1970, or a later one if the clock was set back.
fn never_back() -> i64 {
    // In this order: if the thread is interrupted between the two, the lead is too small, and another one counts.
    let machine = machine_time();
    let steady = micros(BEGAN.elapsed().as_micros());
    let now = steadied(&LEAD, machine, steady);
    note_difference(now - machine);
    now
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
fn machine_time() -> i64 {
    micros(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros())
}

fn micros(number: u128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The time that follows from the greatest lead of the machine's clock over the steady time.
fn steadied(lead: &AtomicI64, machine: i64, steady: i64) -> i64 {
    let present = machine.saturating_sub(steady);
    steady.saturating_add(lead.fetch_max(present, Ordering::Relaxed).max(present))
}

/// Logs once that the machine's clock was set back, and once that it has caught up.
fn note_difference(micros: i64) {
    let is_behind = micros >= NOTABLE;
    if is_behind == IS_BEHIND.load(Ordering::Relaxed) || IS_BEHIND.swap(is_behind, Ordering::Relaxed) == is_behind {
        return;
    }
    if is_behind {
        tracing::warn!(
            seconds = micros / 1_000_000,
            "the machine's clock was set back; expired tokens stay expired, and time goes on from before. If the earlier \
             time was wrong, restart Jeton"
        );
    } else {
        tracing::info!("the machine's clock has caught up");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    #[test]
    fn a_clock_that_is_set_back_goes_on_from_where_it_was() {
        let lead = AtomicI64::new(i64::MIN);
        assert_eq!(steadied(&lead, 10 * HOUR, 5), 10 * HOUR);
        assert_eq!(steadied(&lead, 9 * HOUR + 7, 12), 10 * HOUR + 7, "seven microseconds later");
        assert_eq!(steadied(&lead, 11 * HOUR, 20), 11 * HOUR, "set forward");
        assert_eq!(steadied(&lead, 11 * HOUR + 10, 30), 11 * HOUR + 10);
    }

    #[test]
    fn the_time_of_the_machine_never_goes_back() {
        let (first, second) = (Clock::System.now(), Clock::System.now());
        assert!(first <= second && first.micros() > 0);
    }
}
