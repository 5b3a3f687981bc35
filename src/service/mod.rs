//! The rules: who may do what, in which order, and what gets logged. The only door to the store.
//!
//! Every operation is a method of [`Service`] and takes the [`Caller`] who asks. A writing operation runs in one
//! [`Change`]: it takes the write lock, reads the caller again, decides, writes and appends to the audit log, and
//! happens whole or not at all.

pub mod audit;
pub mod auth;
pub mod buckets;
pub mod clock;
pub mod import;
pub mod offline;
pub mod orgs;
pub mod recovery;
pub mod setup;
pub mod telegrafs;
pub mod tokens;
mod transaction;
pub mod users;

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    model::{Error, Id, Timestamp, id::Snowflake},
    store::{self, Store},
};

use audit::{denials::Denials, telegraf_reads::TelegrafReads, verify::LastCheck};
use auth::{login_throttle::LoginThrottle, passwords::Passwords, rate_limit::RateLimit, unknown_tokens::UnknownTokens};
use tokens::usage::UsageBuffer;

pub use audit::AuditKey;
pub use auth::caller::{Caller, Client};
pub use clock::Clock;
pub use offline::Offline;
pub use tokens::console_list::Bookmark;
pub use tokens::quotas::Quotas;

/// The rules, over a store. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    audit_key: AuditKey,
    passwords: Passwords,
    throttle: LoginThrottle,
    reports: RateLimit,
    unknown_tokens: UnknownTokens,
    uses: UsageBuffer,
    refusals: Denials,
    reads: TelegrafReads,
    chain: LastCheck,
    quotas: Quotas,
    snowflake: Mutex<Snowflake>,
}

impl Service {
    /// Fails if another node of this database uses another audit key.
    pub async fn start(
        store: Store,
        clock: Clock,
        audit_key: AuditKey,
        quotas: Quotas,
    ) -> Result<Self, audit::KeyError> {
        audit::adopt_key(&store, &audit_key).await?;
        tokens::backfill::fill_in(&store).await?;
        telegrafs::fill_in_output_buckets(&store).await?;
        let node = u16::from_be_bytes(random());
        Ok(Self(Arc::new(Inner {
            store,
            clock,
            audit_key,
            passwords: Passwords::default(),
            throttle: LoginThrottle::default(),
            reports: RateLimit::new(tokens::leaked::STRINGS_AN_HOUR, tokens::leaked::STRINGS_AT_LEAST),
            unknown_tokens: UnknownTokens::default(),
            uses: UsageBuffer::default(),
            refusals: Denials::default(),
            reads: TelegrafReads::default(),
            chain: LastCheck::default(),
            quotas,
            snowflake: Mutex::new(Snowflake::new(node)),
        })))
    }

    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Writes what is not written yet, waits for what is under way and closes the database.
    pub async fn close(&self) {
        if let Err(error) = self.write_uses().await {
            tracing::warn!(%error, "the last uses of some tokens were not written");
        }
        if let Err(error) = self.write_refusals().await {
            tracing::warn!(%error, "the last refusals were not written to the audit log");
        }
        if let Err(error) = self.write_reads().await {
            tracing::warn!(%error, "the last reads were not written to the audit log");
        }
        self.0.store.close().await;
    }

    /// Whether the database answers.
    pub async fn is_healthy(&self) -> bool {
        match self.0.store.read().await {
            Ok(mut reader) => store::orgs::any(&mut reader).await.is_ok(),
            Err(_) => false,
        }
    }

    /// The database's kind: "SQLite", "PostgreSQL".
    pub fn database(&self) -> &'static str {
        self.store().backend().name()
    }

    fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    async fn read(&self) -> Result<store::Reader, Error> {
        Ok(self.0.store.read().await?)
    }

    /// An id that grows with time, for users, authorizations and telegraf configurations.
    fn next_id(&self) -> Id {
        let now = self.now();
        self.0.snowflake.lock().unwrap_or_else(PoisonError::into_inner).next(now)
    }
}

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Nothing may go on without randomness: there is no key, token or salt to be had.
    getrandom::fill(&mut bytes).unwrap_or_else(|error| panic!("the operating system gives no random bytes: {error}"));
    bytes
}

/// A text as lists compare it: without regard to case, without outer spaces, and without NUL, which no database is asked
/// for.
pub(crate) fn fold(text: &str) -> String {
    text.trim().to_lowercase().replace('\0', "")
}

/// The log gets what happened, the caller does not.
impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        if matches!(error, store::Error::PoolTimedOut) {
            tracing::warn!(%error, "no database connection was free");
            return Self::Busy;
        }
        tracing::error!(%error, "the database failed");
        Self::Internal
    }
}
