//! Set-up: the first user, organization, bucket and operator token, in one transaction.

use secrecy::{ExposeSecret, SecretString};

use jeton_model::{
    Authorization, AuthorizationId, Bucket, Networks, Org, Status, User, UserId,
    bucket::{Retention, check_bucket_name},
    grant,
    org::{Role, check_org_name},
    session_kind::SessionKind,
    token::{ADVISED_LENGTH, NewToken, is_jwt},
    user::{check_password, check_user_name},
};
use jeton_store::{authorizations::Secret, memberships::Of};

use crate::{
    Client, Error, Service,
    audit::{
        Event,
        detail::{orgs::SetUpDone, tokens::OperatorTokenCreated},
    },
    auth::sessions::{self, SignedIn},
    buckets::new_bucket,
    error::{CreationError, SetupError},
    fold,
    orgs::{create_system_buckets, new_org},
    random,
    tokens::search_keys::keys,
    transaction::AuditedTransaction,
};

/// The input of set-up.
pub struct SetUp {
    /// Name of the first user.
    pub username: String,
    /// `None`: the user cannot sign in, but the token works.
    pub password: Option<SecretString>,
    /// Name of the first organization.
    pub org: String,
    /// Name of the first bucket.
    pub bucket: String,
    /// The bucket's retention period, in seconds; 0 is forever.
    pub retention_seconds: i64,
    /// The operator token's value; `None` generates one.
    pub token: Option<SecretString>,
}

/// The result of set-up.
pub struct DoneSetUp {
    /// The first user, who owns the organization and the instance.
    pub user: User,
    /// The first organization.
    pub org: Org,
    /// The first bucket of the organization, besides its system buckets.
    pub bucket: Bucket,
    /// The record of the operator token.
    pub authorization: Authorization,
    /// The operator token, which is not shown again.
    pub token: NewToken,
    /// The session, if set-up was done in the console.
    pub session: Option<SignedIn>,
}

impl Service {
    /// Returns whether set-up has not been done: there is neither a user nor an organization.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn setup_allowed(&self) -> Result<bool, Error> {
        let mut reader = self.read().await?;
        nothing_there(&mut reader).await
    }

    /// Creates the first user, organization, bucket and operator token. `sign_in`: also begins a console session.
    ///
    /// # Errors
    /// [`SetupError::AlreadyDone`]; [`SetupError::Missing`], [`CreationError::BadSuppliedToken`] and the errors of
    /// invalid names, password or retention; the database may fail.
    pub async fn set_up(&self, given: SetUp, client: &Client, sign_in: bool) -> Result<DoneSetUp, Error> {
        if !self.setup_allowed().await? {
            return Err(Error::Setup(SetupError::AlreadyDone));
        }
        let retention = check(&given)?;
        let is_short = given.token.as_ref().is_some_and(|token| token.expose_secret().len() < ADVISED_LENGTH);
        let password_hash = match &given.password {
            Some(password) => Some(self.passwords().hash(password).await?),
            None => None,
        };
        let mut change = self.begin_as(client.address.map(|address| address.to_string())).await?;
        // Checked again under the write lock: of two concurrent set-ups, one succeeds.
        if !nothing_there(&mut change).await? {
            return Err(Error::Setup(SetupError::AlreadyDone));
        }
        let user = User { id: UserId(self.next_id()), name: given.username, status: Status::Active };
        change.acts_as(user.id);
        let mut done = create(&mut change, self, user, &given.org, &given.bucket, retention, given.token).await?;
        if let Some(hash) = password_hash {
            let now = change.now;
            jeton_store::users::set_password_hash(&mut change, done.user.id, &hash, now).await?;
        }
        if sign_in {
            done.session =
                Some(sessions::begin_session(&mut change, done.user.clone(), SessionKind::Console, client).await?);
        }
        change.commit().await?;
        if is_short {
            tracing::warn!(
                "the operator token given at set-up has fewer than {ADVISED_LENGTH} characters and can be guessed; \
                 create another operator token, then delete this one"
            );
        }
        Ok(done)
    }
}

