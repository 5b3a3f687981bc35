//! Who asks, and what they may.

use std::{collections::BTreeSet, net::IpAddr};

use crate::{
    model::{
        Action, AuthorizationId, Error, Id, Networks, OrgId, Permission, ResourceType, Timestamp, User, UserId,
        permission,
    },
    store::{
        Across, ResourceScope,
        authorizations::{OwnerReach, Reach, Visible},
    },
};

use super::required_permissions;

/// The program or browser a request came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// `None`: not known. The peer is then a proxy, which does not say where the request comes from.
    pub address: Option<IpAddr>,
    /// The other end of the connection: the client, or the proxy before it.
    pub peer: Option<IpAddr>,
    pub agent: Option<String>,
}

/// How a caller proved who they are. It never holds the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    Token(AuthorizationId),
    /// A 1.x client's user name and password.
    V1(AuthorizationId),
    /// By the hash of the session's key.
    Session(String),
}

/// A user, and the permissions that came with the token or the session.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user: User,
    pub(crate) credential: Credential,
    pub(crate) permissions: Vec<Permission>,
    /// A token that was switched off still says who asks, but nothing is permitted (contract §2.2).
    pub(crate) inactive: bool,
    /// When the token itself stops working; nothing it makes lives longer.
    pub(crate) expires_at: Option<Timestamp>,
    /// Where the token itself is accepted from; nothing it makes is accepted from elsewhere.
    pub(crate) networks: Networks,
    pub(crate) client: Client,
}

impl Caller {
    pub const fn id(&self) -> UserId {
        self.user.id
    }

    /// What the caller holds; nothing with an inactive token.
    pub fn permissions(&self) -> &[Permission] {
        if self.inactive { &[] } else { &self.permissions }
    }

    /// Whether the caller may do what `required` asks for.
    pub fn may(&self, required: &Permission) -> bool {
        permission::which_permits(self.permissions(), required).is_some()
    }

    /// Refuses what the caller may not do, in influxd's words (contract §2.3).
    pub fn check(&self, required: Permission) -> Result<(), Error> {
        if self.inactive {
            return Err(Error::TokenInactive);
        }
        if self.may(&required) { Ok(()) } else { Err(Error::Unauthorized(required)) }
    }

    /// The authorization that came with the request; `None` for a session.
    pub(crate) const fn authorization_id(&self) -> Option<AuthorizationId> {
        match &self.credential {
            Credential::Token(id) | Credential::V1(id) => Some(*id),
            Credential::Session(_) => None,
        }
    }

    /// Whether a browser's session, and not a token, asks.
    pub const fn has_session(&self) -> bool {
        matches!(self.credential, Credential::Session(_))
    }

    /// The organizations that this caller owns, operators excepted: those that it may change, and all of whose
    /// authorizations it may read and write.
    pub(crate) fn owned_orgs(&self) -> Vec<OrgId> {
        let changes = |held: &&Permission| (held.action, held.resource.kind) == (Action::Write, ResourceType::Orgs);
        let named = self.permissions().iter().filter(changes).filter_map(|held| held.resource.id).map(OrgId);
        let administers = |org: &OrgId| {
            Action::ALL.iter().all(|action| self.may(&Permission::in_org(*action, ResourceType::Authorizations, *org)))
        };
        let mut orgs: Vec<OrgId> = named.filter(administers).collect();
        orgs.sort_unstable();
        orgs.dedup();
        orgs
    }

    /// Which buckets or telegraf configurations of an organization this caller may read.
    pub(crate) fn within(&self, kind: ResourceType, org: OrgId) -> ResourceScope {
        if self.may(&Permission::in_org(Action::Read, kind, org)) {
            return ResourceScope::All;
        }
        let reads = |held: &&Permission| held.action == Action::Read && held.resource.kind == kind;
        let mut ids: Vec<Id> = self.permissions().iter().filter(reads).filter_map(|held| held.resource.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ResourceScope::Only(ids)
    }

    /// The things of a kind that this caller may read, across organizations.
    pub(crate) fn across(&self, kind: ResourceType) -> Across {
        let (mut orgs, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for held in self.permissions().iter().filter(|held| held.action == Action::Read) {
            let resource = held.resource;
            match (resource.id, resource.org) {
                _ if resource.kind == ResourceType::Instance => return Across::All,
                _ if resource.kind != kind => {}
                (Some(id), _) => _ = ids.insert(id),
                (None, Some(org)) => _ = orgs.insert(org),
                (None, None) => return Across::All,
            }
        }
        Across::Only { orgs: orgs.into_iter().collect(), ids: ids.into_iter().collect() }
    }

    /// Returns whether an organization's name may be told to this caller: they may read it, or hold something in it and so have
    /// its id already.
    pub(crate) fn knows_org(&self, org: OrgId) -> bool {
        let holds = |held: &Permission| held.resource.org == Some(org);
        self.may(&required_permissions::org(Action::Read, org)) || self.permissions().iter().any(holds)
    }

    /// The authorizations this caller may see: those whose record and whose owner they may read, and those that reach an
    /// organization of theirs. An organization's `users` permission reads no owner, for owners are asked by id (contract
    /// §4.9).
    pub(crate) fn visible(&self) -> Visible {
        let (mut orgs, mut ids, mut owners) = (Vec::new(), Vec::new(), Vec::new());
        let (mut all, mut all_owners) = (false, false);
        for held in self.permissions().iter().filter(|held| held.action == Action::Read) {
            let resource = held.resource;
            match (resource.kind, resource.id, resource.org) {
                (ResourceType::Instance, _, _) => (all, all_owners) = (true, true),
                (ResourceType::Authorizations, Some(id), _) => ids.push(AuthorizationId(id)),
                (ResourceType::Authorizations, None, Some(org)) => orgs.push(org),
                (ResourceType::Authorizations, None, None) => all = true,
                (ResourceType::Users, Some(id), _) => owners.push(UserId(id)),
                (ResourceType::Users, None, None) => all_owners = true,
                _ => {}
            }
        }
        ids.sort_unstable();
        ids.dedup();
        orgs.sort_unstable();
        orgs.dedup();
        owners.sort_unstable();
        owners.dedup();
        Visible {
            authorizations: if all { Reach::All } else { Reach::Only { orgs, ids } },
            owners: if all_owners { OwnerReach::All } else { OwnerReach::Only(owners) },
            owned_orgs: self.owned_orgs(),
        }
    }
}
