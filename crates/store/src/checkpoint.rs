//! Checkpoints: what SQLite's write-ahead log holds is moved into the database file, so that the file alone is whole.

use crate::{Backend, Result, Store, columns::Columns as _, write::Writers};

impl Store {
    /// Moves the write-ahead log into the database file, as far as running readers permit; waits for none of them.
    /// Returns whether all of it was moved. Does nothing on PostgreSQL, which does this itself.
    ///
    /// # Errors
    /// Fails if no connection is free within 10 seconds, or if the database does.
    pub async fn checkpoint(&self) -> Result<bool> {
        self.run_checkpoint("PRAGMA wal_checkpoint(PASSIVE)").await
    }

    /// Moves all of the write-ahead log and empties it, when the database is closed and nobody reads any more.
    pub(super) async fn checkpoint_all(&self) -> Result<bool> {
        self.run_checkpoint("PRAGMA wal_checkpoint(TRUNCATE)").await
    }

    async fn run_checkpoint(&self, statement: &'static str) -> Result<bool> {
        let (Writers::Group(writer), Backend::Sqlite) = (&self.writers, self.backend) else { return Ok(true) };
        let mut connection = writer.borrow_bare().await?;
        let row = sqlx::query(statement).fetch_one(&mut *connection).await?;
        Ok(row.number("log")? == row.number("checkpointed")?)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use sqlx::{Executor as _, Row as _};

    use super::*;

    /// Returns the number of tables and indexes in the database file without its write-ahead log.
    async fn in_the_file_alone(file: &Path) -> i64 {
        let alone = file.with_extension("alone");
        fs::copy(file, &alone).expect("a copy");
        let url = format!("sqlite://{}?mode=ro&immutable=1", alone.display());
        let pool = sqlx::AnyPool::connect(&url).await.expect("a database");
        let row = sqlx::query("SELECT COUNT(*) AS count FROM sqlite_master").fetch_one(&pool).await.expect("a count");
        row.try_get("count").expect("a number")
    }

    #[tokio::test]
    async fn the_file_alone_is_whole_after_a_checkpoint_and_after_a_stop() {
        let data = tempfile::TempDir::new().expect("a directory");
        let file = data.path().join("jeton.db");
        let store = Store::sqlite(&file).await.expect("a database");
        assert_eq!(in_the_file_alone(&file).await, 0, "a change is in the log at first");
        assert!(store.checkpoint().await.expect("a checkpoint"));
        let checkpointed = in_the_file_alone(&file).await;
        assert!(checkpointed > 0);
        let mut write = store.write().await.expect("a transaction");
        write.execute("CREATE TABLE more (n BIGINT)").await.expect("a table");
        write.commit().await.expect("a commit");
        assert_eq!(in_the_file_alone(&file).await, checkpointed);
        store.close().await;
        assert_eq!(in_the_file_alone(&file).await, checkpointed + 1);
    }
}
