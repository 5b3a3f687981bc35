//! Credentials for 1.x clients: a user name and a password that carry permissions (docs/influxdb-compatibility.md
//! §6.1–§6.3).

use std::collections::BTreeSet;

use secrecy::{ExposeSecret, SecretString};

use jeton_model::{
    Action, Authorization, AuthorizationId, Id, OrgId, ResourceType, UserId, V1Authorization,
    authorization::as_stored,
    console::{databases::RefusedV1Credential, tokens::Details},
    user::{MAX_NAME, check_password, check_text},
};
use jeton_store::{Connection, authorization_filter::Filter, authorizations::Secret};

use crate::{
    Caller, Error, Service,
    audit::{
        Event,
        detail::{
            NoDetail,
            token_changes::AuthorizationUpdated,
            tokens::{AuthorizationCreated, AuthorizationDeleted, CredentialName},
        },
    },
    auth::{
        account_control::{check_holds_no_more, check_revocable},
        inherited_limits::Inheritance,
        permitted_things::PermittedThings,
        required_permissions,
    },
    error::{AuthError, CreationError, TokenError},
    orgs::rules::rules_of,
    transaction::AuditedTransaction,
};

use super::{
    access::{check_may_change, check_visible, refuse_orphan},
    api_list::{AT_ONCE, Place, named_owner_and_org},
    changed,
    constraints::{AuthorizationChanges, EffectiveLimits, RequestedLimits, check_within},
    later_than,
    name_lookup::Names,
    prepare::{Constraints, Home, check_content},
    request::{AuthorizationUpdate, CreateAuthorization, parse_changes},
    search_keys::keys,
};

/// A 1.x credential with the names of what it mentions.
#[derive(Clone, Debug)]
pub struct V1Details {
    /// The record, with the names of what it mentions.
    pub details: Details,
    /// The user name that the client sends; it is not secret.
    pub username: String,
}

/// Filters of a list of 1.x credentials. The names are looked up and filter nothing, as in influxd.
#[derive(Clone, Debug, Default)]
pub struct V1Query {
    /// Selects the credential with this id; overrides the other filters.
    pub id: Option<AuthorizationId>,
    /// Selects the credential with this user name; `user` and `org` are ignored.
    pub username: Option<String>,
    /// Restricts to credentials of this owner.
    pub user: Option<UserId>,
    /// Name of an owner, who must exist.
    pub user_name: Option<String>,
    /// Restricts to credentials of this organization.
    pub org: Option<OrgId>,
    /// Name of an organization, which must exist.
    pub org_name: Option<String>,
}

/// A list of 1.x credentials by ascending ids, read in portions.
pub struct V1List {
    service: Service,
    filter: Filter,
    place: Place,
}

impl V1List {
    /// The next credentials; `None` at the end.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn next(&mut self) -> Result<Option<Vec<V1Details>>, Error> {
        let Some(start) = self.place.start() else { return Ok(None) };
        let mut reader = self.service.read().await?;
        let (found, end) = jeton_store::v1_authorizations::portion(&mut reader, &self.filter, start, AT_ONCE).await?;
        self.place = end.into();
        self.service.with_names(&mut reader, found).await.map(Some)
    }
}

impl Service {
    /// Creates a credential without a password: it does not work until one is set.
    ///
    /// # Errors
    /// Those of [`Service::create_authorization`]; [`CreationError::V1TokenRequired`],
    /// [`CreationError::V1BucketNotFound`]; [`CreationError::TokenExists`] for a taken user name.
    pub async fn create_v1_authorization(
        &self,
        caller: &Caller,
        requested: CreateAuthorization,
        username: String,
    ) -> Result<V1Details, Error> {
        let (org, status) = requested.check()?;
        let owner = requested.user.unwrap_or_else(|| caller.id());
        let (mut change, caller, permissions) = self.begin_creation(caller, org, owner, requested.permissions).await?;
        let permissions = as_stored(permissions);
        let things = check_content(&mut change, &caller, org, &requested.description, &permissions).await?;
        check_username(&username)?;
        let wanted = RequestedLimits {
            org,
            description: &requested.description,
            permissions: &permissions,
            expires_at: requested.expires_at,
            networks: requested.networks,
            now: change.now,
        };
        let rules = rules_of(&mut change, org).await?;
        let constraints = Constraints::of(&mut change, &caller, rules, &wanted).await?;
        let EffectiveLimits { expires_at, networks } = constraints.limits(&caller, wanted)?;
        let authorization = Authorization {
            id: AuthorizationId(self.next_id()),
            org,
            user: owner,
            created_by: caller.id(),
            status,
            description: requested.description,
            permissions,
            token_prefix: None,
            created_at: change.now,
            updated_at: change.now,
            expires_at,
            ended_at: None,
            networks,
            last_use: None,
            replaces: None,
            created_with: caller.authorization_id(),
            leaked_at: None,
        };
        check_buckets_exist(&things, &authorization)?;
        let home = self.insert_v1(&mut change, &caller, &authorization, &username).await?;
        let mut names = Names::with(&[&home.owner, &caller.user], (org, home.org_name), things);
        names.read_missing(&mut change, std::slice::from_ref(&authorization)).await?;
        let details = names.details(authorization, change.now);
        change.commit().await?;
        Ok(V1Details { details, username })
    }

