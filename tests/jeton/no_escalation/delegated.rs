//! Violations of the limits of delegation: a longer life, other networks, or more permissions than the caller's.

use jeton_model::{
    Action, AuthorizationId, OrgId, Permission, ResourceType, Timestamp, UserId, grant, permission::which_permits,
};
use jeton_service::Caller;

use super::{
    TookOver,
    operations::What,
    snapshot::{Picture, Record},
};

fn end(record: &Record) -> Timestamp {
    record.expires_at.unwrap_or(Timestamp::from_micros(i64::MAX))
}

/// Returns whether `held` covers all of `wanted`. Operators hold everything, `instance` too.
fn covers(held: &[Permission], wanted: &[Permission]) -> bool {
    let holds = |one: &Permission| which_permits(held, one).is_some();
    grant::operator().iter().all(holds) || wanted.iter().all(holds)
}

impl Picture {
    /// Describes a user whose session gained permissions from a token that is limited or holds less.
    pub fn empowered(
        &self,
        after: &Self,
        maker: AuthorizationId,
        took_over: Option<TookOver>,
        what: What,
    ) -> Option<String> {
        let maker = self.tokens.get(&maker)?;
        if let Some(TookOver::Credential(id)) = took_over {
            let one = &self.tokens[&id];
            let inside = end(one) <= end(maker) && one.networks.are_within(&maker.networks);
            let allowed = inside && covers(&maker.permissions, &one.permissions);
            return (!allowed).then(|| format!("{id} is in the hands of a token that holds less"));
        }
        // Deleting an organization or a bucket ends memberships too, but gives nothing.
        if matches!(what, What::DeleteOrg | What::DeleteBucket) {
            return None;
        }
        let changed = |user: &UserId| {
            after.users.get(user) != self.users.get(user)
                || after.inactive.contains(user) != self.inactive.contains(user)
        };
        let taken = |user: &UserId| matches!(took_over, Some(TookOver::Session(other)) if other == *user);
        let limited = maker.expires_at.is_some() || !maker.networks.is_everywhere();
        let allowed = |user: &UserId| !limited && covers(&maker.permissions, &after.session_of(*user));
        let found = self.users.keys().find(|user| (changed(user) || taken(user)) && !allowed(user));
        found.map(|user| format!("a token that is limited or holds less decided about the session of {user}"))
    }

    /// Returns everything that a user's memberships and tokens permit.
    fn session_of(&self, user: UserId) -> Vec<Permission> {
        let mut held = self.users.get(&user).cloned().unwrap_or_default();
        let own = self.tokens.values().filter(|one| !one.is_v1 && one.is_active && one.owner == user);
        held.extend(own.flat_map(|one| one.permissions.clone()));
        held
    }

    /// Describes an organization whose tokens may rotate themselves from now on, by a right that ends with a token.
    pub fn renewable(&self, after: &Self, caller: &Caller, maker: Option<AuthorizationId>) -> Option<String> {
        let lasts = |org: &OrgId| {
            let wanted = Permission::on(Action::Write, ResourceType::Orgs, *org);
            let gives = |one: &Record| {
                let own = one.owner == caller.id() && one.is_active && !one.is_v1;
                own && one.expires_at.is_none() && which_permits(&one.permissions, &wanted).is_some()
            };
            let members = self.users.get(&caller.id()).is_some_and(|held| which_permits(held, &wanted).is_some());
            match maker {
                Some(maker) => self.tokens.get(&maker).is_some_and(|one| one.expires_at.is_none()),
                None => members || self.tokens.values().any(gives),
            }
        };
        let found = after.renewing.difference(&self.renewing).find(|org| !lasts(org));
        found.map(|org| format!("the tokens of {org} renew themselves by a right that ends"))
    }

    /// Describes a token that a session created, or whose expiry or networks it extended, beyond what memberships and
    /// the limits of their tokens allow.
    pub fn laundered(
        &self,
        after: &Self,
        caller: &Caller,
        took_over: Option<TookOver>,
        now: Timestamp,
    ) -> Option<String> {
        let members = self.users.get(&caller.id()).cloned().unwrap_or_default();
        let backs = |backing: &Record, one: &Record, wanted: &Permission| {
            let inside = end(one) <= end(backing) && one.networks.are_within(&backing.networks);
            inside && which_permits(&backing.permissions, wanted).is_some()
        };
        let is_backed = |id: &AuthorizationId, one: &Record, wanted: &Permission| {
            let own = |(other, backing): &(&AuthorizationId, &Record)| {
                let live = backing.is_active && !backing.has_expired(now) && !backing.is_v1;
                backing.owner == caller.id() && (live || *other == id)
            };
            which_permits(&members, wanted).is_some()
                || self.tokens.iter().filter(own).any(|(_, backing)| backs(backing, one, wanted))
        };
        let grew = |(id, one): &(&AuthorizationId, &Record)| {
            let taken = matches!(took_over, Some(TookOver::Credential(other)) if other == **id);
            taken
                || self.tokens.get(id).is_none_or(|before| {
                    end(one) > end(before) || one.networks != before.networks || (one.is_active && !before.is_active)
                })
        };
        let mut grown = after.tokens.iter().filter(grew);
        let beyond = grown.find(|(id, one)| one.permissions.iter().any(|wanted| !is_backed(id, one, wanted)));
        beyond.map(|(id, one)| format!("{id} lives until {:?} in [{}]", one.expires_at, one.networks))
    }
}
