//! When a token stops working, as it is asked for, and how long that is.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// So many seconds are a day.
pub const DAY: i64 = 86_400;

/// When a token is to stop working.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expiry {
    Never,
    At(Timestamp),
}

impl Expiry {
    /// As a record keeps it.
    pub const fn end(self) -> Option<Timestamp> {
        match self {
            Self::Never => None,
            Self::At(end) => Some(end),
        }
    }

    /// For a token that lives as long from `now` as another one whose record says so.
    pub fn same_life(created_at: Timestamp, expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        let life = |end: Timestamp| now.plus_seconds(end.seconds_since(created_at)).min(Timestamp::LAST);
        expires_at.map_or(Self::Never, |end| Self::At(life(end)))
    }
}

impl From<Option<Timestamp>> for Expiry {
    fn from(end: Option<Timestamp>) -> Self {
        end.map_or(Self::Never, Self::At)
    }
}

/// A length of time in seconds, in the largest unit that says it exactly: "90 days", "1 hour".
pub fn length(seconds: i64) -> String {
    let units = [(DAY, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let (size, unit) = units.into_iter().find(|(size, _)| seconds % size == 0).unwrap_or((1, "second"));
    let number = seconds / size;
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_said_exactly() {
        assert_eq!(length(90 * DAY), "90 days");
        assert_eq!(length(DAY), "1 day");
        assert_eq!(length(36 * 3600), "36 hours");
        assert_eq!(length(61), "61 seconds");
    }

    #[test]
    fn the_same_life_begins_now_and_fits_in_the_calendar() {
        let at = Timestamp::from_micros;
        assert_eq!(Expiry::same_life(at(0), Some(at(5_000_000)), at(7)), Expiry::At(at(5_000_007)));
        assert_eq!(Expiry::same_life(at(0), None, at(7)), Expiry::Never);
        assert_eq!(Expiry::same_life(at(0), Some(Timestamp::LAST), at(7)), Expiry::At(Timestamp::LAST));
    }
}