    async fn insert_v1(
        &self,
        change: &mut AuditedTransaction,
        caller: &Caller,
        new: &Authorization,
        username: &str,
    ) -> Result<Home, Error> {
        let home = Home::of(change, caller, new.user, new.org).await?;
        self.0.quotas.check(home.of_user, home.of_org, new)?;
        if !jeton_store::authorization_insert::insert(change, new, Secret::Username(username), &keys(new)).await? {
            return Err(Error::Creation(CreationError::TokenExists));
        }
        let detail = AuthorizationCreated::of(new, CredentialName::Username(username));
        change.record(Event::V1AuthorizationCreated, Some(new.org), new.id, detail).await?;
        Ok(home)
    }

    /// Collects all of [`Service::v1_authorization_list`].
    ///
    /// # Errors
    /// Those of [`Service::v1_authorization_list`].
    pub async fn v1_authorizations(&self, caller: &Caller, query: &V1Query) -> Result<Vec<V1Details>, Error> {
        let mut list = self.v1_authorization_list(caller, query).await?;
        let mut all = Vec::new();
        while let Some(some) = list.next().await? {
            all.extend(some);
        }
        Ok(all)
    }

    /// Lists the credentials that the caller may see, without those that ended.
    ///
    /// # Errors
    /// [`TokenError::NotFound`], `UserError::NotFound`, `OrgError::NameNotFound`; the database may fail.
    pub async fn v1_authorization_list(&self, caller: &Caller, query: &V1Query) -> Result<V1List, Error> {
        let mut reader = self.read().await?;
        let mut filter = Filter { visible: caller.visible(), without_ended: true, ..Filter::default() };
        match (query.id, &query.username) {
            (Some(id), _) => filter.id = Some(existing(&mut reader, id).await?.authorization.id),
            (None, Some(name)) => {
                let found = jeton_store::v1_authorizations::by_username(&mut reader, name).await?;
                filter.id = Some(found.ok_or(Error::Token(TokenError::NotFound))?.authorization.id);
            }
            (None, None) => (filter.user, filter.org) = (query.user, query.org),
        }
        named_owner_and_org(&mut reader, caller, query.user_name.as_deref(), query.org_name.as_deref()).await?;
        Ok(V1List { service: self.clone(), filter, place: Place::Begins(None) })
    }

    /// A credential that the caller may see.
    ///
    /// # Errors
    /// [`TokenError::NotFound`]; `UserError::NotFound` or `OrgError::NotFound` if it ended;
    /// `AuthError::Unauthorized`; the database may fail.
    pub async fn v1_authorization(&self, caller: &Caller, id: AuthorizationId) -> Result<V1Details, Error> {
        let mut reader = self.read().await?;
        let V1Authorization { authorization, username } = existing(&mut reader, id).await?;
        check_visible(&mut reader, caller, &authorization).await?;
        let names = Names::of(&mut reader, std::slice::from_ref(&authorization)).await?;
        refuse_orphan(&names, &authorization)?;
        Ok(V1Details { details: names.details(authorization, self.now()), username })
    }

