//! Requests to create or change an authorization, and the checks of their content.

use jeton_model::{
    Expiry, Networks, OrgId, Permission, Resource, Status, UserId, ValidationError,
    authorization::{MAX_DESCRIPTION, MAX_PERMISSIONS, count_different},
    user::{MAX_NAME, check_text},
};

use crate::{Error, error::CreationError};

use super::{constraints::AuthorizationChanges, supplied::SuppliedToken};

/// A permission to grant. Names stand for the ids that it lacks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestedPermission {
    /// The permission; its ids are absent where a name stands for them.
    pub permission: Permission,
    /// The names.
    pub names: ResourceNames,
}

/// Names in place of ids in a permission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResourceNames {
    /// Name of the bucket, telegraf configuration, user or organization.
    pub resource: Option<String>,
    /// Name of the organization that the permission is limited to.
    pub org: Option<String>,
}

impl RequestedPermission {
    /// Returns a permission with names. An id overrides a name; an empty name is none.
    pub fn with_names(permission: Permission, names: ResourceNames) -> Self {
        let Resource { id, org, .. } = permission.resource;
        let given = |name: Option<String>| name.filter(|name| !name.is_empty() && id.is_none());
        let names = ResourceNames { resource: given(names.resource), org: given(names.org).filter(|_| org.is_none()) };
        Self { permission, names }
    }
}

impl From<Permission> for RequestedPermission {
    fn from(permission: Permission) -> Self {
        Self { permission, names: ResourceNames::default() }
    }
}

/// An authorization to create.
#[derive(Clone, Debug, Default)]
pub struct CreateAuthorization {
    /// The organization; creation fails without one.
    pub org: Option<OrgId>,
    /// The owner; `None` is the caller.
    pub user: Option<UserId>,
    /// `active` or `inactive`; `None` and an empty text are `active`.
    pub status: Option<String>,
    /// The description, of at most 1024 bytes.
    pub description: String,
    /// The permissions: one to [`MAX_PERMISSIONS`] different ones.
    pub permissions: Vec<RequestedPermission>,
    /// `None`: the organization's default life.
    pub expires_at: Option<Expiry>,
    /// `None`: the inherited networks.
    pub networks: Option<Networks>,
    /// The token itself; by default the server generates it.
    pub token: SuppliedToken,
}

/// The options for a new token in the console's dialogs.
#[derive(Clone, Debug, Default)]
pub struct TokenOptions {
    /// The description, of at most 1024 bytes.
    pub description: String,
    /// The expiry; `None`: the organization's default life.
    pub expires_at: Option<Expiry>,
    /// The networks from which the token is accepted; `None`: the inherited networks.
    pub networks: Option<Networks>,
}

impl From<TokenOptions> for CreateAuthorization {
    fn from(given: TokenOptions) -> Self {
        let TokenOptions { description, expires_at, networks } = given;
        Self { description, expires_at, networks, ..Self::default() }
    }
}

/// Changes to an authorization; `None` keeps a value.
#[derive(Clone, Debug, Default)]
pub struct AuthorizationUpdate {
    /// The new status: `active` or `inactive`.
    pub status: Option<String>,
    /// The new description, of at most 1024 bytes.
    pub description: Option<String>,
    /// The new expiry, which may be never.
    pub expires_at: Option<Expiry>,
    /// The networks from which the token is accepted from then on.
    pub networks: Option<Networks>,
}

impl AuthorizationUpdate {
    /// Returns whether the update only deactivates, and changes nothing else.
    pub(crate) fn only_deactivates(&self) -> bool {
        let others = self.description.is_some() || self.expires_at.is_some() || self.networks.is_some();
        self.status.as_deref() == Some(Status::Inactive.name()) && !others
    }
}

impl CreateAuthorization {
    /// Checks the content of the request and returns its organization and status: checks 2 to 5 of
    /// docs/influxdb-compatibility.md §4.2.
    ///
    /// # Errors
    /// Those of [`check_permissions`]; [`CreationError::OrgRequired`], [`ValidationError::Status`].
    pub(crate) fn check(&self) -> Result<(OrgId, Status), Error> {
        check_permissions(&self.permissions)?;
        let org = self.org.ok_or(Error::Creation(CreationError::OrgRequired))?;
        let status = self.status.as_deref().unwrap_or_default().parse();
        Ok((org, status.map_err(|_| Error::Validation(ValidationError::Status))?))
    }
}

/// Checks the permissions that are requested for a new token: how many they are, and their names.
///
/// # Errors
/// [`CreationError::NoPermissions`], [`CreationError::TooManyPermissions`], [`ValidationError::TextTooLong`],
/// [`ValidationError::TextNul`].
pub(crate) fn check_permissions(requested: &[RequestedPermission]) -> Result<(), Error> {
    if requested.is_empty() {
        return Err(Error::Creation(CreationError::NoPermissions));
    }
    if count_different(requested) > MAX_PERMISSIONS {
        return Err(Error::Creation(CreationError::TooManyPermissions { limit: MAX_PERMISSIONS }));
    }
    for RequestedPermission { names, .. } in requested {
        check_text("resource.name", names.resource.as_deref().unwrap_or_default(), MAX_NAME)?;
        check_text("resource.org", names.org.as_deref().unwrap_or_default(), MAX_NAME)?;
    }
    Ok(())
}

/// Parses an update; `bad_status` is the error for an unknown status.
///
/// # Errors
/// `bad_status`, [`ValidationError::TextTooLong`], [`ValidationError::TextNul`].
pub(crate) fn parse_changes(update: AuthorizationUpdate, bad_status: Error) -> Result<AuthorizationChanges, Error> {
    let AuthorizationUpdate { status, description, expires_at, networks } = update;
    let status = status.map(|word| word.parse().map_err(|_| bad_status)).transpose()?;
    check_text("description", description.as_deref().unwrap_or_default(), MAX_DESCRIPTION)?;
    Ok(AuthorizationChanges { status, description, expires_at, networks })
}
