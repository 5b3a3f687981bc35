//! Verification of the passwords of 1.x clients: under the login throttle, and one at a time, so that whoever guesses
//! neither occupies the machine nor lets others wait. Of one origin, two requests wait at most.

use std::sync::Arc;

use secrecy::SecretString;

use jeton_model::{AuthorizationId, user::check_user_name};

use crate::{Client, Error, Service, audit::denial_reason::DenialReason, error::AuthError};

use super::{
    login_throttle::Account,
    passwords::ClientPlace,
    rate_limit_key::RateLimitKey,
    tried_passwords::{Attempt, TriedPasswords},
    verifier::{Change, KnownCredential},
};

/// Maximum number of times that a credential is read for one request, if it changes each time.
const AT_MOST: usize = 3;

/// The result of a verification.
pub(super) enum Verified {
    /// The password is that of the credential.
    Right(Arc<KnownCredential>),
    /// It is not, or there is no such credential: `None`.
    Wrong(Option<AuthorizationId>),
}

/// A password to verify, which outlives the request of its client.
struct Verification {
    username: String,
    /// The credential with the user name.
    known: Option<Arc<KnownCredential>>,
    password: SecretString,
    attempt: Attempt,
    origin: RateLimitKey,
}

impl Verified {
    fn of(known: Option<&Arc<KnownCredential>>, is_right: bool) -> Self {
        match known {
            Some(known) if is_right => Self::Right(Arc::clone(known)),
            _ => Self::Wrong(known.map(|known| known.token.id())),
        }
    }
}

impl Service {
    fn tried_passwords(&self) -> &TriedPasswords {
        &self.0.tried_passwords
    }

    /// The credential with a user name; `None` for an invalid name.
    pub(super) async fn v1_authorization_of(&self, username: &str) -> Result<Option<Arc<KnownCredential>>, Error> {
        if check_user_name(username).is_err() { Ok(None) } else { self.known_credential(username).await }
    }

    /// Returns the credential with a user name and a password, if it is in memory, and this client has used the correct
    /// password lately.
    pub(super) async fn proven_credential(
        &self,
        username: &str,
        password: &SecretString,
        client: &Client,
    ) -> Option<Arc<KnownCredential>> {
        let known = self.remembered_credential(username).await.flatten()?;
        self.has_proven(&known, password, client).then_some(known)
    }

    /// [`Self::proven_credential`] where memory may be stale, whether or not the database can be asked.
    pub(super) fn stale_proven_credential(
        &self,
        username: &str,
        password: &SecretString,
        client: &Client,
    ) -> Option<Arc<KnownCredential>> {
        self.stale_credential(username).filter(|known| self.has_proven(known, password, client))
    }

    fn has_proven(&self, known: &KnownCredential, password: &SecretString, client: &Client) -> bool {
        let Some(hash) = known.password_hash.as_deref() else { return false };
        let attempt = self.tried_passwords().attempt(&known.username, Some(hash), password);
        self.tried_passwords().is_proven(&attempt, client.origin())
    }

    /// Verifies a password; the answer for a name that no credential has takes as long as one for a wrong password. A
    /// wrong password of a known credential is recorded.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`]; the database may fail.
    pub(super) async fn verified_credential(
        &self,
        username: &str,
        password: &SecretString,
        client: &Client,
    ) -> Result<Verified, Error> {
        for _ in 0..AT_MOST {
            let known = self.v1_authorization_of(username).await?;
            let verified = self.verified_once(username, known.as_ref(), password, client).await;
            self.note_verified(known.as_ref(), &verified, client);
            if let Some(verified) = verified? {
                return Ok(verified);
            }
        }
        Err(Error::Busy)
    }

    /// Records the denial of a known credential: a wrong password, or one that the login throttle refuses.
    fn note_verified(
        &self,
        known: Option<&Arc<KnownCredential>>,
        verified: &Result<Option<Verified>, Error>,
        client: &Client,
    ) {
        let denied = match verified {
            Ok(Some(Verified::Wrong(id))) => id.map(|id| (id, DenialReason::WrongPassword)),
            Err(Error::Auth(AuthError::TooManyAttempts { .. })) => {
                known.map(|known| (known.token.id(), DenialReason::TooManyAttempts))
            }
            Ok(_) | Err(_) => None,
        };
        if let Some((id, reason)) = denied {
            self.note_refusal(id, reason, client);
        }
    }

