//! SQL and nothing else, one file a table. No rules, no HTTP.
//!
//! One text runs on SQLite and PostgreSQL, through sqlx's `Any` driver. Functions take a [`Connection`], which is
//! either a reader from [`Store::read`] or the transaction of a [`Write`].

pub mod attention;
mod attention_sql;
pub mod audit;
pub mod audit_list;
pub mod authorization_filter;
pub mod authorization_list;
pub mod authorizations;
pub mod buckets;
mod columns;
pub mod dbrps;
mod error;
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
pub mod text_search;
pub mod token_counts;
pub mod token_uses;
pub mod tombstones;
pub mod user_directory;
pub mod users;
pub mod v1_authorizations;
pub mod visibility;

use std::ops::{Deref, DerefMut};

use sqlx::{Any, AnyPool, Transaction, pool::PoolConnection};

pub use error::Error;
pub use open::{OpenError, is_exposed};
pub use scope::{Across, ResourceScope};
pub use sqlx::AnyConnection as Connection;

/// The result of a query.
pub type Result<T> = std::result::Result<T, Error>;

/// The database system behind a [`Store`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// SQLite, in a local file.
    Sqlite,
    /// PostgreSQL, which several nodes can share.
    Postgres,
}

impl Backend {
    /// Returns the product's name as its makers write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// The database: a pool of connections to read with, and one to write with.
#[derive(Clone, Debug)]
pub struct Store {
    backend: Backend,
    readers: AnyPool,
    writers: AnyPool,
}

impl Store {
    /// Returns the database system.
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// Acquires a connection to read with.
    ///
    /// # Errors
    /// Fails if no connection is free within 10 seconds, or if the database does.
    pub async fn read(&self) -> Result<Reader> {
        Ok(self.readers.acquire().await.map(Reader)?)
    }

    /// Begins a writing transaction and takes the write lock, the row of `audit_head`. The lock excludes other
    /// requests, processes and nodes. Dropping the transaction without [`Write::commit`] rolls it back.
    ///
    /// # Errors
    /// Fails if no connection is free within 10 seconds, or if the lock can't be taken.
    pub async fn write(&self) -> Result<Write> {
        // A plain BEGIN takes no lock in SQLite: of two transactions that have read, one would be denied its write.
        let begin = match self.backend {
            Backend::Sqlite => "BEGIN IMMEDIATE",
            Backend::Postgres => "BEGIN",
        };
        let mut transaction = self.writers.begin_with(begin).await?;
        let head = audit::lock_head(&mut transaction).await?;
        Ok(Write { transaction, head })
    }

    /// Waits for running queries and closes every connection.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// A connection to read with; dropping it returns it to the pool.
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
    /// The last entry of the audit log, as this transaction sees it.
    head: audit::Head,
}

impl Write {
    /// Returns the last entry of the audit log, this transaction's own entries included.
    pub const fn head(&self) -> &audit::Head {
        &self.head
    }

    /// Appends an entry to the audit log and moves the audit head to it.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn append(&mut self, row: &audit::Stored) -> Result<()> {
        audit::insert(&mut self.transaction, row).await?;
        self.head = audit::Head { seq: row.seq, hash: row.hash.clone() };
        audit::advance_head(&mut self.transaction, &self.head).await
    }

    /// Commits the transaction. Once this returns, the changes survive a crash.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
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
