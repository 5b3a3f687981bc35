//! Points in time: UTC microseconds since 1970, written as InfluxDB writes them (contract §1.2).

use std::fmt;

use jiff::{SignedDuration, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
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

    /// "5 May 2026": the day in UTC.
    pub fn date(self) -> String {
        self.civil().strftime("%-d %b %Y").to_string()
    }

    /// "5 May 2026, 09:14 UTC".
    pub fn minute(self) -> String {
        self.civil().strftime("%-d %b %Y, %H:%M UTC").to_string()
    }

    /// "2026-05-05 09:14:07", as the description of a cloned token carries it (contract §9.9).
    pub fn second(self) -> String {
        self.civil().strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// "Thu, 08 Jul 2021 09:10:11 GMT", as HTTP writes times.
    pub fn http_date(self) -> String {
        self.civil().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
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

    fn civil(self) -> jiff::civil::DateTime {
        TimeZone::UTC.to_datetime(self.instant())
    }

    fn instant(self) -> jiff::Timestamp {
        jiff::Timestamp::from_duration(SignedDuration::from_micros(self.0)).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

/// RFC 3339 in UTC, with as many fractional digits as are needed (Go's `RFC3339Nano`).
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.instant(), f)
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
        let instant: jiff::Timestamp = text.parse().map_err(de::Error::custom)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_go_does() {
        let at = |micros: i64| Timestamp::from_micros(1_625_735_411_000_000 + micros).to_string();
        assert_eq!(at(0), "2021-07-08T09:10:11Z");
        assert_eq!(at(500_000), "2021-07-08T09:10:11.5Z");
        assert_eq!(at(123_456), "2021-07-08T09:10:11.123456Z");
    }

    #[test]
    fn json_round_trips_to_the_microsecond() {
        let time = Timestamp::from_micros(1_625_735_411_123_456);
        assert_eq!(serde_json::from_str::<Timestamp>(&serde_json::to_string(&time).unwrap()).unwrap(), time);
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