    /// Changes description, status, expiry and networks; the user name and the permissions are immutable.
    ///
    /// # Errors
    /// [`TokenError::V1Status`]; otherwise those of [`Service::update_authorization`].
    pub async fn update_v1_authorization(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        update: AuthorizationUpdate,
    ) -> Result<V1Details, Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let V1Authorization { authorization: before, username } = existing(&mut change, id).await?;
        check_visible(&mut change, &caller, &before).await?;
        check_may_change(&mut change, &caller, &before, &update).await?;
        let names = Names::of(&mut change, std::slice::from_ref(&before)).await?;
        refuse_orphan(&names, &before)?;
        let changes = parse_changes(update, Error::Token(TokenError::V1Status))?;
        let mut after = changed(&mut change, &caller, &before, changes).await?;
        after.updated_at = later_than(before.updated_at, change.now);
        jeton_store::authorizations::update(&mut change, &after, &keys(&after)).await?;
        let detail = AuthorizationUpdated::of(&before, &after, None);
        change.record(Event::V1AuthorizationUpdated, Some(after.org), id, detail).await?;
        let now = change.now;
        change.commit().await?;
        Ok(V1Details { details: names.details(after, now), username })
    }

    /// Sets the password; the previous one is denied from the next request on.
    ///
    /// # Errors
    /// `ValidationError::PasswordLength`, [`TokenError::NotFound`], `AuthError::HoldsMore`,
    /// `DelegationError::OutlivesCaller`, `DelegationError::ReachesBeyondCaller`; `AuthError::Unauthorized`; the
    /// database may fail.
    pub async fn set_v1_password(
        &self,
        caller: &Caller,
        id: AuthorizationId,
        password: &SecretString,
    ) -> Result<(), Error> {
        check_password(password.expose_secret())?;
        let mut reader = self.read().await?;
        let found = existing(&mut reader, id).await?;
        drop(reader);
        caller.check(required_permissions::user(Action::Write, found.authorization.user))?;
        let hash = self.passwords().hash(password).await?;
        let (mut change, caller) = self.begin(caller).await?;
        let mut authorization = existing(&mut change, id).await?.authorization;
        caller.check(required_permissions::user(Action::Write, authorization.user))?;
        // The caller who sets the password can use the credential from then on.
        check_holds_no_more(&mut change, &caller, &authorization).await?;
        let now = change.now;
        let inheritance = Inheritance::of(&mut change, &caller, now).await?;
        let wish = AuthorizationChanges::default().wish(&authorization);
        let bounds = inheritance.bounds_of_change(&mut change, &authorization, &wish).await?;
        check_within(&bounds, authorization.expires_at, &authorization.networks)?;
        // So it counts as created with the token that sets it.
        authorization.created_with = caller.authorization_id().or(authorization.created_with);
        authorization.updated_at = later_than(authorization.updated_at, change.now);
        jeton_store::v1_authorizations::set_password_hash(&mut change, &authorization, &hash).await?;
        change.record(Event::V1PasswordSet, Some(authorization.org), id, NoDetail {}).await?;
        change.commit().await
    }

    /// Deletes a credential: it is denied from the next request on.
    ///
    /// # Errors
    /// [`TokenError::NotFound`], `AuthError::HoldsMore`; `AuthError::Unauthorized`; the database may fail.
    pub async fn delete_v1_authorization(&self, caller: &Caller, id: AuthorizationId) -> Result<(), Error> {
        let (mut change, caller) = self.begin(caller).await?;
        let V1Authorization { authorization, username } = existing(&mut change, id).await?;
        check_revocable(&mut change, &caller, &authorization).await?;
        jeton_store::authorizations::delete(&mut change, id).await?;
        let detail = AuthorizationDeleted::of(&authorization, CredentialName::Username(&username));
        change.record(Event::V1AuthorizationDeleted, Some(authorization.org), id, detail).await?;
        change.commit().await
    }

    async fn with_names(&self, reader: &mut Connection, found: Vec<V1Authorization>) -> Result<Vec<V1Details>, Error> {
        let (authorizations, usernames): (Vec<_>, Vec<_>) =
            found.into_iter().map(|found| (found.authorization, found.username)).unzip();
        let names = Names::of(reader, &authorizations).await?;
        let now = self.now();
        let details = authorizations.into_iter().map(|authorization| names.details(authorization, now));
        Ok(details.zip(usernames).map(|(details, username)| V1Details { details, username }).collect())
    }
}

/// Returns the 1.x credential with an id, with its user name if the caller may see it; `None` for a token.
///
/// # Errors
/// The database may fail.
pub(crate) async fn refused(
    connection: &mut Connection,
    caller: &Caller,
    id: AuthorizationId,
) -> Result<Option<RefusedV1Credential>, Error> {
    let Some(found) = jeton_store::v1_authorizations::by_id(connection, id).await? else { return Ok(None) };
    let username = match check_visible(connection, caller, &found.authorization).await {
        Ok(()) => Some(found.username),
        Err(Error::Auth(AuthError::Unauthorized(_))) => None,
        Err(error) => return Err(error),
    };
    Ok(Some(RefusedV1Credential { id, username }))
}

/// A 1.x credential, whoever may see it.
///
/// # Errors
/// [`TokenError::NotFound`]; the database may fail.
pub(super) async fn existing(connection: &mut Connection, id: AuthorizationId) -> Result<V1Authorization, Error> {
    jeton_store::v1_authorizations::by_id(connection, id).await?.ok_or(Error::Token(TokenError::NotFound))
}

fn check_username(username: &str) -> Result<(), Error> {
    if username.is_empty() {
        return Err(Error::Creation(CreationError::V1TokenRequired));
    }
    Ok(check_text("token", username, MAX_NAME)?)
}

/// Checks that named buckets exist, which 1.x requires unlike v2. `things`: what the permissions name.
fn check_buckets_exist(things: &PermittedThings, new: &Authorization) -> Result<(), Error> {
    let buckets = new.permissions.iter().map(|permission| permission.resource);
    let buckets = buckets.filter(|resource| resource.kind == ResourceType::Buckets);
    let named: BTreeSet<Id> = buckets.filter_map(|resource| resource.id).collect();
    if things.buckets.len() == named.len() { Ok(()) } else { Err(Error::Creation(CreationError::V1BucketNotFound)) }
}
