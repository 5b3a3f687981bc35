//! Authentication: the user and the permissions of a token or a session key.

use std::sync::Arc;

use jeton_model::{
    Action, AuthorizationId, Permission, Status, Timestamp, User, UserId, grant, org::Role,
    presented_token::PresentedToken, session_kind::SessionKind,
};
use jeton_store::{Connection, memberships::Of, sessions::Session};

use crate::{Caller, Client, Error, Service, audit::denial_reason::DenialReason, error::AuthError};

use super::{
    caller::Credential,
    credential_status::{CredentialStatus, PresentedFrom},
    sessions,
    verifier::KnownToken,
};

impl Service {
    /// The caller of this token (docs/influxdb-compatibility.md §2). An inactive token still identifies its user, but
    /// permits nothing.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`] for a token that is unknown, ended, expired or from a foreign network;
    /// [`AuthError::UserInactive`]; [`AuthError::TooManyAttempts`] at the rate limit of unknown tokens; the database
    /// may fail.
    pub async fn caller_by_token(&self, token: &str, client: Client) -> Result<Caller, Error> {
        let found = self.token_of_client(&PresentedToken::new(token), &client).await?;
        let known = found.ok_or(Error::Auth(AuthError::Unauthenticated))?;
        let now = self.now();
        let caller = self.caller_with(&known, client, now);
        self.note_use(known.id(), now, &caller);
        caller
    }

    /// The caller of this session key, whose use renews the session. A key of the console is not accepted at the API,
    /// nor the other way round.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`] for a key that is unknown, expired or of the other kind;
    /// [`AuthError::UserInactive`]; the database may fail.
    pub async fn caller_by_session(&self, key: &str, kind: SessionKind, client: Client) -> Result<Caller, Error> {
        let now = self.now();
        let (session, caller) = self.session_and_caller(key, kind, client, now).await?;
        self.renew(&session, now).await;
        Ok(caller)
    }

    /// The caller of a session key, without renewal, for a page's automatic requests: an unattended page must not keep
    /// a session alive.
    ///
    /// # Errors
    /// Those of [`Service::caller_by_session`].
    pub async fn caller_by_unattended_session(
        &self,
        key: &str,
        kind: SessionKind,
        client: Client,
    ) -> Result<Caller, Error> {
        Ok(self.session_and_caller(key, kind, client, self.now()).await?.1)
    }

    async fn session_and_caller(
        &self,
        key: &str,
        kind: SessionKind,
        client: Client,
        now: Timestamp,
    ) -> Result<(Session, Caller), Error> {
        let mut reader = self.read().await?;
        let session = unexpired_session(&mut reader, &sessions::key_hash(key), now).await?;
        if session.kind != kind {
            self.note_session(&session, DenialReason::Surface, &client);
            return Err(Error::Auth(AuthError::Unauthenticated));
        }
        check_not_ended(&mut reader, &session).await?;
        let caller = caller_in(&mut reader, &session, client, now).await?;
        Ok((session, caller))
    }

