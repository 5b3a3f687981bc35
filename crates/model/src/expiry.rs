//! The expiry of a token: choices of forms, and lengths of life.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp, ValidationError,
    duration::{DAY, length},
    org_rules::OrgRules,
};

/// The requested expiry of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expiry {
    /// No expiry.
    Never,
    /// Expiry at this time: from then on, the token is not accepted.
    At(Timestamp),
}

impl Expiry {
    /// Returns the time of expiry as a record stores it.
    pub const fn end(self) -> Option<Timestamp> {
        match self {
            Self::Never => None,
            Self::At(end) => Some(end),
        }
    }

    /// Returns the expiry of a token that lives as long from `now` as one with these times.
    pub fn same_life(created_at: Timestamp, expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        let life = |end: Timestamp| now.plus_seconds(end.seconds_since(created_at)).min(Timestamp::LAST);
        expires_at.map_or(Self::Never, |end| Self::At(life(end)))
    }
}

/// Returns the expiry of a token that renews itself at `now`: as far away as that of the old one was at its creation,
/// within the rules.
pub fn renewed(
    rules: &OrgRules,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    let after = |life: i64| now.plus_seconds(life);
    let usual = || rules.default_life.filter(|_| rules.expiry_required).map(after);
    let end = Expiry::same_life(created_at, expires_at, now).end().or_else(usual);
    end.into_iter().chain(rules.longest_life.map(after)).min()
}

impl From<Option<Timestamp>> for Expiry {
    fn from(end: Option<Timestamp>) -> Self {
        end.map_or(Self::Never, Self::At)
    }
}

/// The lengths of life that the console offers, in seconds.
const OFFERED: [i64; 3] = [30 * DAY, 90 * DAY, 365 * DAY];

/// Returns the lengths of life that the console offers, in seconds, and whether the rules allow each for a token
/// created at `created_at`. `own`: the length of life of an original, offered too.
pub fn offers(rules: &OrgRules, own: Option<i64>, created_at: Timestamp, now: Timestamp) -> Vec<(i64, bool)> {
    let own = own.filter(|life| (1..=crate::org_rules::MAX_LIFE).contains(life));
    let lives = OFFERED.into_iter().chain(rules.default_life).chain(rules.longest_life).chain(own);
    let mut lives: Vec<i64> = lives.collect();
    lives.sort_unstable();
    lives.dedup();
    let allowed = |life: &i64| rules.broken_by_life(created_at, Some(now.plus_seconds(*life))).is_none();
    lives.into_iter().map(|life| (life, allowed(&life))).collect()
}

/// Returns the title of a length of life in seconds. One that is no whole number of hours, such as that of an original
/// with a chosen end, is rounded to days.
pub fn offer_title(life: i64) -> String {
    match life {
        _ if life == 365 * DAY => "1 year".into(),
        _ if life > DAY && life % 3600 != 0 => length((life + DAY / 2) / DAY * DAY),
        _ => length(life),
    }
}

/// The choice of a form to expire on a given day.
pub const ON_A_DAY: &str = "date";
/// The choice of a form to never expire.
pub const NEVER: &str = "never";
/// The choice of a form to keep the expiry.
pub const KEEP: &str = "keep";

/// Parses the choice of a form: a length of life in seconds, a day (its beginning in UTC), never, or to keep the
/// expiry; `None` if there is no choice or nothing changes.
///
/// # Errors
/// Fails, for one of the form's fields, if the choice or the day can't be parsed.
pub fn chosen(word: &str, day: &str, now: Timestamp) -> Result<Option<Expiry>, ValidationError> {
    let refuse = |message: &str| ValidationError::field("expires", message);
    match word {
        "" | KEEP => Ok(None),
        NEVER => Ok(Some(Expiry::Never)),
        ON_A_DAY => {
            let start = format!("{}T00:00:00Z", day.trim()).parse();
            start.map(|end| Some(Expiry::At(end))).map_err(|_| refuse("Choose the day on which it expires."))
        }
        life => {
            let life = life.parse().ok().filter(|life| (1..=crate::org_rules::MAX_LIFE).contains(life));
            let life = life.ok_or_else(|| refuse("Choose when it expires."))?;
            Ok(Some(Expiry::At(now.plus_seconds(life))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_length_of_life_is_said_in_days() {
        assert_eq!(offer_title(163 * DAY - 1), "163 days");
        assert_eq!(offer_title(365 * DAY), "1 year");
        assert_eq!(offer_title(36 * 3600), "36 hours");
    }

    #[test]
    fn what_was_chosen_in_a_form_is_a_time_or_none() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        assert_eq!(chosen("", "", now), Ok(None));
        assert_eq!(chosen(KEEP, "2030-01-01", now), Ok(None));
        assert_eq!(chosen(NEVER, "", now), Ok(Some(Expiry::Never)));
        assert_eq!(chosen("86400", "", now), Ok(Some(Expiry::At(now.plus_seconds(DAY)))));
        let day = chosen(ON_A_DAY, "2030-01-31", now).unwrap().and_then(Expiry::end).map(|end| end.to_string());
        assert_eq!(day.as_deref(), Some("2030-01-31T00:00:00Z"));
        for (word, day) in [(ON_A_DAY, ""), (ON_A_DAY, "2030-02-30"), ("soon", ""), ("0", ""), ("-1", "")] {
            assert!(chosen(word, day, now).is_err(), "{word} {day}");
        }
    }

    #[test]
    fn what_the_rules_forbid_is_offered_to_nobody() {
        let rules = OrgRules { longest_life: Some(60 * DAY), default_life: Some(14 * DAY), ..OrgRules::default() };
        let now = Timestamp::from_micros(0);
        let expected = [(14 * DAY, true), (30 * DAY, true), (60 * DAY, true), (90 * DAY, false), (365 * DAY, false)];
        assert_eq!(offers(&rules, None, now, now), expected);
        let old = offers(&rules, None, now, now.plus_seconds(40 * DAY));
        assert_eq!(old.iter().filter(|(_, allowed)| *allowed).count(), 1, "a life is counted from its beginning");
    }

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
        assert_eq!(Expiry::same_life(at(0), Some(Timestamp::LAST), at(1_000_000)), Expiry::At(Timestamp::LAST));
    }

    #[test]
    fn a_renewed_life_is_the_same_within_the_rules() {
        let at = |day: i64| Timestamp::from_micros(day * DAY * 1_000_000);
        let (none, longest) = (OrgRules::default(), OrgRules { longest_life: Some(30 * DAY), ..OrgRules::default() });
        assert_eq!(renewed(&none, at(0), Some(at(90)), at(80)), Some(at(170)));
        assert_eq!(renewed(&none, at(0), None, at(80)), None);
        assert_eq!(renewed(&longest, at(0), Some(at(90)), at(80)), Some(at(110)));
        assert_eq!(renewed(&longest, at(0), Some(at(7)), at(5)), Some(at(12)));
        assert_eq!(renewed(&longest, at(0), None, at(80)), Some(at(110)));
        let required = OrgRules { expiry_required: true, default_life: Some(14 * DAY), ..none };
        assert_eq!(renewed(&required, at(0), None, at(80)), Some(at(94)), "never is not allowed any more");
        assert_eq!(renewed(&required, at(0), Some(at(90)), at(80)), Some(at(170)));
    }
}
