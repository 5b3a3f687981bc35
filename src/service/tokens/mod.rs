//! Authorizations: creating, reading, changing and deleting the records of tokens.

pub mod api_list;
mod attention;
pub(crate) mod backfill;
pub mod bulk;
pub(crate) mod console_list;
mod constraints;
pub mod descendants;
pub(crate) mod idempotency;
pub mod introspection;
pub mod leaked;
mod lineage;
pub mod name_lookup;
pub mod picker;
mod prefill;
pub(crate) mod quotas;
mod request;
mod resource_names;
pub mod rotation;
pub(crate) mod search_keys;
pub mod simulate;
pub(crate) mod usage;
pub mod v1;

use serde_json::json;

use crate::{
    model::{
        Action, Authorization, AuthorizationId, Error, Expiry, Liveness, Networks, OrgId, Permission, Status,
        Timestamp, UserId,
        authorization::{MAX_DESCRIPTION, as_stored, clone_description},
        console::tokens::Details,
        grant,
        token::NewToken,
        user::check_text,
    },
    store::{self, Connection, authorizations::Secret},
};

use super::{
    Caller, Service,
    audit::Event,
    auth::{
        account_control::{check_changeable, check_revocable, check_things_in_org, reaches_owned},
        delegation::{check_grantable, check_scope},
        inherited_limits::Inheritance,
        required_permissions,
    },
    orgs::rules::rules_of,
    random,
    transaction::AuditedTransaction,
};

use constraints::{EffectiveLimits, LimitChanges};
use name_lookup::Names;
use request::{ParsedAuthorization, parse, parse_changes};
use search_keys::keys;

pub use request::{AuthorizationUpdate, CreateAuthorization, RequestedPermission, TokenOptions};

/// A new authorization with its token, which is not shown again.
#[derive(Clone, Debug)]
pub struct Created {
    pub details: Details,
    pub token: NewToken,
}

impl Service {
    /// Creates an authorization. The order of the checks is influxd's (docs/influxdb-compatibility.md §4.2). `form`:
    /// the idempotency key.
    ///
    /// # Errors
    /// [`Error::NoPermissions`], [`Error::OrgRequired`] and other errors of the request's content;
    /// [`Error::NotGrantable`], [`Error::InstanceNotGrantable`], [`Error::PermissionForOtherOrg`];
    /// [`Error::UnableToCreateToken`] for an unknown owner or organization; [`Error::RuleBroken`],
    /// [`Error::ExpiryPast`], [`Error::OutlivesCaller`], [`Error::ReachesBeyondCaller`]; a quota's error, such as
    /// [`Error::TooManyTokensOfUser`]; [`Error::AlreadyCreated`]; [`Error::Unauthorized`]; the database may fail.
    pub async fn create_authorization(
        &self,
        caller: &Caller,
        asked: CreateAuthorization,
        form: Option<&str>,
    ) -> Result<Created, Error> {
        let ParsedAuthorization { org, status, permissions } = parse(&asked)?;
        let owner = asked.user.unwrap_or_else(|| caller.id());
        let may_create = |caller: &Caller| {
            caller.check(required_permissions::authorizations(Action::Write, org))?;
            caller.check(required_permissions::user(Action::Write, owner))
        };
        // Skip the look-up for a caller who may not create anyway.
        may_create(caller)?;
        let mut things = self.look_up(caller, &permissions, org).await?;
        let (mut change, caller) = self.begin(caller).await?;
        may_create(&caller)?;
        things.keep_readable(&mut change, &caller, org).await?;
        let permissions = things.resolve(permissions, org)?;
        let new = NewAuthorization {
            org,
            owner,
            status,
            description: asked.description,
            permissions,
            expires_at: asked.expires_at,
            networks: asked.networks,
            replaces: None,
        };
        let created = self.create(&mut change, &caller, new, Event::AuthorizationCreated, form).await?;
        change.commit().await?;
        Ok(created)
    }

