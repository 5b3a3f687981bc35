//! Simulation of a token: whether it would permit an action, and which of its permissions does.

use jeton_model::{
    Action, AuthorizationId, BucketId, Id, OrgId, Permission, ResourceType, TelegrafId, UserId,
    bucket::BucketKind,
    console::simulation::{Question, Ruling, Stopped},
    describe::Named,
    permission::which_permits,
};
use jeton_store::Connection;

use crate::{
    Caller, Error, Service,
    auth::{
        credential_status::{CredentialStatus, InvalidReason, PresentedFrom, credential_status},
        required_permissions,
    },
    error::{AuthError, TokenError},
};

use super::access::readable;

/// A resource of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// Everything of the type.
    All,
    /// The resource with this id.
    Id(Id),
    /// The resource with this name.
    Name(String),
    /// An id, or else a name.
    Either(String),
}

impl Service {
    /// Returns whether a token permits an action, by the same match that decides about requests. Names are looked up in
    /// the token's organization; resources that the caller may not see are unknown.
    ///
    /// # Errors
    /// [`TokenError::NotFound`]; [`AuthError::Unauthorized`]; the database may fail.
    pub async fn what_if(&self, caller: &Caller, id: AuthorizationId, question: &Question) -> Result<Ruling, Error> {
        let mut reader = self.read().await?;
        let authorization = readable(&mut reader, caller, id).await?;
        let Question { action, kind, thing } = question;
        let thing = if thing.is_empty() { Thing::All } else { Thing::Either(thing.clone()) };
        let Some(required) = meant(&mut reader, caller, authorization.org, *action, *kind, &thing).await? else {
            return Ok(Ruling::Unknown);
        };
        let by = which_permits(&authorization.permissions, &required.permission).copied();
        let standing = credential_status(&mut reader, &authorization, PresentedFrom::Anywhere, self.now()).await?;
        let stopped = stopped(&standing, authorization.leaked_at.is_some());
        Ok(Ruling::Decided { required, by, stopped })
    }
}

/// The status that stops a token, regardless of its permissions.
pub(crate) const fn stopped(standing: &CredentialStatus, leaked: bool) -> Option<Stopped> {
    match standing {
        CredentialStatus::Live(_) => None,
        CredentialStatus::Inactive(_) if leaked => Some(Stopped::Leaked),
        CredentialStatus::Inactive(_) => Some(Stopped::Inactive),
        CredentialStatus::Invalid(InvalidReason::OwnerDeleted | InvalidReason::Ended) => Some(Stopped::Ended),
        CredentialStatus::Invalid(InvalidReason::OwnerInactive) => Some(Stopped::OwnerInactive),
        CredentialStatus::Invalid(InvalidReason::Expired) => Some(Stopped::Expired),
        CredentialStatus::Invalid(InvalidReason::WrongNetwork) => Some(Stopped::ForeignNetwork),
    }
}

/// The required permission with the name of its resource; `None` if that is unknown to the caller.
///
/// # Errors
/// The database may fail.
pub(crate) async fn meant(
    connection: &mut Connection,
    caller: &Caller,
    org: OrgId,
    action: Action,
    kind: ResourceType,
    thing: &Thing,
) -> Result<Option<Named>, Error> {
    let (id, name) = match thing {
        // Of organizations, only this one is meant.
        Thing::All if kind == ResourceType::Orgs => {
            return Ok(Some(Named::bare(required_permissions::org(action, org))));
        }
        Thing::All if kind == ResourceType::Users => return Ok(Some(Named::bare(required_permissions::users(action)))),
        Thing::All => return Ok(Some(Named::bare(Permission::in_org(action, kind, org)))),
        Thing::Id(id) => (Some(*id), None),
        Thing::Name(name) => (None, Some(name.as_str())),
        Thing::Either(text) => (text.parse().ok(), Some(text.as_str())),
    };
    if kind == ResourceType::Buckets {
        return bucket(connection, caller, org, action, id, name).await;
    }
    let Some(Found { id, org, name }) = find(connection, caller, org, action, kind, id, name).await? else {
        return Ok(None);
    };
    let permission = match kind {
        ResourceType::Orgs | ResourceType::Users => Permission::on(action, kind, id),
        _ => Permission::on_in(action, kind, id, org),
    };
    Ok(Some(Named { name, ..Named::bare(permission) }))
}

