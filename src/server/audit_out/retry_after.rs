//! The header `Retry-After`, with which an HTTP server asks for a pause.

use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::HeaderValue;

use jeton_model::Timestamp;

/// Maximum pause. Without it, an answer could stop the export for good.
const LONGEST: Duration = Duration::from_secs(60);

/// Returns the pause that an answer asks for, in seconds or with a date; zero without the header.
pub(super) fn pause(retry_after: Option<&HeaderValue>, now: Timestamp) -> Duration {
    let text = retry_after.and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let requested = if is_number {
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        time_until(text, now).unwrap_or_default()
    };
    requested.min(LONGEST)
}

/// Returns the time until a date in HTTP's format; `None` if it is none, or has passed.
fn time_until(date: &str, now: Timestamp) -> Option<Duration> {
    let at = httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?;
    at.checked_sub(Duration::from_micros(u64::try_from(now.micros()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_as_long_as_asked_and_never_longer_than_a_minute() {
        let now = Timestamp::from_micros(784_111_777_000_000);
        for (text, seconds) in [
            ("0", 0),
            ("7", 7),
            ("60", 60),
            ("86400", 60),
            ("99999999999999999999999", 60),
            ("Sun, 06 Nov 1994 08:49:42 GMT", 5),
            ("Sun, 06 Nov 1994 09:49:37 GMT", 60),
            ("Sun, 06 Nov 1994 08:49:36 GMT", 0),
            ("soon", 0),
            ("-1", 0),
            ("", 0),
        ] {
            let header = HeaderValue::from_static(text);
            assert_eq!(pause(Some(&header), now), Duration::from_secs(seconds), "{text}");
        }
        assert_eq!(pause(None, now), Duration::ZERO);
    }
}
