//! Import of authorizations and their secrets.

use secrecy::ExposeSecret;

use jeton_model::{
    Authorization,
    authorization::{MAX_PERMISSIONS, as_stored, count_different},
    token::{TokenHash, visible_prefix},
    user::{MAX_NAME, check_text},
};
use jeton_store::authorizations::Secret;

use crate::{
    Error,
    audit::detail::tokens::{AuthorizationImported, CredentialName},
    error::CreationError,
    given_ids::check_description,
    setup::check_supplied_token,
    tokens::search_keys::keys,
};

use super::{Event, Import, NO_ORG, NO_USER, Outcome, SourceAuthorization, SourceSecret, ToReissue};

impl Import {
    /// Imports an authorization with its status, its unchanged permissions and its token's hash.
    ///
    /// # Errors
    /// The database may fail.
    pub(super) async fn authorization(&mut self, source: &SourceAuthorization) -> Result<Outcome, Error> {
        let new = &source.authorization;
        if let Err(error) = check(source) {
            return Ok(Outcome::Left(error.to_string()));
        }
        if let Some(outcome) = self.known(source).await? {
            return Ok(outcome);
        }
        let (Some(org_name), Some(user_name)) = (self.orgs.get(&new.org), self.users.get(&new.user)) else {
            let reason = if self.orgs.contains_key(&new.org) { NO_USER } else { NO_ORG };
            return Ok(Outcome::Left(reason.into()));
        };
        match &source.secret {
            SourceSecret::Hidden => Ok(to_reissue(new, org_name.clone(), user_name.clone(), HIDDEN)),
            SourceSecret::UnknownHash => Ok(to_reissue(new, org_name.clone(), user_name.clone(), UNKNOWN_HASH)),
            SourceSecret::Clear(token) => {
                let prefix = visible_prefix(token.expose_secret());
                self.insert_token(new, prefix, &TokenHash::of(token.expose_secret())).await
            }
            SourceSecret::Hashed(hash) => self.insert_token(new, None, hash).await,
            SourceSecret::Username(username) => self.insert_credential(new, username).await,
        }
    }

    /// The outcome if this id or this secret is, or was, here already.
    async fn known(&mut self, source: &SourceAuthorization) -> Result<Option<Outcome>, Error> {
        let id = source.authorization.id;
        let with_secret = match &source.secret {
            SourceSecret::Clear(token) => {
                let hashes = TokenHash::all_of(token.expose_secret());
                jeton_store::authorizations::by_token_hashes(&mut self.change, &hashes).await?.map(|found| found.id)
            }
            SourceSecret::Hashed(hash) => {
                jeton_store::authorizations::by_token_hash(&mut self.change, hash).await?.map(|found| found.id)
            }
            SourceSecret::Hidden | SourceSecret::UnknownHash => {
                jeton_store::authorizations::by_id(&mut self.change, id).await?.map(|found| found.id)
            }
            SourceSecret::Username(name) => {
                let found = jeton_store::v1_authorizations::by_username(&mut self.change, name).await?;
                found.map(|found| found.authorization.id)
            }
        };
        if with_secret == Some(id) {
            self.remember_credential(source);
            return Ok(Some(Outcome::Present));
        }
        if let Some(other) = with_secret {
            return Ok(Some(Outcome::Left(format!("authorization {other} has this token here"))));
        }
        let taken = jeton_store::authorizations::by_id(&mut self.change, id).await?.is_some()
            || jeton_store::v1_authorizations::by_id(&mut self.change, id).await?.is_some();
        if taken {
            return Ok(Some(Outcome::Left("another authorization has this ID here".into())));
        }
        // A token revoked here must not be revived by the other server's copy.
        Ok(self.deleted_here(Event::AuthorizationDeleted, id).await?.then_some(Outcome::Revoked))
    }

    async fn insert_token(
        &mut self,
        new: &Authorization,
        prefix: Option<String>,
        hash: &TokenHash,
    ) -> Result<Outcome, Error> {
        let mut copy = new.clone();
        copy.token_prefix = prefix;
        copy.permissions = as_stored(copy.permissions);
        jeton_store::authorization_insert::insert(&mut self.change, &copy, Secret::Token(hash), &keys(&copy)).await?;
        let detail = AuthorizationImported::of(&copy, CredentialName::of_token(&copy));
        self.change.record(Event::AuthorizationCreated, Some(copy.org), copy.id, detail).await?;
        Ok(Outcome::Copied)
    }

    async fn insert_credential(&mut self, new: &Authorization, username: &str) -> Result<Outcome, Error> {
        let new = Authorization { permissions: as_stored(new.permissions.clone()), ..new.clone() };
        jeton_store::authorization_insert::insert(&mut self.change, &new, Secret::Username(username), &keys(&new))
            .await?;
        self.credentials.insert(new.id, username.into());
        let detail = AuthorizationImported::of(&new, CredentialName::Username(username));
        self.change.record(Event::V1AuthorizationCreated, Some(new.org), new.id, detail).await?;
        Ok(Outcome::Copied)
    }

    fn remember_credential(&mut self, source: &SourceAuthorization) {
        if let SourceSecret::Username(username) = &source.secret {
            self.credentials.insert(source.authorization.id, username.clone());
        }
    }
}

fn check(source: &SourceAuthorization) -> Result<(), Error> {
    check_description(&source.authorization.description)?;
    if count_different(&source.authorization.permissions) > MAX_PERMISSIONS {
        return Err(Error::Creation(CreationError::TooManyPermissions { limit: MAX_PERMISSIONS }));
    }
    match &source.secret {
        SourceSecret::Clear(token) => check_supplied_token(token.expose_secret()),
        SourceSecret::Hashed(_) | SourceSecret::Hidden | SourceSecret::UnknownHash => Ok(()),
        SourceSecret::Username(name) => Ok(check_text("username", name, MAX_NAME)?),
    }
}

/// The reasons why tokens can't be taken over.
const HIDDEN: &str = "the other server hides it";
const UNKNOWN_HASH: &str = "its hash has an unknown form";

fn to_reissue(new: &Authorization, org_name: String, user_name: String, reason: &'static str) -> Outcome {
    Outcome::Reissue(ToReissue {
        id: new.id.into(),
        description: new.description.clone(),
        status: new.status,
        org: new.org.into(),
        org_name,
        user: new.user.into(),
        user_name,
        permissions: new.permissions.clone(),
        reason,
    })
}