    /// Creates the All Access token of an organization for the caller (docs/influxdb-compatibility.md §9.6).
    ///
    /// # Errors
    /// Those of [`Service::create_authorization`].
    pub async fn create_all_access(
        &self,
        caller: &Caller,
        org: OrgId,
        given: TokenOptions,
        form: Option<&str>,
    ) -> Result<Created, Error> {
        let permissions = grant::all_access(org, caller.id()).into_iter().map(RequestedPermission::from).collect();
        let asked = CreateAuthorization { org: Some(org), permissions, ..given.into() };
        self.create_authorization(caller, asked, form).await
    }

    /// Creates an active token with the permissions and the owner of another one; the caller must hold all of them. The
    /// clone gets the original's lifetime, from now on, and its networks.
    ///
    /// # Errors
    /// [`Error::AuthorizationNotFound`]; [`Error::UserNotFound`] if the original ended; those of
    /// [`Service::create_authorization`].
    pub async fn clone_authorization(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        form: Option<&str>,
    ) -> Result<Created, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let original = readable(&mut change, &caller, id).await?;
        // An ended authorization must not be revived by a clone either.
        if original.ended_at.is_some() {
            return Err(Error::UserNotFound);
        }
        caller.check(required_permissions::authorizations(Action::Write, original.org))?;
        caller.check(required_permissions::user(Action::Write, original.user))?;
        let now = change.now;
        let new = NewAuthorization {
            org: original.org,
            owner: original.user,
            status: Status::Active,
            description: clone_description(&original.description, now),
            permissions: original.permissions,
            expires_at: Some(Expiry::same_life(original.created_at, original.expires_at, now)),
            networks: Some(original.networks),
            replaces: None,
        };
        let created = self.create(&mut change, &caller, new, Event::AuthorizationCloned, form).await?;
        change.commit().await?;
        Ok(created)
    }

    /// Checks the delegated permissions, limits and quotas, then inserts and records the authorization.
    ///
    /// # Errors
    /// Those of [`Service::create_authorization`].
    pub(super) async fn create(
        &self,
        change: &mut AuditedTransaction,
        caller: &Caller,
        mut new: NewAuthorization,
        event: Event,
        form: Option<&str>,
    ) -> Result<Created, Error> {
        new.permissions = as_stored(new.permissions);
        check_text("description", &new.description, MAX_DESCRIPTION)?;
        check_grantable(change, caller, &new.permissions).await?;
        check_scope(&new.permissions, new.org)?;
        check_things_in_org(change, &new.permissions, new.org).await?;
        if store::users::by_id(change, new.owner).await?.is_none()
            || store::orgs::by_id(change, new.org).await?.is_none()
        {
            return Err(Error::UnableToCreateToken);
        }
        let rules = rules_of(change, new.org).await?;
        let asked = constraints::RequestedLimits {
            org: new.org,
            description: &new.description,
            permissions: &new.permissions,
            expires_at: new.expires_at,
            networks: new.networks,
            now: change.now,
        };
        let now = change.now;
        let inheritance = Inheritance::of(change, caller, now).await?;
        let bounds = inheritance.bounds(change, asked.permissions, &asked.wish(), asked.org).await?;
        let EffectiveLimits { expires_at, networks } = constraints::effective_limits(caller, &bounds, &rules, asked)?;
        let token = NewToken::generate(random());
        let authorization = Authorization {
            id: AuthorizationId(self.next_id()),
            org: new.org,
            user: new.owner,
            created_by: caller.id(),
            status: new.status,
            description: new.description,
            permissions: new.permissions,
            token_prefix: token.prefix(),
            created_at: change.now,
            updated_at: change.now,
            expires_at,
            ended_at: None,
            networks,
            last_use: None,
            replaces: new.replaces,
            created_with: caller.authorization_id(),
            leaked_at: None,
        };
        self.0.quotas.check(change, &authorization).await?;
        idempotency::spend(change, form, caller.id()).await?;
        if !store::authorizations::insert(change, &authorization, Secret::Token(&token.hash()), &keys(&authorization))
            .await?
        {
            return Err(Error::TokenExists);
        }
        let mut detail = json!({
            "description": authorization.description, "prefix": authorization.token_prefix, "owner": authorization.user,
            "status": authorization.status, "permissions": authorization.permissions.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "expiresAt": authorization.expires_at, "allowedNetworks": authorization.networks,
        });
        if let Some(old) = authorization.replaces {
            detail["replaces"] = json!(old);
        }
        change.record(event, Some(authorization.org), authorization.id, detail).await?;
        Ok(Created { details: named(change, authorization).await?, token })
    }

    /// An authorization that the caller may read (docs/influxdb-compatibility.md §4.4).
    ///
    /// # Errors
    /// [`Error::AuthorizationNotFound`]; [`Error::UserNotFound`] or [`Error::OrgNotFound`] if it ended;
    /// [`Error::Unauthorized`]; the database may fail.
    pub async fn authorization(&self, caller: &Caller, id: AuthorizationId) -> Result<Details, Error> {
        let mut reader = self.read().await?;
        let authorization = self.with_last_use(readable(&mut reader, caller, id).await?);
        let names = Names::of(&mut reader, std::slice::from_ref(&authorization)).await?;
        refuse_orphan(&names, &authorization)?;
        Ok(names.details(authorization, self.now()))
    }

    /// An authorization for the console, also if it ended; with the rules that it breaks while it can still be used.
    ///
    /// # Errors
    /// [`Error::AuthorizationNotFound`]; [`Error::Unauthorized`]; the database may fail.
    pub async fn token_details(&self, caller: &Caller, id: AuthorizationId) -> Result<Details, Error> {
        let mut reader = self.read().await?;
        let authorization = self.with_last_use(readable(&mut reader, caller, id).await?);
        let names = Names::of(&mut reader, std::slice::from_ref(&authorization)).await?;
        let mut details = names.details(authorization, self.now());
        if matches!(details.liveness, Liveness::Live | Liveness::Inactive) {
            let rules = rules_of(&mut reader, details.authorization.org).await?;
            details.out_of_line = rules.broken_by(&details.authorization);
        }
        Ok(details)
    }

    /// Changes description, status, expiry and networks; permissions are immutable (docs/influxdb-compatibility.md
    /// §4.5). Ended authorizations cannot be changed, expired ones not revived.
    ///
    /// # Errors
    /// [`Error::AuthorizationNotFound`]; [`Error::UserNotFound`] or [`Error::OrgNotFound`] if it ended;
    /// [`Error::HoldsMore`], [`Error::BadAuthorizationStatus`], [`Error::TokenLeaked`],
    /// [`Error::AuthorizationExpired`], [`Error::ExpiryPast`], [`Error::RuleBroken`], [`Error::OutlivesCaller`],
    /// [`Error::ReachesBeyondCaller`]; [`Error::Unauthorized`]; the database may fail.
    pub async fn update_authorization(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        update: AuthorizationUpdate,
    ) -> Result<Details, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let before = readable(&mut change, &caller, id).await?;
        check_may_change(&mut change, &caller, &before, &update).await?;
        let names = Names::of(&mut change, std::slice::from_ref(&before)).await?;
        refuse_orphan(&names, &before)?;
        let changes = parse_changes(update, Error::BadAuthorizationStatus)?;
        let mut after = changed(&mut change, &caller, &before, changes).await?;
        after.updated_at = later_than(before.updated_at, change.now);
        store::authorizations::update(&mut change, &after, &keys(&after)).await?;
        let detail = constraints::difference(&before, &after);
        change.record(Event::AuthorizationUpdated, Some(after.org), id, detail).await?;
        let now = change.now;
        change.commit().await?;
        Ok(names.details(after, now))
    }

    /// Deletes an authorization: its token is denied from the next request on.
    ///
    /// # Errors
    /// [`Error::AuthorizationNotFound`], [`Error::HoldsMore`]; [`Error::Unauthorized`]; the database may fail.
    pub async fn delete_authorization(&self, caller: &Caller, id: AuthorizationId) -> Result<Authorization, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let authorization = existing(&mut change, id).await?;
        check_revocable(&mut change, &caller, &authorization).await?;
        store::authorizations::delete(&mut change, id).await?;
        let detail = json!({"description": authorization.description, "prefix": authorization.token_prefix, "owner": authorization.user});
        change.record(Event::AuthorizationDeleted, Some(authorization.org), id, detail).await?;
        change.commit().await?;
        Ok(authorization)
    }
}

