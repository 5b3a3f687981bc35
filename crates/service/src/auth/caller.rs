//! The caller of an operation and their permissions.

use std::{collections::BTreeSet, net::IpAddr, sync::Arc};

use jeton_model::{
    Action, AuthorizationId, Id, Networks, OrgId, Permission, ResourceType, Timestamp, User, UserId, permission,
};
use jeton_store::{
    Across, ResourceScope,
    visibility::{OwnerReach, Reach, Visible},
};

use crate::{Error, error::AuthError};

use super::required_permissions;

/// The program and address that a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// `None`: unknown, because the peer is a proxy that does not report the address.
    pub address: Option<IpAddr>,
    /// The other end of the connection: the client, or the proxy before it.
    pub peer: Option<IpAddr>,
    /// The client's `User-Agent`, if it sends a readable one.
    pub agent: Option<String>,
}

/// The kind and record of the caller's credential, never the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A token, by the id of its authorization.
    Token(AuthorizationId),
    /// A 1.x client's user name and password.
    V1(AuthorizationId),
    /// The hash of the session's key.
    Session(String),
}

/// A user with the permissions of a token or session.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The owner of the token, or the user of the session.
    pub user: Arc<User>,
    pub(crate) credential: Credential,
    pub(crate) permissions: Arc<[Permission]>,
    /// Set for an inactive token, which identifies its user but permits nothing (docs/influxdb-compatibility.md §2.2).
    pub(crate) inactive: bool,
    /// The token's expiry, which limits what it creates.
    pub(crate) expires_at: Option<Timestamp>,
    /// The token's networks, which limit what it creates.
    pub(crate) networks: Arc<Networks>,
    pub(crate) client: Client,
}

impl Caller {
    /// The caller's user.
    pub fn id(&self) -> UserId {
        self.user.id
    }

    /// The caller's permissions; none with an inactive token.
    pub fn permissions(&self) -> &[Permission] {
        if self.inactive { &[] } else { &self.permissions }
    }

    /// Returns whether the caller holds `required`.
    pub fn may(&self, required: &Permission) -> bool {
        permission::which_permits(self.permissions(), required).is_some()
    }

    /// Denies what the caller does not hold, in influxd's words (docs/influxdb-compatibility.md §2.3).
    ///
    /// # Errors
    /// [`AuthError::TokenInactive`]; [`AuthError::Unauthorized`].
    pub fn check(&self, required: Permission) -> Result<(), Error> {
        if self.inactive {
            return Err(Error::Auth(AuthError::TokenInactive));
        }
        if self.may(&required) { Ok(()) } else { Err(Error::Auth(AuthError::Unauthorized(required))) }
    }

    /// The authorization of the request; `None` for a session.
    pub(crate) const fn authorization_id(&self) -> Option<AuthorizationId> {
        match &self.credential {
            Credential::Token(id) | Credential::V1(id) => Some(*id),
            Credential::Session(_) => None,
        }
    }

    /// Returns whether the credential is a session.
    pub const fn has_session(&self) -> bool {
        matches!(self.credential, Credential::Session(_))
    }

    /// The organizations that this caller owns, operators excepted: those that they may change and all of whose
    /// authorizations they may read and write.
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

    /// The buckets or telegraf configurations of an organization that this caller may read.
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

    /// The resources of a type that this caller may read, across organizations.
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

    /// Returns whether an organization's name may be shown to this caller: they may read it, or hold something in it
    /// and so have its id already.
    pub(crate) fn knows_org(&self, org: OrgId) -> bool {
        let holds = |held: &Permission| held.resource.org == Some(org);
        self.may(&required_permissions::org(Action::Read, org)) || self.permissions().iter().any(holds)
    }

    /// The authorizations this caller may see: those whose record and owner they may read, and those that name an
    /// organization of theirs. An organization's `users` permission reads no owner: owners are checked by id
    /// (docs/influxdb-compatibility.md §4.9).
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
