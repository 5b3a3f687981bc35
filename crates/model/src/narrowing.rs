//! Narrowing: the permissions of a token on buckets, reduced to those that gates saw it use. It is a proposal, which a
//! rotation carries out.

use crate::{Action, BucketId, OrgId, Permission, ResourceType, Timestamp, authorization::MAX_PERMISSIONS};

/// Number of days for which a use counts.
pub const DAYS_THAT_COUNT: i64 = 30;

/// The last use of an action on a bucket, through any gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketUse {
    /// The action.
    pub action: Action,
    /// The bucket.
    pub bucket: BucketId,
    /// The organization of the bucket; `None` if it was deleted.
    pub org: Option<OrgId>,
    /// The time of the last request.
    pub at: Timestamp,
}

/// A permission with its last use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUsed {
    /// The permission.
    pub permission: Permission,
    /// The name of its bucket; `None` if it is none of one bucket, or the caller may not read that.
    pub bucket_name: Option<String>,
    /// The time of its last use; `None` if no gate saw one.
    pub at: Option<Timestamp>,
}

/// The narrowed permissions of a token. Those on anything but buckets stay, because gates do not see their use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrowed {
    /// The time since which uses count.
    pub since: Timestamp,
    /// The proposed permissions: each is one of the token, or permits a part of what one permits.
    pub proposed: Vec<LastUsed>,
    /// The permissions of the token that are not among them.
    pub dropped: Vec<LastUsed>,
}

impl BucketUse {
    fn permission(self) -> Permission {
        match self.org {
            Some(org) => Permission::on_in(self.action, ResourceType::Buckets, self.bucket, org),
            None => Permission::on(self.action, ResourceType::Buckets, self.bucket),
        }
    }
}

impl LastUsed {
    fn new(permission: Permission, at: Option<Timestamp>) -> Self {
        Self { permission, bucket_name: None, at }
    }
}

impl Narrowed {
    /// Returns the permissions that a token used since a time. One on all buckets becomes those on the used ones.
    pub fn of(permissions: &[Permission], uses: &[BucketUse], since: Timestamp) -> Self {
        let mut narrowed = Self { since, proposed: Vec::new(), dropped: Vec::new() };
        for permission in permissions {
            narrowed.add(*permission, uses);
        }
        if narrowed.proposed.len() > MAX_PERMISSIONS { Self::unchanged(permissions, since) } else { narrowed }
    }

    /// Returns the permissions of a token as they are, if it cannot be said which it used.
    pub fn unchanged(permissions: &[Permission], since: Timestamp) -> Self {
        let proposed = permissions.iter().map(|permission| LastUsed::new(*permission, None)).collect();
        Self { since, proposed, dropped: Vec::new() }
    }

    /// Returns the proposed permissions.
    pub fn permissions(&self) -> Vec<Permission> {
        self.proposed.iter().map(|one| one.permission).collect()
    }

    fn add(&mut self, permission: Permission, uses: &[BucketUse]) {
        if permission.resource.kind != ResourceType::Buckets {
            return self.propose(permission, None);
        }
        let of_it = uses.iter().filter(|used| permission.permits(&used.permission()));
        let last = of_it.clone().map(|used| used.at).max();
        // A permission on a deleted bucket permits nothing any more.
        let recent: Vec<&BucketUse> = of_it.filter(|used| used.at >= self.since && used.org.is_some()).collect();
        if permission.resource.id.is_some() && !recent.is_empty() {
            return self.propose(permission, last);
        }
        for used in recent {
            self.propose(used.permission(), Some(used.at));
        }
        self.dropped.push(LastUsed::new(permission, last));
    }

