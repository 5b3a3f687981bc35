//! Deletion of authorizations that expired long ago, or ended with their owner or organization.

use jeton_model::{Authorization, duration::DAY};

use crate::{
    Error, Service,
    audit::{
        Event,
        detail::tokens::{AuthorizationDeleted, CredentialName},
    },
    transaction::AuditedTransaction,
};

/// The origin of these deletions in the audit log, which names no user for them.
const VIA: &str = "retention";
/// Maximum number of authorizations deleted in one transaction, which holds the write lock.
const AT_ONCE: i64 = 200;

impl Service {
    /// Deletes the tokens and 1.x credentials that expired or ended at least this number of days ago, and returns how
    /// many. Each is recorded and leaves a tombstone, as if someone had deleted it.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn delete_expired(&self, days: u32) -> Result<usize, Error> {
        let mut deleted = 0;
        loop {
            match self.delete_some_expired(days).await? {
                0 => return Ok(deleted),
                some => deleted += some,
            }
        }
    }

    async fn delete_some_expired(&self, days: u32) -> Result<usize, Error> {
        let mut change = self.begin_job().await?.via(VIA);
        let before = change.now.plus_seconds(-i64::from(days.max(1)) * DAY);
        let found = jeton_store::expired::expired_or_ended(&mut change, before, AT_ONCE).await?;
        if found.is_empty() {
            return Ok(0);
        }
        for (authorization, username) in &found {
            delete(&mut change, authorization, username.as_deref()).await?;
        }
        change.commit().await?;
        Ok(found.len())
    }
}

/// `username`: of a 1.x credential.
async fn delete(
    change: &mut AuditedTransaction,
    authorization: &Authorization,
    username: Option<&str>,
) -> Result<(), Error> {
    let (event, name) = match username {
        Some(name) => (Event::V1AuthorizationDeleted, CredentialName::Username(name)),
        None => (Event::AuthorizationDeleted, CredentialName::of_token(authorization)),
    };
    jeton_store::authorizations::delete(change, authorization.id).await?;
    let detail = AuthorizationDeleted::of(authorization, name);
    change.record(event, Some(authorization.org), authorization.id, detail).await
}
