//! Resources that permissions name. Names are looked up before the write lock is taken, with one statement per type;
//! under the lock, only their existence and the caller's permission to read them are checked.

use std::collections::{BTreeSet, HashMap, HashSet};

use jeton_model::{Action, BucketId, Id, OrgId, Permission, Resource, ResourceType, TelegrafId, UserId};
use jeton_store::Connection;

use crate::{Caller, Error, Service, auth::required_permissions, error::CreationError};

use super::request::RequestedPermission;

/// Ids by name, without those that the caller may not read.
#[derive(Debug, Default)]
pub(crate) struct NamedResources {
    buckets: HashMap<String, BucketId>,
    telegrafs: HashMap<String, TelegrafId>,
    users: HashMap<String, UserId>,
    /// By trimmed name.
    orgs: HashMap<String, OrgId>,
}

impl Service {
    /// Looks up the names in permissions for an organization; without any name, nothing is read.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn look_up(
        &self,
        caller: &Caller,
        requested: &[RequestedPermission],
        org: OrgId,
    ) -> Result<NamedResources, Error> {
        let mut things = NamedResources::default();
        let names = |kind: ResourceType| -> BTreeSet<&str> {
            let of_kind = requested.iter().filter(|one| one.permission.resource.kind == kind);
            of_kind.filter_map(|one| one.names.resource.as_deref()).collect()
        };
        let mut orgs = names(ResourceType::Orgs);
        orgs.extend(requested.iter().filter_map(|one| one.names.org.as_deref()));
        let (buckets, telegrafs) = (names(ResourceType::Buckets), names(ResourceType::Telegrafs));
        let users = names(ResourceType::Users);
        if [&orgs, &buckets, &telegrafs, &users].iter().all(|names| names.is_empty()) {
            return Ok(things);
        }
        let mut reader = self.read().await?;
        if !buckets.is_empty() {
            let found = jeton_store::buckets::by_names(&mut reader, org, buckets).await?;
            things.buckets = found.into_iter().map(|bucket| (bucket.name, bucket.id)).collect();
        }
        if !telegrafs.is_empty() {
            let within = caller.within(ResourceType::Telegrafs, org);
            let found = jeton_store::telegrafs::by_names(&mut reader, org, &within, telegrafs).await?;
            things.telegrafs = found.into_iter().collect();
        }
        if !users.is_empty() {
            let found = jeton_store::users::by_names(&mut reader, users).await?;
            things.users = found.into_iter().map(|user| (user.name, user.id)).collect();
        }
        if !orgs.is_empty() {
            let found = jeton_store::orgs::by_names(&mut reader, orgs).await?;
            things.orgs = found.into_iter().map(|org| (org.name.trim().to_owned(), org.id)).collect();
        }
        Ok(things)
    }
}

