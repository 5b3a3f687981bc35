//! The limits that a new or changed token inherits: those of the token that makes it, or of the tokens that give a session
//! the permissions it delegates. What a session holds by membership has no limits.

use crate::{
    model::{Authorization, Error, Expiry, Networks, OrgId, Permission, Timestamp, org_rules::OrgRules},
    store::{self, Connection, authorizations::LiveGrant},
};

use super::{
    Caller, authentication::membership_permissions, caller::Credential, delegation::is_covered, org_rules::rules_of,
};

/// Limits of a token that permissions come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bounds {
    pub expires_at: Option<Timestamp>,
    pub networks: Networks,
    /// The rules of that token's organization, where it is another one.
    pub rules: OrgRules,
}

impl Bounds {
    /// Whether a life is within these limits.
    pub fn contain(&self, expires_at: Option<Timestamp>, networks: &Networks) -> bool {
        self.contain_expiry(expires_at) && networks.are_within(&self.networks)
    }

    /// Whether an expiry is within these limits.
    pub fn contain_expiry(&self, expires_at: Option<Timestamp>) -> bool {
        self.expires_at.is_none_or(|end| expires_at.is_some_and(|other| other <= end))
    }
}

/// The life that is asked for; `None` where nothing is.
#[derive(Clone, Debug, Default)]
pub(super) struct Wish {
    pub expires_at: Option<Expiry>,
    pub networks: Option<Networks>,
}

impl Wish {
    fn is_within(&self, bounds: &Bounds) -> bool {
        let expiry = self.expires_at.is_none_or(|wish| bounds.contain_expiry(wish.end()));
        expiry && self.networks.as_ref().is_none_or(|networks| networks.are_within(&bounds.networks))
    }
}

/// What limits a caller's delegations. Read once for an operation, under the write lock.
pub(super) enum Inheritance {
    /// A token passes on its own limits.
    Token(Bounds),
    /// A session passes on those of the tokens that its permissions come from.
    Session { memberships: Vec<Permission>, grants: Vec<LiveGrant> },
}

impl Inheritance {
    pub async fn of(connection: &mut Connection, caller: &Caller, now: Timestamp) -> Result<Self, Error> {
        if !matches!(caller.credential, Credential::Session(_)) {
            let (expires_at, networks) = (caller.expires_at, caller.networks.clone());
            return Ok(Self::Token(Bounds { expires_at, networks, rules: OrgRules::default() }));
        }
        let memberships = membership_permissions(connection, caller.id()).await?;
        let mut grants = store::authorizations::live_grants_of_user(connection, caller.id(), now).await?;
        grants.retain(|grant| grant.networks.let_in(caller.client.address));
        // The widest first.
        let end = |grant: &LiveGrant| grant.expires_at.map_or(i64::MAX, Timestamp::micros);
        grants.sort_by_key(|grant| (std::cmp::Reverse(end(grant)), !grant.networks.is_everywhere()));
        Ok(Self::Session { memberships, grants })
    }

    /// The limits under which permissions may be delegated in an organization. A permission that several tokens give has
    /// the limits of one that allows the wish, or else the widest.
    pub async fn bounds(
        &self,
        connection: &mut Connection,
        permissions: &[Permission],
        wish: &Wish,
        org: OrgId,
    ) -> Result<Vec<Bounds>, Error> {
        let (memberships, grants) = match self {
            Self::Token(bounds) => return Ok(vec![bounds.clone()]),
            Self::Session { memberships, grants } => (memberships, grants),
        };
        let mut all: Vec<Bounds> = Vec::new();
        for permission in permissions {
            if is_covered(connection, memberships, permission).await? {
                continue;
            }
            let mut widest = None;
            for grant in grants {
                if !is_covered(connection, &grant.permissions, permission).await? {
                    continue;
                }
                let bounds = bounds_of(connection, grant, org).await?;
                let allowed = wish.is_within(&bounds);
                if allowed || widest.is_none() {
                    widest = Some(bounds);
                }
                if allowed {
                    break;
                }
            }
            all.extend(widest.filter(|bounds| !all.contains(bounds)));
        }
        Ok(all)
    }

    /// The same for a change to an authorization: its owner's session also holds what the authorization itself holds,
    /// for as long as it lives.
    pub async fn bounds_of_change(
        &self,
        connection: &mut Connection,
        caller: &Caller,
        before: &Authorization,
        wish: &Wish,
    ) -> Result<Vec<Bounds>, Error> {
        let Self::Session { memberships, grants } = self else {
            return self.bounds(connection, &before.permissions, wish, before.org).await;
        };
        let mut grants = grants.clone();
        if before.user == caller.id() {
            grants.push(LiveGrant {
                org: before.org,
                networks: before.networks.clone(),
                expires_at: before.expires_at,
                permissions: before.permissions.clone(),
            });
        }
        let session = Self::Session { memberships: memberships.clone(), grants };
        session.bounds(connection, &before.permissions, wish, before.org).await
    }
}

async fn bounds_of(connection: &mut Connection, grant: &LiveGrant, org: OrgId) -> Result<Bounds, Error> {
    let rules = if grant.org == org { OrgRules::default() } else { rules_of(connection, grant.org).await? };
    Ok(Bounds { expires_at: grant.expires_at, networks: grant.networks.clone(), rules })
}
