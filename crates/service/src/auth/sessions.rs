//! Signing in and out. Sessions survive a restart; their keys are stored as hashes.

use base64::{Engine, engine::general_purpose::URL_SAFE};
use secrecy::{ExposeSecret, SecretString};

use jeton_model::{
    Status, Timestamp, User, UserId,
    session_kind::SessionKind,
    token::TokenHash,
    user::{check_password, check_user_name},
};
use jeton_store::sessions::Session;

use crate::{
    Client, Error, Service,
    audit::{Event, detail::NoDetail},
    error::AuthError,
    random,
};

use super::{bcrypt_hash, login_throttle::Account};

/// Time without use after which a session ends, in seconds.
pub const SESSION_SECONDS: i64 = 3600;
/// Maximum duration of a session, in seconds.
const LONGEST_SECONDS: i64 = 12 * 3600;
/// Sessions of the API are renewed only this close to their end, and by as much, in seconds
/// (docs/influxdb-compatibility.md §2.5).
const API_RENEWAL_SECONDS: i64 = 300;
/// Minimum time between renewals, in seconds, so that not each request writes.
const RENEWAL_STEP_SECONDS: i64 = 60;

/// A new session.
pub struct SignedIn {
    /// The key for the cookie, which is stored nowhere else.
    pub key: SecretString,
    /// The user of the session.
    pub user: User,
    /// Time at which the session ends unless a use renews it.
    pub expires_at: Timestamp,
}

/// The hash by which a session is stored.
pub(crate) fn key_hash(key: &str) -> String {
    TokenHash::of(key).as_str().to_owned()
}

impl Service {
    /// Begins a session. An unknown name and a wrong password give the same answer after the same time.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`], [`AuthError::TooManyAttempts`], [`AuthError::PasswordChangeRequired`];
    /// [`AuthError::UserInactive`] at the console; the database may fail.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &SecretString,
        kind: SessionKind,
        client: &Client,
    ) -> Result<SignedIn, Error> {
        let signed_in = self.check_and_sign_in(name, password, kind, client).await;
        let outcome = match &signed_in {
            Ok(_) => "accepted",
            Err(Error::Auth(AuthError::TooManyAttempts { .. })) => "throttled",
            Err(_) => "refused",
        };
        metrics::counter!("jeton_sign_ins_total", "outcome" => outcome).increment(1);
        self.note_sign_in(name, client, signed_in.as_ref().err());
        signed_in
    }

    async fn check_and_sign_in(
        &self,
        name: &str,
        password: &SecretString,
        kind: SessionKind,
        client: &Client,
    ) -> Result<SignedIn, Error> {
        let (id, hash) = self.user_with_password(name, password, client).await?;
        check_password(password.expose_secret()).map_err(|_| Error::Auth(AuthError::PasswordChangeRequired))?;
        let replacement = self.passwords().replacement(&hash, password).await?;
        let mut change = self.begin_as(client.address.map(|address| address.to_string())).await?;
        let user = match same_user(&mut change, id, &hash).await {
            Err(Error::Auth(AuthError::Unauthenticated)) if replacement.is_some() => {
                drop(change);
                // Another sign-in has replaced the bcrypt hash meanwhile.
                return Box::pin(self.check_and_sign_in(name, password, kind, client)).await;
            }
            user => user?,
        };
        if kind == SessionKind::Console && user.status == Status::Inactive {
            return Err(Error::Auth(AuthError::UserInactive));
        }
        if let Some(new) = &replacement {
            jeton_store::users::replace_password_hash(&mut change, id, &hash, new).await?;
        }
        let signed_in = begin_session(&mut change, user, kind, client).await?;
        change.commit().await?;
        Ok(signed_in)
    }

    /// The user with this name and password, and the matching hash.
    async fn user_with_password(
        &self,
        name: &str,
        password: &SecretString,
        client: &Client,
    ) -> Result<(UserId, String), Error> {
        let mut reader = self.read().await?;
        // An invalid name is nobody's, and databases reject some of them.
        let user = match check_user_name(name) {
            Ok(()) => jeton_store::users::by_name(&mut reader, name).await?,
            Err(_) => None,
        };
        let hash = match &user {
            Some(user) => jeton_store::users::password_hash(&mut reader, user.id).await?,
            None => None,
        };
        drop(reader);
        let id = user.map(|user| user.id);
        let account = id.map_or_else(|| Account::unknown(name), Account::User);
        let right = self.verify_slowly(&account, hash.clone(), password, client).await?;
        id.zip(hash).filter(|_| right).ok_or(Error::Auth(AuthError::Unauthenticated))
    }

    /// Verifies a password under the login throttle. Failures count for the account wherever its password is tried.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`]; [`Error::Internal`] if hashing fails.
    pub(crate) async fn verify_slowly(
        &self,
        account: &Account,
        hash: Option<String>,
        password: &SecretString,
        client: &Client,
    ) -> Result<bool, Error> {
        self.0.throttle.attempt(account, client.origin(), self.now())?;
        let bcrypt_cost = self.bcrypt_cost(account).await?;
        let right = self.passwords().verify(hash, password, bcrypt_cost).await?;
        if right {
            self.0.throttle.succeeded(account, client.origin());
        }
        Ok(right)
    }

    /// The highest cost of the bcrypt hashes of users, or of 1.x credentials.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn bcrypt_cost(&self, account: &Account) -> Result<Option<u32>, Error> {
        let mut reader = self.read().await?;
        let forms = match account {
            Account::V1(_) => jeton_store::v1_authorizations::bcrypt_forms(&mut reader).await?,
            Account::User(_) | Account::Unknown(_) => jeton_store::users::bcrypt_forms(&mut reader).await?,
        };
        Ok(bcrypt_hash::highest_cost(&forms))
    }

    /// Ends the session of this kind with this key; its user may be inactive or deleted.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`]; the database may fail.
    pub async fn sign_out(&self, key: &str, kind: SessionKind, client: &Client) -> Result<(), Error> {
        let mut change = self.begin_as(client.address.map(|address| address.to_string())).await?;
        let now = change.now;
        let found = jeton_store::sessions::by_key_hash(&mut change, &key_hash(key)).await?;
        let session = found
            .filter(|session| session.kind == kind && session.expires_at > now)
            .ok_or(Error::Auth(AuthError::Unauthenticated))?;
        change.acts_as(session.user);
        change.acts_in(&session.key_hash);
        jeton_store::sessions::delete(&mut change, &session.key_hash).await?;
        change.record(Event::SignedOut, None, session.user, NoDetail {}).await?;
        change.commit().await
    }

    /// Renews a session that was used. If that cannot be written, the session only ends a little earlier.
    pub(crate) async fn renew(&self, session: &Session, now: Timestamp) {
        let renewed = match session.kind {
            SessionKind::Console => now.plus_seconds(SESSION_SECONDS),
            SessionKind::Api => session.expires_at.max(now.plus_seconds(API_RENEWAL_SECONDS)),
        };
        let renewed = renewed.min(session.ends_at);
        if now.seconds_since(session.seen_at) < RENEWAL_STEP_SECONDS
            && renewed.seconds_since(session.expires_at) < RENEWAL_STEP_SECONDS
        {
            return;
        }
        let written: Result<(), Error> = async {
            let mut write = self.store().write().await?;
            jeton_store::sessions::renew(&mut write, &session.key_hash, now, renewed).await?;
            Ok(write.commit().await?)
        }
        .await;
        if let Err(error) = written {
            tracing::warn!(%error, "could not renew a session");
        }
    }
}

