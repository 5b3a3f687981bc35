//! Buckets and telegraf configurations that permissions name.

use std::collections::{BTreeSet, HashSet};

use jeton_model::{Bucket, BucketId, Id, OrgId, Permission, ResourceType, TelegrafId};
use jeton_store::{Connection, telegrafs};

use crate::Error;

/// The buckets and telegraf configurations that permissions name, without unknown ids.
#[derive(Debug, Default)]
pub(crate) struct PermittedThings {
    /// The buckets.
    pub buckets: Vec<Bucket>,
    /// The telegraf configurations, without their texts.
    pub telegrafs: Vec<telegrafs::Head>,
}

impl PermittedThings {
    /// Reads them, with one statement per type that is named.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn of(connection: &mut Connection, permissions: &[Permission]) -> Result<Self, Error> {
        let ids = |kind: ResourceType| -> BTreeSet<Id> {
            let of_kind = permissions.iter().filter(|one| one.resource.kind == kind);
            of_kind.filter_map(|one| one.resource.id).collect()
        };
        let mut things = Self::default();
        let buckets = ids(ResourceType::Buckets);
        if !buckets.is_empty() {
            things.buckets = jeton_store::buckets::by_ids(connection, buckets.into_iter().map(BucketId)).await?;
        }
        let configurations = ids(ResourceType::Telegrafs);
        if !configurations.is_empty() {
            things.telegrafs = telegrafs::heads(connection, configurations.into_iter().map(TelegrafId)).await?;
        }
        Ok(things)
    }

    /// Returns the first permission on one of them that is in another organization.
    pub fn first_outside<'p>(&self, permissions: &'p [Permission], org: OrgId) -> Option<&'p Permission> {
        let buckets = self.buckets.iter().map(|one| (ResourceType::Buckets, one.id.0, one.org));
        let telegrafs = self.telegrafs.iter().map(|one| (ResourceType::Telegrafs, one.id.0, one.org));
        let outside: HashSet<(ResourceType, Id)> =
            buckets.chain(telegrafs).filter(|(_, _, of)| *of != org).map(|(kind, id, _)| (kind, id)).collect();
        permissions.iter().find(|one| one.resource.id.is_some_and(|id| outside.contains(&(one.resource.kind, id))))
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::Action;

    use super::*;

    fn id(value: u64) -> Id {
        Id::new(value).expect("an id")
    }

    #[test]
    fn the_first_permission_on_a_thing_of_another_organization_is_found() {
        let head = |number, org| telegrafs::Head {
            id: TelegrafId(id(number)),
            org: OrgId(id(org)),
            name: String::new(),
            bucket: None,
        };
        let things = PermittedThings { telegrafs: vec![head(1, 7), head(2, 8)], ..PermittedThings::default() };
        let on = |kind, number| Permission::on_in(Action::Read, kind, id(number), OrgId(id(7)));
        // A bucket may have the id of a configuration, and a deleted configuration belongs to no organization.
        let permitted = [on(ResourceType::Telegrafs, 1), on(ResourceType::Buckets, 2), on(ResourceType::Telegrafs, 3)];
        assert_eq!(things.first_outside(&permitted, OrgId(id(7))), None);
        let foreign = [permitted[0], on(ResourceType::Telegrafs, 2)];
        assert_eq!(things.first_outside(&foreign, OrgId(id(7))), Some(&foreign[1]));
        assert_eq!(things.first_outside(&foreign, OrgId(id(8))), Some(&foreign[0]));
    }
}
