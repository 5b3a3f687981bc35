//! The holder of a token at a gate, where every token that does not work is like an unknown one.

use std::{fmt, net::IpAddr, sync::Arc};

use jeton_model::{
    Authorization, AuthorizationId, OrgId, Permission, Timestamp, V1Authorization, presented_token::PresentedToken,
};
use jeton_store::Connection;

use crate::{Client, Error, Service, error::AuthError};

use super::{
    bcrypt_hash::BcryptHash,
    credential_status::{CredentialStatus, PresentedFrom, credential_status},
    verifier::{KnownCredential, KnownToken},
};

/// The holder of a live token or 1.x credential, with its permissions.
#[derive(Clone, Debug)]
pub struct TokenHolder {
    id: AuthorizationId,
    org: OrgId,
    permissions: Arc<[Permission]>,
    address: Option<IpAddr>,
    password: Option<PasswordVersion>,
}

/// The password with which a 1.x credential was presented. A later one ends what it began.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PasswordVersion {
    hash: Arc<str>,
    /// The time of the last change of the credential.
    changed_at: Timestamp,
}

/// Never shows the hash.
impl fmt::Debug for PasswordVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordVersion(…)")
    }
}

impl PasswordVersion {
    /// Returns whether a credential still has the password. The hash of an unchanged one may have been replaced, which
    /// is no change of the credential.
    fn is_that_of(&self, hash: &str, changed_at: Timestamp) -> bool {
        let is_bcrypt = |hash: &str| BcryptHash::read(hash).is_ok();
        let is_replaced = self.changed_at == changed_at && is_bcrypt(&self.hash) && !is_bcrypt(hash);
        *self.hash == *hash || is_replaced
    }
}

impl TokenHolder {
    /// The id of the token's authorization.
    pub const fn id(&self) -> AuthorizationId {
        self.id
    }

    /// The organization of the token.
    pub const fn org(&self) -> OrgId {
        self.org
    }

    /// The permissions of the token.
    pub fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// The address from which the token was presented.
    pub const fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The password with which a 1.x credential was presented; `None` for a token.
    pub const fn password(&self) -> Option<&PasswordVersion> {
        self.password.as_ref()
    }
}

impl Service {
    /// Returns the holder of a token, and records its use; `None` if the token is unknown, inactive, ended, expired or
    /// from a foreign network, or if its owner is inactive.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`] at the rate limit of unknown tokens; the database may fail.
    pub async fn holder_of_token(&self, token: &str, client: Client) -> Result<Option<TokenHolder>, Error> {
        match self.token_of_client(&PresentedToken::new(token), &client).await? {
            Some(known) => self.holder_as(&known, client),
            None => Ok(None),
        }
    }

    /// Returns the holder of a token at a gate that lets unknown tokens pass: they are the database's own. They are no
    /// denials, and only those that were looked up count as unknown.
    ///
    /// # Errors
    /// Those of [`Self::holder_of_token`].
    pub async fn holder_among_others(&self, token: &str, client: Client) -> Result<Option<TokenHolder>, Error> {
        if !self.has_token(&PresentedToken::new(token), &client).await? {
            return Ok(None);
        }
        self.holder_of_token(token, client).await
    }

    /// Returns whether a token, or a 1.x credential with its password, still works where it was presented. It is no use
    /// of the token, and no denial.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn still_works(&self, holder: &TokenHolder) -> Result<bool, Error> {
        let mut reader = self.read().await?;
        let found = match &holder.password {
            None => jeton_store::authorizations::by_id(&mut reader, holder.id).await?,
            Some(password) => with_password(&mut reader, holder.id, password).await?,
        };
        let Some(authorization) = found else { return Ok(false) };
        let place = PresentedFrom::From(holder.address);
        let status = credential_status(&mut reader, &authorization, place, self.now()).await?;
        Ok(matches!(status, CredentialStatus::Live(_)))
    }

    /// Returns the holder of a known token, and records its use; `None` if it does not work.
    ///
    /// # Errors
    /// Those of a caller, unless the token is the reason.
    pub(super) fn holder_as(&self, known: &KnownToken, client: Client) -> Result<Option<TokenHolder>, Error> {
        let (now, address) = (self.now(), client.address);
        let caller = self.caller_with(known, client, now);
        self.note_use(known.id(), now, &caller);
        match caller {
            Ok(caller) if caller.inactive => Ok(None),
            Ok(caller) => Ok(Some(TokenHolder {
                id: known.id(),
                org: known.org(),
                permissions: caller.permissions,
                address,
                password: None,
            })),
            Err(Error::Auth(AuthError::Unauthenticated | AuthError::UserInactive)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the holder of a 1.x credential whose password was found correct, and records its use; `None` if it does
    /// not work.
    pub(super) fn holder_with_password(&self, known: &KnownCredential, client: Client) -> Option<TokenHolder> {
        let address = client.address;
        let hash = known.password_hash.clone()?;
        let caller = self.v1_caller_of(&known.token, client).ok()?;
        Some(TokenHolder {
            id: known.token.id(),
            org: known.token.org(),
            permissions: caller.permissions,
            address,
            password: Some(PasswordVersion { hash, changed_at: known.token.record().updated_at }),
        })
    }
}

/// Returns a 1.x credential if it still has this password.
async fn with_password(
    connection: &mut Connection,
    id: AuthorizationId,
    password: &PasswordVersion,
) -> Result<Option<Authorization>, Error> {
    let Some(found) = jeton_store::v1_authorizations::by_id(connection, id).await? else { return Ok(None) };
    let V1Authorization { authorization, .. } = found;
    let hash = jeton_store::v1_authorizations::password_hash(connection, id).await?;
    let is_same = hash.is_some_and(|hash| password.is_that_of(&hash, authorization.updated_at));
    Ok(is_same.then_some(authorization))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of "password", with cost 4.
    const BCRYPT: &str = "$2a$04$UuTkLRZZ6QofpDOlMz32MuuxEHA43WOemOYHPz6.SjsVsyO1tDU96";

    #[test]
    fn a_replaced_hash_is_the_same_password_and_a_changed_password_is_another() {
        let (then, later) = (Timestamp::from_micros(1), Timestamp::from_micros(2));
        let version = |hash: &str| PasswordVersion { hash: hash.into(), changed_at: then };
        let (one, other) = ("$argon2id$v=19$one", "$argon2id$v=19$other");
        assert!(version(one).is_that_of(one, later), "another change");
        assert!(!version(one).is_that_of(other, then));
        assert!(version(BCRYPT).is_that_of(BCRYPT, then));
        assert!(version(BCRYPT).is_that_of(one, then), "replaced");
        assert!(!version(BCRYPT).is_that_of(one, later), "a password was set");
        assert!(!version(one).is_that_of(BCRYPT, then));
    }
}
