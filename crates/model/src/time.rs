//! Points in time: UTC microseconds since 1970, in InfluxDB's format. See
//! [compatibility §1.2](../../docs/influxdb-compatibility.md#s1-2).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/// A point in time, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The latest time that can be formatted: late in the year 9999.
    pub const LAST: Self = Self(253_402_207_200_999_999);

    /// Returns the time this many microseconds after 1970-01-01 UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns the number of microseconds since 1970-01-01 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Returns the time `seconds` later.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Returns the whole seconds from `earlier` to this time; negative if this one is the earlier.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1_000_000
    }

    /// Returns the time rounded down to a second.
    pub const fn to_second(self) -> Self {
        Self(self.0 - self.0.rem_euclid(1_000_000))
    }

    /// Formats the day in UTC: "5 May 2026".
    pub fn date(self) -> String {
        let at = self.civil();
        format!("{} {} {}", at.day, at.month_name(), at.year)
    }

    /// Formats the day in UTC as date fields do: "2026-05-05".
    pub fn iso_day(self) -> String {
        self.civil().date()
    }

    /// Formats the time to the minute: "5 May 2026, 09:14 UTC".
    pub fn minute(self) -> String {
        let at = self.civil();
        format!("{}, {:02}:{:02} UTC", self.date(), at.hour, at.minute)
    }

    /// Formats the time as the description of a clone contains it: "2026-05-05 09:14:07"
    /// (docs/influxdb-compatibility.md §9.9).
    pub fn second(self) -> String {
        let at = self.civil();
        format!("{} {}", at.date(), at.clock())
    }

    /// Formats the time as HTTP headers do: "Thu, 08 Jul 2021 09:10:11 GMT".
    pub fn http_date(self) -> String {
        let at = self.civil();
        let (weekday, month) = (at.weekday_name(), at.month_name());
        format!("{weekday}, {:02} {month} {:04} {} GMT", at.day, at.year, at.clock())
    }

    /// Formats how long before `now` this was, in one unit: "just now", "5 minutes ago", "yesterday", "104 days ago".
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

    fn civil(self) -> Civil {
        Civil::of(self.0)
    }
}

/// A time as calendar and clock fields, in UTC. Computed here instead of by jiff, which would add a tenth to the WASM
/// that a browser loads before it shows a list; the tests compare the two.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    /// From 0 for Sunday.
    weekday: i64,
    hour: i64,
    minute: i64,
    second: i64,
    microsecond: i64,
}

impl Civil {
    /// Converts to the proleptic Gregorian calendar, in eras of 400 years that begin in March, so that leap days come
    /// last.
    fn of(micros: i64) -> Self {
        const DAY: i64 = 86_400_000_000;
        const ERA: i64 = 146_097;
        let (days, of_day) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
        let from_march_of_year_0 = days + 719_468;
        let (era, day_of_era) = (from_march_of_year_0.div_euclid(ERA), from_march_of_year_0.rem_euclid(ERA));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let seconds = of_day / 1_000_000;
        Self {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
            weekday: (days + 4).rem_euclid(7),
            hour: seconds / 3600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            microsecond: of_day % 1_000_000,
        }
    }

    fn month_name(&self) -> &'static str {
        usize::try_from(self.month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default()
    }

    fn weekday_name(&self) -> &'static str {
        usize::try_from(self.weekday).ok().and_then(|day| WEEKDAYS.get(day)).copied().unwrap_or_default()
    }

    /// "2026-05-05"
    fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// "09:14:07"
    fn clock(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }
}

/// RFC 3339 in UTC, with as many fractional digits as are needed (Go's `RFC3339Nano`).
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.civil();
        write!(f, "{}T{}", at.date(), at.clock())?;
        if at.microsecond > 0 {
            let fraction = format!(".{:06}", at.microsecond);
            f.write_str(fraction.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
    }
}

/// The error for a text that is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time must be written as RFC 3339 has it, such as 2026-05-05T09:14:07Z")]
pub struct NotATime;

