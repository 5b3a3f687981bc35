//! Phrases of the console: counts, times, names of tokens.

use crate::{Timestamp, wording::count};

/// Lists counts: "2 organizations and 1 token"; omits those that are zero.
pub fn list(parts: &[(u64, &str)]) -> String {
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, one)| count(*number, one)).collect();
    match parts.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// Formats the time until `time` in one unit, rounded to the nearest, so that a life of 90 days just set reads as such.
pub fn ahead(time: Timestamp, now: Timestamp) -> String {
    let seconds = u64::try_from(time.seconds_since(now)).unwrap_or(0);
    match seconds {
        0..60 => "in a moment".into(),
        60..3600 => format!("in {}", count(seconds / 60, "minute")),
        3600..86_400 => format!("in {}", count((seconds + 1800) / 3600, "hour")),
        _ => format!("in {}", count((seconds + 43_200) / 86_400, "day")),
    }
}

/// Formats a token's expiry: "in 12 days", "expired 3 days ago", "never".
pub fn expiry(end: Option<Timestamp>, now: Timestamp) -> String {
    match end {
        None => "never".into(),
        Some(end) if end <= now => format!("expired {}", end.ago(now)),
        Some(end) => ahead(end, now),
    }
}

/// Returns a token's name: “Telegraf”, or its prefix if it has no description.
pub fn name(description: &str, prefix: Option<&str>) -> String {
    match (description.is_empty(), prefix) {
        (false, _) => description.to_owned(),
        (true, Some(prefix)) => format!("{prefix}…"),
        (true, None) => "without description".to_owned(),
    }
}

/// Formats a time with its age, or, if it is long ago, as a date.
pub fn ago_or_day(time: Timestamp, now: Timestamp) -> String {
    if now.seconds_since(time) < 30 * 86_400 { time.ago(now) } else { time.date() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_none_of_is_not_listed() {
        assert_eq!(list(&[(7, "bucket"), (0, "thing"), (1, "token")]), "7 buckets and 1 token");
        assert_eq!(list(&[(2, "bucket"), (3, "member"), (1, "token")]), "2 buckets, 3 members and 1 token");
        assert_eq!(list(&[(0, "bucket"), (1, "token")]), "1 token");
        assert_eq!(list(&[(0, "bucket")]), "");
    }

    #[test]
    fn what_is_to_come_has_one_unit() {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let ahead = |seconds: i64| ahead(now.plus_seconds(seconds), now);
        assert_eq!(ahead(-5), "in a moment");
        assert_eq!(ahead(54 * 60 + 10), "in 54 minutes");
        assert_eq!(ahead(3600), "in 1 hour");
        assert_eq!(ahead(3 * 86_400), "in 3 days");
        assert_eq!(ahead(90 * 86_400 - 5), "in 90 days");
    }

    #[test]
    fn an_expiry_is_said_from_where_one_stands() {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        assert_eq!(expiry(None, now), "never");
        assert_eq!(expiry(Some(now.plus_seconds(12 * 86_400 + 5)), now), "in 12 days");
        assert_eq!(expiry(Some(now.plus_seconds(-3 * 86_400)), now), "expired 3 days ago");
        assert_eq!(expiry(Some(now), now), "expired just now");
    }
}
