//! The authorization: the record of a token, without the secret.

use std::{collections::HashSet, fmt, hash::Hash, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{AuthorizationId, Networks, OrgId, Permission, Timestamp, UserId};

/// Maximum number of different permissions in one authorization.
pub const MAX_PERMISSIONS: usize = 4096;
/// Maximum number of permissions in a list that is stored with its duplicates. Duplicates have no effect, so longer
/// lists are stored without them to save space.
const MAX_WITH_DUPLICATES: usize = 100;
/// Maximum number of bytes in a description.
pub const MAX_DESCRIPTION: usize = 1024;

/// The status that people set: active or inactive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Usable, unless something else prevents it, such as an expiry.
    #[default]
    Active,
    /// Deactivated: not accepted until it is activated again, which a leaked token cannot be.
    Inactive,
}

impl Status {
    /// Returns the name in the API, which is also the stored one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }

    /// Returns the opposite status.
    pub const fn toggled(self) -> Self {
        match self {
            Self::Active => Self::Inactive,
            Self::Inactive => Self::Active,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error for a text that is neither `active` nor `inactive`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be active or inactive")]
pub struct UnknownStatus;

impl FromStr for Status {
    type Err = UnknownStatus;

    /// Parses a status. An empty text is `active`, as in influxd (docs/influxdb-compatibility.md §4.2, §4.5).
    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        match text {
            "" | "active" => Ok(Self::Active),
            "inactive" => Ok(Self::Inactive),
            _ => Err(UnknownStatus),
        }
    }
}

/// An authorization as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// Its id. It identifies the record and is no secret.
    pub id: AuthorizationId,
    /// The organization that it belongs to.
    pub org: OrgId,
    /// The owner: may read it; when they are deleted, it ends.
    pub user: UserId,
    /// The user who created it; informational.
    pub created_by: UserId,
    /// The status that people set; [`Authorization::liveness`] decides if the token works.
    pub status: Status,
    /// A text for people, of at most [`MAX_DESCRIPTION`] bytes; it may be empty.
    pub description: String,
    /// Fixed at creation, in the order given; short lists keep their duplicates.
    pub permissions: Vec<Permission>,
    /// `jtn_` and four characters, if the token has that form.
    pub token_prefix: Option<String>,
    /// Time of its creation.
    pub created_at: Timestamp,
    /// Time of the last change to the record, at first that of its creation. Uses do not count as changes.
    pub updated_at: Timestamp,
    /// Time from which the token is no longer accepted; `None` if it never expires.
    pub expires_at: Option<Timestamp>,
    /// Time at which its owner or organization was deleted. Nothing reactivates it.
    pub ended_at: Option<Timestamp>,
    /// The networks from which its token is accepted.
    pub networks: Networks,
    /// The last time its token was accepted; recorded with a delay of at most a minute.
    pub last_use: Option<LastUse>,
    /// The predecessor: the authorization that this one replaced in a rotation.
    pub replaces: Option<AuthorizationId>,
    /// The authorization whose token created this one, or last set the password of this 1.x credential. When that one
    /// is deleted, its own creator takes its place. `None` if it was created in a session.
    pub created_with: Option<AuthorizationId>,
    /// Time at which its token was reported as leaked. It is inactive from then on, and nothing reactivates it.
    pub leaked_at: Option<Timestamp>,
}

/// The last time a token was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUse {
    /// Time of the use.
    pub at: Timestamp,
    /// The address of the client, if it is known.
    pub from: Option<String>,
    /// The client's `User-Agent`.
    pub agent: Option<String>,
}

/// The credential of a 1.x client: an authorization with a user name, and a password stored separately
/// (docs/influxdb-compatibility.md §6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct V1Authorization {
    /// The record: owner, organization, permissions, status and times.
    pub authorization: Authorization,
    /// Called `token` by its API. It is not secret: the password is.
    pub username: String,
}

/// The state of a token: live, or the reason why it does not work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Liveness {
    /// Accepted.
    #[default]
    Live,
    /// Switched off; it can be activated again.
    Inactive,
    /// Reported as leaked, and permanently inactive.
    Leaked,
    /// Past its expiry.
    Expired,
    /// Its owner or its organization was deleted.
    Ended,
}

impl Authorization {
    /// Returns whether the token works at `now` according to its own record; the owner's status is not considered.
    pub fn liveness(&self, now: Timestamp) -> Liveness {
        if self.ended_at.is_some() {
            Liveness::Ended
        } else if self.expires_at.is_some_and(|end| end <= now) {
            Liveness::Expired
        } else if self.leaked_at.is_some() {
            Liveness::Leaked
        } else if self.status == Status::Inactive {
            Liveness::Inactive
        } else {
            Liveness::Live
        }
    }
}

