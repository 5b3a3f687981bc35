//! Durations as people type them: `24h`, `30m`, `90d`, `0`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The units, longest first, each with its seconds and its word.
const UNITS: [(char, i64, &str); 5] =
    [('w', 604_800, "week"), ('d', 86_400, "day"), ('h', 3600, "hour"), ('m', 60, "minute"), ('s', 1, "second")];

/// A duration in whole seconds, from zero to a hundred years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

/// The error for a text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSpan {
    /// The text is not a number with a unit, nor `0`.
    #[error("must be a number and a unit (s, m, h, d or w), such as 30m, 24h or 7d, or 0")]
    Unreadable,
    /// The duration exceeds a hundred years.
    #[error("must not be longer than a hundred years")]
    TooLong,
}

impl Span {
    /// The longest duration, in seconds.
    const LONGEST: i64 = 36_525 * 86_400;

    /// Returns a duration of this many hours.
    pub const fn hours(hours: u32) -> Self {
        Self(hours as i64 * 3600)
    }

    /// Returns a duration of this many days.
    pub const fn days(days: u32) -> Self {
        Self(days as i64 * 86_400)
    }

    /// Returns the number of seconds.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Formats the duration in the unit that it was most likely typed in: "24 hours", "7 days".
    pub fn words(self) -> String {
        let (number, _, word) = self.in_unit();
        format!("{number} {word}{}", if number == 1 { "" } else { "s" })
    }

    /// Returns the longest unit that divides the duration; a single day is expressed as 24 hours.
    fn in_unit(self) -> (i64, char, &'static str) {
        let fits = |seconds: i64| self.0 % seconds == 0 && self.0 >= seconds && (seconds < 86_400 || self.0 > seconds);
        let days = UNITS.into_iter().skip(1).find(|(_, seconds, _)| fits(*seconds));
        days.map_or((self.0, 's', "second"), |(sign, seconds, word)| (self.0 / seconds, sign, word))
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Self, BadSpan> {
        let text = text.trim();
        if text == "0" {
            return Ok(Self(0));
        }
        let sign = text.chars().next_back().ok_or(BadSpan::Unreadable)?;
        let unit = UNITS.into_iter().find(|(unit, _, _)| *unit == sign.to_ascii_lowercase());
        let (_, seconds, _) = unit.ok_or(BadSpan::Unreadable)?;
        let digits = &text[..text.len() - sign.len_utf8()];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BadSpan::Unreadable);
        }
        // Only digits are left, so a failure means that the number is too large.
        let number: i64 = digits.parse().map_err(|_| BadSpan::TooLong)?;
        number.checked_mul(seconds).filter(|span| *span <= Self::LONGEST).map(Self).ok_or(BadSpan::TooLong)
    }
}

/// Formats the duration as it is typed: `24h`, `0`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0");
        }
        let (number, sign, _) = self.in_unit();
        write!(f, "{number}{sign}")
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(|error| de::Error::custom(format!("a length of time {error}")))
    }
}

/// Formats a number of seconds in the largest unit that expresses it exactly: "90 days", "1 hour".
pub fn length(seconds: i64) -> String {
    let units = [(DAY, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let (size, unit) = units.into_iter().find(|(size, _)| seconds % size == 0).unwrap_or((1, "second"));
    let number = seconds / size;
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// Number of seconds in a day.
pub const DAY: i64 = 86_400;

/// Formats microseconds as Go does: `37.579ms`, `1m2.5s`, `1h0m0s`; a negative duration as `0s`.
pub fn go_duration(micros: i64) -> String {
    let micros = u64::try_from(micros).unwrap_or(0);
    let fraction = |whole: u64, of: u64, width: usize| {
        let digits = format!("{:0width$}", whole % of);
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() { (whole / of).to_string() } else { format!("{}.{digits}", whole / of) }
    };
    match micros {
        0 => "0s".into(),
        1..1_000 => format!("{micros}µs"),
        1_000..1_000_000 => format!("{}ms", fraction(micros, 1_000, 3)),
        _ => {
            let seconds = fraction(micros % 60_000_000, 1_000_000, 6);
            match (micros / 3_600_000_000, micros / 60_000_000 % 60) {
                (0, 0) => format!("{seconds}s"),
                (0, minutes) => format!("{minutes}m{seconds}s"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_and_a_unit_are_read() {
        let seconds = |text: &str| text.parse::<Span>().map(Span::seconds);
        assert_eq!(seconds("24h"), Ok(86_400));
        assert_eq!(seconds("30m"), Ok(1800));
        assert_eq!(seconds(" 7D "), Ok(7 * 86_400));
        assert_eq!(seconds("2w"), Ok(14 * 86_400));
        assert_eq!(seconds("0"), Ok(0));
        assert_eq!(seconds("0h"), Ok(0));
        for text in ["", "h", "24", "-1h", "+1h", "1.5h", "1h30m", "24 h", "1y", "ॐ", "1ॐ"] {
            assert_eq!(seconds(text), Err(BadSpan::Unreadable), "{text}");
        }
        assert_eq!(seconds("36526d"), Err(BadSpan::TooLong));
        assert_eq!(seconds("99999999999999999999h"), Err(BadSpan::TooLong));
        assert_eq!(seconds("9999999999999999w"), Err(BadSpan::TooLong));
    }

    #[test]
    fn it_is_said_in_one_unit() {
        let words = |text: &str| text.parse::<Span>().map(Span::words).unwrap_or_default();
        assert_eq!(words("60m"), "1 hour");
        assert_eq!(words("24h"), "24 hours");
        assert_eq!(words("1d"), "24 hours");
        assert_eq!(words("7d"), "7 days");
        assert_eq!(words("90m"), "90 minutes");
        assert_eq!(words("0"), "0 seconds");
    }

    proptest! {
        #[test]
        fn it_is_read_as_it_is_written(seconds in 0..=Span::LONGEST) {
            prop_assert_eq!(Span(seconds).to_string().parse::<Span>(), Ok(Span(seconds)));
        }
    }

    #[test]
    fn a_duration_is_written_as_go_writes_it() {
        for (micros, text) in [
            (-1, "0s"),
            (0, "0s"),
            (7, "7µs"),
            (37_579, "37.579ms"),
            (1_000_000, "1s"),
            (62_500_000, "1m2.5s"),
            (3_600_000_000, "1h0m0s"),
            (3_723_004_005, "1h2m3.004005s"),
        ] {
            assert_eq!(go_duration(micros), text);
        }
    }
}
