//! The choices of the Custom API Token dialog, and the creation of its token.

use jeton_model::{
    Action, AuthorizationId, Bucket, BucketId, Id, IdempotencyKey, OrgId, Permission, ResourceType, TelegrafId,
    bucket::BucketKind,
    console::{
        selection::{Pick, Selection},
        tokens::{Choice, Choices},
    },
    describe::{Home, Named, description},
    grant::{Coverage, coverage_by},
    user::check_text,
};
use jeton_store::{Connection, telegrafs::Head};

use crate::{Caller, Error, Service, auth::required_permissions, fold};

use super::{
    CreateAuthorization, Created, RequestedPermission, TokenOptions,
    api_list::MAX_FILTER,
    rotation::{RotateAuthorization, Rotated},
};

/// Maximum number of buckets or configurations offered at once; the search finds the others.
const OFFERED_AT_ONCE: i64 = 100;

impl Service {
    /// The buckets and telegraf configurations whose name contains `search`, and the types' check boxes that the caller
    /// cannot grant.
    ///
    /// # Errors
    /// `ValidationError::TextTooLong`, `ValidationError::TextNul`; `AuthError::Unauthorized`; the database may fail.
    pub async fn picker(
        &self,
        caller: &Caller,
        org: OrgId,
        search: &str,
    ) -> Result<(Choices, Choices, Vec<Pick>), Error> {
        caller.check(required_permissions::org(Action::Read, org))?;
        check_text("the text to look for", search, MAX_FILTER)?;
        let part = fold(search);
        let mut reader = self.read().await?;
        let buckets = bucket_choices(&mut reader, caller, org, &part).await?;
        let telegrafs = telegraf_choices(&mut reader, caller, org, &part).await?;
        let picks = ResourceType::grantable().flat_map(|kind| Action::ALL.map(|action| Pick::all(action, kind)));
        let refused = picks.filter(|pick| !may_grant(caller, &pick.permission(org, caller.id()))).collect();
        Ok((buckets, telegrafs, refused))
    }

    /// The buckets and telegraf configurations with these ids, of which only the first hundred are looked up.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn choices(&self, caller: &Caller, org: OrgId, ids: &[Id]) -> Result<Vec<Choice>, Error> {
        let ids = &ids[..ids.len().min(100)];
        let mut reader = self.read().await?;
        let buckets = jeton_store::buckets::by_ids(&mut reader, ids.iter().copied().map(BucketId)).await?;
        let buckets = buckets
            .into_iter()
            .filter(|one| one.org == org && caller.may(&required_permissions::bucket(Action::Read, one)));
        let telegrafs = jeton_store::telegrafs::heads(&mut reader, ids.iter().copied().map(TelegrafId)).await?;
        let telegrafs = telegrafs
            .into_iter()
            .filter(|one| one.org == org && caller.may(&required_permissions::telegraf(Action::Read, one.id, org)));
        let mut choices: Vec<Choice> = buckets.map(|bucket| bucket_choice(caller, bucket)).collect();
        choices.extend(telegrafs.map(|telegraf| telegraf_choice(caller, telegraf)));
        Ok(choices)
    }

    /// Creates a token from selected check boxes; without a description, one is generated from its permissions.
    ///
    /// # Errors
    /// Those of [`Service::create_authorization`].
    pub async fn create_custom(
        &self,
        caller: &Caller,
        org: OrgId,
        selection: &Selection,
        given: TokenOptions,
        key: Option<&IdempotencyKey>,
    ) -> Result<Created, Error> {
        let permissions: Vec<Permission> =
            selection.effective().into_iter().map(|pick| pick.permission(org, caller.id())).collect();
        let given = match given.description.trim() {
            "" => TokenOptions { description: self.describe(caller, org, &permissions).await?, ..given },
            _ => given,
        };
        let permissions = permissions.into_iter().map(RequestedPermission::from).collect();
        let requested = CreateAuthorization { org: Some(org), permissions, ..given.into() };
        self.create_authorization(caller, requested, key).await
    }

    /// Rotates a token of an organization into one with the selected check boxes, of which those of users stand for its
    /// owner. Without a description, one is generated from its permissions.
    ///
    /// # Errors
    /// Those of [`Service::authorization`] and [`Service::rotate_authorization`].
    pub async fn rotate_custom(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        selection: &Selection,
        given: RotateAuthorization,
        key: Option<&IdempotencyKey>,
    ) -> Result<Rotated, Error> {
        let old = self.authorization(caller, id).await?.authorization;
        let picks = selection.effective().into_iter();
        let permissions: Vec<Permission> = picks.map(|pick| pick.permission(old.org, old.user)).collect();
        let description = match given.description.filter(|text| !text.trim().is_empty()) {
            Some(text) => text,
            None => self.describe(caller, old.org, &permissions).await?,
        };
        let permissions = permissions.into_iter().map(RequestedPermission::from).collect();
        let requested = RotateAuthorization { description: Some(description), permissions: Some(permissions), ..given };
        self.rotate_authorization(caller, id, requested, key).await
    }

    async fn describe(&self, caller: &Caller, org: OrgId, permissions: &[Permission]) -> Result<String, Error> {
        let mut reader = self.read().await?;
        let mut named = Vec::with_capacity(permissions.len());
        for permission in permissions {
            let choice = match (permission.resource.kind, permission.resource.id) {
                (ResourceType::Buckets, Some(id)) => {
                    let found = jeton_store::buckets::by_id(&mut reader, BucketId(id))
                        .await?
                        .filter(|bucket| bucket.org == org);
                    found.map(|bucket| bucket_choice(caller, bucket))
                }
                (ResourceType::Telegrafs, Some(id)) => {
                    let found = jeton_store::telegrafs::heads(&mut reader, [TelegrafId(id)]).await?;
                    found
                        .into_iter()
                        .find(|telegraf| telegraf.org == org)
                        .map(|telegraf| telegraf_choice(caller, telegraf))
                }
                _ => None,
            };
            named.push(Named { name: choice.map(|choice| choice.name), ..Named::bare(*permission) });
        }
        // The check boxes cover the caller's own user and this organization: neither needs its name.
        Ok(description(&named, Home { owner: Some(caller.id()), org, org_name: "" }))
    }
}