/// Returns a list of permissions as it is stored: unchanged, but without duplicates if it is long.
pub fn as_stored(mut permissions: Vec<Permission>) -> Vec<Permission> {
    if permissions.len() > MAX_WITH_DUPLICATES {
        let mut seen = HashSet::with_capacity(permissions.len());
        permissions.retain(|permission| seen.insert(*permission));
    }
    permissions
}

/// Counts the distinct elements of a list.
pub fn count_different<T: Eq + Hash>(list: &[T]) -> usize {
    list.iter().collect::<HashSet<&T>>().len()
}

/// Returns the description of a clone: "Telegraf (cloned at 2026-11-23 20:40:00)" (docs/influxdb-compatibility.md
/// §9.9).
pub fn clone_description(original: &str, now: Timestamp) -> String {
    let suffix = format!(" (cloned at {})", now.second());
    let mut base = original.trim();
    // Cuts a long description, so that the clone's one is within the limit too.
    while base.len() + suffix.len() > MAX_DESCRIPTION {
        let mut letters = base.chars();
        letters.next_back();
        base = letters.as_str();
    }
    format!("{base}{suffix}").trim_start().to_owned()
}

#[cfg(test)]
impl Authorization {
    /// Returns an ordinary authorization, created at `now`.
    pub(super) fn plain(now: Timestamp) -> Self {
        let id = crate::Id::new(1).unwrap();
        Self {
            id: AuthorizationId(id),
            org: OrgId(id),
            user: UserId(id),
            created_by: UserId(id),
            status: Status::Active,
            description: String::new(),
            permissions: vec![],
            token_prefix: None,
            created_at: now,
            updated_at: now,
            expires_at: None,
            ended_at: None,
            networks: Networks::default(),
            last_use: None,
            replaces: None,
            created_with: None,
            leaked_at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authorization() -> Authorization {
        Authorization::plain(Timestamp::from_micros(0))
    }

    #[test]
    fn an_expiry_counts_from_its_very_moment() {
        let mut authorization = authorization();
        authorization.expires_at = Some(Timestamp::from_micros(10));
        assert_eq!(authorization.liveness(Timestamp::from_micros(9)), Liveness::Live);
        assert_eq!(authorization.liveness(Timestamp::from_micros(10)), Liveness::Expired);
    }

    #[test]
    fn what_has_ended_stays_ended_whatever_else_is_true() {
        let mut authorization = authorization();
        authorization.ended_at = Some(Timestamp::from_micros(1));
        authorization.status = Status::Inactive;
        assert_eq!(authorization.liveness(Timestamp::from_micros(0)), Liveness::Ended);
    }

    #[test]
    fn what_leaked_is_told_from_what_was_merely_switched_off_until_its_time_is_over() {
        let at = Timestamp::from_micros;
        let mut authorization = Authorization { status: Status::Inactive, leaked_at: Some(at(1)), ..authorization() };
        assert_eq!(authorization.liveness(at(2)), Liveness::Leaked);
        authorization.expires_at = Some(at(3));
        assert_eq!(authorization.liveness(at(3)), Liveness::Expired, "refused like an unknown one");
    }

    #[test]
    fn only_short_lists_are_stored_with_their_duplicates() {
        let one = Permission::global(crate::Action::Read, crate::ResourceType::Buckets);
        let other = Permission { action: crate::Action::Write, ..one };
        assert_eq!(as_stored(vec![one, other, one]), [one, other, one]);
        let long = [vec![other], vec![one; MAX_WITH_DUPLICATES]].concat();
        assert_eq!(as_stored(long.clone()), [other, one], "in the order of their first places");
        assert_eq!(count_different(&long), 2);
    }

    #[test]
    fn an_empty_status_is_active() {
        assert_eq!("".parse(), Ok(Status::Active));
        assert_eq!("Active".parse::<Status>(), Err(UnknownStatus));
    }

    #[test]
    fn clones_are_named_after_their_original_and_fit() {
        let now = Timestamp::from_micros(1_625_735_411_000_000);
        assert_eq!(clone_description(" a ", now), "a (cloned at 2021-07-08 09:10:11)");
        assert_eq!(clone_description("", now), "(cloned at 2021-07-08 09:10:11)");
        assert!(clone_description(&"ॐ".repeat(400), now).len() <= MAX_DESCRIPTION);
    }
}
