//! The permissions that operations require (docs/influxdb-compatibility.md §4.11), by resource.

use jeton_model::{
    Action, AuthorizationId, Bucket, OrgId, Permission, ResourceType, TelegrafId, UserId, bucket::BucketKind,
};

/// The permission on one user.
pub(crate) fn user(action: Action, id: UserId) -> Permission {
    Permission::on(action, ResourceType::Users, id)
}

/// The permission on all users.
pub(crate) const fn users(action: Action) -> Permission {
    Permission::global(action, ResourceType::Users)
}

/// The permission on one organization.
pub(crate) fn org(action: Action, id: OrgId) -> Permission {
    Permission::on(action, ResourceType::Orgs, id)
}

/// The permission on all organizations.
pub(crate) const fn orgs(action: Action) -> Permission {
    Permission::global(action, ResourceType::Orgs)
}

/// The permission on one authorization.
pub(crate) fn authorization(action: Action, id: AuthorizationId, org: OrgId) -> Permission {
    Permission::on_in(action, ResourceType::Authorizations, id, org)
}

/// The permission on an organization's authorizations.
pub(crate) const fn authorizations(action: Action, org: OrgId) -> Permission {
    Permission::in_org(action, ResourceType::Authorizations, org)
}

/// The permission on one bucket. Reading a system bucket requires reading its organization.
pub(crate) fn bucket(action: Action, bucket: &Bucket) -> Permission {
    match (action, bucket.kind) {
        (Action::Read, BucketKind::System) => org(action, bucket.org),
        _ => Permission::on_in(action, ResourceType::Buckets, bucket.id, bucket.org),
    }
}

/// The permission on an organization's buckets.
pub(crate) const fn buckets(action: Action, org: OrgId) -> Permission {
    Permission::in_org(action, ResourceType::Buckets, org)
}

/// The permission on one telegraf configuration.
pub(crate) fn telegraf(action: Action, id: TelegrafId, org: OrgId) -> Permission {
    Permission::on_in(action, ResourceType::Telegrafs, id, org)
}

/// The permission on an organization's telegraf configurations.
pub(crate) const fn telegrafs(action: Action, org: OrgId) -> Permission {
    Permission::in_org(action, ResourceType::Telegrafs, org)
}
