//! The connection to write with: how it is opened, and how long it may take to answer.

use std::{io, time::Duration};

use sqlx::{Connection as _, any::AnyConnectOptions};
use tokio::time::timeout;

use crate::{Backend, Connection, Result, postgres_connection, sqlite_connection};

/// Maximum duration of what the task itself asks of PostgreSQL: a connection may be lost without a sign of it. It exceeds
/// the time for which PostgreSQL waits for a lock. Whether a COMMIT that takes longer succeeded is not known.
const ANSWERED_WITHIN: Duration = Duration::from_secs(12);

/// Maximum durations of an operation on PostgreSQL: one that shares a transaction, and one that has its own. Its
/// statements would wait for ever for a server that is gone without a sign of it, and all other writers with them.
const SHARED: Duration = Duration::from_secs(60);
const ALONE: Duration = Duration::from_mins(15);

/// The test of a connection to PostgreSQL that nobody has used for a while: a firewall may have forgotten it, and drops
/// what is sent on it without a sign. The driver offers no keepalive of TCP.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdleTest {
    /// The shortest time without use after which a connection is tested.
    pub after: Duration,
    /// Maximum time for the answer. With a new connection, it is shorter than writers [wait](super::WAIT).
    pub within: Duration,
}

impl IdleTest {
    /// The test of the server.
    pub const USUAL: Self = Self { after: Duration::from_secs(30), within: Duration::from_secs(5) };
}

/// The way in which the connection to write with is opened.
#[derive(Debug)]
pub(crate) struct Opener {
    backend: Backend,
    options: AnyConnectOptions,
    idle_test: IdleTest,
}

impl Opener {
    /// Returns the way to connect to a database.
    pub const fn new(backend: Backend, options: AnyConnectOptions, idle_test: IdleTest) -> Self {
        Self { backend, options, idle_test }
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

    /// Returns the connection, or another one if it was idle for long and does not answer.
    ///
    /// # Errors
    /// Fails if another one is needed and can't be opened.
    pub async fn tested(&self, mut connection: Connection, idle: Duration) -> Result<Connection> {
        if self.backend == Backend::Sqlite || idle < self.idle_test.after {
            return Ok(connection);
        }
        let answer = timeout(self.idle_test.within, connection.ping()).await;
        if matches!(answer, Ok(Ok(()))) {
            return Ok(connection);
        }
        tracing::info!("the connection to write with was lost while nobody used it; another one is opened");
        self.open().await
    }

    /// Waits until an operation returns the connection; `None` if it is lost, or takes too long on PostgreSQL. Then the
    /// connection is closed when the operation ends at last, which rolls back.
    pub async fn returned<T>(&self, lent: impl Future<Output = Option<T>>, alone: bool) -> Option<T> {
        match self.backend {
            Backend::Sqlite => lent.await,
            Backend::Postgres => timeout(if alone { ALONE } else { SHARED }, lent).await.ok().flatten(),
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
