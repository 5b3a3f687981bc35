//! The difference between the clocks of Jeton and of the database, which tokens that the gate signs depend on.

use std::{sync::atomic::Ordering, time::UNIX_EPOCH};

use http::{HeaderMap, HeaderValue, header::DATE};
use jeton_model::Timestamp;

use super::Upstream;

/// Maximum number of seconds between the clocks: a token has at least that long to live when it is used last.
const MOST: u64 = 60;

impl Upstream {
    /// Compares the date of an answer with Jeton's clock. An answer without a date says nothing.
    pub(super) fn note_clock(&self, headers: &HeaderMap, now: Timestamp) {
        if !self.compares_clocks {
            return;
        }
        let Some(seconds) = headers.get(DATE).and_then(|date| seconds_between(date, now)) else { return };
        let is_skewed = seconds > MOST;
        match (self.is_skewed.swap(is_skewed, Ordering::Relaxed), is_skewed) {
            (false, true) => tracing::warn!(
                gate = self.gate,
                seconds,
                "the clocks of Jeton and of the database differ, so that it may refuse tokens of the gate: synchronize both"
            ),
            (true, false) => tracing::info!(gate = self.gate, "the clocks of Jeton and of the database agree again"),
            (true, true) | (false, false) => {}
        }
    }
}

/// Returns the number of seconds between a date in HTTP's format and a time; `None` if it is no date.
fn seconds_between(date: &HeaderValue, now: Timestamp) -> Option<u64> {
    let date = httpdate::parse_http_date(date.to_str().ok()?).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(i64::try_from(date.as_secs()).ok()?.abs_diff(now.micros().div_euclid(1_000_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_in_both_directions() {
        // Sun, 06 Nov 1994 08:49:37 GMT
        let now = Timestamp::from_micros(784_111_777_900_000);
        for (date, seconds) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:50:38 GMT", Some(61)),
            ("Sun, 06 Nov 1994 08:48:37 GMT", Some(60)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(784_111_777)),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(seconds_between(&HeaderValue::from_static(date), now), seconds, "{date}");
        }
    }
}
