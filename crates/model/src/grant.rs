//! The named grant sets, and delegation of permissions. See
//! [compatibility §4.10](../../docs/influxdb-compatibility.md#s4-10).

use std::{collections::HashSet, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    Action, BucketId, Id, OrgId, Permission, ResourceType, UserId,
    permission::{self, Resource},
};

/// Returns the permissions of the token that set-up creates: everything in every organization. 44 permissions, without
/// `instance`.
pub fn operator() -> Vec<Permission> {
    each(ResourceType::grantable(), Permission::global)
}

/// Returns the permissions of an organization's owner: everything in it, and the organization itself by its id.
pub fn owner(org: OrgId) -> Vec<Permission> {
    each(ResourceType::grantable(), |action, kind| in_org_or_itself(action, kind, org))
}

/// Returns the permissions of an organization's member: read everything in it.
pub fn member(org: OrgId) -> Vec<Permission> {
    ResourceType::grantable().map(|kind| in_org_or_itself(Action::Read, kind, org)).collect()
}

/// Returns the permissions of a bucket's member.
pub fn bucket_member(bucket: BucketId) -> Vec<Permission> {
    vec![Permission::on(Action::Read, ResourceType::Buckets, bucket)]
}

/// Returns the permissions of the first user's sessions: everything.
pub fn instance_owner() -> Vec<Permission> {
    each([ResourceType::Instance], Permission::global)
}

/// Returns the permissions of every signed-in user: to read and change themselves.
pub fn me(user: UserId) -> Vec<Permission> {
    each([ResourceType::Users], |action, kind| Permission::on(action, kind, user))
}

/// Returns the permissions of an All Access token: everything in one organization, reading the organization itself, and
/// its owner's user, so that it can create tokens in turn (docs/influxdb-compatibility.md §9.6). 43 permissions.
pub fn all_access(org: OrgId, user: UserId) -> Vec<Permission> {
    let mut kinds: Vec<_> = ResourceType::grantable().collect();
    kinds.sort_by_key(|kind| kind.name().to_ascii_lowercase());
    let pairs = each(kinds, |action, kind| match kind {
        ResourceType::Orgs => Permission::on(action, kind, org),
        ResourceType::Users => Permission::on(action, kind, user),
        _ => Permission::in_org(action, kind, org),
    });
    pairs.into_iter().filter(|p| (p.action, p.resource.kind) != (Action::Write, ResourceType::Orgs)).collect()
}

fn each(
    kinds: impl IntoIterator<Item = ResourceType>,
    make: impl Fn(Action, ResourceType) -> Permission,
) -> Vec<Permission> {
    kinds.into_iter().flat_map(|kind| Action::ALL.map(|action| make(action, kind))).collect()
}

fn in_org_or_itself(action: Action, kind: ResourceType, org: OrgId) -> Permission {
    match kind {
        ResourceType::Orgs => Permission::on(action, kind, org),
        _ => Permission::in_org(action, kind, org),
    }
}

/// Returns the types on which an All Access token can do everything; its organization and users are granted by id.
pub fn all_access_kinds() -> impl Iterator<Item = ResourceType> {
    ResourceType::grantable().filter(|kind| !matches!(kind, ResourceType::Orgs | ResourceType::Users))
}

/// The reach of a list of permissions, as lists and details show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Breadth {
    /// Everything in every organization.
    Operator,
    /// Everything in one organization.
    AllAccess(OrgId),
    /// The listed permissions alone.
    #[default]
    Custom,
}

impl Breadth {
    /// Returns the reach of the permissions of a token in `org`.
    pub fn of(permissions: &[Permission], org: OrgId) -> Self {
        let holds = |wanted: &Permission| permission::which_permits(permissions, wanted).is_some();
        let everything_in_org =
            || each(all_access_kinds(), |action, kind| Permission::in_org(action, kind, org)).iter().all(holds);
        if is_operator(permissions) {
            Self::Operator
        } else if everything_in_org() {
            Self::AllAccess(org)
        } else {
            Self::Custom
        }
    }
}

/// Returns whether permissions reach everything in every organization. `instance` isn't required: the token that set-up
/// creates lacks it.
pub fn is_operator(permissions: &[Permission]) -> bool {
    operator().iter().all(|wanted| permission::which_permits(permissions, wanted).is_some())
}

