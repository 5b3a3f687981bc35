//! The verifier: what is known about tokens, in memory, so that a request does not cost a query. The reasons are in
//! docs/decisions/0010-verifier.md.
//!
//! It is filled by use. A commit tells it what changed before the operation is acknowledged (`transaction.rs`), and the
//! audit log what other nodes and processes changed (`follower.rs`). It never decides: see [`KnownToken::status`].

mod change;
mod counts;
mod follower;
mod generations;
mod known_credential;
mod known_token;
mod permission_sets;
mod stale;

use std::sync::Arc;

use moka::sync::Cache;

use jeton_model::presented_token::{PresentedToken, TokenDigest};
use jeton_store::{Store, audit::Head};

use crate::{Error, Service};

use super::credential_status::by_token_with_owner;

use counts::Lookups;
use follower::Follower;
use generations::{Generation, Generations};
use known_credential::KnownCredentials;
use permission_sets::PermissionSets;

pub(crate) use change::Change;
pub use counts::VerifierCounts;
pub(crate) use known_credential::KnownCredential;
pub(crate) use known_token::KnownToken;
pub(crate) use stale::{ANSWERS_WITHIN, cannot_be_asked};

/// Maximum number of bytes that known tokens take, roughly: about 80,000 tokens with few permissions.
const KNOWN_BYTES: u64 = 64 << 20;
/// Maximum number of unknown tokens that are remembered.
const UNKNOWN: u64 = 10_000;
/// Maximum number of tokens that are exempt from the limit of unknown ones: more than are known, because their records
/// may be large.
const SEEN: u64 = 50_000;

/// Tokens in bounded memory. The least used are forgotten first.
pub(crate) struct Verifier {
    /// Records that the database held, each with the time of its reading. Outdated ones stay until they are read again.
    known: Cache<TokenDigest, (Arc<KnownToken>, Generation)>,
    /// Tokens that the database had once, whether or not they are known now.
    seen: Cache<TokenDigest, ()>,
    /// Tokens that the database did not have.
    unknown: Cache<TokenDigest, Generation>,
    credentials: KnownCredentials,
    permissions: PermissionSets,
    generations: Generations,
    follower: Follower,
    lookups: Lookups,
}

/// The state of a token in memory.
pub(crate) enum Recalled {
    /// Its record stands.
    Known(Arc<KnownToken>),
    /// The database does not have it.
    Unknown,
    /// Nothing that could be used: the database has to be read.
    Nothing,
}

impl Default for Verifier {
    fn default() -> Self {
        let size = |_: &TokenDigest, (token, _): &(Arc<KnownToken>, Generation)| {
            u32::try_from(token.size()).unwrap_or(u32::MAX)
        };
        Self {
            known: Cache::builder().weigher(size).max_capacity(KNOWN_BYTES).build(),
            seen: Cache::builder().max_capacity(SEEN).build(),
            unknown: Cache::builder().max_capacity(UNKNOWN).build(),
            credentials: known_credential::known_credentials(),
            permissions: PermissionSets::default(),
            generations: Generations::default(),
            follower: Follower::default(),
            lookups: Lookups::default(),
        }
    }
}

impl Verifier {
    /// Returns whether a token was found lately, whether or not its record still stands.
    pub fn has_seen(&self, token: &PresentedToken<'_>) -> bool {
        self.seen.contains_key(token.digest())
    }

    /// Applies the changes of a commit, whose entries lead from one head of the audit log to another.
    pub fn committed(&self, changes: &[Change], from: &Head, to: Head) {
        self.apply(changes);
        self.follower.move_on(Some(from), to);
    }

    /// Applies changes that are committed.
    pub fn apply(&self, changes: &[Change]) {
        changes.iter().for_each(|change| self.generations.apply(*change));
    }

    fn recall(&self, digest: &TokenDigest) -> Recalled {
        match self.known.get(digest) {
            Some((token, read_at)) if self.generations.stands(read_at, token.depends_on()) => Recalled::Known(token),
            Some(_) => Recalled::Nothing,
            None => match self.unknown.get(digest) {
                Some(read_at) if self.generations.stands_as_unknown(read_at) => Recalled::Unknown,
                _ => Recalled::Nothing,
            },
        }
    }

    /// Remembers what was read, if anything. It is never used if something that it depends on changed since `read_at`.
    fn remember(&self, digest: TokenDigest, read_at: Generation, found: Option<KnownToken>) -> Option<Arc<KnownToken>> {
        let Some(mut token) = found else {
            self.known.invalidate(&digest);
            self.unknown.insert(digest, read_at);
            return None;
        };
        token.share(|list| self.permissions.shared(list));
        let token = Arc::new(token);
        self.seen.insert(digest, ());
        self.known.insert(digest, (Arc::clone(&token), read_at));
        Some(token)
    }

    /// Returns whether what is in memory may be used: the audit log was followed to its end a moment ago. One request
    /// at a time does that. Others do not wait for it: they read the database if memory is too old.
    async fn is_current(&self, store: &Store) -> bool {
        if self.follower.is_recent() {
            return true;
        }
        if self.follower.is_worth_comparing()
            && let Ok(_comparing) = self.follower.comparing.try_lock()
        {
            Box::pin(self.follow_in_time(store)).await;
        }
        self.follower.is_current()
    }

    async fn follow(&self, store: &Store) -> jeton_store::Result<()> {
        let (began, applied) = (self.follower.millis(), self.follower.applied());
        let mut reader = store.read().await?;
        let head = jeton_store::audit::head(&mut reader).await?;
        if applied.as_ref() != Some(&head) {
            self.apply(&follower::changes(&mut reader, applied.as_ref(), &head).await?);
            self.follower.move_on(applied.as_ref(), head);
        }
        self.follower.compared_at(began);
        Ok(())
    }
}

