//! The limits that a new or changed token inherits: those of the token that makes it, or of the tokens that a session's
//! delegated permissions come from. Permissions by membership have no limits.

use std::{cmp::Reverse, net::IpAddr};

use tokio::sync::OnceCell;

use jeton_model::{
    Authorization, Expiry, Networks, OrgId, Permission, Timestamp, UserId, grant::Holdings, org_rules::OrgRules,
};
use jeton_store::{Connection, user_grants::LiveGrant};

use crate::{Caller, Error, orgs::rules::rules_of};

use super::{authenticate::membership_permissions, delegation::ResourceOrgs};

/// Limits of a token that permissions come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LimitBounds {
    /// Latest expiry that a new token may have; `None` if there is no limit.
    pub expires_at: Option<Timestamp>,
    /// Networks that a new token's networks must be within.
    pub networks: Networks,
    /// The rules of that token's organization, if it is another one.
    pub rules: OrgRules,
}

impl LimitBounds {
    /// Returns whether an expiry and networks are within these limits.
    pub fn contain(&self, expires_at: Option<Timestamp>, networks: &Networks) -> bool {
        self.contain_expiry(expires_at) && networks.are_within(&self.networks)
    }

    /// Returns whether an expiry is within these limits.
    pub fn contain_expiry(&self, expires_at: Option<Timestamp>) -> bool {
        self.expires_at.is_none_or(|end| expires_at.is_some_and(|other| other <= end))
    }
}

/// The requested expiry and networks; `None` is not requested.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestedLife {
    /// The requested expiry, which may be never.
    pub expires_at: Option<Expiry>,
    /// The networks from which the token is to be accepted.
    pub networks: Option<Networks>,
}

impl RequestedLife {
    fn is_within(&self, bounds: &LimitBounds) -> bool {
        let expiry = self.expires_at.is_none_or(|wish| bounds.contain_expiry(wish.end()));
        expiry && self.networks.as_ref().is_none_or(|networks| networks.are_within(&bounds.networks))
    }
}

/// The limits of a caller's delegations. Read once per operation, under the write lock.
pub(crate) enum Inheritance {
    /// A token passes on its own limits.
    Token(LimitBounds),
    /// A session passes on those of the tokens that its permissions come from.
    Session(SessionLimits),
}

/// The sources of a session's permissions.
pub(crate) struct SessionLimits {
    user: UserId,
    address: Option<IpAddr>,
    now: Timestamp,
    memberships: Vec<Permission>,
    /// The permissions of the user's tokens, the widest limits first. Read only if memberships do not suffice: there
    /// may be many.
    grants: OnceCell<Vec<LiveGrant>>,
}

impl Inheritance {
    /// Reads the sources of a caller's permissions.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn of(connection: &mut Connection, caller: &Caller, now: Timestamp) -> Result<Self, Error> {
        if !caller.has_session() {
            let (expires_at, networks) = (caller.expires_at, Networks::clone(&caller.networks));
            return Ok(Self::Token(LimitBounds { expires_at, networks, rules: OrgRules::none() }));
        }
        Ok(Self::Session(SessionLimits {
            user: caller.id(),
            address: caller.client.address,
            now,
            memberships: membership_permissions(connection, caller.id()).await?,
            grants: OnceCell::new(),
        }))
    }

    /// The limits under which permissions may be delegated in an organization. A permission that several tokens give
    /// has the limits of one that allows the wish, or else the widest.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn bounds(
        &self,
        connection: &mut Connection,
        permissions: &[Permission],
        wish: &RequestedLife,
        org: OrgId,
    ) -> Result<Vec<LimitBounds>, Error> {
        match self {
            Self::Token(bounds) => Ok(vec![bounds.clone()]),
            Self::Session(session) => session.bounds(connection, permissions, wish, org, None).await,
        }
    }

    /// The limits of a change to an authorization. The session of its owner also holds what the authorization itself
    /// holds, for as long as it lives.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn bounds_of_change(
        &self,
        connection: &mut Connection,
        before: &Authorization,
        wish: &RequestedLife,
    ) -> Result<Vec<LimitBounds>, Error> {
        let Self::Session(session) = self else {
            return self.bounds(connection, &before.permissions, wish, before.org).await;
        };
        let own = (before.user == session.user).then(|| LiveGrant {
            org: before.org,
            networks: before.networks.clone(),
            expires_at: before.expires_at,
            permissions: before.permissions.clone(),
        });
        session.bounds(connection, &before.permissions, wish, before.org, own.as_ref()).await
    }
}

impl SessionLimits {
    /// `own`: a grant in addition to those of the user's live tokens.
    async fn bounds(
        &self,
        connection: &mut Connection,
        permissions: &[Permission],
        wish: &RequestedLife,
        org: OrgId,
        own: Option<&LiveGrant>,
    ) -> Result<Vec<LimitBounds>, Error> {
        let places = ResourceOrgs::of_permissions(connection, permissions).await?;
        let by_membership = Holdings::of(&self.memberships);
        let mut wanted: Vec<Wanted> = permissions
            .iter()
            .filter(|permission| !places.allow(by_membership.coverage(permission)))
            .map(|permission| Wanted { permission, bounds: None, is_allowed: false })
            .collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        for grant in self.grants(connection).await?.iter().chain(own) {
            if wanted.iter().all(|one| one.is_allowed) {
                break;
            }
            let holdings = Holdings::of(&grant.permissions);
            let gives = |one: &&mut Wanted| !one.is_allowed && places.allow(holdings.coverage(one.permission));
            let mut given = wanted.iter_mut().filter(gives).peekable();
            if given.peek().is_none() {
                continue;
            }
            let bounds = bounds_of(connection, grant, org).await?;
            given.for_each(|one| one.offer(&bounds, wish));
        }
        let mut all: Vec<LimitBounds> = Vec::new();
        for bounds in wanted.into_iter().filter_map(|one| one.bounds) {
            if !all.contains(&bounds) {
                all.push(bounds);
            }
        }
        Ok(all)
    }

    async fn grants(&self, connection: &mut Connection) -> Result<&[LiveGrant], Error> {
        let read = async || {
            let mut grants = jeton_store::user_grants::live_grants_of_user(connection, self.user, self.now).await?;
            grants.retain(|grant| grant.networks.let_in(self.address));
            let end = |grant: &LiveGrant| grant.expires_at.map_or(i64::MAX, Timestamp::micros);
            grants.sort_by_key(|grant| (Reverse(end(grant)), !grant.networks.is_everywhere()));
            Ok::<_, Error>(grants)
        };
        Ok(self.grants.get_or_try_init(read).await?)
    }
}

/// A permission to delegate, and its limits.
struct Wanted<'a> {
    permission: &'a Permission,
    bounds: Option<LimitBounds>,
    /// Set if the wish is within these limits.
    is_allowed: bool,
}

impl Wanted<'_> {
    /// Takes the first limits, and replaces them by those that allow the wish.
    fn offer(&mut self, bounds: &LimitBounds, wish: &RequestedLife) {
        self.is_allowed = wish.is_within(bounds);
        if self.is_allowed || self.bounds.is_none() {
            self.bounds = Some(bounds.clone());
        }
    }
}

async fn bounds_of(connection: &mut Connection, grant: &LiveGrant, org: OrgId) -> Result<LimitBounds, Error> {
    let rules = if grant.org == org { OrgRules::none() } else { rules_of(connection, grant.org).await? };
    Ok(LimitBounds { expires_at: grant.expires_at, networks: grant.networks.clone(), rules })
}
