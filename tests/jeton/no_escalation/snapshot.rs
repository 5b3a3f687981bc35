//! Snapshots of all data, and what someone gained between two of them.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use jeton_model::{
    Action, Authorization, AuthorizationId, BucketId, Networks, OrgId, Permission, ResourceType, Status, Timestamp,
    UserId, grant, permission::which_permits,
};
use jeton_service::{
    Caller, Service,
    buckets::BucketQuery,
    orgs::OrgQuery,
    tokens::{api_list::AuthorizationQuery, v1::V1Query},
    users::UserQuery,
};

/// The record of a token, or of a 1.x credential.
#[derive(Clone, PartialEq)]
pub struct Record {
    pub is_v1: bool,
    pub org: OrgId,
    pub owner: UserId,
    pub permissions: Vec<Permission>,
    pub expires_at: Option<Timestamp>,
    pub networks: Networks,
    pub is_active: bool,
    pub created_at: Timestamp,
    pub replaces: Option<AuthorizationId>,
}

impl Record {
    fn new(authorization: Authorization, is_v1: bool) -> Self {
        Self {
            is_v1,
            org: authorization.org,
            owner: authorization.user,
            permissions: authorization.permissions,
            expires_at: authorization.expires_at,
            networks: authorization.networks,
            is_active: authorization.status == Status::Active,
            created_at: authorization.created_at,
            replaces: authorization.replaces,
        }
    }

    /// Returns how long it was to live from its creation; `None` for ever.
    fn life(&self) -> Option<i64> {
        self.expires_at.map(|end| end.seconds_since(self.created_at))
    }

    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// A holder of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holder {
    /// A session: what memberships and the user's tokens permit, whether these are active or not.
    User(UserId),
    Token(AuthorizationId),
}

/// The data that the observer, who sees everything, sees.
#[derive(Clone)]
pub struct Picture {
    pub orgs: Vec<OrgId>,
    pub buckets: Vec<(BucketId, OrgId)>,
    /// Permissions of each user's memberships.
    pub users: BTreeMap<UserId, Vec<Permission>>,
    /// Inactive users.
    pub inactive: BTreeSet<UserId>,
    /// Tokens, except ended ones.
    pub tokens: BTreeMap<AuthorizationId, Record>,
    /// Organizations whose tokens may rotate themselves.
    pub renewing: BTreeSet<OrgId>,
    /// Tokens that are meant to end: their expiry was last set to an earlier time, or their maker ends.
    pub cut_short: BTreeSet<AuthorizationId>,
}

impl Picture {
    pub async fn of(service: &Service, root: &Caller) -> Self {
        let orgs = OrgQuery { limit: 1000, ..OrgQuery::default() };
        let orgs = service.orgs(root, &orgs).await.expect("organizations");
        let buckets = BucketQuery { limit: 1000, ..BucketQuery::default() };
        let buckets = service.buckets(root, &buckets).await.expect("buckets");
        let (mut users, mut inactive) = (BTreeMap::new(), BTreeSet::new());
        for user in service.users(root, &UserQuery::first(1000)).await.expect("users") {
            if user.status == Status::Inactive {
                inactive.insert(user.id);
            }
            users.insert(user.id, service.user_permissions(root, user.id).await.expect("permissions"));
        }
        let tokens = service.authorizations(root, &AuthorizationQuery::default()).await.expect("authorizations");
        let tokens = tokens.into_iter().map(|details| (details.authorization, false));
        let v1 = service.v1_authorizations(root, &V1Query::default()).await.expect("1.x credentials");
        let v1 = v1.into_iter().map(|v1| (v1.details.authorization, true));
        let mut renewing = BTreeSet::new();
        for org in &orgs {
            if service.org_rules(root, org.id).await.expect("rules").self_rotation {
                renewing.insert(org.id);
            }
        }
        Self {
            renewing,
            cut_short: BTreeSet::new(),
            orgs: orgs.into_iter().map(|org| org.id).collect(),
            buckets: buckets.into_iter().map(|bucket| (bucket.id, bucket.org)).collect(),
            users,
            inactive,
            tokens: tokens.chain(v1).map(|(one, is_v1)| (one.id, Record::new(one, is_v1))).collect(),
        }
    }

    /// Records the tokens that are meant to end because of this step or of those before. `maker`: the caller's token.
    pub fn note_cut_short(&mut self, before: &Self, maker: Option<AuthorizationId>) {
        self.cut_short.clone_from(&before.cut_short);
        let maker = maker.filter(|maker| before.tokens.get(maker).is_some_and(|one| one.expires_at.is_some()));
        let end = |record: &Record| record.expires_at.unwrap_or(Timestamp::from_micros(i64::MAX));
        for (id, one) in &self.tokens {
            match before.tokens.get(id).map(|earlier| end(one).cmp(&end(earlier))) {
                Some(Ordering::Less) => _ = self.cut_short.insert(*id),
                Some(Ordering::Greater) if maker.is_none() => _ = self.cut_short.remove(id),
                None if maker.is_some_and(|maker| !before.is_renewal(one, maker)) => _ = self.cut_short.insert(*id),
                Some(Ordering::Greater | Ordering::Equal) | None => {}
            }
        }
    }

