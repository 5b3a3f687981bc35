//! Creation of authorizations: from a request, all access, or a clone.

use jeton_model::{
    Action, Authorization, AuthorizationId, Expiry, IdempotencyKey, Networks, OrgId, Permission, Status, UserId,
    authorization::{as_stored, clone_description},
    console::tokens::Details,
    grant,
    token::NewToken,
};
use jeton_store::{Connection, authorizations::Secret};

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::tokens::{AuthorizationCreated, CredentialName},
    },
    auth::required_permissions,
    error::UserError,
    transaction::AuditedTransaction,
};

use super::{
    access::readable,
    constraints::{EffectiveLimits, RequestedLimits},
    idempotency,
    name_lookup::Names,
    prepare::{Constraints, Home, check_content},
    request::{CreateAuthorization, RequestedPermission, TokenOptions},
    search_keys::keys,
    supplied::TokenSource,
};

/// A new authorization with its token, which is not shown again.
#[derive(Clone, Debug)]
pub struct Created {
    /// The record, with the names of what it mentions.
    pub details: Details,
    /// The token, which is stored only as a hash.
    pub token: NewToken,
}

impl Service {
    /// Creates an authorization. The order of the checks is influxd's (docs/influxdb-compatibility.md §4.2). `key`:
    /// the idempotency key of the form.
    ///
    /// # Errors
    /// `CreationError::NoPermissions`, `CreationError::OrgRequired` and other errors of the request's content;
    /// `DelegationError::NotGrantable`, `DelegationError::InstanceNotGrantable`,
    /// `DelegationError::PermissionForOtherOrg`; `CreationError::UnableToCreateToken` for an unknown owner or
    /// organization; `TokenError::RuleBroken`, `TokenError::ExpiryPast`, `DelegationError::OutlivesCaller`,
    /// `DelegationError::ReachesBeyondCaller`; a quota's error, such as `QuotaError::TokensOfUser`;
    /// `CreationError::AlreadyCreated`; `CreationError::TokenNotAvailable` and `ValidationError::Field` for a supplied
    /// token; `AuthError::Unauthorized`; the database may fail.
    pub async fn create_authorization(
        &self,
        caller: &Caller,
        requested: CreateAuthorization,
        key: Option<&IdempotencyKey>,
    ) -> Result<Created, Error> {
        let (org, status) = requested.check()?;
        let owner = requested.user.unwrap_or_else(|| caller.id());
        let token = TokenSource::parse(requested.token)?;
        let (mut change, caller, permissions) = self.begin_creation(caller, org, owner, requested.permissions).await?;
        let new = NewAuthorization {
            org,
            owner,
            status,
            description: requested.description,
            permissions,
            expires_at: requested.expires_at,
            networks: requested.networks,
            replaces: None,
            is_renewal: false,
            token,
        };
        let created = self.create(&mut change, &caller, new, Event::AuthorizationCreated, key).await?;
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
        key: Option<&IdempotencyKey>,
    ) -> Result<Created, Error> {
        let permissions = grant::all_access(org, caller.id()).into_iter().map(RequestedPermission::from).collect();
        let requested = CreateAuthorization { org: Some(org), permissions, ..given.into() };
        self.create_authorization(caller, requested, key).await
    }

    /// Creates an active token with the permissions and the owner of another one; the caller must hold all of them. The
    /// clone gets the original's lifetime, from now on, and its networks.
    ///
    /// # Errors
    /// `TokenError::NotFound`; [`UserError::NotFound`] if the original ended; those of
    /// [`Service::create_authorization`].
    pub async fn clone_authorization(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        key: Option<&IdempotencyKey>,
    ) -> Result<Created, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let original = readable(&mut change, &caller, id).await?;
        // An ended authorization must not be revived by a clone either.
        if original.ended_at.is_some() {
            return Err(Error::User(UserError::NotFound));
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
            is_renewal: false,
            token: TokenSource::Generated,
        };
        let created = self.create(&mut change, &caller, new, Event::AuthorizationCloned, key).await?;
        change.commit().await?;
        Ok(created)
    }

    /// Checks the delegated permissions, limits and quotas, then inserts and records the authorization.
    ///
    /// # Errors
    /// Those of [`Service::create_authorization`].
    pub(crate) async fn create(
        &self,
        change: &mut AuditedTransaction,
        caller: &Caller,
        mut new: NewAuthorization,
        event: Event,
        key: Option<&IdempotencyKey>,
    ) -> Result<Created, Error> {
        new.permissions = as_stored(new.permissions);
        let things = check_content(change, caller, new.org, &new.description, &new.permissions).await?;
        let home = Home::of(change, caller, new.owner, new.org).await?;
        let requested = RequestedLimits {
            org: new.org,
            description: &new.description,
            permissions: &new.permissions,
            expires_at: new.expires_at,
            networks: new.networks,
            now: change.now,
        };
        let constraints = Constraints::of(change, caller, home.rules, &requested).await?;
        self.check_may_supply(caller, &new.token, new.org, &constraints.bounds, &constraints.rules)?;
        let EffectiveLimits { expires_at, networks } = constraints.limits(caller, requested)?;
        let (token, hash) = new.token.issue();
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
        self.0.quotas.check(home.of_user, home.of_org, &authorization)?;
        idempotency::spend(change, key, caller.id()).await?;
        new.token.check_available(change).await?;
        let keys = keys(&authorization);
        if !jeton_store::authorization_insert::insert(change, &authorization, Secret::Token(&hash), &keys).await? {
            return Err(new.token.taken());
        }
        if !new.is_renewal && constraints.bounds.iter().any(|bounds| bounds.expires_at.is_some()) {
            // It must not outlive the credentials that it stems from.
            jeton_store::rotations::set_cut_short(change, authorization.id, true).await?;
        }
        let name = CredentialName::of_token(&authorization);
        let detail = AuthorizationCreated::of(&authorization, name).supplied_as(new.token.supplied_as());
        change.record(event, Some(authorization.org), authorization.id, detail).await?;
        let mut names = Names::with(&[&home.owner, &caller.user], (authorization.org, home.org_name), things);
        names.read_missing(change, std::slice::from_ref(&authorization)).await?;
        let now = authorization.created_at;
        Ok(Created { details: names.details(authorization, now), token })
    }
}

/// An authorization to create, with resolved names.
pub(crate) struct NewAuthorization {
    /// The organization of the token.
    pub org: OrgId,
    /// The user it belongs to.
    pub owner: UserId,
    /// The initial status.
    pub status: Status,
    /// A text of at most 1024 bytes.
    pub description: String,
    /// The permissions, in the order given.
    pub permissions: Vec<Permission>,
    /// The requested expiry; `None`: the organization's default life, within the inherited expiry.
    pub expires_at: Option<Expiry>,
    /// The requested networks; `None`: the inherited networks.
    pub networks: Option<Networks>,
    /// The rotated token that it succeeds.
    pub replaces: Option<AuthorizationId>,
    /// True if the caller is that token and renews its life: see [`super::self_rotation`].
    pub is_renewal: bool,
    /// The token: generated, unless the creator supplies it.
    pub token: TokenSource,
}

/// An authorization with its names, right after its creation.
///
/// # Errors
/// The database may fail.
pub(crate) async fn named(connection: &mut Connection, authorization: Authorization) -> Result<Details, Error> {
    let names = Names::of(connection, std::slice::from_ref(&authorization)).await?;
    let now = authorization.created_at;
    Ok(names.details(authorization, now))
}
