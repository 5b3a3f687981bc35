//! The credentials of 1.x clients in memory, by their user names: such clients send theirs with each request.

use std::sync::Arc;

use moka::sync::Cache;

use crate::{Error, Service};

use super::{KnownToken, generations::Generation};

/// Maximum number of bytes that known credentials take, roughly.
const BYTES: u64 = 16 << 20;
/// The size of a name without a credential, in bytes, roughly.
const NOBODY: usize = 200;

/// A 1.x credential with its owner, and the hash of its password.
pub(crate) struct KnownCredential {
    /// The record and its owner.
    pub token: KnownToken,
    /// The user name.
    pub username: String,
    /// The hash of the password; `None` if there is none.
    pub password_hash: Option<Arc<str>>,
}

/// Credentials by their user names, and names that nobody has; with the generations at which they were read.
pub(super) type KnownCredentials = Cache<String, (Option<Arc<KnownCredential>>, Generation)>;

/// An empty memory of bounded size.
pub(super) fn known_credentials() -> KnownCredentials {
    let size = |_: &String, (known, _): &(Option<Arc<KnownCredential>>, Generation)| {
        let size = known.as_ref().map_or(NOBODY, |known| known.token.size());
        u32::try_from(size).unwrap_or(u32::MAX)
    };
    Cache::builder().weigher(size).max_capacity(BYTES).build()
}

impl Service {
    /// The 1.x credential with a user name, from memory or from the database.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn known_credential(&self, username: &str) -> Result<Option<Arc<KnownCredential>>, Error> {
        let verifier = &self.0.verifier;
        if let Some(known) = self.remembered_credential(username).await {
            verifier.lookups.note(true);
            return Ok(known);
        }
        verifier.lookups.note(false);
        let read_at = verifier.generations.now();
        let known = self.read_credential(username).await?.map(Arc::new);
        verifier.credentials.insert(username.to_owned(), (known.clone(), read_at));
        Ok(known)
    }

    /// The 1.x credential with a user name, if memory tells: `Some(None)` for a name that nobody has.
    pub(crate) async fn remembered_credential(&self, username: &str) -> Option<Option<Arc<KnownCredential>>> {
        let verifier = &self.0.verifier;
        let is_current = verifier.is_current(self.store()).await;
        if !is_current && !verifier.follower.is_stale() {
            return None;
        }
        let (known, read_at) = verifier.credentials.get(username)?;
        let stands = match &known {
            Some(known) => verifier.generations.stands(read_at, known.token.depends_on()),
            None => is_current && verifier.generations.stands_as_unknown(read_at),
        };
        stands.then_some(known)
    }

    async fn read_credential(&self, username: &str) -> Result<Option<KnownCredential>, Error> {
        let mut reader = self.read().await?;
        let Some(found) = jeton_store::v1_authorizations::by_username(&mut reader, username).await? else {
            return Ok(None);
        };
        let id = found.authorization.id;
        let password_hash = jeton_store::v1_authorizations::password_hash(&mut reader, id).await?;
        let token = KnownToken::read(&mut reader, found.authorization).await?;
        Ok(Some(KnownCredential { token, username: found.username, password_hash: password_hash.map(Arc::from) }))
    }
}
