//! Whether permissions may be handed on: that they mean something, that the granter holds them, and that they stay in
//! the token's organization.

use crate::{
    model::{
        AuthorizationId, BucketId, Error, Id, OrgId, Permission, Resource, ResourceType, TelegrafId,
        grant::{Coverage, coverage_by},
    },
    store::{self, Connection},
};

use super::{Caller, asked::Stands};

/// Puts ids in the place of names. influxd ignores the names, and so grants everything of the type, or that in every
/// organization.
pub(super) async fn resolve_names(
    connection: &mut Connection,
    asked: Vec<(Permission, Stands)>,
    org: OrgId,
) -> Result<Vec<Permission>, Error> {
    let mut permissions = Vec::with_capacity(asked.len());
    for (mut permission, names) in asked {
        if let Some(name) = names.org {
            let found = store::orgs::by_name(connection, &name).await?;
            permission.resource.org = Some(found.ok_or(Error::NoSuchNamedOrg { name })?.id);
        }
        if let Some(name) = names.thing {
            permission.resource = resolve(connection, permission.resource, name, org).await?;
        }
        permissions.push(permission);
    }
    Ok(permissions)
}

async fn resolve(connection: &mut Connection, resource: Resource, name: String, org: OrgId) -> Result<Resource, Error> {
    let unknown = || Error::NoSuchNamedResource { kind: resource.kind.name().into(), name: name.clone() };
    let within = resource.org.unwrap_or(org);
    // Another organization's things are not looked for: such a permission is refused in any case.
    if within != org {
        return Err(unknown());
    }
    let (id, org) = match resource.kind {
        ResourceType::Buckets => {
            (store::buckets::by_name(connection, org, &name).await?.map(|found| found.id.0), Some(org))
        }
        ResourceType::Telegrafs => {
            (store::telegrafs::by_name(connection, org, &name).await?.map(|found| found.id.0), Some(org))
        }
        ResourceType::Users => (store::users::by_name(connection, &name).await?.map(|found| found.id.0), resource.org),
        ResourceType::Orgs => (store::orgs::by_name(connection, &name).await?.map(|found| found.id.0), resource.org),
        _ => (None, None),
    };
    Ok(Resource { kind: resource.kind, id: Some(id.ok_or_else(unknown)?), org })
}

/// Nobody grants what they don't hold. A permission for one thing in an organization, held only through the
/// organization, is granted if the thing is there: the match looks at the id alone, so anything else would be a way
/// into other organizations.
pub(super) async fn check_grantable(
    connection: &mut Connection,
    caller: &Caller,
    permissions: &[Permission],
) -> Result<(), Error> {
    for permission in permissions {
        let granted = match coverage_by(caller.permissions(), permission) {
            Coverage::Full => true,
            Coverage::None => false,
            Coverage::IfInOrg { kind, id, org } => belongs_to(connection, kind, id, org).await?,
        };
        if !granted {
            return Err(Error::NotGrantable(*permission));
        }
    }
    Ok(())
}

pub(super) async fn belongs_to(
    connection: &mut Connection,
    kind: ResourceType,
    id: Id,
    org: OrgId,
) -> Result<bool, Error> {
    Ok(match kind {
        ResourceType::Buckets => {
            store::buckets::by_id(connection, BucketId(id)).await?.is_some_and(|bucket| bucket.org == org)
        }
        ResourceType::Telegrafs => {
            store::telegrafs::by_id(connection, TelegrafId(id)).await?.is_some_and(|telegraf| telegraf.org == org)
        }
        ResourceType::Authorizations => store::authorizations::by_id(connection, AuthorizationId(id))
            .await?
            .is_some_and(|authorization| authorization.org == org),
        // Users belong to no organization, and what else there is lives elsewhere.
        _ => false,
    })
}

/// Checks 10 and 11 of contract §4.2.
pub(super) fn check_scope(permissions: &[Permission], org: OrgId) -> Result<(), Error> {
    if permissions.iter().any(|permission| permission.resource.kind == ResourceType::Instance) {
        return Err(Error::InstanceNotGrantable);
    }
    match permissions.iter().find(|permission| permission.resource.org.is_some_and(|other| other != org)) {
        Some(permission) => Err(Error::PermissionForOtherOrg(*permission, org)),
        None => Ok(()),
    }
}