/// A resource that the caller may see, or do the asked action with.
struct Found {
    id: Id,
    org: OrgId,
    name: Option<String>,
}

/// The permission that the API requires for a bucket, by its id in any organization or else by its name in this one. A
/// system bucket is read with its organization.
async fn bucket(
    connection: &mut Connection,
    caller: &Caller,
    org: OrgId,
    action: Action,
    id: Option<Id>,
    name: Option<&str>,
) -> Result<Option<Named>, Error> {
    let mut found = by_id(id, async |id| jeton_store::buckets::by_id(connection, BucketId(id)).await).await?;
    if let (None, Some(name)) = (&found, name) {
        found = jeton_store::buckets::by_name(connection, org, name).await?;
    }
    let Some(bucket) = found else { return Ok(None) };
    let required = required_permissions::bucket(action, &bucket);
    if !caller.may(&required_permissions::bucket(Action::Read, &bucket)) && !caller.may(&required) {
        return Ok(None);
    }
    if required.resource.kind == ResourceType::Orgs {
        let org = jeton_store::orgs::by_id(connection, bucket.org).await?;
        return Ok(Some(Named { name: org.map(|org| org.name), ..Named::bare(required) }));
    }
    let system = bucket.kind == BucketKind::System;
    Ok(Some(Named { name: Some(bucket.name), system, ..Named::bare(required) }))
}

/// A resource by its id, in any organization, or else by its name in this one. Buckets have a function of their own.
async fn find(
    connection: &mut Connection,
    caller: &Caller,
    org: OrgId,
    action: Action,
    kind: ResourceType,
    id: Option<Id>,
    name: Option<&str>,
) -> Result<Option<Found>, Error> {
    let may = |of: &dyn Fn(Action) -> Permission| caller.may(&of(Action::Read)) || caller.may(&of(action));
    Ok(match kind {
        ResourceType::Telegrafs => {
            let mut found =
                by_id(id, async |id| jeton_store::telegrafs::by_id(connection, TelegrafId(id)).await).await?;
            if let (None, Some(name)) = (&found, name) {
                found = jeton_store::telegrafs::by_name(connection, org, name).await?;
            }
            let seen = found.filter(|one| may(&|action| required_permissions::telegraf(action, one.id, one.org)));
            seen.map(|one| Found::of(one.id, one.org, Some(one.name)))
        }
        ResourceType::Users => {
            let mut found = by_id(id, async |id| jeton_store::users::by_id(connection, UserId(id)).await).await?;
            if let (None, Some(name)) = (&found, name) {
                found = jeton_store::users::by_name(connection, name).await?;
            }
            let seen = found.filter(|one| may(&|action| required_permissions::user(action, one.id)));
            seen.map(|one| Found::of(one.id, org, Some(one.name)))
        }
        ResourceType::Orgs => {
            let mut found = by_id(id, async |id| jeton_store::orgs::by_id(connection, OrgId(id)).await).await?;
            if let (None, Some(name)) = (&found, name) {
                found = jeton_store::orgs::by_name(connection, name).await?;
            }
            let seen = found.filter(|one| may(&|action| required_permissions::org(action, one.id)));
            seen.map(|one| Found::of(one.id, one.id, Some(one.name)))
        }
        ResourceType::Authorizations => authorization(connection, caller, id).await?,
        // Resources of other types are not in this database: they are assumed to be of this organization.
        _ => id.map(|id| Found::of(id, org, None)),
    })
}

impl Found {
    fn of(id: impl Into<Id>, org: OrgId, name: Option<String>) -> Self {
        Self { id: id.into(), org, name }
    }
}

async fn authorization(connection: &mut Connection, caller: &Caller, id: Option<Id>) -> Result<Option<Found>, Error> {
    let Some(id) = id else { return Ok(None) };
    match readable(connection, caller, AuthorizationId(id)).await {
        Ok(found) => {
            let name = Some(found.description).filter(|text| !text.is_empty()).or(found.token_prefix);
            Ok(Some(Found::of(found.id, found.org, name)))
        }
        Err(Error::Token(TokenError::NotFound) | Error::Auth(AuthError::Unauthorized(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn by_id<T>(
    id: Option<Id>,
    look: impl AsyncFnOnce(Id) -> jeton_store::Result<Option<T>>,
) -> Result<Option<T>, Error> {
    match id {
        Some(id) => Ok(look(id).await?),
        None => Ok(None),
    }
}
