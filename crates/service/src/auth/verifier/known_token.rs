//! A token's record with its owner, as the database had them: all that a decision about the token needs.

use std::sync::{Arc, OnceLock};

use jeton_model::{Authorization, AuthorizationId, Id, Networks, OrgId, Permission, Timestamp, User};
use jeton_store::Connection;

use crate::{
    Error,
    auth::credential_status::{CredentialStatus, PresentedFrom, credential_status_with},
};

/// The record of a token or 1.x credential, and its owner. Expiry and networks are judged at each use.
pub(crate) struct KnownToken {
    /// The record; its permissions are in the other member.
    record: Authorization,
    permissions: Arc<[Permission]>,
    networks: Arc<Networks>,
    /// `None` if the owner was deleted.
    owner: Option<Arc<User>>,
    /// Read when it is first needed. A change of the organization ends the use of this record, and so of the name.
    org_name: OnceLock<String>,
}

impl KnownToken {
    /// Reads the owner of an authorization.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn read(connection: &mut Connection, record: Authorization) -> Result<Self, Error> {
        let owner = jeton_store::users::by_id(connection, record.user).await?;
        Ok(Self::new(record, owner))
    }

    /// An authorization with its owner, `None` if the owner was deleted.
    pub fn new(mut record: Authorization, owner: Option<User>) -> Self {
        let permissions = std::mem::take(&mut record.permissions).into();
        let networks = Arc::new(record.networks.clone());
        Self { record, permissions, networks, owner: owner.map(Arc::new), org_name: OnceLock::new() }
    }

    /// Replaces the list of permissions by an equal one.
    pub(super) fn share(&mut self, shared: impl FnOnce(&Arc<[Permission]>) -> Arc<[Permission]>) {
        self.permissions = shared(&self.permissions);
    }

    /// The status at a moment: [`crate::auth::credential_status`] decides it.
    pub fn status(&self, place: PresentedFrom, now: Timestamp) -> CredentialStatus {
        credential_status_with(self.owner.as_ref(), &self.record, place, now)
    }

    /// The id of the authorization.
    pub const fn id(&self) -> AuthorizationId {
        self.record.id
    }

    /// The organization.
    pub const fn org(&self) -> OrgId {
        self.record.org
    }

    /// The name of the organization, if it was read.
    pub fn org_name(&self) -> Option<&str> {
        self.org_name.get().map(String::as_str)
    }

    /// Keeps the name of the organization, which must have been read after this record.
    pub fn set_org_name(&self, name: &str) {
        // Another request may have kept it already.
        drop(self.org_name.set(name.to_owned()));
    }

    /// The record without its permissions: ids, owner, organization, status and times.
    pub const fn record(&self) -> &Authorization {
        &self.record
    }

    /// The permissions.
    pub const fn permissions(&self) -> &Arc<[Permission]> {
        &self.permissions
    }

    /// The networks from which the token is accepted.
    pub const fn networks(&self) -> &Arc<Networks> {
        &self.networks
    }

    /// The expiry.
    pub const fn expires_at(&self) -> Option<Timestamp> {
        self.record.expires_at
    }

    /// The whole record. Its last use is the one that was known when it was read.
    pub fn authorization(&self) -> Authorization {
        Authorization { permissions: self.permissions.to_vec(), ..self.record.clone() }
    }

    /// Returns the ids that the decision depends on: the authorization, its owner and its organization.
    pub(super) fn depends_on(&self) -> [Id; 3] {
        [self.record.id.into(), self.record.user.into(), self.record.org.into()]
    }

    /// The memory that it takes, in bytes, roughly.
    pub(super) fn size(&self) -> usize {
        /// The structures themselves, short texts, and the place in the cache.
        const FIXED: usize = 700;
        /// A network with its prefix.
        const NETWORK: usize = 24;
        // The record and the decision have the networks each.
        let networks = 2 * self.networks.count() * NETWORK;
        FIXED + self.record.description.len() + self.permissions.len() * size_of::<Permission>() + networks
    }
}
