//! The reasons for which a token deserves attention.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    Authorization, Liveness, Status, Timestamp,
    grant::{Breadth, TokenKind},
    org_rules::OrgRules,
};

/// Number of days without use after which a token counts as unused.
pub const UNUSED_DAYS: i64 = 90;
/// Number of days after its creation from which a token that was never used gives a reason for attention.
pub const NEVER_USED_DAYS: i64 = 30;
/// Number of days before its expiry from which a token counts as expiring.
pub const EXPIRING_DAYS: i64 = 14;

const DAY: i64 = 86_400;

/// A reason to look at a token. One token may give several. "Live" means: active, neither expired nor ended, and of an
/// active owner. A token that isn't live gives only the reason for that, if it gives any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attention {
    /// Live, expires within [`EXPIRING_DAYS`], and has no successor: the old token of a rotation is meant to expire.
    Expiring,
    /// Expired. The record stays until someone deletes it.
    Expired,
    /// Live, but last used [`UNUSED_DAYS`] ago or earlier.
    Unused,
    /// Live, created [`NEVER_USED_DAYS`] ago or earlier, and never used.
    NeverUsed,
    /// Ended: its owner or its organization was deleted.
    Orphaned,
    /// Active and not expired, but its owner is inactive.
    OwnerInactive,
    /// Live, and breaks a rule of its organization as it is. The rule about operator tokens concerns their creation: no
    /// token is out of line because of it.
    OutOfLine,
    /// Live, and reaches every organization.
    Operator,
    /// Live, and never expires.
    NoExpiry,
}

impl Attention {
    /// Every reason, the most pressing first.
    pub const ALL: [Self; 9] = [
        Self::Expiring,
        Self::Expired,
        Self::Unused,
        Self::NeverUsed,
        Self::Orphaned,
        Self::OwnerInactive,
        Self::OutOfLine,
        Self::Operator,
        Self::NoExpiry,
    ];

    /// Returns the name in URLs and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::Unused => "unused",
            Self::NeverUsed => "never-used",
            Self::Orphaned => "orphaned",
            Self::OwnerInactive => "owner-inactive",
            Self::OutOfLine => "out-of-line",
            Self::Operator => "operator",
            Self::NoExpiry => "no-expiry",
        }
    }

    /// Returns the title that the console shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Expiring => "Expires within 14 days",
            Self::Expired => "Expired",
            Self::Unused => "Unused for 90 days",
            Self::NeverUsed => "Never used",
            Self::Orphaned => "Orphaned",
            Self::OwnerInactive => "Owner is inactive",
            Self::OutOfLine => "Breaks a rule",
            Self::Operator => "Operator token",
            Self::NoExpiry => "Never expires",
        }
    }

    /// Returns whether someone should act on it. Operator tokens and tokens without expiry may be intended: they are
    /// counted, but not reported as pressing.
    pub const fn is_pressing(self) -> bool {
        !matches!(self, Self::Operator | Self::NoExpiry)
    }

    /// Returns every reason that a token gives at `now`, in the order of [`Attention::ALL`].
    pub fn of(facts: &Facts<'_>, now: Timestamp) -> Vec<Self> {
        Self::ALL.into_iter().filter(|kind| kind.holds(facts, now)).collect()
    }

    fn holds(self, facts: &Facts<'_>, now: Timestamp) -> bool {
        let token = facts.authorization;
        let works = facts.state(now) == State::Live;
        let days_from_now = |days: i64| now.plus_seconds(days * DAY);
        match self {
            Self::Expiring => {
                let soon = token.expires_at.is_some_and(|end| end <= days_from_now(EXPIRING_DAYS));
                works && soon && !facts.replaced
            }
            Self::Expired => facts.state(now) == State::Expired,
            Self::Unused => works && token.last_use.as_ref().is_some_and(|last| last.at <= days_from_now(-UNUSED_DAYS)),
            Self::NeverUsed => works && token.last_use.is_none() && token.created_at <= days_from_now(-NEVER_USED_DAYS),
            Self::Orphaned => facts.state(now) == State::Orphaned,
            Self::OwnerInactive => facts.state(now) == State::OwnerInactive,
            Self::OutOfLine => works && !facts.rules.broken_by(token).is_empty(),
            Self::Operator => {
                works && TokenKind::from(Breadth::of(&token.permissions, token.org)) == TokenKind::Operator
            }
            Self::NoExpiry => works && token.expires_at.is_none(),
        }
    }
}