/// Returns whether the caller could delegate this if the resource is in its organization.
pub(crate) fn may_grant(caller: &Caller, permission: &Permission) -> bool {
    coverage_by(caller.permissions(), permission) != Coverage::None
}

async fn bucket_choices(
    connection: &mut Connection,
    caller: &Caller,
    org: OrgId,
    part: &str,
) -> Result<Choices, Error> {
    let within = &caller.within(ResourceType::Buckets, org);
    let search =
        jeton_store::buckets::Search { org, part, within, descending: false, offset: 0, limit: OFFERED_AT_ONCE };
    let found = jeton_store::buckets::search(connection, &search).await?;
    Ok(Choices {
        items: found.into_iter().map(|bucket| bucket_choice(caller, bucket)).collect(),
        total: jeton_store::buckets::count(connection, org, part, within).await?.cast_unsigned(),
        unfiltered: jeton_store::buckets::count(connection, org, "", within).await?.cast_unsigned(),
    })
}

async fn telegraf_choices(
    connection: &mut Connection,
    caller: &Caller,
    org: OrgId,
    part: &str,
) -> Result<Choices, Error> {
    let within = &caller.within(ResourceType::Telegrafs, org);
    let search = jeton_store::telegrafs::Search { org, part, within, offset: 0, limit: OFFERED_AT_ONCE };
    let found = jeton_store::telegrafs::search(connection, &search).await?;
    Ok(Choices {
        items: found.into_iter().map(|telegraf| telegraf_choice(caller, telegraf)).collect(),
        total: jeton_store::telegrafs::count(connection, org, part, within).await?.cast_unsigned(),
        unfiltered: jeton_store::telegrafs::count(connection, org, "", within).await?.cast_unsigned(),
    })
}

/// A bucket as a choice.
pub(crate) fn bucket_choice(caller: &Caller, bucket: Bucket) -> Choice {
    let id = Id::from(bucket.id);
    Choice {
        refused: refused(caller, ResourceType::Buckets, id, bucket.org),
        id,
        name: bucket.name,
        system: bucket.kind == BucketKind::System,
    }
}

/// A telegraf configuration as a choice.
pub(crate) fn telegraf_choice(caller: &Caller, telegraf: Head) -> Choice {
    let id = Id::from(telegraf.id);
    Choice {
        refused: refused(caller, ResourceType::Telegrafs, id, telegraf.org),
        id,
        name: telegraf.name,
        system: false,
    }
}

fn refused(caller: &Caller, kind: ResourceType, id: Id, org: OrgId) -> Vec<Action> {
    Action::ALL.into_iter().filter(|action| !may_grant(caller, &Permission::on_in(*action, kind, id, org))).collect()
}
