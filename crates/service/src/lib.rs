//! The rules: who may do what, in which order, and what is recorded. No other layer accesses the store.
//!
//! Every operation is a method of [`Service`] and takes the [`Caller`]. A writing operation runs in one
//! `AuditedTransaction`: it takes the write lock, reads the caller again, decides, writes, and appends to the audit
//! log, all or nothing.
//!
//! If the database fails, an operation returns [`Error::Busy`], [`Error::Unavailable`] or [`Error::Internal`]. A
//! writing operation also returns [`Error::OutcomeUnknown`] if the database was lost during the commit, and
//! `AuthError::Unauthenticated`, `AuthError::V1Unauthorized` or `AuthError::UserInactive` if the caller's credential
//! stopped working meanwhile.

pub mod audit;
pub mod auth;
pub mod buckets;
pub mod clock;
pub mod doctor;
pub mod error;
pub mod gates;
mod given_ids;
pub mod import;
pub mod offline;
pub mod orgs;
pub mod recovery;
pub mod request_trace;
pub mod setup;
pub mod telegrafs;
pub mod tokens;
mod transaction;
pub mod users;

use std::sync::{Arc, Mutex, PoisonError};

use jeton_model::{Id, Timestamp, id::Snowflake};
use jeton_store::Store;

use audit::{
    denials::Denials,
    last_check::LastCheck,
    outlet::{Blocked, Deletable},
    telegraf_reads::TelegrafReads,
};
use auth::{
    accepted_passwords::AcceptedPasswords, login_throttle::LoginThrottle, passwords::Passwords, rate_limit::RateLimit,
    tried_passwords::TriedPasswords, unknown_tokens::UnknownTokens, verifier::Verifier,
};
use gates::{cache::Directories, upstream_buckets::UpstreamOrgs};
use tokens::usage::{GateUses, UsageBuffer};

pub use audit::AuditKey;
pub use auth::caller::{Caller, Client};
pub use auth::verifier::VerifierCounts;
pub use clock::Clock;
pub use error::Error;
pub use offline::Offline;
pub use tokens::console_list::Bookmark;
pub use tokens::quotas::Quotas;

/// The operations on a store. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    audit_key: AuditKey,
    passwords: Passwords,
    tried_passwords: TriedPasswords,
    accepted_passwords: AcceptedPasswords,
    throttle: LoginThrottle,
    reports: RateLimit,
    unknown_tokens: UnknownTokens,
    verifier: Arc<Verifier>,
    uses: UsageBuffer,
    gate_uses: GateUses,
    refusals: Denials,
    reads: TelegrafReads,
    chain: LastCheck,
    blocked: Blocked,
    deletable: Deletable,
    quotas: Quotas,
    directories: Arc<Directories>,
    upstream_orgs: UpstreamOrgs,
    snowflake: Mutex<Snowflake>,
}

impl Service {
    /// Starts the service on a store, after migrating what earlier versions stored differently.
    ///
    /// # Errors
    /// [`audit::KeyError::Other`] if the database belongs to another audit key; the database may fail.
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
            tried_passwords: TriedPasswords::default(),
            accepted_passwords: AcceptedPasswords::default(),
            throttle: LoginThrottle::default(),
            reports: RateLimit::new(tokens::leaked::STRINGS_AN_HOUR, tokens::leaked::STRINGS_AT_LEAST),
            unknown_tokens: UnknownTokens::default(),
            verifier: Arc::default(),
            uses: UsageBuffer::default(),
            gate_uses: GateUses::default(),
            refusals: Denials::default(),
            reads: TelegrafReads::default(),
            chain: LastCheck::default(),
            blocked: Blocked::default(),
            deletable: Deletable::default(),
            quotas,
            directories: Arc::default(),
            upstream_orgs: UpstreamOrgs::default(),
            snowflake: Mutex::new(Snowflake::new(node)),
        })))
    }

    /// The current time of the service's clock.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Flushes denials, reads and usage, waits for running transactions and closes the database.
    pub async fn close(&self) {
        if let Err(error) = self.write_uses().await {
            tracing::warn!(%error, "could not write the last uses of some tokens");
        }
        if let Err(error) = self.write_refusals().await {
            tracing::warn!(%error, "could not write the last denials to the audit log");
        }
        if let Err(error) = self.write_reads().await {
            tracing::warn!(%error, "could not write the last reads to the audit log");
        }
        self.0.store.close().await;
    }

    /// Returns whether the database answers.
    pub async fn is_healthy(&self) -> bool {
        match self.0.store.read().await {
            Ok(mut reader) => jeton_store::orgs::any(&mut reader).await.is_ok(),
            Err(_) => false,
        }
    }

    /// The name of the database: "SQLite" or "PostgreSQL".
    pub fn database(&self) -> &'static str {
        self.store().backend().name()
    }

    fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    async fn read(&self) -> Result<jeton_store::Reader, Error> {
        Ok(self.0.store.read().await?)
    }

    /// Generates an id that grows with time, for users, authorizations and telegraf configurations.
    fn next_id(&self) -> Id {
        let now = self.now();
        self.0.snowflake.lock().unwrap_or_else(PoisonError::into_inner).next(now)
    }
}

/// Returns random bytes of the operating system. Panics if there are none.
#[expect(clippy::disallowed_methods, reason = "the one place that reads random bytes")]
#[expect(clippy::panic, reason = "without randomness there are no safe keys, tokens or salts")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap_or_else(|error| panic!("the operating system gives no random bytes: {error}"));
    bytes
}

/// Normalizes a text for comparisons in lists: lower case, without outer spaces, and without NUL, which databases
/// reject.
pub(crate) fn fold(text: &str) -> String {
    text.trim().to_lowercase().replace('\0', "")
}
