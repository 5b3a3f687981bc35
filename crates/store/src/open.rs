//! Opening the database: connections, settings, migrations.

use std::{net::IpAddr, path::Path, str::FromStr as _, time::Duration};

use sqlx::{
    AnyPool, Connection as _, Executor as _, Row as _,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgSslMode},
};

use crate::{Backend, Connection, Store};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// Creates the collation that the tables name; SQLite has it built in. `IF NOT EXISTS` fails when two nodes start at
/// the same moment, so an advisory lock serializes them until the transaction ends.
const COLLATION: &str = r#"
    DO $$ BEGIN PERFORM pg_advisory_xact_lock(7091994); END $$;
    CREATE COLLATION IF NOT EXISTS "binary" (provider = libc, locale = 'C');
"#;

/// The reason why the database can't be opened, as a sentence for the person who starts the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database has a migration with this number, which only a newer version of Jeton knows.
    #[error(
        "the database was written by a newer version of Jeton (its schema has step {0}, which this program does not know); start that version instead"
    )]
    Newer(i64),
    /// A database that is opened read-only lacks migrations of this version, or was not written by Jeton.
    #[error("the database was written by another version of Jeton; use that version")]
    OtherVersion,
    /// The URL is not one of PostgreSQL.
    #[error("the database URL must begin with postgres:// or postgresql://")]
    UnknownUrl,
    /// The file can't be opened, or the server can't be reached.
    #[error("the database can't be opened: {0}")]
    Unavailable(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the database can't be migrated: {0}")]
    Migration(MigrateError),
}

impl Store {
    /// Opens the SQLite database in `file`, creates it if it is missing, and migrates it. The caller holds the data
    /// directory's lock.
    ///
    /// # Errors
    /// Fails if the file can't be opened, if another version of Jeton wrote it, or if a migration fails.
    pub async fn sqlite(file: &Path) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}?mode=rwc", file.display());
        let options = AnyConnectOptions::from_str(&url)?;
        // A pool retries until its timeout and then reports only the timeout. A single connection reports the cause.
        sqlite_settings(&mut Connection::connect_with(&options).await?).await?;
        // One writer: SQLite allows no more, and waiting in the pool's queue is fairer than retrying.
        let writers = sqlite_pool(1).connect_with(options.clone()).await?;
        migrate(&writers).await?;
        // A page runs three queries at once; the authentication of tokens must not wait for them.
        let readers = sqlite_pool(8).connect_with(options).await?;
        Ok(Self { backend: Backend::Sqlite, readers, writers })
    }

    /// Connects to the PostgreSQL database at `url` and migrates it.
    ///
    /// # Errors
    /// Fails if `url` isn't one of PostgreSQL, if the server can't be reached, if another version of Jeton wrote the
    /// database, or if a migration fails.
    pub async fn postgres(url: &str) -> Result<Self, OpenError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(OpenError::UnknownUrl);
        }
        sqlx::any::install_default_drivers();
        Connection::connect(url).await?.close().await?;
        let pool =
            AnyPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10)).connect(url).await?;
        pool.execute(COLLATION).await?;
        migrate(&pool).await?;
        Ok(Self { backend: Backend::Postgres, readers: pool.clone(), writers: pool })
    }

    /// Opens the SQLite database in `file` read-only; another process may write to it meanwhile.
    ///
    /// # Errors
    /// Fails if the file can't be opened, or if another version of Jeton wrote it.
    pub async fn sqlite_read_only(file: &Path) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let options = AnyConnectOptions::from_str(&format!("sqlite://{}?mode=ro", file.display()))?;
        Connection::connect_with(&options).await?.close().await?;
        let pool = read_only_pool("PRAGMA query_only = ON").connect_with(options).await?;
        is_of_this_version(&pool).await?;
        Ok(Self { backend: Backend::Sqlite, readers: pool.clone(), writers: pool })
    }

    /// Connects read-only to the PostgreSQL database at `url`.
    ///
    /// # Errors
    /// Fails if `url` isn't one of PostgreSQL, if the server can't be reached, or if another version of Jeton wrote the
    /// database.
    pub async fn postgres_read_only(url: &str) -> Result<Self, OpenError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(OpenError::UnknownUrl);
        }
        sqlx::any::install_default_drivers();
        Connection::connect(url).await?.close().await?;
        let pool = read_only_pool("SET default_transaction_read_only = on").connect(url).await?;
        is_of_this_version(&pool).await?;
        Ok(Self { backend: Backend::Postgres, readers: pool.clone(), writers: pool })
    }
}

/// Returns whether others can read or forge the traffic to the PostgreSQL at this URL: the server is on another
/// machine, and its certificate is not verified. Parses the URL and the environment as the driver does; a URL that
/// doesn't parse counts as not exposed, because connecting to it fails.
pub fn is_exposed(url: &str) -> bool {
    let Ok(options) = PgConnectOptions::from_str(url) else { return false };
    let host = options.get_host().trim_start_matches('[').trim_end_matches(']');
    let is_near = options.get_socket().is_some()
        || host == "localhost"
        || host.starts_with('/')
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    !is_near && !matches!(options.get_ssl_mode(), PgSslMode::VerifyFull)
}

/// A pool of one connection on which the database itself denies writes.
fn read_only_pool(setting: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(move |connection, _| Box::pin(async move { connection.execute(setting).await.map(drop) }))
}

/// Checks that exactly the known migrations were applied, because a read-only database can't be migrated.
async fn is_of_this_version(pool: &AnyPool) -> Result<(), OpenError> {
    let applied = sqlx::query("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(pool).await;
    let applied = applied.map_err(|_| OpenError::OtherVersion)?;
    let applied: Vec<i64> = applied.iter().map(|row| row.try_get("version")).collect::<Result<_, _>>()?;
    let known: Vec<i64> = MIGRATIONS.iter().map(|step| step.version).collect();
    match applied.iter().max() {
        Some(newest) if !known.contains(newest) => Err(OpenError::Newer(*newest)),
        _ if applied == known => Ok(()),
        _ => Err(OpenError::OtherVersion),
    }
}

fn sqlite_pool(size: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(|connection, _| Box::pin(async move { sqlite_settings(connection).await }))
}

/// Configures a connection: WAL lets readers continue during a write; FULL makes a committed write survive a power cut.
async fn sqlite_settings(connection: &mut Connection) -> Result<(), sqlx::Error> {
    for setting in [
        "PRAGMA busy_timeout = 5000",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
        // Maps up to this many bytes of the file into memory, which avoids a copy of each page.
        "PRAGMA mmap_size = 1073741824",
    ] {
        connection.execute(setting).await?;
    }
    Ok(())
}

async fn migrate(pool: &AnyPool) -> Result<(), OpenError> {
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => OpenError::Newer(version),
        other => OpenError::Migration(other),
    })
}

#[cfg(test)]
mod tests {
    use crate::columns::Columns as _;

    use super::*;

    /// `.cargo/config.toml` sets these options.
    #[tokio::test]
    async fn who_reads_at_the_same_moment_waits_for_no_lock_that_all_connections_share() {
        let data = tempfile::TempDir::new().expect("a directory");
        let store = Store::sqlite(&data.path().join("jeton.db")).await.expect("a database");
        let rows = sqlx::query("PRAGMA compile_options").fetch_all(&store.readers).await.expect("options");
        let options: Vec<String> = rows.iter().map(|row| row.text("compile_options").expect("a text")).collect();
        assert!(options.iter().any(|option| option == "DEFAULT_MEMSTATUS=0"), "{options:?}");
        assert!(!options.iter().any(|option| option == "ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
    }
}
