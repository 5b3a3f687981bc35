//! Requests to create or change an authorization, and their parsing.

use jeton_model::{
    Expiry, Id, Networks, OrgId, Permission, Resource, Status, UserId, ValidationError,
    authorization::{MAX_DESCRIPTION, MAX_PERMISSIONS, count_different},
    user::{MAX_NAME, check_text},
};

use crate::{Error, error::CreationError};

use super::constraints::AuthorizationChanges;

/// A requested permission whose words are not parsed yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RequestedPermission {
    /// The action: `read` or `write`.
    pub action: String,
    /// The resource type, such as `buckets`.
    pub kind: String,
    /// Id of the resource; without it and `name`, the permission is on the whole type.
    pub id: Option<Id>,
    /// Id of the organization; without it and `org_name`, the permission is not limited to one.
    pub org: Option<OrgId>,
    /// A name in place of the id of a bucket, a telegraf configuration, a user or an organization.
    pub name: Option<String>,
    /// The name of the organization in place of its id.
    pub org_name: Option<String>,
}

impl From<Permission> for RequestedPermission {
    fn from(permission: Permission) -> Self {
        Self {
            action: permission.action.name().into(),
            kind: permission.resource.kind.name().into(),
            id: permission.resource.id,
            org: permission.resource.org,
            name: None,
            org_name: None,
        }
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

/// A parsed request.
pub(crate) struct ParsedAuthorization {
    /// The organization of the new authorization.
    pub org: OrgId,
    /// The initial status.
    pub status: Status,
    /// The permissions, each with the names that are still to be resolved.
    pub permissions: Vec<(Permission, Stands)>,
}

/// Names in place of ids in a permission.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stands {
    /// Name of the bucket, telegraf configuration, user or organization.
    pub thing: Option<String>,
    /// Name of the organization that the permission is limited to.
    pub org: Option<String>,
}

/// Parses a request: checks 2 to 5 of docs/influxdb-compatibility.md §4.2.
///
/// # Errors
/// [`CreationError::NoPermissions`], [`CreationError::TooManyPermissions`], [`ValidationError::UnknownResourceType`], [`ValidationError::UnknownAction`],
/// [`CreationError::OrgRequired`], [`ValidationError::Status`], [`ValidationError::TextTooLong`], [`ValidationError::TextNul`].
pub(crate) fn parse(asked: &CreateAuthorization) -> Result<ParsedAuthorization, Error> {
    if asked.permissions.is_empty() {
        return Err(Error::Creation(CreationError::NoPermissions));
    }
    if count_different(&asked.permissions) > MAX_PERMISSIONS {
        return Err(Error::Creation(CreationError::TooManyPermissions { limit: MAX_PERMISSIONS }));
    }
    let permissions = asked.permissions.iter().map(parse_permission).collect::<Result<_, _>>()?;
    let org = asked.org.ok_or(Error::Creation(CreationError::OrgRequired))?;
    let status =
        asked.status.as_deref().unwrap_or_default().parse().map_err(|_| Error::Validation(ValidationError::Status))?;
    Ok(ParsedAuthorization { org, status, permissions })
}

fn parse_permission(asked: &RequestedPermission) -> Result<(Permission, Stands), Error> {
    let kind = asked.kind.parse().map_err(|_| Error::Validation(ValidationError::UnknownResourceType))?;
    let action = asked.action.parse().map_err(|_| Error::Validation(ValidationError::UnknownAction))?;
    let permission = Permission { action, resource: Resource { kind, id: asked.id, org: asked.org } };
    // An id overrides a name.
    let stands = |name: &Option<String>| name.clone().filter(|name| !name.is_empty() && asked.id.is_none());
    let names = Stands { thing: stands(&asked.name), org: stands(&asked.org_name).filter(|_| asked.org.is_none()) };
    check_text("resource.name", names.thing.as_deref().unwrap_or_default(), MAX_NAME)?;
    check_text("resource.org", names.org.as_deref().unwrap_or_default(), MAX_NAME)?;
    Ok((permission, names))
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
