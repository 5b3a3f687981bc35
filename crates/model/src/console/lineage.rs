//! The lineage and usage of a token.

use serde::{Deserialize, Serialize};

use crate::{AuthorizationId, LastUse, Liveness, OrgId, Status, Timestamp, UserId, binding::GateUse};

/// Number of days for which the uses of a token are counted, the current one included.
pub const COUNTED_DAYS: usize = 30;

/// Returns the day of a time: days since 1970, UTC.
pub const fn day_of(time: Timestamp) -> i64 {
    time.micros().div_euclid(86_400_000_000)
}

/// Returns the beginning of a day.
pub const fn beginning_of(day: i64) -> Timestamp {
    Timestamp::from_micros(day.saturating_mul(86_400_000_000))
}

/// Usage of a token on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayUse {
    /// Days since 1970, UTC.
    pub day: i64,
    /// Number of requests with it.
    pub uses: u64,
    /// Number of these that were denied.
    pub refused: u64,
}

/// The facts about a token that the console shows beside its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// The last [`COUNTED_DAYS`] days, oldest first, including those without a use.
    pub days: Vec<DayUse>,
    /// The tokens that replaced each other in rotations, newest first, this one included; empty if it was never
    /// rotated.
    pub chain: Vec<Link>,
    /// The authorizations that were created with this token, directly or through others.
    pub descendants: Descendants,
    /// Its last uses through gates, the last one first.
    pub gates: Vec<GateUse>,
    /// Time at which these facts were read.
    pub now: Timestamp,
}

/// The descendants of a token: authorizations created with it, directly or through others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descendants {
    /// Number of all, including those that the caller may not read.
    pub total: u64,
    /// Number of those that are live.
    pub live: u64,
    /// The first of those that the caller may read.
    pub rows: Vec<Descendant>,
}

/// A token or 1.x credential that was created with a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descendant {
    /// Id of its authorization.
    pub id: AuthorizationId,
    /// The organization that it belongs to.
    pub org: OrgId,
    /// Its owner.
    pub user: UserId,
    /// The authorization that it was created with.
    pub created_with: Option<AuthorizationId>,
    /// The status of its record, which may be active even if it is not live.
    pub status: Status,
    /// Its state when it was read; the owner's status is not considered.
    pub liveness: Liveness,
    /// Its description; it may be empty.
    pub description: String,
    /// The beginning of the token, `jtn_` and four characters, if the token has that form.
    pub prefix: Option<String>,
    /// The user name of a 1.x credential; `None` for a token.
    pub username: Option<String>,
    /// Time of its creation.
    pub created_at: Timestamp,
    /// Time from which it is no longer accepted; `None` if it never expires.
    pub expires_at: Option<Timestamp>,
    /// Time at which it was reported as leaked, if it was.
    pub leaked_at: Option<Timestamp>,
}

/// A token in a chain of rotations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Id of its authorization.
    pub id: AuthorizationId,
    /// Its description; it may be empty.
    pub description: String,
    /// The beginning of the token, `jtn_` and four characters, if the token has that form.
    pub prefix: Option<String>,
    /// The name of its creator; `None` if they were deleted.
    pub creator: Option<String>,
    /// Time of its creation, which is also that of the rotation that made it.
    pub created_at: Timestamp,
    /// Time from which it is no longer accepted; `None` if it never expires.
    pub expires_at: Option<Timestamp>,
    /// Its state when it was read; the owner's status is not considered.
    pub liveness: Liveness,
    /// The last time it was accepted; `None` if it was never used.
    pub last_use: Option<LastUse>,
    /// Number of requests with it today.
    pub today: u64,
}

impl Lineage {
    /// Returns the number of requests, and of those that were denied.
    pub fn total(&self) -> (u64, u64) {
        self.days.iter().fold((0, 0), |(uses, refused), day| (uses + day.uses, refused + day.refused))
    }

    /// Returns the token that replaced this one.
    pub fn successor(&self, id: AuthorizationId) -> Option<&Link> {
        let at = self.chain.iter().position(|link| link.id == id)?;
        self.chain.get(at.checked_sub(1)?)
    }

    /// Returns the token that this one replaced, if it still exists.
    pub fn predecessor(&self, id: AuthorizationId) -> Option<&Link> {
        let at = self.chain.iter().position(|link| link.id == id)?;
        self.chain.get(at + 1)
    }

    /// Returns whether this token and its predecessor or successor are both accepted.
    pub fn overlaps(&self, id: AuthorizationId) -> bool {
        let live = |link: Option<&Link>| link.is_some_and(|link| link.liveness == Liveness::Live);
        live(self.chain.iter().find(|link| link.id == id)) && (live(self.successor(id)) || live(self.predecessor(id)))
    }
}

impl Link {
    /// Returns whether it was used since its successor was created.
    pub fn used_since(&self, rotation: Timestamp) -> bool {
        self.last_use.as_ref().is_some_and(|last| last.at >= rotation)
    }
}

#[cfg(test)]
mod tests {
    use crate::Id;

    use super::*;

    fn link(id: u64, liveness: Liveness) -> Link {
        Link {
            id: AuthorizationId(Id::new(id).unwrap()),
            description: String::new(),
            prefix: None,
            creator: None,
            created_at: Timestamp::from_micros(0),
            expires_at: None,
            liveness,
            last_use: None,
            today: 0,
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        assert_eq!(day_of(Timestamp::from_micros(86_399_999_999)), 0);
        assert_eq!(day_of(Timestamp::from_micros(86_400_000_000)), 1);
        assert_eq!(day_of(Timestamp::from_micros(-1)), -1);
        assert_eq!(beginning_of(1).micros(), 86_400_000_000);
    }

    #[test]
    fn the_newest_of_a_chain_comes_first() {
        let chain = vec![link(3, Liveness::Live), link(2, Liveness::Live), link(1, Liveness::Expired)];
        let id = |n: usize| chain[3 - n].id;
        let history = Lineage {
            days: vec![],
            chain: chain.clone(),
            descendants: Descendants::default(),
            gates: vec![],
            now: Timestamp::from_micros(0),
        };
        assert_eq!(history.successor(id(2)).map(|link| link.id), Some(id(3)));
        assert_eq!(history.predecessor(id(2)).map(|link| link.id), Some(id(1)));
        assert_eq!(history.successor(id(3)), None);
        assert_eq!(history.predecessor(id(1)), None);
        assert!(history.overlaps(id(3)) && history.overlaps(id(2)));
        assert!(!history.overlaps(id(1)));
    }
}
