//! What is asked for an authorization, and what it says once it is read.

use crate::model::{
    Error, Expiry, Id, Networks, OrgId, Permission, Resource, Status, UserId,
    authorization::{MAX_DESCRIPTION, MAX_PERMISSIONS, count_different},
    user::{MAX_NAME, check_text},
};

use super::constraints::LimitChanges;

/// A permission as it is asked for: words that may mean nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RequestedPermission {
    pub action: String,
    pub kind: String,
    pub id: Option<Id>,
    pub org: Option<OrgId>,
    /// Stands for the id of a bucket, a telegraf configuration, a user or an organization.
    pub name: Option<String>,
    /// The name of the organization, where its id is not given.
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

/// An authorization as it is asked for.
#[derive(Clone, Debug, Default)]
pub struct CreateAuthorization {
    pub org: Option<OrgId>,
    /// Who it is to belong to; `None` is the caller.
    pub user: Option<UserId>,
    pub status: Option<String>,
    pub description: String,
    pub permissions: Vec<RequestedPermission>,
    /// `None`: the organization's default life.
    pub expires_at: Option<Expiry>,
    /// `None`: from everywhere, as far as the caller is.
    pub networks: Option<Networks>,
}

/// What the console's dialogs are told about a new token.
#[derive(Clone, Debug, Default)]
pub struct TokenOptions {
    pub description: String,
    pub expires_at: Option<Expiry>,
    pub networks: Option<Networks>,
}

impl From<TokenOptions> for CreateAuthorization {
    fn from(given: TokenOptions) -> Self {
        let TokenOptions { description, expires_at, networks } = given;
        Self { description, expires_at, networks, ..Self::default() }
    }
}

/// What may change about an authorization; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct AuthorizationUpdate {
    pub status: Option<String>,
    pub description: Option<String>,
    pub expires_at: Option<Expiry>,
    pub networks: Option<Networks>,
}

impl AuthorizationUpdate {
    /// Returns whether the update only revokes: it deactivates, and changes nothing else.
    pub(crate) fn only_deactivates(&self) -> bool {
        let others = self.description.is_some() || self.expires_at.is_some() || self.networks.is_some();
        self.status.as_deref() == Some(Status::Inactive.name()) && !others
    }
}

/// What was asked for, read: the words mean something.
pub(crate) struct ParsedAuthorization {
    pub org: OrgId,
    pub status: Status,
    pub permissions: Vec<(Permission, Stands)>,
}

/// Names that stand for ids in a permission.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stands {
    pub thing: Option<String>,
    pub org: Option<String>,
}

/// Checks 2 to 5 of contract §4.2.
pub(crate) fn parse(asked: &CreateAuthorization) -> Result<ParsedAuthorization, Error> {
    if asked.permissions.is_empty() {
        return Err(Error::NoPermissions);
    }
    if count_different(&asked.permissions) > MAX_PERMISSIONS {
        return Err(Error::TooManyPermissions { limit: MAX_PERMISSIONS });
    }
    let permissions = asked.permissions.iter().map(parse_permission).collect::<Result<_, _>>()?;
    let org = asked.org.ok_or(Error::OrgRequired)?;
    let status = asked.status.as_deref().unwrap_or_default().parse().map_err(|_| Error::BadStatus)?;
    Ok(ParsedAuthorization { org, status, permissions })
}

fn parse_permission(asked: &RequestedPermission) -> Result<(Permission, Stands), Error> {
    let kind = asked.kind.parse().map_err(|_| Error::UnknownResourceType)?;
    let action = asked.action.parse().map_err(|_| Error::UnknownAction)?;
    let permission = Permission { action, resource: Resource { kind, id: asked.id, org: asked.org } };
    // What has an id is meant by it, whatever is said beside it.
    let stands = |name: &Option<String>| name.clone().filter(|name| !name.is_empty() && asked.id.is_none());
    let names = Stands { thing: stands(&asked.name), org: stands(&asked.org_name).filter(|_| asked.org.is_none()) };
    check_text("resource.name", names.thing.as_deref().unwrap_or_default(), MAX_NAME)?;
    check_text("resource.org", names.org.as_deref().unwrap_or_default(), MAX_NAME)?;
    Ok((permission, names))
}

/// What is to change, read; `bad_status` is what a word that is none is refused with.
pub(crate) fn parse_changes(update: AuthorizationUpdate, bad_status: Error) -> Result<LimitChanges, Error> {
    let AuthorizationUpdate { status, description, expires_at, networks } = update;
    let status = status.map(|word| word.parse().map_err(|_| bad_status)).transpose()?;
    check_text("description", description.as_deref().unwrap_or_default(), MAX_DESCRIPTION)?;
    Ok(LimitChanges { status, description, expires_at, networks })
}