/// An authorization to create, with resolved names.
pub(super) struct NewAuthorization {
    pub org: OrgId,
    pub owner: UserId,
    pub status: Status,
    pub description: String,
    pub permissions: Vec<Permission>,
    pub expires_at: Option<Expiry>,
    pub networks: Option<Networks>,
    /// The rotated token that it succeeds.
    pub replaces: Option<AuthorizationId>,
}

async fn existing(connection: &mut Connection, id: AuthorizationId) -> Result<Authorization, Error> {
    store::authorizations::by_id(connection, id).await?.ok_or(Error::AuthorizationNotFound)
}

/// An authorization that the caller may see.
///
/// # Errors
/// [`Error::AuthorizationNotFound`]; [`Error::Unauthorized`]; the database may fail.
pub(super) async fn readable(
    connection: &mut Connection,
    caller: &Caller,
    id: AuthorizationId,
) -> Result<Authorization, Error> {
    let authorization = existing(connection, id).await?;
    check_visible(connection, caller, &authorization).await?;
    Ok(authorization)
}

/// Denies a caller who may not read an authorization and owns no organization that it names.
///
/// # Errors
/// [`Error::Unauthorized`]; the database may fail.
pub(super) async fn check_visible(
    connection: &mut Connection,
    caller: &Caller,
    authorization: &Authorization,
) -> Result<(), Error> {
    match check_readable(caller, authorization) {
        Err(refusal @ Error::Unauthorized(_)) => {
            if reaches_owned(connection, caller, authorization).await? {
                Ok(())
            } else {
                Err(refusal)
            }
        }
        decided => decided,
    }
}

