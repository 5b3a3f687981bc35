//! SQL and nothing else, one file a table. No rules, no HTTP.
//!
//! One text runs on SQLite and PostgreSQL, through sqlx's `Any` driver. Functions take a [`Connection`], which is
//! either a reader from [`Store::read`] or the transaction of a [`Write`].

pub mod attention;
pub mod attention_gauges;
mod attention_parts;
mod attention_sql;
pub mod audit;
pub mod audit_list;
pub mod authorization_filter;
pub mod authorization_insert;
pub mod authorization_list;
pub mod authorizations;
pub mod buckets;
pub mod candidates;
mod checkpoint;
mod columns;
mod database_copy;
pub mod dbrps;
pub mod diagnosis;
mod error;
pub mod expired;
pub mod filter_choices;
pub mod gate_bindings;
pub mod gate_suspensions;
pub mod gate_tokens;
pub mod gate_uses;
pub mod grants;
mod group_commit;
pub mod hash_lookup;
pub mod idempotency_keys;
pub mod lineage;
pub mod memberships;
mod narrowing;
mod open;
pub mod org_rules;
pub mod orgs;
mod postgres_connection;
mod query_builder;
pub mod rotations;
mod scope;
mod search_index;
pub mod sessions;
mod sqlite_connection;
pub mod telegrafs;
pub mod text_search;
pub mod token_counts;
pub mod token_uses;
pub mod tombstones;
pub mod user_directory;
pub mod user_grants;
pub mod users;
pub mod v1_authorizations;
pub mod visibility;
mod write;

use std::ops::{Deref, DerefMut};

use sqlx::{Any, AnyPool, pool::PoolConnection};

use write::Writers;

pub use database_copy::Contents;
pub use error::Error;
pub use open::{OpenError, is_exposed};
pub use scope::{Across, ResourceScope};
pub use sqlx::AnyConnection as Connection;
pub use write::Write;

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

/// The database: a pool of connections to read with, and what writes.
#[derive(Clone, Debug)]
pub struct Store {
    backend: Backend,
    readers: AnyPool,
    writers: Writers,
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

    /// Begins a writing transaction and takes the write lock, which excludes other requests, processes and nodes: the
    /// row of `audit_head`, or on SQLite the lock of the database. Dropping the transaction without [`Write::commit`]
    /// rolls it back.
    ///
    /// # Errors
    /// Fails if no connection is free within 10 seconds, or if the lock can't be taken.
    pub async fn write(&self) -> Result<Write> {
        self.writers.begin(false).await
    }

    /// Begins a writing transaction that is committed alone, for work on many rows: the writers of a group wait for
    /// each other.
    ///
    /// # Errors
    /// Those of [`Store::write`].
    pub async fn write_alone(&self) -> Result<Write> {
        self.writers.begin(true).await
    }

    /// Waits for running queries, empties the write-ahead log of SQLite and closes every connection.
    pub async fn close(&self) {
        self.readers.close().await;
        // Fails for a database that is only read. Whatever stays in the log is not lost: the next start reads it.
        if let Err(error) = self.checkpoint_all().await {
            tracing::debug!(%error, "the write-ahead log was not emptied");
        }
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
