//! What an organization demands of its tokens. The rules hold for what is created, rotated or changed from now on; a
//! token that was there before is out of line and keeps working.

use super::{Authorization, Error, Permission, Timestamp, duration::DAY, rule_violation::RuleViolation};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// No rule speaks of a longer life, in seconds: a hundred years.
pub const MAX_LIFE: i64 = 36_525 * DAY;

/// Who may create tokens that reach every organization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperatorTokens {
    /// Whoever holds the permissions.
    #[default]
    Anyone,
    /// Whoever holds every permission in every organization.
    Operators,
}

impl OperatorTokens {
    pub const ALL: [Self; 2] = [Self::Anyone, Self::Operators];

    /// As it is written and stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Operators => "operators",
        }
    }
}

impl FromStr for OperatorTokens {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let known = Self::ALL.into_iter().find(|one| one.name() == text);
        known.ok_or_else(|| Error::field("operatorTokens", "operatorTokens must be anyone or operators"))
    }
}

/// The rules of an organization. Without any, everything is allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrgRules {
    /// In seconds, from a token's creation to its expiry.
    pub longest_life: Option<i64>,
    /// In seconds: what a token gets that asks for no expiry.
    pub default_life: Option<i64>,
    pub expiry_required: bool,
    pub description_required: bool,
    pub operator_tokens: OperatorTokens,
}

/// A length of life in days, as a field has it: "90", "0.5".
pub fn days(seconds: i64) -> String {
    let (whole, rest) = (seconds / DAY, seconds % DAY);
    // Five digits of a day are less than a second.
    let fraction = format!("{:05}", (rest * 100_000 + DAY - 1) / DAY);
    match fraction.trim_end_matches('0') {
        "" => whole.to_string(),
        digits => format!("{whole}.{digits}"),
    }
}

/// A length of life in seconds, from a number of days that someone typed; nothing is none.
pub fn from_days(field: &str, text: &str) -> Result<Option<i64>, Error> {
    let refuse = || Error::field(field, "Write a number of days, such as 90, or nothing.");
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(refuse());
    }
    let number = |part: &str| part.parse::<i64>().map_err(|_| refuse());
    let parts = 10_i64.pow(fraction.len().try_into().map_err(|_| refuse())?);
    Ok(Some(number(whole)? * DAY + number(fraction)? * DAY / parts))
}

/// The rules of an organization, and the time they were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesNow {
    pub rules: OrgRules,
    pub now: Timestamp,
}

impl OrgRules {
    /// Refuses rules that contradict themselves.
    pub fn check(&self) -> Result<(), Error> {
        let refuse = |field: &str, message: &str| Err(Error::field(field, message));
        let fits = |life: Option<i64>| life.is_none_or(|seconds| (1..=MAX_LIFE).contains(&seconds));
        if !fits(self.longest_life) {
            return refuse("longestLife", "the longest life must be between 1 second and 100 years");
        }
        if !fits(self.default_life) {
            return refuse("defaultLife", "the default life must be between 1 second and 100 years");
        }
        match (self.default_life, self.longest_life) {
            (Some(usual), Some(longest)) if usual > longest => {
                refuse("defaultLife", "the default life must not be longer than the longest life")
            }
            _ => Ok(()),
        }
    }

    /// The rule about lives that a token breaks, if one: from its creation to its expiry.
    pub fn broken_by_life(&self, created_at: Timestamp, expires_at: Option<Timestamp>) -> Option<RuleViolation> {
        let too_long = |longest: &i64| match expires_at {
            Some(end) => end > created_at.plus_seconds(*longest),
            None => true,
        };
        if self.expiry_required && expires_at.is_none() {
            return Some(RuleViolation::ExpiryRequired);
        }
        self.longest_life.filter(too_long).map(RuleViolation::LongestLife)
    }

    /// The rule about descriptions, if it is broken. Spaces say nothing.
    pub fn broken_by_description(&self, description: &str) -> Option<RuleViolation> {
        (self.description_required && description.trim().is_empty()).then_some(RuleViolation::DescriptionRequired)
    }

    /// The rule about who creates what reaches every organization, if it is broken.
    pub fn broken_by_creating(&self, permissions: &[Permission], by_operator: bool) -> Option<RuleViolation> {
        let everywhere = |one: &Permission| one.resource.id.is_none() && one.resource.org.is_none();
        let refused = self.operator_tokens == OperatorTokens::Operators && !by_operator;
        (refused && permissions.iter().any(everywhere)).then_some(RuleViolation::OperatorsOnly)
    }

    /// Whether a token can be out of line with them.
    pub const fn bind_tokens(&self) -> bool {
        self.longest_life.is_some() || self.expiry_required || self.description_required
    }