/// The result of comparing a held permission with one to delegate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// The held permission permits everything that the wanted one does.
    Full,
    /// Enough only if the resource with this id belongs to this organization. Permissions match by id alone, so a
    /// permission for another organization's resource, labelled with one that the caller holds, would exceed the
    /// caller's own.
    IfInOrg {
        /// The type of the resource.
        kind: ResourceType,
        /// The id of the resource.
        id: Id,
        /// The organization that the resource must belong to.
        org: OrgId,
    },
    /// Not enough.
    None,
}

/// Returns whether `held` is enough to delegate `wanted`.
pub fn coverage(held: &Permission, wanted: &Permission) -> Coverage {
    if !held.permits(wanted) {
        return Coverage::None;
    }
    let Resource { kind, id: Some(id), org: Some(org) } = wanted.resource else { return Coverage::Full };
    let by_organization =
        held.resource.kind != ResourceType::Instance && held.resource.id.is_none() && held.resource.org.is_some();
    if by_organization { Coverage::IfInOrg { kind, id, org } } else { Coverage::Full }
}

/// Returns the best coverage that any of `held` gives.
pub fn coverage_by(held: &[Permission], wanted: &Permission) -> Coverage {
    let mut best = Coverage::None;
    for permission in held {
        match coverage(permission, wanted) {
            Coverage::Full => return Coverage::Full,
            Coverage::None => {}
            conditional @ Coverage::IfInOrg { .. } => best = conditional,
        }
    }
    best
}

/// Permissions indexed by their resource, so that the coverage of many permissions is found without scanning all of
/// them for each.
#[derive(Clone, Debug, Default)]
pub struct Holdings {
    instance: HashSet<Action>,
    kinds: HashSet<(Action, ResourceType)>,
    orgs: HashSet<(Action, ResourceType, OrgId)>,
    things: HashSet<(Action, ResourceType, Id)>,
}

impl Holdings {
    /// Indexes permissions.
    pub fn of(held: &[Permission]) -> Self {
        let mut holdings = Self::default();
        for Permission { action, resource } in held {
            match (resource.kind, resource.id, resource.org) {
                (ResourceType::Instance, _, _) => _ = holdings.instance.insert(*action),
                (kind, Some(id), _) => _ = holdings.things.insert((*action, kind, id)),
                (kind, None, Some(org)) => _ = holdings.orgs.insert((*action, kind, org)),
                (kind, None, None) => _ = holdings.kinds.insert((*action, kind)),
            }
        }
        holdings
    }

    /// Returns the same as [`coverage_by`].
    pub fn coverage(&self, wanted: &Permission) -> Coverage {
        let Permission { action, resource: Resource { kind, id, org } } = *wanted;
        let names_thing = id.is_some_and(|id| self.things.contains(&(action, kind, id)));
        if self.instance.contains(&action) || self.kinds.contains(&(action, kind)) || names_thing {
            return Coverage::Full;
        }
        match (id, org.filter(|org| self.orgs.contains(&(action, kind, *org)))) {
            (_, None) => Coverage::None,
            (Some(id), Some(org)) => Coverage::IfInOrg { kind, id, org },
            (None, Some(_)) => Coverage::Full,
        }
    }
}

/// Returns the permissions of a list that another one of the list covers: their index, and that of the other.
pub fn covered(permissions: &[Permission]) -> Vec<(usize, usize)> {
    // Only permissions without an id cover others; there are few of those, however long the list.
    let mut broad: Vec<usize> = Vec::new();
    for (at, permission) in permissions.iter().enumerate() {
        if permission.resource.id.is_none() && !broad.iter().any(|other| permissions[*other] == *permission) {
            broad.push(at);
        }
    }
    let by = |at: usize| {
        let covers = |other: &usize| {
            let (held, wanted) = (&permissions[*other], &permissions[at]);
            // Of two equal permissions, the first counts.
            held != wanted && coverage(held, wanted) != Coverage::None
        };
        broad.iter().copied().find(covers).map(|other| (at, other))
    };
    (0..permissions.len()).filter_map(by).collect()
}

/// The type of a token in lists, by the reach of its permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TokenKind {
    /// Everything in every organization.
    Operator,
    /// Everything in one organization.
    AllAccess,
    /// The listed permissions alone.
    Custom,
}

impl TokenKind {
    /// Every type, the widest first.
    pub const ALL: [Self; 3] = [Self::Operator, Self::AllAccess, Self::Custom];