async fn nothing_there(connection: &mut jeton_store::Connection) -> Result<bool, Error> {
    Ok(!jeton_store::users::any(connection).await? && !jeton_store::orgs::any(connection).await?)
}

fn check(given: &SetUp) -> Result<Retention, Error> {
    let fields = [("username", &given.username), ("org", &given.org), ("bucket", &given.bucket)];
    let missing: Vec<String> =
        fields.into_iter().filter(|(_, value)| value.is_empty()).map(|(name, _)| name.into()).collect();
    if !missing.is_empty() {
        return Err(Error::Setup(SetupError::Missing(missing)));
    }
    check_user_name(&given.username)?;
    if let Some(password) = &given.password {
        check_password(password.expose_secret())?;
    }
    check_org_name(&given.org)?;
    check_bucket_name(&given.bucket)?;
    if let Some(token) = &given.token {
        check_supplied_token(token.expose_secret())?;
    }
    Ok(Retention::new(given.retention_seconds, 0)?)
}

/// Checks that a supplied token can be sent in a header and is not taken for a JWT.
///
/// # Errors
/// [`CreationError::BadSuppliedToken`].
pub(super) fn check_supplied_token(token: &str) -> Result<(), Error> {
    let fits = (1..=512).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic()) && !is_jwt(token);
    if fits { Ok(()) } else { Err(Error::Creation(CreationError::BadSuppliedToken)) }
}

async fn create(
    change: &mut AuditedTransaction,
    service: &Service,
    user: User,
    org: &str,
    bucket: &str,
    retention: Retention,
    token: Option<SecretString>,
) -> Result<DoneSetUp, Error> {
    let now = change.now;
    let name_key = fold(&user.name);
    jeton_store::users::insert(
        change,
        jeton_store::users::New { user: &user, name_key: &name_key, password_hash: None, now },
    )
    .await?;
    let org = new_org(org, "", now);
    jeton_store::orgs::insert(change, &org, &fold(&org.name)).await?;
    create_system_buckets(change, org.id).await?;
    jeton_store::memberships::insert(change, Of::Org(org.id), user.id, Role::Owner, now).await?;
    jeton_store::memberships::insert(change, Of::Instance, user.id, Role::Owner, now).await?;
    let bucket = new_bucket(org.id, bucket, "", retention, now);
    jeton_store::buckets::insert(change, &bucket, &fold(&bucket.name)).await?;
    let detail = SetUpDone { organization: &org.name, user: &user.name, bucket: &bucket.name };
    change.record(Event::SetUp, Some(org.id), org.id, detail).await?;

    let token =
        token.map_or_else(|| NewToken::generate(random()), |token| NewToken::supplied(token.expose_secret().into()));
    let description = format!("{}'s Token", user.name);
    let authorization = insert_operator(change, service, &user, &org, description, &token).await?;
    Ok(DoneSetUp { user, org, bucket, authorization, token, session: None })
}

/// Inserts an operator token of a user in an organization, and records it.
///
/// # Errors
/// [`CreationError::TokenExists`]; the database may fail.
pub(super) async fn insert_operator(
    change: &mut AuditedTransaction,
    service: &Service,
    user: &User,
    org: &Org,
    description: String,
    token: &NewToken,
) -> Result<Authorization, Error> {
    let new = Authorization {
        id: AuthorizationId(service.next_id()),
        org: org.id,
        user: user.id,
        created_by: user.id,
        status: Status::Active,
        description,
        permissions: grant::operator(),
        token_prefix: token.prefix(),
        created_at: change.now,
        updated_at: change.now,
        expires_at: None,
        ended_at: None,
        networks: Networks::default(),
        last_use: None,
        replaces: None,
        created_with: None,
        leaked_at: None,
    };
    if !jeton_store::authorization_insert::insert(change, &new, Secret::Token(&token.hash()), &keys(&new)).await? {
        return Err(Error::Creation(CreationError::TokenExists));
    }
    let detail = OperatorTokenCreated {
        description: &new.description,
        prefix: new.token_prefix.as_deref(),
        permissions: new.permissions.len(),
    };
    change.record(Event::AuthorizationCreated, Some(org.id), new.id, detail).await?;
    Ok(new)
}