/// The user under the write lock: while the password was verified, it may have been changed, or its user deleted.
async fn same_user(connection: &mut jeton_store::Connection, id: UserId, hash: &str) -> Result<User, Error> {
    let known = jeton_store::users::password_hash(connection, id).await?;
    let user = jeton_store::users::by_id(connection, id).await?;
    user.filter(|_| known.as_deref() == Some(hash)).ok_or(Error::Auth(AuthError::Unauthenticated))
}

/// Begins a session in a transaction, and records it.
///
/// # Errors
/// The database may fail.
pub(crate) async fn begin_session(
    change: &mut crate::transaction::AuditedTransaction,
    user: User,
    kind: SessionKind,
    client: &Client,
) -> Result<SignedIn, Error> {
    let key: SecretString = URL_SAFE.encode(random::<32>()).into();
    let now = change.now;
    let session = Session {
        key_hash: key_hash(key.expose_secret()),
        user: user.id,
        kind,
        created_at: now,
        seen_at: now,
        expires_at: now.plus_seconds(SESSION_SECONDS),
        ends_at: now.plus_seconds(LONGEST_SECONDS),
        ended_at: None,
        address: client.address.map(|address| address.to_string()),
        agent: client.agent.clone(),
    };
    jeton_store::sessions::forget_before(change, now).await?;
    jeton_store::sessions::insert(change, &session).await?;
    jeton_store::users::signed_in(change, user.id, now).await?;
    change.acts_as(user.id);
    change.acts_in(&session.key_hash);
    change.record(Event::SignedIn, None, user.id, NoDetail {}).await?;
    Ok(SignedIn { key, user, expires_at: session.expires_at })
}
