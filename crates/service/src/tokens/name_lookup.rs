//! Look-up of the names of everything that authorizations mention, once for all of them.

use std::collections::{BTreeSet, HashMap};

use jeton_model::{
    Authorization, AuthorizationId, Bucket, BucketId, Id, OrgId, ResourceType, TelegrafId, Timestamp, User, UserId,
    bucket::BucketKind, console::tokens::Details, describe::Named,
};
use jeton_store::Connection;

use crate::{Error, auth::permitted_things::PermittedThings};

/// Names by id, without those that were deleted.
#[derive(Debug, Default)]
pub(crate) struct Names {
    users: HashMap<UserId, String>,
    orgs: HashMap<OrgId, String>,
    buckets: HashMap<BucketId, Bucket>,
    telegrafs: HashMap<TelegrafId, String>,
    /// The successors of rotated tokens.
    successors: HashMap<AuthorizationId, AuthorizationId>,
}

impl Names {
    /// Reads the names that authorizations mention.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn of(connection: &mut Connection, authorizations: &[Authorization]) -> Result<Self, Error> {
        let mut names = Self::default();
        names.read_missing(connection, authorizations).await?;
        for ids in in_portions(authorizations.iter().map(|authorization| authorization.id).collect()) {
            names.successors.extend(jeton_store::rotations::successors(connection, ids).await?);
        }
        Ok(names)
    }

    /// Names that were read already.
    pub fn with(users: &[&User], (org, org_name): (OrgId, String), things: PermittedThings) -> Self {
        let PermittedThings { buckets, telegrafs } = things;
        Self {
            users: users.iter().map(|user| (user.id, user.name.clone())).collect(),
            orgs: HashMap::from([(org, org_name)]),
            buckets: buckets.into_iter().map(|bucket| (bucket.id, bucket)).collect(),
            telegrafs: telegrafs.into_iter().map(|telegraf| (telegraf.id, telegraf.name)).collect(),
            successors: HashMap::new(),
        }
    }

    /// Reads the names that authorizations mention and that are not known yet, but not their successors.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn read_missing(
        &mut self,
        connection: &mut Connection,
        authorizations: &[Authorization],
    ) -> Result<(), Error> {
        let (mut users, mut orgs, mut buckets, mut telegrafs) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for authorization in authorizations {
            users.extend([authorization.user, authorization.created_by]);
            orgs.insert(authorization.org);
            for permission in &authorization.permissions {
                orgs.extend(permission.resource.org);
                match (permission.resource.kind, permission.resource.id) {
                    (ResourceType::Users, Some(id)) => _ = users.insert(UserId(id)),
                    (ResourceType::Orgs, Some(id)) => _ = orgs.insert(OrgId(id)),
                    (ResourceType::Buckets, Some(id)) => _ = buckets.insert(BucketId(id)),
                    (ResourceType::Telegrafs, Some(id)) => _ = telegrafs.insert(TelegrafId(id)),
                    _ => {}
                }
            }
        }
        users.retain(|id| !self.users.contains_key(id));
        orgs.retain(|id| !self.orgs.contains_key(id));
        buckets.retain(|id| !self.buckets.contains_key(id));
        telegrafs.retain(|id| !self.telegrafs.contains_key(id));
        for ids in in_portions(users) {
            self.users.extend(
                jeton_store::users::by_ids(connection, ids).await?.into_iter().map(|user| (user.id, user.name)),
            );
        }
        for ids in in_portions(orgs) {
            self.orgs
                .extend(jeton_store::orgs::by_ids(connection, ids).await?.into_iter().map(|org| (org.id, org.name)));
        }
        for ids in in_portions(buckets) {
            self.buckets.extend(
                jeton_store::buckets::by_ids(connection, ids).await?.into_iter().map(|bucket| (bucket.id, bucket)),
            );
        }
        for ids in in_portions(telegrafs) {
            let found = jeton_store::telegrafs::heads(connection, ids).await?;
            self.telegrafs.extend(found.into_iter().map(|telegraf| (telegraf.id, telegraf.name)));
        }
        Ok(())
    }

    /// The name of a user.
    pub fn user(&self, id: UserId) -> Option<&str> {
        self.users.get(&id).map(String::as_str)
    }

    /// The name of an organization.
    pub fn org(&self, id: OrgId) -> Option<&str> {
        self.orgs.get(&id).map(String::as_str)
    }

    /// The permissions of an authorization with their names.
    pub fn name(&self, authorization: &Authorization) -> Vec<Named> {
        let name = |kind, id: Id| match kind {
            ResourceType::Users => self.user(UserId(id)),
            ResourceType::Orgs => self.org(OrgId(id)),
            ResourceType::Buckets => self.buckets.get(&BucketId(id)).map(|bucket| bucket.name.as_str()),
            ResourceType::Telegrafs => self.telegrafs.get(&TelegrafId(id)).map(String::as_str),
            _ => None,
        };
        let named = |permission: &jeton_model::Permission| {
            let resource = permission.resource;
            let bucket = resource.id.and_then(|id| self.buckets.get(&BucketId(id)));
            Named {
                permission: *permission,
                name: resource.id.and_then(|id| name(resource.kind, id)).map(Into::into),
                org_name: resource.org.and_then(|org| self.org(org)).map(Into::into),
                system: resource.kind == ResourceType::Buckets
                    && bucket.is_some_and(|bucket| bucket.kind == BucketKind::System),
            }
        };
        authorization.permissions.iter().map(named).collect()
    }

    /// An authorization with all its names.
    pub fn details(&self, authorization: Authorization, now: Timestamp) -> Details {
        Details {
            permissions: self.name(&authorization),
            org_name: self.org(authorization.org).map(Into::into),
            user_name: self.user(authorization.user).map(Into::into),
            creator_name: self.user(authorization.created_by).map(Into::into),
            liveness: authorization.liveness(now),
            replaced_by: self.successors.get(&authorization.id).copied(),
            out_of_line: Vec::new(),
            now,
            authorization,
        }
    }
}

/// Splits ids into portions: databases limit the number of values in one statement.
fn in_portions<T: Copy>(ids: BTreeSet<T>) -> Vec<Vec<T>> {
    let ids: Vec<T> = ids.into_iter().collect();
    ids.chunks(10_000).map(<[T]>::to_vec).collect()
}