    /// Reads a caller again, in a transaction.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`], [`AuthError::V1Unauthorized`] or [`AuthError::UserInactive`] if the credential
    /// no longer works; the database may fail.
    pub(crate) async fn caller_again(
        &self,
        connection: &mut Connection,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Caller, Error> {
        let client = caller.client.clone();
        match &caller.credential {
            Credential::Token(id) => {
                let found = jeton_store::authorizations::with_owner_by_id(connection, *id).await?;
                let (record, owner) = found.ok_or(Error::Auth(AuthError::Unauthenticated))?;
                self.caller_with(&KnownToken::new(record, owner), client, now)
            }
            Credential::V1(id) => {
                let found = jeton_store::v1_authorizations::by_id(connection, *id).await?;
                let found = found.ok_or(Error::Auth(AuthError::V1Unauthorized))?.authorization;
                self.v1_caller(&KnownToken::read(connection, found).await?, Credential::V1, client, now)
            }
            Credential::Session(key_hash) => {
                let session = unexpired_session(connection, key_hash, now).await?;
                check_not_ended(connection, &session).await?;
                caller_in(connection, &session, client, now).await
            }
        }
    }

    /// The caller of a token; whatever does not work is denied.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`]; [`AuthError::UserInactive`].
    pub(super) fn caller_with(&self, known: &KnownToken, client: Client, now: Timestamp) -> Result<Caller, Error> {
        let standing = known.status(PresentedFrom::From(client.address), now);
        self.note_standing(known.id(), &standing, &client);
        match standing {
            CredentialStatus::Live(user) => Ok(with_token(known, user, Credential::Token, client)),
            CredentialStatus::Inactive(user) => {
                Ok(Caller { inactive: true, ..with_token(known, user, Credential::Token, client) })
            }
            CredentialStatus::Invalid(death) => Err(death.refusal()),
        }
    }

    /// The caller of a 1.x client's credential, or of a token that such a client sent; whatever is not live is denied
    /// with the same text (docs/influxdb-compatibility.md §6.4).
    ///
    /// # Errors
    /// [`AuthError::V1Unauthorized`].
    pub(crate) fn v1_caller(
        &self,
        known: &KnownToken,
        credential: fn(AuthorizationId) -> Credential,
        client: Client,
        now: Timestamp,
    ) -> Result<Caller, Error> {
        let standing = known.status(PresentedFrom::From(client.address), now);
        self.note_standing(known.id(), &standing, &client);
        let CredentialStatus::Live(user) = standing else { return Err(Error::Auth(AuthError::V1Unauthorized)) };
        Ok(with_token(known, user, credential, client))
    }

    /// Records the denial of a credential that is not live.
    fn note_standing(&self, id: AuthorizationId, standing: &CredentialStatus, client: &Client) {
        match standing {
            CredentialStatus::Live(_) => {}
            CredentialStatus::Inactive(_) => self.note_refusal(id, DenialReason::Inactive, client),
            CredentialStatus::Invalid(death) => self.note_refusal(id, DenialReason::Invalid(*death), client),
        }
    }
}

/// The caller of a credential that is active. Nothing is copied: this runs at each request.
fn with_token(
    known: &KnownToken,
    user: Arc<User>,
    credential: fn(AuthorizationId) -> Credential,
    client: Client,
) -> Caller {
    Caller {
        user,
        credential: credential(known.id()),
        permissions: Arc::clone(known.permissions()),
        inactive: false,
        expires_at: known.expires_at(),
        networks: Arc::clone(known.networks()),
        client,
    }
}

async fn unexpired_session(connection: &mut Connection, key_hash: &str, now: Timestamp) -> Result<Session, Error> {
    let session = jeton_store::sessions::by_key_hash(connection, key_hash)
        .await?
        .ok_or(Error::Auth(AuthError::Unauthenticated))?;
    if session.expires_at <= now || session.ends_at <= now {
        return Err(Error::Auth(AuthError::Unauthenticated));
    }
    Ok(session)
}

/// Denies a session that ended with its user: like influxd while the user is inactive or deleted, and like an unknown
/// one once they are active again.
async fn check_not_ended(connection: &mut Connection, session: &Session) -> Result<(), Error> {
    if session.ended_at.is_none() {
        return Ok(());
    }
    active_user(connection, session.user).await?;
    Err(Error::Auth(AuthError::Unauthenticated))
}

async fn caller_in(
    connection: &mut Connection,
    session: &Session,
    client: Client,
    now: Timestamp,
) -> Result<Caller, Error> {
    let user = active_user(connection, session.user).await?;
    let permissions = permissions_of(connection, user.id, &client, now).await?;
    let credential = Credential::Session(session.key_hash.clone());
    Ok(Caller {
        user: Arc::new(user),
        credential,
        permissions: permissions.into(),
        inactive: false,
        expires_at: None,
        networks: Arc::default(),
        client,
    })
}

/// A user who must be active. A deleted user is denied like an inactive one, as in influxd.
async fn active_user(connection: &mut Connection, id: UserId) -> Result<User, Error> {
    let user = jeton_store::users::by_id(connection, id).await?.ok_or(Error::Auth(AuthError::UserInactive))?;
    if user.status == Status::Active { Ok(user) } else { Err(Error::Auth(AuthError::UserInactive)) }
}

/// The permissions of a session: the user's memberships, all their live authorizations that are accepted from the
/// client's address, and the user themselves (docs/influxdb-compatibility.md §2.6; authorizations that are not live add
/// nothing).
async fn permissions_of(
    connection: &mut Connection,
    user: UserId,
    client: &Client,
    now: Timestamp,
) -> Result<Vec<Permission>, Error> {
    let mut permissions = membership_permissions(connection, user).await?;
    // Operators already hold every permission: skip loading their tokens.
    if grant::instance_owner().iter().all(|everything| permissions.contains(everything)) {
        return Ok(permissions);
    }
    for (networks, given) in jeton_store::user_grants::live_permissions_of_user(connection, user, now).await? {
        if networks.let_in(client.address) {
            permissions.extend(given);
        }
    }
    permissions.sort_unstable();
    permissions.dedup();
    Ok(permissions)
}

/// The permissions of a user's memberships, and those that all users have on themselves.
///
/// # Errors
/// The database may fail.
pub(crate) async fn membership_permissions(
    connection: &mut Connection,
    user: UserId,
) -> Result<Vec<Permission>, Error> {
    let mut permissions = Vec::new();
    for (of, role) in jeton_store::memberships::of_user(connection, user).await? {
        match (of, role) {
            (Of::Org(org), Role::Owner) => permissions.extend(grant::owner(org)),
            (Of::Org(org), Role::Member) => permissions.extend(grant::member(org)),
            (Of::Bucket(bucket), Role::Member) => permissions.extend(grant::bucket_member(bucket)),
            (Of::Instance, Role::Owner) => permissions.extend(grant::instance_owner()),
            (Of::Bucket(_), Role::Owner) | (Of::Telegraf(_), _) | (Of::Instance, Role::Member) => {}
        }
    }
    permissions.extend(Action::ALL.map(|action| super::required_permissions::user(action, user)));
    Ok(permissions)
}
