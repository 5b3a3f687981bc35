//! Durations as people type them and as Go prints them, and points in time that are given as durations.

use jeton_model::Timestamp;

use crate::error::{Failure, Outcome};

const NANOS: i128 = 1_000_000_000;

/// A duration in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(i128);

impl Span {
    /// Parses Go's format, and the units `d` and `w`: `72h`, `1h30m`, `90d`, `2w`, `0`.
    pub fn read(text: &str) -> Option<Self> {
        if text == "0" {
            return Some(Self(0));
        }
        let mut rest = text.strip_prefix('-').unwrap_or(text);
        if rest.is_empty() {
            return None;
        }
        let mut nanos: i128 = 0;
        while !rest.is_empty() {
            let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
            let (number, behind) = rest.split_at(digits);
            let letters = behind.find(|letter: char| letter.is_ascii_digit() || letter == '.').unwrap_or(behind.len());
            let (unit, behind) = behind.split_at(letters);
            nanos = nanos.checked_add(part(number, unit_nanos(unit)?)?)?;
            rest = behind;
        }
        let nanos = if text.starts_with('-') { -nanos } else { nanos };
        (nanos.abs() <= i128::from(i64::MAX)).then_some(Self(nanos))
    }

    /// Returns whole seconds; `None` if there is a remainder.
    pub fn seconds(self) -> Option<i64> {
        (self.0 % NANOS == 0).then(|| i64::try_from(self.0 / NANOS).ok()).flatten()
    }

    /// Returns the duration with one number and one unit: unchanged if it was typed so, else in seconds. `None` if it
    /// is negative or not a whole number of seconds.
    pub fn in_one_unit(text: &str) -> Option<String> {
        let seconds = Self::read(text)?.seconds().filter(|seconds| *seconds >= 0)?;
        let bare = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let simple = matches!(bare, "s" | "m" | "h" | "d" | "w") || text == "0";
        Some(if simple { text.to_owned() } else { format!("{seconds}s") })
    }

    /// Formats whole seconds as Go does: `72h0m0s`, `1m30s`, `0s`.
    pub fn of_seconds(seconds: i64) -> String {
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        match (hours, minutes) {
            (0, 0) => format!("{rest}s"),
            (0, minutes) => format!("{minutes}m{rest}s"),
            (hours, minutes) => format!("{hours}h{minutes}m{rest}s"),
        }
    }
}

/// Returns a number, perhaps with a fraction, of a unit in nanoseconds.
fn part(number: &str, unit: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || fraction.len() > 18 {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let scale = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    let fraction: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    whole.checked_mul(unit)?.checked_add(fraction.checked_mul(unit)? / scale)
}

fn unit_nanos(unit: &str) -> Option<i128> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1000,
        "ms" => 1_000_000,
        "s" => NANOS,
        "m" => 60 * NANOS,
        "h" => 3600 * NANOS,
        "d" => 24 * 3600 * NANOS,
        "w" => 7 * 24 * 3600 * NANOS,
        _ => return None,
    })
}

/// Parses a retention or shard group duration, in seconds; `what` names it in the error.
pub fn retention(what: &str, text: &str) -> Outcome<i64> {
    let span = Span::read(text)
        .ok_or_else(|| Failure::new(format!("{what} \"{text}\" is not a duration; write it as 72h, 30d or 0")))?;
    span.seconds().ok_or_else(|| Failure::new(format!("{what} \"{text}\" is too precise, must be divisible by 1s")))
}

/// Parses an expiry: `90d` from now, a day (`2027-01-31`, at its end in UTC), or a time in RFC 3339. `never` is `None`.
pub fn end(text: &str, now: Timestamp) -> Outcome<Option<Timestamp>> {
    if text == "never" {
        return Ok(None);
    }
    let refuse = || {
        Failure::new(format!(
            "--expires \"{text}\" is neither a duration such as 90d, nor a day such as 2027-01-31, nor a time such as 2027-01-31T12:00:00Z, nor never"
        ))
    };
    let at = if let Some(span) = Span::read(text) {
        now.plus_seconds(span.seconds().ok_or_else(refuse)?)
    } else if let Ok(day) = text.parse::<jiff::civil::Date>()
        && text.len() == 10
    {
        let next = day.tomorrow().ok().map(|next| next.at(0, 0, 0, 0));
        let end = next.and_then(|next| jiff::tz::TimeZone::UTC.to_timestamp(next).ok()).ok_or_else(refuse)?;
        Timestamp::from_micros(end.as_microsecond())
    } else {
        let instant: jiff::Timestamp = text.parse().map_err(|_| refuse())?;
        Timestamp::from_micros(instant.as_microsecond())
    };
    if at <= now {
        return Err(Failure::new(format!("--expires \"{text}\" is not in the future")));
    }
    Ok(Some(at))
}

/// Returns the current time, in whole seconds.
#[expect(clippy::disallowed_methods, reason = "the clock of the machine on which the command runs")]
pub fn now() -> Timestamp {
    Timestamp::from_micros(jiff::Timestamp::now().as_second().saturating_mul(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them_with_days_and_weeks() {
        let seconds = |text: &str| Span::read(text).and_then(Span::seconds);
        assert_eq!(seconds("72h"), Some(259_200));
        assert_eq!(seconds("1h30m"), Some(5400));
        assert_eq!(seconds("1.5h"), Some(5400));
        assert_eq!(seconds("90d"), Some(7_776_000));
        assert_eq!(seconds("1w2d"), Some(777_600));
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds("-1h"), Some(-3600));
        assert_eq!(seconds("1500ms"), None);
        for text in ["", "5", "h", "1x", "1.2.3h", ".h", "-", "99999999999999999999h", "1 h"] {
            assert_eq!(Span::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn durations_are_printed_as_go_prints_them() {
        assert_eq!(Span::of_seconds(259_200), "72h0m0s");
        assert_eq!(Span::of_seconds(90), "1m30s");
        assert_eq!(Span::of_seconds(0), "0s");
    }

    #[test]
    fn a_length_is_said_in_one_unit() {
        let said = |text: &str| Span::in_one_unit(text);
        assert_eq!(said("24h").as_deref(), Some("24h"));
        assert_eq!(said("0").as_deref(), Some("0"));
        assert_eq!(said("1h30m").as_deref(), Some("5400s"));
        assert_eq!(said("1.5h").as_deref(), Some("5400s"));
        assert_eq!((said("-1h"), said("1500ms"), said("soon")), (None, None, None));
    }

    #[test]
    fn an_end_is_a_length_a_day_or_a_time_that_lies_ahead() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        assert_eq!(end("90d", now), Ok(Some(now.plus_seconds(7_776_000))));
        let text = |given: &str| end(given, now).map(|at| at.map(|at| at.to_string()));
        assert_eq!(text("2030-01-31"), Ok(Some("2030-02-01T00:00:00Z".into())));
        assert_eq!(text("2030-01-31T12:00:00+01:00"), Ok(Some("2030-01-31T11:00:00Z".into())));
        assert_eq!(text("never"), Ok(None));
        for text in ["", "0", "-1h", "2001-01-01", "soon"] {
            assert!(end(text, now).is_err(), "{text:?}");
        }
    }
}
