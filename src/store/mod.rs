//! SQL, and nothing but SQL: one file a table. No rules, no HTTP.
//!
//! One text runs on SQLite and PostgreSQL, through sqlx's `Any` driver. Functions take a [`Connection`], which is
//! either a reader from [`Store::read`] or the inside of a [`Write`].

pub mod attention;
mod attention_sql;
pub mod audit;
pub mod audit_list;
mod authorization_filter;
mod authorization_list;
pub mod authorizations;
pub mod buckets;
mod columns;
pub mod dbrps;
pub mod filter_choices;
pub mod grants;
pub mod hash_lookup;
pub mod idempotency_keys;
pub mod lineage;
pub mod memberships;
mod open;
pub mod org_rules;
pub mod orgs;
mod query_builder;
pub mod rotations;
mod scope;
pub mod sessions;
pub mod telegrafs;
mod text_search;
pub mod token_counts;
pub mod token_uses;
pub mod tombstones;
pub mod user_directory;
pub mod users;
pub mod v1_authorizations;
mod visibility;

use std::ops::{Deref, DerefMut};

use sqlx::{Any, AnyPool, Transaction, pool::PoolConnection};

pub use open::{OpenError, is_exposed};
pub use scope::{Across, ResourceScope};
pub use sqlx::{AnyConnection as Connection, Error};

/// What a query gives, or why the database could not.
pub type Result<T> = std::result::Result<T, Error>;

/// Which database answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    /// As its makers write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// The database.
#[derive(Clone, Debug)]
pub struct Store {
    backend: Backend,
    readers: AnyPool,
    writers: AnyPool,
}

impl Store {
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<Reader> {
        self.readers.acquire().await.map(Reader)
    }

    /// Begins a writing transaction and takes the one write lock, the row of `audit_head`: it holds between requests,
    /// between processes and between nodes. Dropped without [`Write::commit`], nothing of it happened.
    pub async fn write(&self) -> Result<Write> {
        // A plain BEGIN would let two SQLite transactions read first and then refuse one of them its write.
        let begin = match self.backend {
            Backend::Sqlite => "BEGIN IMMEDIATE",
            Backend::Postgres => "BEGIN",
        };
        let mut transaction = self.writers.begin_with(begin).await?;
        let head = audit::lock_head(&mut transaction).await?;
        Ok(Write { transaction, head })
    }

    /// Waits for what is under way and closes every connection.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// A connection to read with; it goes back to the pool when dropped.
pub struct Reader(PoolConnection<Any>);

impl Deref for Reader {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

/// A writing transaction that holds the write lock.
pub struct Write {
    transaction: Transaction<'static, Any>,
    /// The end of the audit log's chain, as far as this transaction has come.
    head: audit::Head,
}

impl Write {
    /// The last entry of the audit log, this transaction's own included.
    pub const fn head(&self) -> &audit::Head {
        &self.head
    }

    /// Appends a row to the audit log.
    pub async fn append(&mut self, row: &audit::Stored) -> Result<()> {
        audit::insert(&mut self.transaction, row).await?;
        self.head = audit::Head { seq: row.seq, hash: row.hash.clone() };
        audit::advance_head(&mut self.transaction, &self.head).await
    }

    /// Makes it happen. When this returns, a crash does not lose it.
    pub async fn commit(self) -> Result<()> {
        self.transaction.commit().await
    }
}

impl Deref for Write {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.transaction
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.transaction
    }
}
