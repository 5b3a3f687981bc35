//! The owner and the organization of a token, and the permissions that exceed them.

use std::collections::BTreeMap;

use crate::{
    OrgId, Permission, ResourceType, UserId,
    wording::{count, grouped},
};

use super::Named;

/// The owner and the organization of a token. Descriptions name whatever a permission reaches beyond them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home<'a> {
    /// `None` if the owner is unknown: every user is then named.
    pub owner: Option<UserId>,
    /// The token's organization.
    pub org: OrgId,
    /// Name of that organization.
    pub org_name: &'a str,
}

/// The words for a permission without an organization.
pub(super) const EVERY_ORGANIZATION: &str = "every organization";

impl Home<'_> {
    /// Returns whether a permission is on the owner's own user alone.
    pub(super) fn is_own_user(&self, permission: &Permission) -> bool {
        let resource = permission.resource;
        resource.kind == ResourceType::Users && resource.id.is_some() && resource.id == self.owner.map(|owner| owner.0)
    }

    /// Returns whether a permission is on the token's own organization itself.
    pub(super) fn is_own_org(&self, permission: &Permission) -> bool {
        permission.resource.kind == ResourceType::Orgs && permission.resource.id == Some(self.org.0)
    }

    /// Returns whether a permission reaches anything but the owner's own user and resources of the token's
    /// organization. For a permission with an id and an organization, the organization is assumed to be right.
    pub fn is_exceeded_by(&self, permission: &Permission) -> bool {
        let resource = permission.resource;
        match (resource.kind, resource.id, resource.org) {
            (ResourceType::Instance, _, _) => true,
            (ResourceType::Users, _, _) => !self.is_own_user(permission),
            (ResourceType::Orgs, Some(_), _) => !self.is_own_org(permission),
            (_, Some(_), org) => org.is_some_and(|org| org != self.org),
            (_, None, org) => org != Some(self.org),
        }
    }

    /// Returns the scope of a permission on a whole type: "every organization", or a name.
    pub(super) fn place(&self, named: &Named) -> String {
        match named.permission.resource.org {
            None => EVERY_ORGANIZATION.into(),
            Some(org) if org == self.org => self.org_name.into(),
            Some(org) => named.org_name.clone().unwrap_or_else(|| org.to_string()),
        }
    }

    /// Returns the scope after "in" if it isn't the token's own organization; else nothing.
    pub(super) fn elsewhere(&self, named: &Named) -> String {
        let resource = named.permission.resource;
        let is_here = if resource.id.is_some() {
            resource.org.is_none_or(|org| org == self.org)
        } else {
            resource.org == Some(self.org)
        };
        if is_here { String::new() } else { format!(" in {}", self.place(named)) }
    }

    /// Returns the scope of several permissions together: "every organization", "acme", "acme and 2 others".
    pub fn places(&self, permissions: &[Named]) -> String {
        let is_everywhere = |named: &Named| {
            let resource = named.permission.resource;
            resource.kind == ResourceType::Instance || (resource.id.is_none() && resource.org.is_none())
        };
        if permissions.iter().any(is_everywhere) {
            return EVERY_ORGANIZATION.into();
        }
        let all: BTreeMap<OrgId, String> = permissions.iter().filter_map(|named| self.organization(named)).collect();
        let others = all.keys().filter(|org| **org != self.org).count() as u64;
        let is_here = permissions.is_empty() || permissions.iter().any(|named| self.is_here(named));
        match (is_here, others) {
            (_, 0) => self.org_name.into(),
            (true, others) => format!("{} and {}", self.org_name, count(others, "other")),
            (false, 1) => all.into_values().next().unwrap_or_default(),
            (false, others) => format!("{} other organizations", grouped(others)),
        }
    }

    fn is_here(&self, named: &Named) -> bool {
        self.organization(named).is_none_or(|(org, _)| org == self.org)
    }

    /// Returns the organization that a permission names.
    fn organization(&self, named: &Named) -> Option<(OrgId, String)> {
        let resource = named.permission.resource;
        match (resource.kind, resource.id, resource.org) {
            (ResourceType::Orgs, Some(id), _) => Some((OrgId(id), named.label().unwrap_or_default())),
            (_, _, Some(org)) => Some((org, self.place(named))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Action, Id};

    use super::*;

    const fn id(n: u64) -> Id {
        Id::new(n).unwrap()
    }

    const HOME: Home<'static> = Home { owner: Some(UserId(id(7))), org: OrgId(id(1)), org_name: "acme" };

    fn places(permissions: &[Permission]) -> String {
        let named: Vec<Named> = permissions.iter().copied().map(Named::bare).collect();
        HOME.places(&named)
    }

    #[test]
    fn a_token_of_every_organization_is_not_one_of_its_own() {
        let tasks = |org| Permission::in_org(Action::Read, ResourceType::Tasks, OrgId(id(org)));
        let own_user = Permission::on(Action::Write, ResourceType::Users, id(7));
        assert_eq!(places(&crate::grant::operator()), "every organization");
        assert_eq!(places(&crate::grant::all_access(HOME.org, UserId(id(7)))), "acme");
        assert_eq!(places(&[tasks(1), Permission::global(Action::Read, ResourceType::Users)]), "every organization");
        assert_eq!(places(&[tasks(1), tasks(2)]), "acme and 1 other");
        assert_eq!(places(&[own_user, tasks(2), tasks(3)]), "acme and 2 others");
        assert_eq!(places(&[tasks(2)]), id(2).to_string());
        assert_eq!(places(&[tasks(2), tasks(3)]), "2 other organizations");
        assert_eq!(places(&[tasks(1), Permission::on(Action::Read, ResourceType::Orgs, id(2))]), "acme and 1 other");
        assert_eq!(places(&[]), "acme");
    }
}
