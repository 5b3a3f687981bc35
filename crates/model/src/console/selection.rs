//! The ticked boxes of the Custom API Token dialog, and the permissions that they stand for.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Action, Id, OrgId, Permission, ResourceType, UserId, ValidationError};

/// A ticked box: an action on a type, or on one resource. Its text, `read:buckets` or `write:buckets/<id>`, is the
/// value of the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pick {
    /// The type of the resources.
    pub kind: ResourceType,
    /// `None` sorts before any id, so that the box of the type comes first.
    pub id: Option<Id>,
    /// The permitted action.
    pub action: Action,
}

impl Pick {
    /// Returns the box of a type: every resource of it, including future ones.
    pub const fn all(action: Action, kind: ResourceType) -> Self {
        Self { kind, id: None, action }
    }

    /// Returns the box of one resource.
    pub const fn one(action: Action, kind: ResourceType, id: Id) -> Self {
        Self { kind, id: Some(id), action }
    }

    /// Returns whether each resource of a type has a box of its own.
    pub const fn has_singles(kind: ResourceType) -> bool {
        matches!(kind, ResourceType::Buckets | ResourceType::Telegrafs)
    }

    /// Returns the box for a permission, with whether it stands for all of it or for its part in this organization;
    /// `None` if there is no such box.
    pub fn of(permission: Permission, org: OrgId, me: UserId) -> Option<(Self, Reach)> {
        let Permission { action, resource } = permission;
        let all = Self::all(action, resource.kind);
        let elsewhere = resource.org.is_some_and(|other| other != org);
        match (resource.kind, resource.id) {
            (ResourceType::Instance, _) => None,
            (ResourceType::Orgs, Some(id)) => (id == org.0).then_some((all, Reach::Whole)),
            (ResourceType::Users, Some(id)) => (id == me.0).then_some((all, Reach::Whole)),
            (ResourceType::Orgs | ResourceType::Users, None) if resource.org.is_some() => None,
            _ if elsewhere => None,
            (kind, Some(id)) => Self::has_singles(kind).then(|| (Self::one(action, kind, id), Reach::Whole)),
            (_, None) if resource.org.is_some() => Some((all, Reach::Whole)),
            (_, None) => Some((all, Reach::Here)),
        }
    }

    /// Returns the permission that the box stands for; boxes of organizations and users cover the caller's own
    /// (docs/influxdb-compatibility.md §9.7).
    pub fn permission(self, org: OrgId, me: UserId) -> Permission {
        match (self.kind, self.id) {
            (ResourceType::Orgs, _) => Permission::on(self.action, self.kind, org),
            (ResourceType::Users, _) => Permission::on(self.action, self.kind, me),
            (kind, None) => Permission::in_org(self.action, kind, org),
            (kind, Some(id)) => Permission::on_in(self.action, kind, id, org),
        }
    }
}

/// The part of a permission that a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of the permission.
    Whole,
    /// The part in one organization; the permission itself reaches all of them.
    Here,
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.action, self.kind)?;
        self.id.map_or(Ok(()), |id| write!(f, "/{id}"))
    }
}

impl FromStr for Pick {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let (action, resource) = text.split_once(':').ok_or(ValidationError::UnknownAction)?;
        let (kind, id) = match resource.split_once('/') {
            Some((kind, id)) => (kind, Some(id.parse::<Id>()?)),
            None => (resource, None),
        };
        Ok(Self {
            kind: kind.parse().map_err(|_| ValidationError::UnknownResourceType)?,
            id,
            action: action.parse().map_err(|_| ValidationError::UnknownAction)?,
        })
    }
}

/// The set of ticked boxes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection(BTreeSet<Pick>);

impl Selection {
    /// Ticks or clears a box. Ticking a type's box keeps the single boxes; they take effect again when it is cleared.
    pub fn set(&mut self, pick: Pick, on: bool) {
        if on {
            self.0.insert(pick);
        } else {
            self.0.remove(&pick);
        }
    }

    /// Returns whether a box is ticked.
    pub fn holds(&self, pick: Pick) -> bool {
        self.0.contains(&pick)
    }

    /// Returns whether the box of the type already includes this one.
    pub fn implied(&self, pick: Pick) -> bool {
        pick.id.is_some() && self.holds(Pick { id: None, ..pick })
    }

    /// Counts the ticked boxes of a type for an action, without the type's own.
    pub fn singles(&self, kind: ResourceType, action: Action) -> usize {
        self.0.iter().filter(|pick| pick.kind == kind && pick.action == action && pick.id.is_some()).count()
    }

