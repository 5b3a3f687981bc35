//! Permissions of callers, derived from stored records only. Acting on more, seeing more or changing more is a
//! violation.

use std::net::IpAddr;

use jeton_model::{
    Action, Authorization, AuthorizationId, Id, OrgId, Permission, ResourceType, Timestamp, UserId, grant,
};
use jeton_service::Caller;

use super::{
    ADDRESS,
    operations::What,
    snapshot::{Picture, Record},
};

/// Returns whether a caller may see a record: by reading it and its owner, or by owning an organization that it
/// reaches.
pub fn may_see(picture: &Picture, caller: &Caller, one: &Authorization) -> bool {
    let reads = caller.may(&Permission::on_in(Action::Read, ResourceType::Authorizations, one.id, one.org))
        && caller.may(&Permission::on(Action::Read, ResourceType::Users, one.user));
    reads || picture.reaches_owned(caller, one.org, &one.permissions)
}

/// Returns whether the caller owns an organization.
fn owns_org(caller: &Caller, org: OrgId) -> bool {
    let administers =
        Action::ALL.iter().all(|action| caller.may(&Permission::in_org(*action, ResourceType::Authorizations, org)));
    administers && caller.may(&Permission::on(Action::Write, ResourceType::Orgs, org))
}

/// Returns whether a change only revokes a token: deactivates, ends or deletes it.
fn is_revoked(before: &Record, after: Option<&Record>) -> bool {
    let Some(after) = after else { return true };
    let ends_no_later = after.expires_at == before.expires_at
        || after.expires_at.is_some_and(|end| before.expires_at.is_none_or(|old| end <= old));
    let off = Record { is_active: after.is_active && before.is_active, expires_at: before.expires_at, ..after.clone() };
    let same = Record { is_active: off.is_active, ..before.clone() };
    ends_no_later && (!after.is_active || before.is_active) && off == same
}

impl Picture {
    /// Returns whether a token of an organization reaches one that the caller owns.
    fn reaches_owned(&self, caller: &Caller, org: OrgId, permissions: &[Permission]) -> bool {
        let bucket_org = |id: Id| self.buckets.iter().find(|(bucket, _)| bucket.0 == id).map(|(_, org)| *org);
        let named = |one: &Permission| match (one.resource.kind, one.resource.id) {
            (ResourceType::Orgs, Some(id)) => Some(OrgId(id)),
            (ResourceType::Buckets, Some(id)) => bucket_org(id),
            (_, Some(_)) => None,
            (_, None) => one.resource.org,
        };
        owns_org(caller, org) || permissions.iter().filter_map(named).any(|org| owns_org(caller, org))
    }

    /// Describes a caller who was authenticated without a valid credential, or with more permissions than it holds.
    /// `token`: the caller's; `None` for a session.
    pub fn overrated(&self, caller: &Caller, token: Option<AuthorizationId>, now: Timestamp) -> Option<String> {
        if caller.permissions().is_empty() {
            return None;
        }
        let held = match token {
            Some(id) => self.tokens.get(&id).filter(|one| self.works(one, now)).map(|one| one.permissions.clone()),
            None => self.users.get(&caller.id()).filter(|_| !self.inactive.contains(&caller.id())).map(|members| {
                let own =
                    self.tokens.values().filter(|one| !one.is_v1 && one.owner == caller.id() && self.works(one, now));
                own.fold(members.clone(), |held, one| [held, one.permissions.clone()].concat())
            }),
        };
        let Some(held) = held else { return Some(format!("{} is let in by {token:?}", caller.user.name)) };
        let more = caller.permissions().iter().find(|one| !held.contains(one));
        more.map(|one| format!("{} acts with {one}, which is nowhere on record", caller.user.name))
    }

    /// Describes a token whose life was extended by an operation other than a change of its expiry.
    pub fn prolonged(&self, after: &Self, what: What) -> Option<String> {
        let end = |one: &Record| one.expires_at.unwrap_or(Timestamp::from_micros(i64::MAX));
        let longer =
            |(id, before): &(&AuthorizationId, &Record)| after.tokens.get(id).is_some_and(|one| end(one) > end(before));
        let found = self.tokens.iter().find(longer).filter(|_| !matches!(what, What::Update | What::UpdateV1));
        found.map(|(id, before)| format!("{id} was to end at {:?}", before.expires_at))
    }

    /// Returns whether a token works from the callers' address.
    fn works(&self, one: &Record, now: Timestamp) -> bool {
        let address: Option<IpAddr> = ADDRESS.parse().ok();
        let owner = self.users.contains_key(&one.owner) && !self.inactive.contains(&one.owner);
        owner && one.is_active && !one.has_expired(now) && one.networks.let_in(address)
    }

    /// Describes a token that was created, changed or ended without permission. Anyone who holds a token may report it,
    /// and deleting a user or an organization ends their tokens.
    pub fn trespassed(
        &self,
        after: &Self,
        caller: &Caller,
        maker: Option<AuthorizationId>,
        what: What,
    ) -> Option<String> {
        let is_session = maker.is_none();
        if matches!(what, What::Report | What::DeleteUser | What::DeleteOrg) {
            return None;
        }
        let owns = |owner: UserId| caller.may(&Permission::on(Action::Write, ResourceType::Users, owner));
        let writes = |id: AuthorizationId, one: &Record| {
            caller.may(&Permission::on_in(Action::Write, ResourceType::Authorizations, id, one.org)) && owns(one.owner)
        };
        let creates = |one: &Record| {
            caller.may(&Permission::in_org(Action::Write, ResourceType::Authorizations, one.org)) && owns(one.owner)
        };
        let renews = |one: &Record| maker.is_some_and(|maker| self.is_renewal(one, maker));
        let is_made = |id: &AuthorizationId| !self.tokens.contains_key(id);
        let made = after.tokens.iter().find(|(id, one)| is_made(id) && !creates(one) && !renews(one));
        let renewed = after.tokens.iter().any(|(id, one)| is_made(id) && renews(one));
        let revokes = |id: AuthorizationId, before: &Record| {
            self.reaches_owned(caller, before.org, &before.permissions) && is_revoked(before, after.tokens.get(&id))
        };
        let holds_more = |before: &Record| {
            let operator = grant::operator().iter().all(|one| caller.may(one));
            let more = before.permissions.iter().any(|one| !caller.may(one));
            more && !operator && (!is_session || caller.id() != before.owner)
        };
        let changed = self.tokens.iter().find(|(id, before)| {
            after.tokens.get(id) != Some(before)
                && (!writes(**id, before) || holds_more(before))
                && !revokes(**id, before)
                // A token that renews itself ends after the overlap.
                && !(renewed && maker == Some(**id) && is_revoked(before, after.tokens.get(id)))
        });
        made.or(changed).map(|(id, one)| format!("{} made, changed or ended {id} of {}", caller.user.name, one.owner))
    }
}
