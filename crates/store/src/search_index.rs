//! The index of the texts that lists are searched by: the one place where the two databases differ in schema and query.
//!
//! SQLite: an FTS5 table of the trigrams of each text, kept up to date by triggers. It has content and row ids of its
//! own, the ids of the authorizations: a backup may renumber the implicit row ids of other tables. PostgreSQL: an index
//! of the extension `pg_trgm`, which its planner uses for `LIKE`. Without that extension, texts are searched by a scan.

use sqlx::{AnyPool, Executor as _, Row as _};

use crate::{Connection, Result};

/// Number of characters of the shortest text that the index finds; shorter ones are searched by a scan.
const TRIGRAM: usize = 3;
/// Maximum number of trigrams of a text that are looked up. More would cost more than they rule out.
const MOST_TRIGRAMS: usize = 12;

/// `detail=none` keeps no positions: a match is a candidate that the condition of the statement examines.
const SQLITE: [&str; 5] = [
    "CREATE VIRTUAL TABLE token_search USING fts5(text, tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0)",
    "INSERT INTO token_search (rowid, text) SELECT id, search_text FROM authorizations ORDER BY id",
    "CREATE TRIGGER token_search_insert AFTER INSERT ON authorizations BEGIN \
     INSERT INTO token_search (rowid, text) VALUES (new.id, new.search_text); END",
    "CREATE TRIGGER token_search_update AFTER UPDATE OF id, search_text ON authorizations \
     WHEN old.id <> new.id OR old.search_text <> new.search_text BEGIN \
     DELETE FROM token_search WHERE rowid = old.id; \
     INSERT INTO token_search (rowid, text) VALUES (new.id, new.search_text); END",
    "CREATE TRIGGER token_search_delete AFTER DELETE ON authorizations BEGIN \
     DELETE FROM token_search WHERE rowid = old.id; END",
];

/// Finds the index of a SQLite database. Its triggers were created in the same transaction.
const SQLITE_HAS_IT: &str = "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'token_search'";

/// Counts the table and the triggers that keep it up to date.
const SQLITE_PARTS: &str = "SELECT COUNT(*) AS count FROM sqlite_master WHERE name IN \
     ('token_search', 'token_search_insert', 'token_search_update', 'token_search_delete')";

/// Removes what is left of an index, for example if a migration made a new table of the authorizations.
const SQLITE_REMOVAL: [&str; 4] = [
    "DROP TRIGGER IF EXISTS token_search_insert",
    "DROP TRIGGER IF EXISTS token_search_update",
    "DROP TRIGGER IF EXISTS token_search_delete",
    "DROP TABLE IF EXISTS token_search",
];

/// Finds the index of a PostgreSQL database: creating one that exists would wait for every writer.
const POSTGRES_HAS_IT: &str = "SELECT CAST(to_regclass('authorizations_by_search_text') AS TEXT) AS name";

/// Finds a row if creating the index takes long enough to say so.
const IS_LARGE: &str = "SELECT 1 AS found FROM authorizations LIMIT 1 OFFSET 20000";

/// The advisory lock serializes nodes that start at the same moment.
const POSTGRES: [&str; 3] = [
    "DO $$ BEGIN PERFORM pg_advisory_xact_lock(7091995); END $$",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS authorizations_by_search_text ON authorizations USING gin (search_text gin_trgm_ops)",
];

/// Creates the index in a SQLite database that lacks it, from the rows that are there.
pub(super) async fn create_in_sqlite(pool: &AnyPool) -> sqlx::Result<()> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let parts: i64 = transaction.fetch_one(SQLITE_PARTS).await?.try_get("count")?;
    if parts == 4 {
        return Ok(());
    }
    for statement in SQLITE_REMOVAL {
        transaction.execute(statement).await?;
    }
    if transaction.fetch_optional(IS_LARGE).await?.is_some() {
        tracing::info!("creating the search index, which takes a minute or two with a million tokens");
    }
    for statement in SQLITE {
        transaction.execute(statement).await?;
    }
    transaction.commit().await
}

/// Creates the index in a PostgreSQL database that lacks it. A role without the right to create the extension goes
/// without: the failure is logged, and searches scan.
pub(super) async fn create_in_postgres(pool: &AnyPool) -> sqlx::Result<()> {
    let name: Option<String> = pool.fetch_one(POSTGRES_HAS_IT).await?.try_get("name")?;
    if name.is_some() {
        return Ok(());
    }
    let mut transaction = pool.begin().await?;
    for statement in POSTGRES {
        if let Err(error) = transaction.execute(statement).await {
            tracing::warn!(%error, "no search index without the PostgreSQL extension pg_trgm: searches read every token");
            return transaction.rollback().await;
        }
    }
    transaction.commit().await
}

/// Returns whether the database has the index. A database that is only read may lack it.
pub(super) async fn is_in_sqlite(connection: &mut Connection) -> Result<bool> {
    Ok(connection.fetch_optional(SQLITE_HAS_IT).await?.is_some())
}

/// Returns a search expression of FTS5 for a folded text: each of its trigrams, in any place. `None` for a text that is
/// too short.
pub(super) fn expression(text: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    let windows: Vec<String> = letters.windows(TRIGRAM).map(|window| window.iter().collect()).collect();
    let step = windows.len().div_ceil(MOST_TRIGRAMS).max(1);
    let quoted = windows.iter().step_by(step).map(|trigram| format!("\"{}\"", trigram.replace('"', "\"\"")));
    (!windows.is_empty()).then(|| quoted.collect::<Vec<_>>().join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_its_trigrams() {
        assert_eq!(expression("ab"), None);
        assert_eq!(expression("abc").as_deref(), Some("\"abc\""));
        assert_eq!(expression("a\"bé").as_deref(), Some("\"a\"\"b\" AND \"\"\"bé\""));
    }

    #[test]
    fn a_long_text_becomes_few_trigrams() {
        let text: String = ('a'..='z').cycle().take(255).collect();
        let found = expression(&text).expect("an expression");
        assert!(found.split(" AND ").count() <= MOST_TRIGRAMS, "{found}");
    }
}
