//! The rules of an organization for its tokens. They apply to creation, rotation and changes from now on; an existing
//! token that breaks them is out of line and keeps working.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    Authorization, Permission, Timestamp, ValidationError, duration::DAY, rule_violation::RuleViolation,
    supplied_token::SuppliedTokens,
};

/// Maximum length of life in a rule, in seconds: a hundred years.
pub const MAX_LIFE: i64 = 36_525 * DAY;

/// The callers who may create tokens that reach every organization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperatorTokens {
    /// Every caller who holds the permissions.
    #[default]
    Anyone,
    /// Operators only.
    Operators,
}

impl OperatorTokens {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::Anyone, Self::Operators];

    /// Returns the name in the API, which is also the stored one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Operators => "operators",
        }
    }
}

impl FromStr for OperatorTokens {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let known = Self::ALL.into_iter().find(|one| one.name() == text);
        known.ok_or_else(|| ValidationError::field("operatorTokens", "operatorTokens must be anyone or operators"))
    }
}

/// The rules of an organization. By default, everything is allowed, but only operators supply tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrgRules {
    /// Longest life, in seconds from a token's creation to its expiry.
    pub longest_life: Option<i64>,
    /// Life, in seconds, of a token that is created without an expiry.
    pub default_life: Option<i64>,
    /// True if tokens must have an expiry.
    pub expiry_required: bool,
    /// True if tokens must have a description that is not blank.
    pub description_required: bool,
    /// The callers who may create tokens that reach every organization.
    pub operator_tokens: OperatorTokens,
    /// True if a token may rotate itself without further permission, which renews its life.
    pub self_rotation: bool,
    /// The callers who may supply the value or the hash of a token that they create.
    pub supplied_tokens: SuppliedTokens,
}

/// Formats a length of life, given in seconds, as the number of days in a form's field: "90", "0.5".
pub fn days(seconds: i64) -> String {
    let (whole, rest) = (seconds / DAY, seconds % DAY);
    // Five decimal places of a day are finer than a second.
    let fraction = format!("{:05}", (rest * 100_000 + DAY - 1) / DAY);
    match fraction.trim_end_matches('0') {
        "" => whole.to_string(),
        digits => format!("{whole}.{digits}"),
    }
}

/// Parses the number of days in a form's field into a length of life in seconds; `None` for an empty field.
///
/// # Errors
/// Fails, for the field, if the text is no decimal number.
pub fn from_days(field: &str, text: &str) -> Result<Option<i64>, ValidationError> {
    let refuse = || ValidationError::field(field, "Write a number of days, such as 90, or nothing.");
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

/// The rules of an organization, and the server's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesNow {
    /// The rules of the organization.
    pub rules: OrgRules,
    /// The server's time when the rules were read.
    pub now: Timestamp,
}

impl OrgRules {
    /// Returns rules that forbid nothing.
    pub fn none() -> Self {
        Self { supplied_tokens: SuppliedTokens::Anyone, ..Self::default() }
    }

    /// Checks that the rules are within bounds and don't contradict each other.
    ///
    /// # Errors
    /// Fails if a length of life is not between 1 second and [`MAX_LIFE`], or if the default life exceeds the longest.
    pub fn check(&self) -> Result<(), ValidationError> {
        let refuse = |field: &str, message: &str| Err(ValidationError::field(field, message));
        let fits = |life: Option<i64>| life.is_none_or(|seconds| (1..=MAX_LIFE).contains(&seconds));
        if !fits(self.longest_life) {
            return refuse("longestLife", "the maximum lifetime must be between 1 second and 100 years");
        }
        if !fits(self.default_life) {
            return refuse("defaultLife", "the default lifetime must be between 1 second and 100 years");
        }
        match (self.default_life, self.longest_life) {
            (Some(usual), Some(longest)) if usual > longest => {
                refuse("defaultLife", "the default lifetime must not exceed the maximum lifetime")
            }
            _ => Ok(()),
        }
    }

    /// Returns the rule about lives that a token with these times breaks, if any.
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

    /// Returns the rule about descriptions if this one breaks it. A blank description counts as none.
    pub fn broken_by_description(&self, description: &str) -> Option<RuleViolation> {
        (self.description_required && description.trim().is_empty()).then_some(RuleViolation::DescriptionRequired)
    }

    /// Returns the rule about operator tokens if creating a token with these permissions breaks it.
    pub fn broken_by_creating(&self, permissions: &[Permission], by_operator: bool) -> Option<RuleViolation> {
        let everywhere = |one: &Permission| one.resource.id.is_none() && one.resource.org.is_none();
        let refused = self.operator_tokens == OperatorTokens::Operators && !by_operator;
        (refused && permissions.iter().any(everywhere)).then_some(RuleViolation::OperatorsOnly)
    }

    /// Returns the rule about supplied tokens if a caller breaks it by supplying one.
    pub fn broken_by_supplying(&self, by_operator: bool) -> Option<RuleViolation> {
        (!self.supplied_tokens.allow(by_operator)).then_some(RuleViolation::Supplied(self.supplied_tokens))
    }

    /// Returns whether a token can be out of line with the rules.
    pub const fn bind_tokens(&self) -> bool {
        self.longest_life.is_some() || self.expiry_required || self.description_required
    }

    /// Returns the rules that a token is out of line with. The rule about operator tokens concerns only their creation,
    /// and so does that about supplied ones.
    pub fn broken_by(&self, token: &Authorization) -> Vec<RuleViolation> {
        let life = self.broken_by_life(token.created_at, token.expires_at);
        life.into_iter().chain(self.broken_by_description(&token.description)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Action, Id, OrgId, ResourceType, grant};

    use super::*;

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
        let user = crate::UserId(Id::new(2).unwrap());
        assert_eq!(rules.broken_by_creating(&grant::all_access(org, user), false), None);
    }

    #[test]
    fn rules_that_forbid_nothing_let_anyone_supply_a_token() {
        assert_eq!(OrgRules::none().broken_by_supplying(false), None);
        let refused = Some(RuleViolation::Supplied(SuppliedTokens::Operators));
        assert_eq!(OrgRules::default().broken_by_supplying(false), refused);
        assert_eq!(OrgRules::default().broken_by_supplying(true), None);
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
