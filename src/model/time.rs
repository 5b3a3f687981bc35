//! Points in time: UTC microseconds since 1970, written as InfluxDB writes them (contract §1.2).

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A point in time, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The last one that a calendar has a place for: late in the year 9999.
    pub const LAST: Self = Self(253_402_207_200_999_999);

    /// `micros`: microseconds since 1970-01-01 UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This point, `seconds` later.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from `earlier` to this point; negative if this one is the earlier.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1_000_000
    }

    /// The second this point is in.
    pub const fn to_second(self) -> Self {
        Self(self.0 - self.0.rem_euclid(1_000_000))
    }

    /// "5 May 2026": the day in UTC.
    pub fn date(self) -> String {
        let at = self.civil();
        format!("{} {} {}", at.day(), month(at), at.year())
    }

    /// "2026-05-05": the day in UTC, as fields for days have it.
    pub fn iso_day(self) -> String {
        day(self.civil())
    }

    /// "5 May 2026, 09:14 UTC".
    pub fn minute(self) -> String {
        let at = self.civil();
        format!("{}, {:02}:{:02} UTC", self.date(), at.hour(), at.minute())
    }

    /// "2026-05-05 09:14:07", as the description of a cloned token carries it (contract §9.9).
    pub fn second(self) -> String {
        let at = self.civil();
        format!("{} {}", day(at), clock(at))
    }

    /// "Thu, 08 Jul 2021 09:10:11 GMT", as HTTP writes times.
    pub fn http_date(self) -> String {
        let at = self.civil();
        let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            [usize::from(at.weekday().to_monday_zero_offset().unsigned_abs())];
        format!("{weekday}, {:02} {} {} {} GMT", at.day(), month(at), at.year(), clock(at))
    }

    /// How long ago this was at `now`, in one unit: "just now", "5 minutes ago", "yesterday", "104 days ago".
    pub fn ago(self, now: Self) -> String {
        let seconds = now.seconds_since(self).max(0);
        let count = |n: i64, unit: &str| format!("{n} {unit}{} ago", if n == 1 { "" } else { "s" });
        match seconds {
            0..60 => "just now".into(),
            60..3600 => count(seconds / 60, "minute"),
            3600..86_400 => count(seconds / 3600, "hour"),
            86_400..172_800 => "yesterday".into(),
            _ => count(seconds / 86_400, "day"),
        }
    }

    fn civil(self) -> DateTime {
        let instant = jiff::Timestamp::from_duration(SignedDuration::from_micros(self.0));
        TimeZone::UTC.to_datetime(instant.unwrap_or(jiff::Timestamp::UNIX_EPOCH))
    }
}

// Written here and not by jiff's patterns, which would add a tenth to what a browser loads.

fn month(at: DateTime) -> &'static str {
    MONTHS[usize::from(at.month().unsigned_abs()) - 1]
}

fn day(at: DateTime) -> String {
    format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day())
}

fn clock(at: DateTime) -> String {
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}

/// RFC 3339 in UTC, with as many fractional digits as are needed (Go's `RFC3339Nano`).
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.civil();
        write!(f, "{}T{}", day(at), clock(at))?;
        if at.subsec_nanosecond() > 0 {
            let fraction = format!(".{:09}", at.subsec_nanosecond());
            f.write_str(fraction.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// A text that is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time must be written as RFC 3339 has it, such as 2026-05-05T09:14:07Z")]
pub struct NotATime;

/// From RFC 3339.
impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let instant = text.parse::<jiff::Timestamp>().map_err(|_| NotATime)?;
        Ok(Self(instant.as_microsecond()))
    }
}

/// Times as numbers of microseconds, where many of them travel at once: `#[serde(with = "…")]`.
pub mod micros {
    use super::{Deserialize, Deserializer, Serializer, Timestamp};

    pub fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time.micros())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(deserializer).map(Timestamp::from_micros)
    }
}

/// The same for times that may be missing.
pub mod optional_micros {
    use super::{Deserialize, Deserializer, Serialize, Serializer, Timestamp};

    pub fn serialize<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        time.map(Timestamp::micros).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::deserialize(deserializer)?.map(Timestamp::from_micros))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_written_as_go_does() {
        let at = |micros: i64| Timestamp::from_micros(1_625_735_411_000_000 + micros).to_string();
        assert_eq!(at(0), "2021-07-08T09:10:11Z");
        assert_eq!(at(500_000), "2021-07-08T09:10:11.5Z");
        assert_eq!(at(123_456), "2021-07-08T09:10:11.123456Z");
    }

    #[test]
    fn http_has_a_form_of_its_own() {
        assert_eq!(Timestamp::from_micros(1_625_735_411_000_000).http_date(), "Thu, 08 Jul 2021 09:10:11 GMT");
        assert_eq!(Timestamp::from_micros(1_625_735_411_000_000).second(), "2021-07-08 09:10:11");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        assert!(serde_json::from_str::<Timestamp>("\"yesterday\"").is_err());
    }

    proptest! {
        #[test]
        fn json_round_trips_to_the_microsecond(micros in -60_000_000_000_000_000i64..250_000_000_000_000_000) {
            let time = Timestamp::from_micros(micros);
            prop_assert_eq!(serde_json::from_str::<Timestamp>(&serde_json::to_string(&time).unwrap()).unwrap(), time);
            prop_assert_eq!(time.to_string(), jiff::Timestamp::from_microsecond(micros).unwrap().to_string());
        }
    }

    #[test]
    fn ages_have_one_unit() {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let ago = |seconds: i64| now.plus_seconds(-seconds).ago(now);
        assert_eq!(ago(-5), "just now");
        assert_eq!(ago(59), "just now");
        assert_eq!(ago(60), "1 minute ago");
        assert_eq!(ago(7200), "2 hours ago");
        assert_eq!(ago(86_400), "yesterday");
        assert_eq!(ago(104 * 86_400), "104 days ago");
    }

    #[test]
    fn days_are_written_for_people() {
        assert_eq!(Timestamp::from_micros(1_625_735_411_000_000).date(), "8 Jul 2021");
        assert_eq!(Timestamp::from_micros(1_625_735_411_000_000).minute(), "8 Jul 2021, 09:10 UTC");
    }
}
