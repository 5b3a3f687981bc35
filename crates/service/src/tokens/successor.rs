//! The permissions that a rotation gives to the successor instead of those of the old token.

use jeton_model::{Action, AuthorizationId, OrgId, Permission};
use jeton_store::Connection;

use crate::{Caller, Error, Service, auth::required_permissions};

use super::{
    access::readable,
    request::{RequestedPermission, check_permissions},
    resource_names::NamedResources,
};

/// Requested permissions, with the resources that they name.
pub(super) struct NewPermissions {
    requested: Vec<RequestedPermission>,
    things: NamedResources,
}

impl Service {
    /// Checks requested permissions and looks up their names, before the write lock is taken. `None` if the successor
    /// keeps those of the old token.
    ///
    /// # Errors
    /// Those of [`check_permissions`]; `TokenError::NotFound`; `AuthError::Unauthorized`; the database may fail.
    pub(super) async fn permissions_of_successor(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        requested: Option<&[RequestedPermission]>,
    ) -> Result<Option<NewPermissions>, Error> {
        let Some(requested) = requested else { return Ok(None) };
        check_permissions(requested)?;
        let mut reader = self.read().await?;
        let org = readable(&mut reader, caller, id).await?.org;
        // The look-up acquires a connection of its own.
        drop(reader);
        caller.check(required_permissions::authorizations(Action::Write, org))?;
        let things = self.look_up(caller, requested, org).await?;
        Ok(Some(NewPermissions { requested: requested.to_vec(), things }))
    }
}

impl NewPermissions {
    /// Replaces names by ids, under the write lock, as far as the caller may read what they stand for.
    ///
    /// # Errors
    /// Those of [`NamedResources::resolve`]; the database may fail.
    pub async fn resolve(
        mut self,
        connection: &mut Connection,
        caller: &Caller,
        org: OrgId,
    ) -> Result<Vec<Permission>, Error> {
        self.things.keep_readable(connection, caller, org).await?;
        self.things.resolve(self.requested, org)
    }
}
