//! Delegation: permissions may be granted if the caller holds them and they stay in the token's organization.

use std::collections::HashMap;

use jeton_model::{
    AuthorizationId, BucketId, Id, OrgId, Permission, Resource, ResourceType, TelegrafId,
    grant::{Coverage, Holdings},
};
use jeton_store::Connection;

use crate::{Caller, Error, error::DelegationError};

/// Checks that the caller holds every permission. One on a single resource in an organization that is held only through
/// the organization also requires that the resource is there: permissions match by id alone, so this would otherwise
/// reach other organizations.
///
/// # Errors
/// [`DelegationError::NotGrantable`]; the database may fail.
pub(crate) async fn check_grantable(
    connection: &mut Connection,
    caller: &Caller,
    permissions: &[Permission],
) -> Result<(), Error> {
    let holdings = Holdings::of(caller.permissions());
    let coverages: Vec<Coverage> = permissions.iter().map(|permission| holdings.coverage(permission)).collect();
    let places = ResourceOrgs::of(connection, &coverages).await?;
    for (permission, coverage) in permissions.iter().zip(coverages) {
        if !places.allow(coverage) {
            return Err(Error::Delegation(DelegationError::NotGrantable(*permission)));
        }
    }
    Ok(())
}

/// The organizations of the resources that a coverage depends on, read with one statement per type.
pub(crate) struct ResourceOrgs(HashMap<(ResourceType, Id), OrgId>);

impl ResourceOrgs {
    /// Reads the organizations of all resources that permissions name together with an organization.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn of_permissions(connection: &mut Connection, permissions: &[Permission]) -> Result<Self, Error> {
        let conditional = permissions.iter().filter_map(|permission| {
            let Resource { kind, id, org } = permission.resource;
            Some(Coverage::IfInOrg { kind, id: id?, org: org? })
        });
        Self::of(connection, &conditional.collect::<Vec<_>>()).await
    }

    /// Returns whether a coverage is enough to delegate.
    pub fn allow(&self, coverage: Coverage) -> bool {
        match coverage {
            Coverage::Full => true,
            Coverage::None => false,
            Coverage::IfInOrg { kind, id, org } => self.0.get(&(kind, id)) == Some(&org),
        }
    }

    /// Reads the organizations of the resources that coverages depend on.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn of(connection: &mut Connection, coverages: &[Coverage]) -> Result<Self, Error> {
        let ids = |wanted: ResourceType| -> Vec<Id> {
            let conditional = coverages.iter().filter_map(|coverage| match coverage {
                Coverage::IfInOrg { kind, id, .. } if *kind == wanted => Some(*id),
                _ => None,
            });
            conditional.collect()
        };
        let mut places = HashMap::new();
        let buckets = ids(ResourceType::Buckets);
        if !buckets.is_empty() {
            let found = jeton_store::buckets::by_ids(connection, buckets.into_iter().map(BucketId)).await?;
            places.extend(found.into_iter().map(|bucket| ((ResourceType::Buckets, bucket.id.0), bucket.org)));
        }
        let telegrafs = ids(ResourceType::Telegrafs);
        if !telegrafs.is_empty() {
            let found = jeton_store::telegrafs::heads(connection, telegrafs.into_iter().map(TelegrafId)).await?;
            places.extend(found.into_iter().map(|one| ((ResourceType::Telegrafs, one.id.0), one.org)));
        }
        // Users belong to no organization; other types are not in this database.
        let authorizations = ids(ResourceType::Authorizations);
        if !authorizations.is_empty() {
            let ids = authorizations.into_iter().map(AuthorizationId);
            let found = jeton_store::authorizations::orgs_of(connection, ids).await?;
            places.extend(found.into_iter().map(|(id, org)| ((ResourceType::Authorizations, id.0), org)));
        }
        Ok(Self(places))
    }
}

/// Checks 10 and 11 of docs/influxdb-compatibility.md §4.2.
///
/// # Errors
/// [`DelegationError::InstanceNotGrantable`], [`DelegationError::PermissionForOtherOrg`].
pub(crate) fn check_scope(permissions: &[Permission], org: OrgId) -> Result<(), Error> {
    if permissions.iter().any(|permission| permission.resource.kind == ResourceType::Instance) {
        return Err(Error::Delegation(DelegationError::InstanceNotGrantable));
    }
    match permissions.iter().find(|permission| permission.resource.org.is_some_and(|other| other != org)) {
        Some(permission) => Err(Error::Delegation(DelegationError::PermissionForOtherOrg(*permission, org))),
        None => Ok(()),
    }
}
