//! Read-only examination of a database that a server may be using.

use std::path::Path;

use sqlx::{Connection as _, Executor as _};

use crate::{OpenError, Result, Store, columns::Columns as _, database_copy::connect};

/// Blocked and blocking sessions of PostgreSQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Locks {
    /// Number of statements that have waited for a lock for ten seconds and more.
    pub waiting: i64,
    /// Number of transactions that have been open for a minute and more, and do nothing.
    pub idle: i64,
}

/// `state` and times of other users' sessions are visible to superusers only; such sessions are not counted.
const LOCKS: &str = "SELECT \
    COUNT(*) FILTER (WHERE wait_event_type = 'Lock' AND query_start < now() - INTERVAL '10 seconds') AS waiting, \
    COUNT(*) FILTER (WHERE state LIKE 'idle in transaction%' AND xact_start < now() - INTERVAL '60 seconds') AS idle \
    FROM pg_stat_activity WHERE datname = current_database()";

impl Store {
    /// Counts the blocked and the blocking sessions of a PostgreSQL database.
    ///
    /// # Errors
    /// Fails if the database does, or if it is one of SQLite.
    pub async fn locks(&self) -> Result<Locks> {
        let row = sqlx::query(LOCKS).fetch_one(&self.readers).await?;
        Ok(Locks { waiting: row.number("waiting")?, idle: row.number("idle")? })
    }

    /// Returns whether the write lock of the SQLite database in `file` is free within three seconds, and writes
    /// nothing. The file must be in use by a server: otherwise this would create files beside it that belong to another
    /// user.
    ///
    /// # Errors
    /// Fails if the file can't be opened.
    pub async fn sqlite_lock_is_free(file: &Path) -> std::result::Result<bool, OpenError> {
        let mut connection = connect(file, "mode=rw").await?;
        connection.execute("PRAGMA busy_timeout = 3000").await?;
        let begun = connection.execute("BEGIN IMMEDIATE").await.is_ok();
        if begun {
            connection.execute("ROLLBACK").await?;
        }
        connection.close().await?;
        Ok(begun)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_write_lock_that_another_process_keeps_is_noticed() {
        let data = tempfile::TempDir::new().expect("a directory");
        let file = data.path().join("jeton.db");
        let store = Store::sqlite(&file).await.expect("a database");
        assert!(Store::sqlite_lock_is_free(&file).await.expect("an answer"));
        let mut other = connect(&file, "mode=rw").await.expect("a connection");
        other.execute("BEGIN IMMEDIATE").await.expect("the lock");
        assert!(!Store::sqlite_lock_is_free(&file).await.expect("an answer"));
        other.execute("ROLLBACK").await.expect("an end");
        other.close().await.expect("a close");
        store.close().await;
    }
}
