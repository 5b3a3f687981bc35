//! The connection to write with: how it is opened, and how long it may take to answer.

use std::{io, time::Duration};

use sqlx::any::AnyConnectOptions;
use tokio::time::timeout;

use crate::{Backend, Connection, Result, postgres_connection, sqlite_connection};

/// Maximum duration of what the task itself asks of PostgreSQL: a connection may be lost without a sign of it. It exceeds
/// the time for which PostgreSQL waits for a lock. Whether a COMMIT that takes longer succeeded is not known.
const ANSWERED_WITHIN: Duration = Duration::from_secs(12);

/// The way in which the connection to write with is opened.
#[derive(Debug)]
pub(crate) struct Opener {
    backend: Backend,
    options: AnyConnectOptions,
}

impl Opener {
    /// Returns the way to connect to a database.
    pub const fn new(backend: Backend, options: AnyConnectOptions) -> Self {
        Self { backend, options }
    }

    /// Returns the database system.
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn open(&self) -> Result<Connection> {
        match self.backend {
            Backend::Sqlite => Ok(sqlite_connection::writer(&self.options).await?),
            Backend::Postgres => self.in_time(async { Ok(postgres_connection::writer(&self.options).await?) }).await,
        }
    }

    /// Limits the time for an answer of PostgreSQL. SQLite's file is local.
    ///
    /// # Errors
    /// Those of the answer, and an I/O error if there is none in time.
    pub async fn in_time<T>(&self, answer: impl Future<Output = Result<T>>) -> Result<T> {
        match self.backend {
            Backend::Sqlite => answer.await,
            Backend::Postgres => {
                timeout(ANSWERED_WITHIN, answer).await.unwrap_or_else(|_| Err(sqlx::Error::from(late()).into()))
            }
        }
    }
}

fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the database did not answer in time")
}
