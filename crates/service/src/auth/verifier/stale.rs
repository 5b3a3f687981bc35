//! Memory that is used while the database can't be asked, for as long as an operator allows it (`--stale-reads`).
//!
//! Expiry, networks, and revocations that were committed on this node or read from the audit log are respected. Only a
//! revocation on another node, which cannot be read meanwhile, takes effect late, as the operator allows.

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;

use jeton_model::{
    Span,
    presented_token::{PresentedToken, TokenDigest},
};
use jeton_store::Store;

use crate::{Error, Service};

use super::{KnownCredential, KnownToken, Recalled, Verifier};

/// Maximum time of a read, where memory may answer instead.
pub(crate) const ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// Returns whether an error says that the database can't be asked.
pub(crate) const fn cannot_be_asked(error: &Error) -> bool {
    matches!(error, Error::Busy | Error::Unavailable)
}

impl Verifier {
    /// The record of a token that was found before and stands, if memory is recent enough. A token that is not known is
    /// none: it may have been created meanwhile.
    pub(super) fn stale(&self, digest: &TokenDigest) -> Option<Arc<KnownToken>> {
        match self.recall(digest) {
            Recalled::Known(known) if self.follower.may_be_stale() => Some(known),
            Recalled::Known(_) | Recalled::Unknown | Recalled::Nothing => None,
        }
    }

    /// Follows the audit log, and notes whether the database can be asked.
    pub(super) async fn follow_in_time(&self, store: &Store) {
        let allowed = self.follower.stale_for();
        let followed = if allowed.is_zero() {
            Some(self.follow(store).await)
        } else {
            timeout(ANSWERS_WITHIN, self.follow(store)).await.ok()
        };
        let is_lost = match followed {
            Some(Ok(())) => return,
            Some(Err(error)) => {
                tracing::debug!(%error, "the audit log could not be followed; tokens are read from the database");
                error.is_unavailable()
            }
            None => true,
        };
        if is_lost && self.follower.failed_now() && !allowed.is_zero() {
            let seconds = allowed.as_secs();
            tracing::warn!(seconds, "the database can't be asked; tokens are answered from memory for at most so long");
        }
    }
}

impl Service {
    /// Allows tokens and the directories of gates to be used from memory for so long after the database last answered,
    /// while it can't be asked. Without this, they are not.
    pub fn allow_stale_reads(&self, time: Span) {
        let seconds = u64::try_from(time.seconds()).unwrap_or(0);
        self.0.verifier.follower.allow_stale(Duration::from_secs(seconds));
    }

    /// The time for which memory may be used while the database can't be asked.
    pub(crate) fn stale_for(&self) -> Duration {
        self.0.verifier.follower.stale_for()
    }

    /// Returns whether memory is used at the moment, because the database can't be asked.
    pub(crate) fn uses_stale_memory(&self) -> bool {
        self.0.verifier.follower.is_stale()
    }

    /// The 1.x credential with a user name that was found before and stands, if memory is recent enough.
    pub(crate) fn stale_credential(&self, username: &str) -> Option<Arc<KnownCredential>> {
        let verifier = &self.0.verifier;
        if !verifier.follower.may_be_stale() {
            return None;
        }
        let (known, read_at) = verifier.credentials.get(username)?;
        known.filter(|known| verifier.generations.stands(read_at, known.token.depends_on()))
    }

    /// Reads a token from the database, and remembers it. If the database can't be asked, the record may come from
    /// memory.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn read_token(&self, token: &PresentedToken<'_>) -> Result<Option<Arc<KnownToken>>, Error> {
        let verifier = &self.0.verifier;
        if verifier.stale(token.digest()).is_none() {
            return self.read_present_token(token).await;
        }
        let read = timeout(ANSWERS_WITHIN, self.read_present_token(token)).await.unwrap_or(Err(Error::Unavailable));
        match read {
            // It is looked up again: it may have been revoked meanwhile.
            Err(error) if cannot_be_asked(&error) => verifier.stale(token.digest()).map(Some).ok_or(error),
            read => read,
        }
    }
}