impl NamedResources {
    /// Drops what was deleted since, what is in another organization, and what the caller may not read, with one
    /// statement per named type.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn keep_readable(
        &mut self,
        connection: &mut Connection,
        caller: &Caller,
        org: OrgId,
    ) -> Result<(), Error> {
        if !self.buckets.is_empty() {
            let found = jeton_store::buckets::by_ids(connection, self.buckets.values().copied()).await?;
            let read = found
                .iter()
                .filter(|one| one.org == org && caller.may(&required_permissions::bucket(Action::Read, one)));
            let readable: HashSet<BucketId> = read.map(|bucket| bucket.id).collect();
            self.buckets.retain(|_, id| readable.contains(id));
        }
        if !self.telegrafs.is_empty() {
            let found = jeton_store::telegrafs::heads(connection, self.telegrafs.values().copied()).await?;
            let may_read = |id| caller.may(&required_permissions::telegraf(Action::Read, id, org));
            let read = found.iter().filter(|one| one.org == org && may_read(one.id));
            let readable: HashSet<TelegrafId> = read.map(|one| one.id).collect();
            self.telegrafs.retain(|_, id| readable.contains(id));
        }
        if !self.users.is_empty() {
            let found = jeton_store::users::by_ids(connection, self.users.values().copied()).await?;
            let read = found.iter().filter(|user| caller.may(&required_permissions::user(Action::Read, user.id)));
            let readable: HashSet<UserId> = read.map(|user| user.id).collect();
            self.users.retain(|_, id| readable.contains(id));
        }
        if !self.orgs.is_empty() {
            let found = jeton_store::orgs::by_ids(connection, self.orgs.values().copied()).await?;
            let readable: HashSet<OrgId> =
                found.iter().map(|org| org.id).filter(|org| caller.knows_org(*org)).collect();
            self.orgs.retain(|_, id| readable.contains(id));
        }
        Ok(())
    }

    /// Replaces names by ids, in the order of the permissions. influxd ignores the names, and so grants everything of
    /// the type, or that in every organization.
    ///
    /// # Errors
    /// [`CreationError::NoSuchNamedOrg`], [`CreationError::NoSuchNamedResource`].
    pub fn resolve(&self, requested: Vec<RequestedPermission>, org: OrgId) -> Result<Vec<Permission>, Error> {
        let resolved = requested.into_iter().map(|RequestedPermission { mut permission, names }| {
            if let Some(name) = names.org {
                let found = self.orgs.get(name.trim()).copied();
                permission.resource.org = Some(found.ok_or(Error::Creation(CreationError::NoSuchNamedOrg { name }))?);
            }
            if let Some(name) = names.resource {
                permission.resource = self.resource(permission.resource, name, org)?;
            }
            Ok(permission)
        });
        resolved.collect()
    }

    fn resource(&self, resource: Resource, name: String, org: OrgId) -> Result<Resource, Error> {
        let within = resource.org.unwrap_or(org);
        let (id, org): (Option<Id>, Option<OrgId>) = match resource.kind {
            // Resources of other organizations are not looked up: such a permission is denied in any case.
            _ if within != org => (None, None),
            ResourceType::Buckets => (self.buckets.get(&name).map(|id| id.0), Some(org)),
            ResourceType::Telegrafs => (self.telegrafs.get(&name).map(|id| id.0), Some(org)),
            ResourceType::Users => (self.users.get(&name).map(|id| id.0), resource.org),
            ResourceType::Orgs => (self.orgs.get(name.trim()).map(|id| id.0), resource.org),
            _ => (None, None),
        };
        let kind = resource.kind;
        let unknown = || Error::Creation(CreationError::NoSuchNamedResource { kind: kind.name().into(), name });
        Ok(Resource { kind, id: Some(id.ok_or_else(unknown)?), org })
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use jeton_store::Store;

    use crate::{AuditKey, Client, Clock, Quotas, setup::SetUp, tokens::ResourceNames};

    use super::*;

    /// A server that is set up, its operator's token, and its organization and bucket.
    async fn set_up(data: &TempDir) -> (Service, Caller, OrgId, BucketId) {
        let store = Store::sqlite(&data.path().join("jeton.db")).await.expect("a database");
        let key = AuditKey::new(vec![1; 32]);
        let service = Service::start(store, Clock::System, key, Quotas::NONE).await.expect("a service");
        let requested = SetUp {
            username: "alice".into(),
            password: None,
            org: "acme".into(),
            bucket: "iot".into(),
            retention_seconds: 0,
            token: None,
        };
        let done = service.set_up(requested, &Client::default(), false).await.expect("set up");
        let caller = service.caller_by_token(done.token.expose(), Client::default()).await.expect("a caller");
        (service, caller, done.org.id, done.bucket.id)
    }

    fn on(kind: ResourceType, name: &str) -> RequestedPermission {
        let names = ResourceNames { resource: Some(name.into()), org: None };
        RequestedPermission::with_names(Permission::global(Action::Read, kind), names)
    }

    #[tokio::test]
    async fn what_is_deleted_after_the_look_up_is_not_granted() {
        let data = TempDir::new().expect("a directory");
        let (service, caller, org, bucket) = set_up(&data).await;
        let requested = || vec![on(ResourceType::Users, "alice"), on(ResourceType::Buckets, "iot")];
        let mut things = service.look_up(&caller, &requested(), org).await.expect("a look-up");
        let resolved = things.resolve(requested(), org).expect("permissions");
        assert_eq!(resolved[1], Permission::on_in(Action::Read, ResourceType::Buckets, bucket, org));
        service.delete_bucket(&caller, bucket).await.expect("deleted");
        let (mut change, caller) = service.begin(&caller).await.expect("a change");
        things.keep_readable(&mut change, &caller, org).await.expect("kept");
        let unknown =
            Error::Creation(CreationError::NoSuchNamedResource { kind: "buckets".into(), name: "iot".into() });
        assert_eq!(things.resolve(requested(), org), Err(unknown));
    }

    #[tokio::test]
    async fn what_the_caller_may_no_longer_read_is_not_granted() {
        let data = TempDir::new().expect("a directory");
        let (service, mut caller, org, _) = set_up(&data).await;
        let requested = || vec![on(ResourceType::Users, "alice")];
        let mut things = service.look_up(&caller, &requested(), org).await.expect("a look-up");
        caller.permissions = vec![Permission::in_org(Action::Read, ResourceType::Users, org)].into();
        things.keep_readable(&mut service.read().await.expect("a reader"), &caller, org).await.expect("kept");
        assert!(things.resolve(requested(), org).is_err());
    }
}