    /// Returns the name in URLs, which is also the stored one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::AllAccess => "all-access",
            Self::Custom => "custom",
        }
    }

    /// Returns the title that the console shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Operator => "Operator",
            Self::AllAccess => "All access",
            Self::Custom => "Custom",
        }
    }
}

impl From<Breadth> for TokenKind {
    fn from(breadth: Breadth) -> Self {
        match breadth {
            Breadth::Operator => Self::Operator,
            Breadth::AllAccess(_) => Self::AllAccess,
            Breadth::Custom => Self::Custom,
        }
    }
}

impl FromStr for TokenKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|one| one.name() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use crate::permission::{tests::any_permission, which_permits};

    use super::*;

    const fn id(n: u64) -> Id {
        Id::new(n).unwrap()
    }

    #[test]
    fn the_sets_have_the_sizes_of_influxd() {
        let (org, user) = (OrgId(id(1)), UserId(id(2)));
        assert_eq!(operator().len(), 44);
        assert_eq!(owner(org).len(), 44);
        assert_eq!(member(org).len(), 22);
        assert_eq!(bucket_member(BucketId(id(3))).len(), 1);
        assert_eq!(instance_owner().len(), 2);
        assert_eq!(me(user).len(), 2);
        assert_eq!(all_access(org, user).len(), 43);
    }

    #[test]
    fn all_access_reads_its_organization_but_does_not_change_it() {
        let (org, user) = (OrgId(id(1)), UserId(id(2)));
        let set = all_access(org, user);
        assert!(which_permits(&set, &Permission::on(Action::Read, ResourceType::Orgs, org)).is_some());
        assert!(which_permits(&set, &Permission::on(Action::Write, ResourceType::Orgs, org)).is_none());
        assert!(which_permits(&set, &Permission::on(Action::Write, ResourceType::Users, user)).is_some());
    }

    #[test]
    fn breadths_are_recognised() {
        let (org, user) = (OrgId(id(1)), UserId(id(2)));
        assert_eq!(Breadth::of(&operator(), org), Breadth::Operator);
        assert_eq!(Breadth::of(&all_access(org, user), org), Breadth::AllAccess(org));
        assert_eq!(Breadth::of(&all_access(org, user), OrgId(id(9))), Breadth::Custom);
        assert_eq!(Breadth::of(&[], org), Breadth::Custom);
    }

    #[test]
    fn an_organization_does_not_lend_itself_to_foreign_things() {
        let org = OrgId(id(1));
        let held = Permission::in_org(Action::Write, ResourceType::Users, org);
        let wanted = Permission::on_in(Action::Write, ResourceType::Users, id(7), org);
        assert_eq!(coverage(&held, &wanted), Coverage::IfInOrg { kind: ResourceType::Users, id: id(7), org });
    }

    #[test]
    fn what_a_type_covers_adds_nothing() {
        let org = OrgId(id(1));
        let all = Permission::in_org(Action::Read, ResourceType::Buckets, org);
        let one = Permission::on_in(Action::Read, ResourceType::Buckets, id(7), org);
        let written = Permission::on_in(Action::Write, ResourceType::Buckets, id(7), org);
        assert_eq!(covered(&[one, written, all]), [(0, 2)]);
        assert_eq!(covered(&[one, written]), []);
        let everywhere = Permission::global(Action::Read, ResourceType::Buckets);
        assert_eq!(covered(&[everywhere, all, one]), [(1, 0), (2, 0)]);
        assert_eq!(covered(&[all, all]), [], "a duplicate is no other permission");
    }

    proptest! {
        #[test]
        fn a_grant_never_exceeds_what_the_granter_holds(
            held in vec(any_permission(), 0..6), wanted in any_permission(), requested in any_permission(),
        ) {
            if coverage_by(&held, &wanted) == Coverage::Full && wanted.permits(&requested) {
                prop_assert!(which_permits(&held, &requested).is_some(), "{wanted} gives {requested}");
            }
        }

        #[test]
        fn holdings_cover_what_the_list_covers(held in vec(any_permission(), 0..6), wanted in any_permission()) {
            prop_assert_eq!(Holdings::of(&held).coverage(&wanted), coverage_by(&held, &wanted));
        }

        #[test]
        fn what_is_permitted_may_be_handed_on_or_is_conditional(held in vec(any_permission(), 0..6), wanted in any_permission()) {
            prop_assert_eq!(coverage_by(&held, &wanted) == Coverage::None, which_permits(&held, &wanted).is_none());
        }
    }
}
