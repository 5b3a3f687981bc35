//! Polling for what no test is notified of: files, logs, and answers of servers and other programs.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

/// Maximum time until an expected event, on a slow machine.
pub const WITHIN: Duration = Duration::from_secs(60);
/// Polling interval.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Returns the first value that is found; `None` if there is none in time.
pub async fn poll_for<T>(mut look: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let found = async {
        loop {
            ticks.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    timeout(WITHIN, found).await.ok()
}

/// Waits until a condition holds; returns false if it does not in time.
pub async fn poll_until(mut holds: impl AsyncFnMut() -> bool) -> bool {
    poll_for(async || holds().await.then_some(())).await.is_some()
}