impl FromStr for Attention {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(())
    }
}

/// A token, with the facts that its record lacks.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The record of the token.
    pub authorization: &'a Authorization,
    /// The owner's status; `None` if the owner was deleted.
    pub owner: Option<Status>,
    /// True if it has a successor.
    pub replaced: bool,
    /// The rules of its organization.
    pub rules: OrgRules,
}

/// The state of a token, its owner considered; each token is in exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Orphaned,
    Expired,
    Inactive,
    OwnerInactive,
    Live,
}

impl Facts<'_> {
    fn state(&self, now: Timestamp) -> State {
        match (self.authorization.liveness(now), self.owner) {
            (Liveness::Ended, _) | (_, None) => State::Orphaned,
            (Liveness::Expired, _) => State::Expired,
            (Liveness::Inactive | Liveness::Leaked, _) => State::Inactive,
            (Liveness::Live, Some(Status::Inactive)) => State::OwnerInactive,
            (Liveness::Live, Some(Status::Active)) => State::Live,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{LastUse, grant};

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn days(days: i64) -> Timestamp {
        NOW.plus_seconds(days * DAY)
    }

    fn token() -> Authorization {
        Authorization { expires_at: Some(days(100)), ..Authorization::plain(NOW) }
    }

    fn facts(authorization: &Authorization) -> Facts<'_> {
        Facts { authorization, owner: Some(Status::Active), replaced: false, rules: OrgRules::default() }
    }

    fn kinds(token: &Authorization) -> Vec<Attention> {
        Attention::of(&facts(token), NOW)
    }

    fn used(at: Timestamp) -> Option<LastUse> {
        Some(LastUse { at, from: None, agent: None })
    }

    #[test]
    fn a_young_token_that_ends_one_day_asks_for_nothing() {
        assert_eq!(kinds(&token()), []);
    }

    #[test]
    fn ninety_days_without_use_are_too_many() {
        let before = Timestamp::from_micros(days(-90).micros() + 1);
        assert_eq!(kinds(&Authorization { last_use: used(before), ..token() }), []);
        assert_eq!(kinds(&Authorization { last_use: used(days(-90)), ..token() }), [Attention::Unused]);
    }

    #[test]
    fn a_token_has_thirty_days_to_be_used_first() {
        assert_eq!(kinds(&Authorization { created_at: days(-29), ..token() }), []);
        assert_eq!(kinds(&Authorization { created_at: days(-30), ..token() }), [Attention::NeverUsed]);
    }

    #[test]
    fn the_end_is_told_of_two_weeks_before_and_after_it() {
        assert_eq!(kinds(&Authorization { expires_at: Some(days(15)), ..token() }), []);
        let soon = Authorization { expires_at: Some(days(14)), ..token() };
        assert_eq!(kinds(&soon), [Attention::Expiring]);
        assert_eq!(
            Attention::of(&Facts { replaced: true, ..facts(&soon) }, NOW),
            [],
            "a rotated one ends as it should"
        );
        assert_eq!(kinds(&Authorization { expires_at: Some(NOW), ..token() }), [Attention::Expired]);
        assert_eq!(kinds(&Authorization { expires_at: None, ..token() }), [Attention::NoExpiry]);
    }

    #[test]
    fn whose_owner_is_gone_is_orphaned_and_nothing_else() {
        let all = Authorization { expires_at: None, permissions: grant::operator(), ..token() };
        let rules = OrgRules { expiry_required: true, ..OrgRules::default() };
        let ended = Authorization { ended_at: Some(NOW), ..all.clone() };
        assert_eq!(kinds(&ended), [Attention::Orphaned]);
        assert_eq!(Attention::of(&Facts { owner: None, rules, ..facts(&all) }, NOW), [Attention::Orphaned]);
        let inactive = Facts { owner: Some(Status::Inactive), rules, ..facts(&all) };
        assert_eq!(Attention::of(&inactive, NOW), [Attention::OwnerInactive]);
        let live = Facts { rules, ..facts(&all) };
        assert_eq!(Attention::of(&live, NOW), [Attention::OutOfLine, Attention::Operator, Attention::NoExpiry]);
    }

    #[test]
    fn what_is_switched_off_asks_for_nothing() {
        let rules = OrgRules { expiry_required: true, ..OrgRules::default() };
        let off = Authorization { status: Status::Inactive, expires_at: None, created_at: days(-400), ..token() };
        assert_eq!(Attention::of(&Facts { rules, ..facts(&off) }, NOW), []);
    }
}