/// Parses RFC 3339 as Go does: upper-case letters only; digits beyond microseconds are cut off.
impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let mut rest = Rest(text.as_bytes());
        let (year, month) = (rest.number(4)?, rest.after(b'-')?.number(2)?);
        let day = rest.after(b'-')?.number(2)?;
        let hour = rest.after(b'T')?.number(2)?;
        let (minute, second) = (rest.after(b':')?.number(2)?, rest.after(b':')?.number(2)?);
        let microsecond = rest.fraction()?;
        let offset = rest.offset()?;
        let in_range = (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !in_range {
            return Err(NotATime);
        }
        let seconds = days_from_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
        Ok(Self(seconds * 1_000_000 + microsecond))
    }
}

/// The unparsed rest of a text.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn number(&mut self, digits: usize) -> Result<i64, NotATime> {
        let (number, rest) = self.0.split_at_checked(digits).ok_or(NotATime)?;
        if !number.iter().all(u8::is_ascii_digit) {
            return Err(NotATime);
        }
        self.0 = rest;
        Ok(number.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
    }

    fn after(&mut self, sign: u8) -> Result<&mut Self, NotATime> {
        match self.0.split_first() {
            Some((first, rest)) if *first == sign => {
                self.0 = rest;
                Ok(self)
            }
            _ => Err(NotATime),
        }
    }

    /// Parses the fraction of a second, in microseconds.
    fn fraction(&mut self) -> Result<i64, NotATime> {
        if self.after(b'.').is_err() {
            return Ok(0);
        }
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, rest) = self.0.split_at(digits);
        self.0 = rest;
        if digits == 0 {
            return Err(NotATime);
        }
        let digit = |place: usize| fraction.get(place).map_or(0, |digit| i64::from(digit - b'0'));
        Ok((0..6).fold(0, |micros, place| micros * 10 + digit(place)))
    }

    /// Parses the end: the offset from UTC, in seconds.
    fn offset(&mut self) -> Result<i64, NotATime> {
        let ahead = match self.0.split_first() {
            Some((b'Z', [])) => return Ok(0),
            Some((b'+', rest)) => (1, rest),
            Some((b'-', rest)) => (-1, rest),
            _ => return Err(NotATime),
        };
        self.0 = ahead.1;
        let (hours, minutes) = (self.number(2)?, self.after(b':')?.number(2)?);
        let is_all = self.0.is_empty() && hours < 24 && minutes < 60;
        if is_all { Ok(ahead.0 * (hours * 3600 + minutes * 60)) } else { Err(NotATime) }
    }
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The inverse of [`Civil::of`].
const fn days_from_1970(year: i64, month: i64, day: i64) -> i64 {
    let year_from_march = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let (era, year_of_era) = (year_from_march.div_euclid(400), year_from_march.rem_euclid(400));
    let day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * month_from_march + 2) / 5 + day - 1;
    era * 146_097 + day_of_era - 719_468
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Self);
        }
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
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
        for text in [
            "yesterday",
            "",
            "2026-05-05",
            "2026-05-05T09:14:07",
            "2026-05-05 09:14:07Z",
            "2026-05-05T09:14:07z",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-05-05T24:00:00Z",
            "2026-05-05T09:60:00Z",
            "2026-05-05T09:14:07.Z",
            "2026-05-05T09:14:07+1:00",
            "2026-05-05T09:14:07Z ",
            "+026-05-05T09:14:07Z",
            "2026-05-05T09:14:07+24:00",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(NotATime), "{text}");
        }
    }

    #[test]
    fn times_of_other_zones_and_finer_ones_are_understood() {
        let read = |text: &str| text.parse::<Timestamp>().unwrap().to_string();
        assert_eq!(read("2024-02-29T01:30:00+02:30"), "2024-02-28T23:00:00Z");
        assert_eq!(read("2024-02-28T23:00:00-01:00"), "2024-02-29T00:00:00Z");
        assert_eq!(read("1969-12-31T23:59:59.123456789Z"), "1969-12-31T23:59:59.123456Z");
    }

    proptest! {
        #[test]
        fn json_round_trips_to_the_microsecond(micros in -60_000_000_000_000_000i64..250_000_000_000_000_000) {
            let time = Timestamp::from_micros(micros);
            prop_assert_eq!(serde_json::from_str::<Timestamp>(&serde_json::to_string(&time).unwrap()).unwrap(), time);
            let jiffs = jiff::Timestamp::from_microsecond(micros).unwrap();
            prop_assert_eq!(time.to_string(), jiffs.to_string());
            prop_assert_eq!(time.http_date(), jiffs.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
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