    /// Returns whether a new token is what a token makes of itself where it may: the same, for no longer than it was to
    /// live from its creation.
    pub fn is_renewal(&self, one: &Record, maker: AuthorizationId) -> bool {
        let Some(old) = self.tokens.get(&maker) else { return false };
        let may = self.renewing.contains(&old.org) && !self.cut_short.contains(&maker);
        let no_longer = old.life().is_none_or(|own| one.life().is_some_and(|life| life <= own));
        let same = (one.org, one.owner) == (old.org, old.owner)
            && (&one.permissions, &one.networks) == (&old.permissions, &old.networks);
        may && no_longer && same && one.replaces == Some(maker) && !one.is_v1
    }

    /// Describes who may now do something with an existing resource that neither they nor the caller could do before.
    /// Writing an organization permits appointing its owners: a member who `appoints` gives what owners have. `maker`:
    /// the caller's token, which gives no more than it holds.
    pub fn gained(
        &self,
        after: &Self,
        caller: &Caller,
        appoints: bool,
        maker: Option<AuthorizationId>,
        now: Timestamp,
    ) -> Option<String> {
        let mut given = caller.permissions().to_vec();
        if appoints && maker.is_none() {
            let rules = |org: &&OrgId| caller.may(&Permission::on_in(Action::Write, ResourceType::Orgs, **org, **org));
            given.extend(self.orgs.iter().filter(rules).flat_map(|org| grant::owner(*org)));
        }
        let had = self.holders(now);
        let new = |holder: &Holder, wanted: &Permission| {
            let had = had.get(holder).is_some_and(|held| which_permits(held, wanted).is_some());
            !had && which_permits(&given, wanted).is_none()
        };
        let requests = self.requests();
        for (holder, held) in after.holders(now) {
            let gained = requests.iter().find(|one| which_permits(&held, one).is_some() && new(&holder, one));
            if let Some(gained) = gained {
                return Some(format!("{holder:?} gained {gained}"));
            }
        }
        let changed = after.tokens.iter().find(|(id, one)| {
            self.tokens.get(id).is_some_and(|before| before.permissions != one.permissions || before.owner != one.owner)
        });
        changed.map(|(id, _)| format!("{id} has other permissions, or another owner"))
    }

    /// Describes a token that was created or changed so that it outlives its maker, or permits more.
    pub fn escaped(&self, after: &Self, maker_id: AuthorizationId) -> Option<String> {
        let maker = self.tokens.get(&maker_id)?;
        let end = |record: &Record| record.expires_at.unwrap_or(Timestamp::from_micros(i64::MAX));
        let escapes = |(id, one): &(&AuthorizationId, &Record)| {
            let before = self.tokens.get(id);
            if before.is_none() && self.is_renewal(one, maker_id) {
                return false;
            }
            let comes_alive = before.is_none_or(|before| !before.is_active && one.is_active);
            let longer = comes_alive || before.is_some_and(|before| end(one) > end(before));
            let elsewhere = comes_alive || before.is_some_and(|before| one.networks != before.networks);
            (longer && end(one) > end(maker)) || (elsewhere && !one.networks.are_within(&maker.networks))
        };
        after.tokens.iter().find(escapes).map(|(id, one)| {
            format!(
                "{id} lives until {:?} in [{}], its maker until {:?} in [{}]",
                one.expires_at, one.networks, maker.expires_at, maker.networks
            )
        })
    }

    fn holders(&self, now: Timestamp) -> BTreeMap<Holder, Vec<Permission>> {
        let users = self.users.iter().map(|(id, held)| (Holder::User(*id), held.clone()));
        let mut holders: BTreeMap<Holder, Vec<Permission>> = users.collect();
        let lives = |token: &&Record| !token.has_expired(now) && self.users.contains_key(&token.owner);
        for (id, token) in self.tokens.iter().filter(|(_, token)| lives(token)) {
            holders.insert(Holder::Token(*id), token.permissions.clone());
            if let Some(owner) = holders.get_mut(&Holder::User(token.owner)).filter(|_| !token.is_v1) {
                owner.extend(&token.permissions);
            }
        }
        holders
    }

    /// Returns every permission that could be requested for existing resources.
    fn requests(&self) -> Vec<Permission> {
        const KINDS: [ResourceType; 7] = [
            ResourceType::Authorizations,
            ResourceType::Buckets,
            ResourceType::Orgs,
            ResourceType::Users,
            ResourceType::Tasks,
            ResourceType::Telegrafs,
            ResourceType::Instance,
        ];
        let mut requests = Vec::new();
        for action in Action::ALL {
            requests.extend(KINDS.map(|kind| Permission::global(action, kind)));
            for org in &self.orgs {
                requests.extend(KINDS.map(|kind| Permission::in_org(action, kind, *org)));
                requests.push(Permission::on(action, ResourceType::Orgs, *org));
            }
            requests.extend(self.users.keys().map(|id| Permission::on(action, ResourceType::Users, *id)));
            let buckets = self.buckets.iter();
            requests.extend(buckets.map(|(id, org)| Permission::on_in(action, ResourceType::Buckets, *id, *org)));
            let tokens = self.tokens.iter();
            requests
                .extend(tokens.map(|(id, one)| Permission::on_in(action, ResourceType::Authorizations, *id, one.org)));
        }
        requests
    }
}