    /// The rules that a token is out of line with. Who created it is not asked again.
    pub fn broken_by(&self, token: &Authorization) -> Vec<RuleViolation> {
        let life = self.broken_by_life(token.created_at, token.expires_at);
        life.into_iter().chain(self.broken_by_description(&token.description)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Action, Id, OrgId, ResourceType, grant};

    const fn at(day: i64) -> Timestamp {
        Timestamp::from_micros(day * DAY * 1_000_000)
    }

    #[test]
    fn without_rules_everything_is_in_line() {
        let none = OrgRules::default();
        assert_eq!(none.broken_by_life(at(0), None), None);
        assert_eq!(none.broken_by_description(""), None);
        assert_eq!(none.broken_by_creating(&grant::operator(), false), None);
        assert_eq!(none.check(), Ok(()));
    }

    #[test]
    fn the_longest_life_is_allowed_and_not_a_microsecond_more() {
        let rules = OrgRules { longest_life: Some(90 * DAY), ..OrgRules::default() };
        assert_eq!(rules.broken_by_life(at(0), Some(at(90))), None);
        let more = Timestamp::from_micros(at(90).micros() + 1);
        assert_eq!(rules.broken_by_life(at(0), Some(more)), Some(RuleViolation::LongestLife(90 * DAY)));
        assert_eq!(rules.broken_by_life(at(0), None), Some(RuleViolation::LongestLife(90 * DAY)), "never is longer");
    }

    #[test]
    fn a_required_expiry_may_be_any() {
        let rules = OrgRules { expiry_required: true, ..OrgRules::default() };
        assert_eq!(rules.broken_by_life(at(0), None), Some(RuleViolation::ExpiryRequired));
        assert_eq!(rules.broken_by_life(at(0), Some(at(36_525))), None);
    }

    #[test]
    fn rules_that_bind_no_token_are_broken_by_none() {
        let operators = OrgRules { operator_tokens: OperatorTokens::Operators, ..OrgRules::default() };
        let shortlived = OrgRules { default_life: Some(DAY), ..OrgRules::default() };
        let nameless = Authorization { expires_at: None, description: String::new(), ..Authorization::plain(at(0)) };
        for rules in [operators, shortlived] {
            assert!(!rules.bind_tokens() && rules.broken_by(&nameless).is_empty());
        }
        for rules in [
            OrgRules { longest_life: Some(DAY), ..OrgRules::default() },
            OrgRules { expiry_required: true, ..OrgRules::default() },
            OrgRules { description_required: true, ..OrgRules::default() },
        ] {
            assert!(rules.bind_tokens() && !rules.broken_by(&nameless).is_empty(), "{rules:?}");
        }
    }

    #[test]
    fn spaces_are_no_description() {
        let rules = OrgRules { description_required: true, ..OrgRules::default() };
        assert_eq!(rules.broken_by_description("  "), Some(RuleViolation::DescriptionRequired));
        assert_eq!(rules.broken_by_description("Wall"), None);
    }

    #[test]
    fn what_reaches_every_organization_is_for_operators() {
        let rules = OrgRules { operator_tokens: OperatorTokens::Operators, ..OrgRules::default() };
        let org = OrgId(Id::new(1).unwrap());
        let everywhere = [Permission::global(Action::Read, ResourceType::Buckets)];
        assert_eq!(rules.broken_by_creating(&everywhere, false), Some(RuleViolation::OperatorsOnly));
        assert_eq!(rules.broken_by_creating(&everywhere, true), None);
        let user = crate::model::UserId(Id::new(2).unwrap());
        assert_eq!(rules.broken_by_creating(&grant::all_access(org, user), false), None);
    }

    #[test]
    fn days_are_read_as_they_are_written() {
        for seconds in [1, 59, 3600, DAY / 2, DAY, 90 * DAY, 90 * DAY + 1, 7 * 3600 + 61, MAX_LIFE] {
            assert_eq!(from_days("x", &days(seconds)), Ok(Some(seconds)), "{}", days(seconds));
        }
        assert_eq!((days(90 * DAY), days(DAY / 2)), ("90".into(), "0.5".into()));
        assert_eq!(from_days("x", "  "), Ok(None));
        for bad in ["ninety", "-1", "1.", ".5", "1e3", "99999999999999999999"] {
            assert!(from_days("x", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn rules_do_not_contradict_themselves() {
        let lives = |longest_life, default_life| OrgRules { longest_life, default_life, ..OrgRules::default() };
        assert_eq!(lives(Some(DAY), Some(DAY)).check(), Ok(()));
        assert!(lives(Some(DAY), Some(DAY + 1)).check().is_err());
        assert!(lives(Some(0), None).check().is_err());
        assert!(lives(None, Some(-1)).check().is_err());
        assert!(lives(Some(MAX_LIFE + 1), None).check().is_err());
    }
}
