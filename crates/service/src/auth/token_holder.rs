//! The holder of a token at a gate, where every token that does not work is like an unknown one.

use std::{net::IpAddr, sync::Arc};

use jeton_model::{AuthorizationId, OrgId, Permission, presented_token::PresentedToken};

use crate::{Caller, Client, Error, Service, error::AuthError};

use super::credential_status::{CredentialStatus, PresentedFrom, credential_status};

/// The holder of a live token, with its permissions.
#[derive(Clone, Debug)]
pub struct TokenHolder {
    id: AuthorizationId,
    org: OrgId,
    permissions: Arc<[Permission]>,
    address: Option<IpAddr>,
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
}

impl Service {
    /// Returns the holder of a token, and records its use; `None` if the token is unknown, inactive, ended, expired or
    /// from a foreign network, or if its owner is inactive.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`] at the rate limit of unknown tokens; the database may fail.
    pub async fn holder_of_token(&self, token: &str, client: Client) -> Result<Option<TokenHolder>, Error> {
        let address = client.address;
        match self.caller_by_token(token, client).await {
            Ok(caller) if caller.inactive => Ok(None),
            Ok(caller) => self.holder_with(caller, &PresentedToken::new(token), address).await,
            Err(Error::Auth(AuthError::Unauthenticated | AuthError::UserInactive)) => Ok(None),
            Err(error) => Err(error),
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

    /// Returns whether a token still works where it was presented. It is no use of the token, and no denial.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn still_works(&self, holder: &TokenHolder) -> Result<bool, Error> {
        let mut reader = self.read().await?;
        let Some(authorization) = jeton_store::authorizations::by_id(&mut reader, holder.id).await? else {
            return Ok(false);
        };
        let place = PresentedFrom::From(holder.address);
        let status = credential_status(&mut reader, &authorization, place, self.now()).await?;
        Ok(matches!(status, CredentialStatus::Live(_)))
    }

    async fn holder_with(
        &self,
        caller: Caller,
        token: &PresentedToken<'_>,
        address: Option<IpAddr>,
    ) -> Result<Option<TokenHolder>, Error> {
        let known = self.known_token(token).await?;
        // It may have been deleted a moment ago.
        let known = known.filter(|known| caller.authorization_id() == Some(known.id()));
        Ok(known.map(|known| TokenHolder {
            id: known.id(),
            org: known.org(),
            permissions: caller.permissions,
            address,
        }))
    }
}