    /// Adds a permission once.
    fn propose(&mut self, permission: Permission, at: Option<Timestamp>) {
        if !self.proposed.iter().any(|one| one.permission == permission) {
            self.proposed.push(LastUsed::new(permission, at));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Id, permission::which_permits};

    use super::*;

    const SINCE: Timestamp = Timestamp::from_micros(1000);

    fn org(number: u64) -> OrgId {
        OrgId(Id::new(number).unwrap())
    }

    fn bucket(number: u64) -> BucketId {
        BucketId(Id::new(number).unwrap())
    }

    /// A use of a bucket of the organization 1, at a time.
    fn used(action: Action, number: u64, at: i64) -> BucketUse {
        BucketUse { action, bucket: bucket(number), org: Some(org(1)), at: Timestamp::from_micros(at) }
    }

    fn on(action: Action, number: u64) -> Permission {
        Permission::on_in(action, ResourceType::Buckets, bucket(number), org(1))
    }

    fn dropped(narrowed: &Narrowed) -> Vec<(Permission, Option<i64>)> {
        narrowed.dropped.iter().map(|one| (one.permission, one.at.map(Timestamp::micros))).collect()
    }

    #[test]
    fn what_was_used_lately_stays_and_the_rest_is_dropped_with_its_last_use() {
        let permissions = [on(Action::Read, 1), on(Action::Write, 1), on(Action::Read, 2), on(Action::Read, 3)];
        let uses = [used(Action::Read, 1, 1000), used(Action::Write, 1, 999), used(Action::Write, 2, 5000)];
        let narrowed = Narrowed::of(&permissions, &uses, SINCE);
        assert_eq!(narrowed.permissions(), [on(Action::Read, 1)]);
        let expected = [(on(Action::Write, 1), Some(999)), (on(Action::Read, 2), None), (on(Action::Read, 3), None)];
        assert_eq!(dropped(&narrowed), expected);
    }

    #[test]
    fn a_permission_on_all_buckets_becomes_those_that_were_used_and_that_it_permits() {
        let all = Permission::in_org(Action::Read, ResourceType::Buckets, org(1));
        let elsewhere = BucketUse { org: Some(org(2)), ..used(Action::Read, 7, 2000) };
        let gone = BucketUse { org: None, ..used(Action::Read, 8, 2000) };
        let uses =
            [used(Action::Read, 1, 2000), used(Action::Read, 2, 3), used(Action::Write, 1, 2000), elsewhere, gone];
        let narrowed = Narrowed::of(&[all, on(Action::Read, 1)], &uses, SINCE);
        assert_eq!(narrowed.permissions(), [on(Action::Read, 1)], "once, and no deleted bucket");
        assert_eq!(dropped(&narrowed), [(all, Some(2000))]);
        let global = Permission::global(Action::Read, ResourceType::Buckets);
        let narrowed = Narrowed::of(&[global], &uses, SINCE);
        assert!(narrowed.permissions().iter().all(|one| which_permits(&[global], one).is_some()));
        assert_eq!(narrowed.proposed.len(), 2);
    }

    #[test]
    fn a_permission_on_a_deleted_bucket_is_dropped_although_it_was_used() {
        let gone = BucketUse { org: None, ..used(Action::Read, 1, 2000) };
        let anywhere = Permission::on(Action::Read, ResourceType::Buckets, bucket(1));
        let narrowed = Narrowed::of(&[anywhere, on(Action::Write, 2)], &[gone, used(Action::Write, 2, 2000)], SINCE);
        assert_eq!(narrowed.permissions(), [on(Action::Write, 2)]);
        assert_eq!(dropped(&narrowed), [(anywhere, Some(2000))]);
    }

    #[test]
    fn what_gates_do_not_see_stays() {
        let others = [
            Permission::in_org(Action::Read, ResourceType::Telegrafs, org(1)),
            Permission::global(Action::Write, ResourceType::Authorizations),
        ];
        let narrowed = Narrowed::of(&others, &[], SINCE);
        assert_eq!((narrowed.permissions(), narrowed.dropped.len()), (others.to_vec(), 0));
    }

    #[test]
    fn more_than_a_token_may_hold_is_not_proposed() {
        let all = Permission::in_org(Action::Read, ResourceType::Buckets, org(1));
        let uses: Vec<_> = (1..=MAX_PERMISSIONS as u64 + 1).map(|number| used(Action::Read, number, 2000)).collect();
        assert_eq!(Narrowed::of(&[all], &uses, SINCE), Narrowed::unchanged(&[all], SINCE));
    }
}