impl Service {
    /// The state of a token in memory.
    pub(crate) async fn recall(&self, token: &PresentedToken<'_>) -> Recalled {
        let verifier = &self.0.verifier;
        let is_current = verifier.is_current(self.store()).await;
        let recalled = if is_current {
            verifier.recall(token.digest())
        } else if verifier.follower.is_stale() {
            verifier.stale(token.digest()).map_or(Recalled::Nothing, Recalled::Known)
        } else {
            Recalled::Nothing
        };
        verifier.lookups.note(!matches!(recalled, Recalled::Nothing));
        recalled
    }

    /// Reads a token from the database, and remembers it.
    ///
    /// # Errors
    /// The database may fail.
    async fn read_present_token(&self, token: &PresentedToken<'_>) -> Result<Option<Arc<KnownToken>>, Error> {
        let verifier = &self.0.verifier;
        let read_at = verifier.generations.now();
        let mut reader = self.read().await?;
        let found = by_token_with_owner(&mut reader, token).await?;
        let found = found.map(|(record, owner)| KnownToken::new(record, owner));
        Ok(verifier.remember(*token.digest(), read_at, found))
    }

    /// The record of a token, whatever its status, from memory or from the database.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn known_token(&self, token: &PresentedToken<'_>) -> Result<Option<Arc<KnownToken>>, Error> {
        match self.recall(token).await {
            Recalled::Known(known) => Ok(Some(known)),
            Recalled::Unknown => Ok(None),
            // Rare, and large: not a part of the future of every request.
            Recalled::Nothing => Box::pin(self.read_token(token)).await,
        }
    }

    /// Has every token and 1.x credential read from the database at its next use. Only needed where something else than
    /// the operations of the service changed the database: the audit log tells about those.
    pub fn forget_tokens(&self) {
        self.0.verifier.apply(&[Change::Everything]);
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::{Authorization, AuthorizationId, Id, Networks, OrgId, Status, Timestamp, User, UserId};

    use super::*;

    fn id(value: u64) -> Id {
        Id::new(value).expect("an id")
    }

    /// Authorization 1 of user 2 in organization 3.
    fn token() -> KnownToken {
        let (user, now) = (UserId(id(2)), Timestamp::from_micros(0));
        let record = Authorization {
            id: AuthorizationId(id(1)),
            org: OrgId(id(3)),
            user,
            created_by: user,
            status: Status::Active,
            description: String::new(),
            permissions: Vec::new(),
            token_prefix: None,
            created_at: now,
            updated_at: now,
            expires_at: None,
            ended_at: None,
            networks: Networks::default(),
            last_use: None,
            replaces: None,
            created_with: None,
            leaked_at: None,
        };
        KnownToken::new(record, Some(User { id: user, name: "alice".into(), status: Status::Active }))
    }

    fn digest() -> TokenDigest {
        *PresentedToken::new("my-token").digest()
    }

    #[test]
    fn a_slow_read_does_not_bring_a_revoked_token_back() {
        let verifier = Verifier::default();
        for change in [Change::Authorization(id(1)), Change::User(id(2)), Change::Org(id(3)), Change::Everything] {
            let slow = verifier.generations.now();
            verifier.committed(&[change], &Head { seq: 0, hash: String::new() }, Head { seq: 1, hash: "1".into() });
            verifier.remember(digest(), slow, Some(token()));
            assert!(matches!(verifier.recall(&digest()), Recalled::Nothing), "{change:?}");
            verifier.remember(digest(), verifier.generations.now(), Some(token()));
            assert!(matches!(verifier.recall(&digest()), Recalled::Known(_)), "{change:?}");
        }
    }

    #[test]
    fn a_slow_read_does_not_hide_a_created_token() {
        let verifier = Verifier::default();
        let slow = verifier.generations.now();
        verifier.apply(&[Change::Authorization(id(1))]);
        verifier.remember(digest(), slow, None);
        assert!(matches!(verifier.recall(&digest()), Recalled::Nothing));
        verifier.remember(digest(), verifier.generations.now(), None);
        assert!(matches!(verifier.recall(&digest()), Recalled::Unknown));
    }

    #[test]
    fn stale_memory_has_the_tokens_that_stand_and_no_others() {
        let verifier = Verifier::default();
        verifier.follower.compared_at(verifier.follower.millis());
        verifier.remember(digest(), verifier.generations.now(), Some(token()));
        assert!(verifier.stale(&digest()).is_none(), "nobody allowed it");
        verifier.follower.allow_stale(std::time::Duration::from_secs(3600));
        assert!(verifier.stale(&digest()).is_some());
        verifier.apply(&[Change::Authorization(id(1))]);
        assert!(verifier.stale(&digest()).is_none(), "it was revoked here");
        verifier.remember(digest(), verifier.generations.now(), None);
        assert!(verifier.stale(&digest()).is_none(), "it was deleted");
    }

    #[test]
    fn a_deleted_token_is_unknown_once_it_is_read_again() {
        let verifier = Verifier::default();
        verifier.remember(digest(), verifier.generations.now(), Some(token()));
        verifier.apply(&[Change::Authorization(id(1))]);
        assert!(matches!(verifier.recall(&digest()), Recalled::Nothing));
        verifier.remember(digest(), verifier.generations.now(), None);
        assert!(matches!(verifier.recall(&digest()), Recalled::Unknown));
    }
}
