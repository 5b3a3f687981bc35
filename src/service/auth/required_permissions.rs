//! What each operation demands (contract §4.11), by its name.

use crate::model::{
    Action, AuthorizationId, Bucket, OrgId, Permission, ResourceType, TelegrafId, UserId, bucket::BucketKind,
};

pub(crate) fn user(action: Action, id: UserId) -> Permission {
    Permission::on(action, ResourceType::Users, id)
}

pub(crate) const fn users(action: Action) -> Permission {
    Permission::global(action, ResourceType::Users)
}

pub(crate) fn org(action: Action, id: OrgId) -> Permission {
    Permission::on(action, ResourceType::Orgs, id)
}

pub(crate) const fn orgs(action: Action) -> Permission {
    Permission::global(action, ResourceType::Orgs)
}

pub(crate) fn authorization(action: Action, id: AuthorizationId, org: OrgId) -> Permission {
    Permission::on_in(action, ResourceType::Authorizations, id, org)
}

pub(crate) const fn authorizations(action: Action, org: OrgId) -> Permission {
    Permission::in_org(action, ResourceType::Authorizations, org)
}

/// A system bucket is read by whoever reads its organization.
pub(crate) fn bucket(action: Action, bucket: &Bucket) -> Permission {
    match (action, bucket.kind) {
        (Action::Read, BucketKind::System) => org(action, bucket.org),
        _ => Permission::on_in(action, ResourceType::Buckets, bucket.id, bucket.org),
    }
}

pub(crate) const fn buckets(action: Action, org: OrgId) -> Permission {
    Permission::in_org(action, ResourceType::Buckets, org)
}

pub(crate) fn telegraf(action: Action, id: TelegrafId, org: OrgId) -> Permission {
    Permission::on_in(action, ResourceType::Telegrafs, id, org)
}

pub(crate) const fn telegrafs(action: Action, org: OrgId) -> Permission {
    Permission::in_org(action, ResourceType::Telegrafs, org)
}