    /// Returns the boxes that become permissions: in the order of `/api/v2/resources`, the type's before the single
    /// ones, read before write, without implied ones (docs/influxdb-compatibility.md §9.7).
    pub fn effective(&self) -> Vec<Pick> {
        let mut picks: Vec<Pick> = self.0.iter().copied().filter(|pick| !self.implied(*pick)).collect();
        picks.sort_by_key(|pick| (pick.kind, pick.id, pick.action));
        picks
    }

    /// Returns whether no box is ticked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns every ticked box, implied ones included.
    pub fn iter(&self) -> impl Iterator<Item = Pick> {
        self.0.iter().copied()
    }

    /// Returns the ticked boxes of whole types.
    pub fn types(&self) -> Self {
        self.iter().filter(|pick| pick.id.is_none()).collect()
    }

    /// Returns the resources of a type with a ticked box.
    pub fn things(&self, kind: ResourceType) -> BTreeSet<Id> {
        self.iter().filter(|pick| pick.kind == kind).filter_map(|pick| pick.id).collect()
    }
}

impl FromIterator<Pick> for Selection {
    fn from_iter<I: IntoIterator<Item = Pick>>(picks: I) -> Self {
        Self(picks.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::permission::tests::any_permission;

    use super::*;

    const fn id(n: u64) -> Id {
        Id::new(n).unwrap()
    }

    #[test]
    fn nothing_is_granted_by_default() {
        assert!(Selection::default().effective().is_empty());
    }

    #[test]
    fn single_boxes_return_when_the_types_box_is_unset() {
        let one = Pick::one(Action::Read, ResourceType::Buckets, id(7));
        let all = Pick::all(Action::Read, ResourceType::Buckets);
        let mut selection = Selection::from_iter([one]);
        selection.set(all, true);
        assert!(selection.implied(one));
        assert_eq!(selection.effective(), [all]);
        selection.set(all, false);
        assert_eq!(selection.effective(), [one]);
    }

    #[test]
    fn organizations_and_users_mean_ones_own() {
        let (org, me) = (OrgId(id(1)), UserId(id(2)));
        let permission = |kind| Pick::all(Action::Read, kind).permission(org, me);
        assert_eq!(permission(ResourceType::Orgs), Permission::on(Action::Read, ResourceType::Orgs, org));
        assert_eq!(permission(ResourceType::Users), Permission::on(Action::Read, ResourceType::Users, me));
        assert_eq!(permission(ResourceType::Tasks), Permission::in_org(Action::Read, ResourceType::Tasks, org));
    }

    #[test]
    fn a_permission_leads_back_to_its_box_or_to_the_part_that_has_one() {
        let (org, other, me) = (OrgId(id(1)), OrgId(id(3)), UserId(id(2)));
        let of = |permission| Pick::of(permission, org, me);
        let read = Action::Read;
        for pick in ResourceType::grantable().map(|kind| Pick::all(read, kind)) {
            assert_eq!(of(pick.permission(org, me)), Some((pick, Reach::Whole)), "{pick}");
            assert_eq!(of(Permission::global(read, pick.kind)), Some((pick, Reach::Here)), "{pick}");
        }
        let one = Pick::one(read, ResourceType::Buckets, id(7));
        assert_eq!(of(one.permission(org, me)), Some((one, Reach::Whole)));
        for foreign in [
            Permission::in_org(read, ResourceType::Buckets, other),
            Permission::on(read, ResourceType::Users, id(9)),
            Permission::on(read, ResourceType::Orgs, other),
            Permission::on_in(read, ResourceType::Tasks, id(9), org),
            Permission::global(read, ResourceType::Instance),
        ] {
            assert_eq!(of(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn permissions_come_in_the_order_of_resources() {
        let picks = [
            Pick::all(Action::Write, ResourceType::Tasks),
            Pick::one(Action::Read, ResourceType::Buckets, id(9)),
            Pick::all(Action::Write, ResourceType::Buckets),
            Pick::all(Action::Read, ResourceType::Authorizations),
        ];
        let texts: Vec<String> = Selection::from_iter(picks).effective().iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["read:authorizations", "write:buckets", "read:buckets/0000000000000009", "write:tasks"]);
    }

    proptest! {
        #[test]
        fn the_value_of_a_box_round_trips(permission in any_permission()) {
            let pick = Pick { kind: permission.resource.kind, id: permission.resource.id, action: permission.action };
            prop_assert_eq!(pick.to_string().parse::<Pick>(), Ok(pick));
        }
    }
}