    /// Verifies a password once; returns `None` if the credential may have changed meanwhile. Requests with the same password
    /// wait for the one that verifies it.
    async fn verified_once(
        &self,
        username: &str,
        known: Option<&Arc<KnownCredential>>,
        password: &SecretString,
        client: &Client,
    ) -> Result<Option<Verified>, Error> {
        let tried = self.tried_passwords();
        let hash = known.and_then(|known| known.password_hash.as_deref());
        let attempt = tried.attempt(username, hash, password);
        if let Some(is_right) = tried.outcome(&attempt) {
            if is_right && !tried.is_proven(&attempt, client.origin()) {
                self.prove_again(username, attempt, client)?;
            }
            return Ok(Some(Verified::of(known, is_right)));
        }
        let turn = tried.turn(attempt).await;
        if tried.outcome(&attempt).is_some() {
            // Another request verified it, which took its time: the credential is read again.
            return Ok(None);
        }
        let (place, bcrypt_cost) = self.admit(username, client).await?;
        let verification = Verification {
            username: username.to_owned(),
            known: known.cloned(),
            password: password.clone(),
            attempt,
            origin: client.origin(),
        };
        let service = self.clone();
        // In a task of its own: the attempt is counted, so its result must be too, even if the client leaves.
        let verified = tokio::spawn(async move {
            let _turn = turn;
            service.verify_and_remember(&verification, place, bcrypt_cost).await
        });
        verified.await.map_err(|_| Error::Internal)?
    }

    /// Waits until a password may be verified, and counts the attempt: last, so that a client that leaves while it
    /// waits has made none. Returns the place, and the highest cost of the bcrypt hashes.
    async fn admit(&self, username: &str, client: &Client) -> Result<(ClientPlace, Option<u32>), Error> {
        let (account, origin) = (Account::V1(username.to_owned()), client.origin());
        // First: a client that is denied anyway costs no query, and does not wait.
        self.0.throttle.check(&account, origin, self.now())?;
        let waiting = self.passwords().queue(origin)?;
        let bcrypt_cost = self.bcrypt_cost(&account).await?;
        let place = self.passwords().place_of_client(waiting).await?;
        self.0.throttle.attempt(&account, origin, self.now())?;
        Ok((place, bcrypt_cost))
    }

    /// Verifies a password whose attempt is counted, and remembers the result. A correct one takes the attempt back.
    async fn verify_and_remember(
        &self,
        verification: &Verification,
        place: ClientPlace,
        bcrypt_cost: Option<u32>,
    ) -> Result<Option<Verified>, Error> {
        let Verification { username, known, password, attempt, origin } = verification;
        let hash = known.as_ref().and_then(|known| known.password_hash.as_deref());
        let is_right = self.passwords().verify_at(place, hash.map(str::to_owned), password, bcrypt_cost).await?;
        let tried = self.tried_passwords();
        if is_right {
            self.0.throttle.succeeded(&Account::V1(username.clone()), *origin);
            tried.prove(*attempt, *origin);
        }
        tried.remember(*attempt, is_right);
        let (Some(known), Some(hash), true) = (known, hash, is_right) else {
            return Ok(Some(Verified::of(known.as_ref(), false)));
        };
        let replaced = self.replace_v1_hash(known, hash, password, *origin).await;
        // It took its time: the credential may have been deleted, or its password changed.
        let present = self.v1_authorization_of(username).await?;
        let is_same = |present: &Arc<KnownCredential>| {
            let now = present.password_hash.as_deref();
            present.token.id() == known.token.id()
                && (now == Some(hash) || (now.is_some() && now == replaced.as_deref()))
        };
        Ok(present.filter(is_same).map(Verified::Right))
    }

    /// Counts the use of a password that another client has proven as an attempt of this one. Without this, guesses beyond
    /// the throttle would find a password that is in use.
    fn prove_again(&self, username: &str, attempt: Attempt, client: &Client) -> Result<(), Error> {
        let (account, origin) = (Account::V1(username.to_owned()), client.origin());
        self.0.throttle.attempt(&account, origin, self.now())?;
        self.0.throttle.succeeded(&account, origin);
        self.tried_passwords().prove(attempt, origin);
        Ok(())
    }

    /// Replaces a correct password's bcrypt hash by argon2id, and returns the new one. If that cannot be written, a
    /// later verification does it. `origin`: that of the client, which has proven the password for the new hash too.
    async fn replace_v1_hash(
        &self,
        known: &KnownCredential,
        hash: &str,
        password: &SecretString,
        origin: RateLimitKey,
    ) -> Option<String> {
        let written: Result<Option<String>, Error> = async {
            let Some(new) = self.passwords().replacement(hash, password).await? else { return Ok(None) };
            let id = known.token.id();
            // Before it is stored: nobody who reads it then has to verify it. A hash that is not stored is never
            // compared.
            let tried = self.tried_passwords();
            let attempt = tried.attempt(&known.username, Some(&new), password);
            tried.prove(attempt, origin);
            tried.remember(attempt, true);
            let mut write = self.store().write().await?;
            jeton_store::v1_authorizations::replace_password_hash(&mut write, id, hash, &new).await?;
            write.commit().await?;
            // The audit log has no entry: the password is the same.
            self.0.verifier.apply(&[Change::Authorization(id.into())]);
            Ok(Some(new))
        }
        .await;
        written.unwrap_or_else(|error| {
            tracing::warn!(%error, "could not replace the bcrypt hash of a 1.x credential");
            None
        })
    }
}