/// Denies a change that the caller may not make; owners of an organization that it names may deactivate it.
///
/// # Errors
/// [`Error::HoldsMore`]; [`Error::Unauthorized`]; the database may fail.
pub(super) async fn check_may_change(
    connection: &mut Connection,
    caller: &Caller,
    before: &Authorization,
    update: &AuthorizationUpdate,
) -> Result<(), Error> {
    if update.only_deactivates() {
        check_revocable(connection, caller, before).await
    } else {
        check_changeable(connection, caller, before).await
    }
}

/// An authorization after a change, within the rules of its organization and the limits that it inherits.
///
/// # Errors
/// Those of `constraints::changed`; the database may fail.
pub(super) async fn changed(
    change: &mut AuditedTransaction,
    caller: &Caller,
    before: &Authorization,
    changes: LimitChanges,
) -> Result<Authorization, Error> {
    let rules = rules_of(change, before.org).await?;
    let now = change.now;
    let mut bounds = Vec::new();
    if changes.are_limited(before) {
        let inheritance = Inheritance::of(change, caller, now).await?;
        bounds = inheritance.bounds_of_change(change, before, &changes.wish(before)).await?;
    }
    constraints::changed(&bounds, &rules, before, changes, now)
}

/// Denies a caller who may not read both the record and its owner.
///
/// # Errors
/// [`Error::Unauthorized`].
pub(super) fn check_readable(caller: &Caller, authorization: &Authorization) -> Result<(), Error> {
    caller.check(required_permissions::authorization(Action::Read, authorization.id, authorization.org))?;
    caller.check(required_permissions::user(Action::Read, authorization.user))
}

/// Denies an authorization whose owner or organization was deleted, even if the same id exists again.
///
/// # Errors
/// [`Error::UserNotFound`], [`Error::OrgNotFound`].
pub(super) fn refuse_orphan(names: &Names, authorization: &Authorization) -> Result<(), Error> {
    if names.user(authorization.user).is_none() {
        return Err(Error::UserNotFound);
    }
    if names.org(authorization.org).is_none() {
        return Err(Error::OrgNotFound);
    }
    if authorization.ended_at.is_some() { Err(Error::UserNotFound) } else { Ok(()) }
}

/// An authorization with its names, right after its creation.
///
/// # Errors
/// The database may fail.
pub(super) async fn named(connection: &mut Connection, authorization: Authorization) -> Result<Details, Error> {
    let names = Names::of(connection, std::slice::from_ref(&authorization)).await?;
    let now = authorization.created_at;
    Ok(names.details(authorization, now))
}

/// The time of a change, later than the one before: two changes in one microsecond keep their order.
pub(super) fn later_than(before: Timestamp, now: Timestamp) -> Timestamp {
    now.max(Timestamp::from_micros(before.micros() + 1))
}
