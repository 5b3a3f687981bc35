//! Opening the database: connections, settings, migrations.

use std::{net::IpAddr, path::Path, str::FromStr as _, time::Duration};

use sqlx::{
    AnyPool, Connection as _, Executor as _, Row as _,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgSslMode},
};

use crate::{
    Backend, Connection, Store,
    group_commit::{self, IdleTest, Opener, Writer},
    postgres_connection, search_index, sqlite_connection,
    write::Writers,
};

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
    /// The file is a SQLite database, but without the tables of Jeton.
    #[error("the file holds no Jeton database")]
    NoJeton,
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
        Self::sqlite_in_groups(file, group_commit::LONGEST).await
    }

    /// Opens a SQLite database whose groups of writes last this long at most.
    pub(super) async fn sqlite_in_groups(file: &Path, longest: Duration) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}?mode=rwc", file.display());
        let options = AnyConnectOptions::from_str(&url)?;
        // A pool retries until its timeout and then reports only the timeout. A single connection reports the cause.
        let opener = Opener::new(Backend::Sqlite, options.clone(), IdleTest::USUAL);
        let writer = Writer::start(opener, longest).await.map_err(|error| error.cause)?;
        // A page runs three queries at once; the authentication of tokens must not wait for them.
        let readers = sqlite_pool(8).connect_with(options).await?;
        migrate(&readers).await?;
        search_index::create_in_sqlite(&readers).await?;
        Ok(Self { backend: Backend::Sqlite, readers, writers: Writers::Group(writer) })
    }

    /// Connects to the PostgreSQL database at `url` and migrates it.
    ///
    /// # Errors
    /// Fails if `url` isn't one of PostgreSQL, if the server can't be reached, if another version of Jeton wrote the
    /// database, or if a migration fails.
    pub async fn postgres(url: &str) -> Result<Self, OpenError> {
        Self::postgres_in_groups(url, group_commit::LONGEST, IdleTest::USUAL).await
    }

    /// Connects to a PostgreSQL database whose groups of writes last this long at most. `idle_test`: that of the
    /// connection to write with.
    pub(super) async fn postgres_in_groups(
        url: &str,
        longest: Duration,
        idle_test: IdleTest,
    ) -> Result<Self, OpenError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(OpenError::UnknownUrl);
        }
        sqlx::any::install_default_drivers();
        Connection::connect(url).await?.close().await?;
        let pool = pool_of(16)
            .after_connect(|connection, _| Box::pin(async move { postgres_connection::configure(connection).await }))
            .connect(url)
            .await?;
        pool.execute(COLLATION).await?;
        migrate(&pool).await?;
        search_index::create_in_postgres(&pool).await?;
        let options = AnyConnectOptions::from_str(url)?;
        let opener = Opener::new(Backend::Postgres, options, idle_test);
        let writer = Writer::start(opener, longest).await.map_err(|error| error.cause)?;
        Ok(Self { backend: Backend::Postgres, readers: pool, writers: Writers::Group(writer) })
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
        Ok(Self { backend: Backend::Sqlite, readers: pool, writers: Writers::None })
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
        Ok(Self { backend: Backend::Postgres, readers: pool, writers: Writers::None })
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
    pool_of(1).after_connect(move |connection, _| Box::pin(async move { connection.execute(setting).await.map(drop) }))
}

/// Checks that exactly the known migrations were applied, because a read-only database can't be migrated.
async fn is_of_this_version(pool: &AnyPool) -> Result<(), OpenError> {
    let applied = applied_migrations(pool).await?.ok_or(OpenError::OtherVersion)?;
    check_known(&applied)?;
    let known: Vec<i64> = MIGRATIONS.iter().map(|step| step.version).collect();
    if applied == known { Ok(()) } else { Err(OpenError::OtherVersion) }
}

/// Returns the numbers of the applied migrations, in order; `None` if Jeton did not write the database.
pub(super) async fn applied_migrations(pool: &AnyPool) -> Result<Option<Vec<i64>>, OpenError> {
    let applied = sqlx::query("SELECT version FROM _sqlx_migrations ORDER BY version").fetch_all(pool).await;
    match applied {
        Ok(rows) => Ok(Some(rows.iter().map(|row| row.try_get("version")).collect::<Result<_, _>>()?)),
        Err(_) => Ok(None),
    }
}

/// Refuses a database with a migration that only a newer version knows. It need not be the last one: steps land with
/// gaps between their numbers.
pub(super) fn check_known(applied: &[i64]) -> Result<(), OpenError> {
    let newest = applied.iter().filter(|version| !MIGRATIONS.version_exists(**version)).max();
    newest.map_or(Ok(()), |newest| Err(OpenError::Newer(*newest)))
}

/// Returns a pool of at most this many connections. They are kept until the end: with an idle timeout or a lifetime, sqlx
/// 0.9.0 runs a maintenance task that can loop for ever (<https://github.com/transact-rs/sqlx/issues/3645>). A connection
/// is tested before each use anyway.
pub(super) fn pool_of(size: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None)
}

fn sqlite_pool(size: u32) -> AnyPoolOptions {
    pool_of(size).after_connect(|connection, _| Box::pin(async move { sqlite_connection::configure(connection).await }))
}

async fn migrate(pool: &AnyPool) -> Result<(), OpenError> {
    MIGRATIONS.run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => OpenError::Newer(version),
        other => OpenError::Migration(other),
    })
}

#[cfg(test)]
mod tests {
    use sqlx::AssertSqlSafe;

    use crate::columns::Columns as _;

    use super::*;

    #[tokio::test]
    async fn the_database_takes_a_bounded_part_of_the_memory() {
        let data = tempfile::TempDir::new().expect("a directory");
        let store = Store::sqlite(&data.path().join("jeton.db")).await.expect("a database");
        let number = async |name: &'static str| -> i64 {
            let row = store.readers.fetch_one(AssertSqlSafe(format!("PRAGMA {name}"))).await.expect("a setting");
            row.try_get(0).expect("a number")
        };
        // A negative size of the cache is in KiB. The connection to write with has the same settings.
        let each = number("mmap_size").await - 1024 * number("cache_size").await;
        let bytes = each * i64::from(store.readers.options().get_max_connections() + 1);
        assert!(bytes <= 128 << 20, "{bytes}");
    }

    #[test]
    fn a_step_that_is_not_known_is_refused_wherever_it_is_and_the_newest_is_named() {
        let known: Vec<i64> = MIGRATIONS.iter().map(|step| step.version).collect();
        assert!(check_known(&known).is_ok() && check_known(&known[..3]).is_ok());
        // Numbers begin with 1.
        let before = [known.as_slice(), &[-1, 0]].concat();
        assert!(matches!(check_known(&before), Err(OpenError::Newer(0))));
        let after = [known.as_slice(), &[9998, 9999]].concat();
        assert!(matches!(check_known(&after), Err(OpenError::Newer(9999))));
    }

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
