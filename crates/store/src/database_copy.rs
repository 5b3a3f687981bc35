//! Copies of a SQLite database: written while the database is in use, and examined before they take its place.

use std::{path::Path, str::FromStr as _};

use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _, any::AnyConnectOptions};

use crate::{
    Backend, Connection, OpenError, Result, Store, audit,
    columns::Columns as _,
    open::{applied_migrations, check_known, pool_of},
    write::Writers,
};

/// The content of a database, as the manifest of a backup lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Number of the last migration.
    pub schema_step: i64,
    /// The last entry of the audit log.
    pub head: audit::Head,
    /// Number of users.
    pub users: i64,
    /// Number of organizations.
    pub orgs: i64,
    /// Number of buckets.
    pub buckets: i64,
    /// Number of tokens and 1.x credentials.
    pub authorizations: i64,
    /// Number of telegraf configurations.
    pub telegrafs: i64,
    /// Number of DBRP mappings.
    pub dbrps: i64,
    /// Number of entries of the audit log that are kept.
    pub audit_entries: i64,
}

const COUNTS: &str = "SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM organizations) AS orgs, \
    (SELECT COUNT(*) FROM buckets) AS buckets, (SELECT COUNT(*) FROM authorizations) AS authorizations, \
    (SELECT COUNT(*) FROM telegrafs) AS telegrafs, (SELECT COUNT(*) FROM dbrps) AS dbrps, \
    (SELECT COUNT(*) FROM audit_log) AS audit_entries";

impl Store {
    /// Opens the SQLite database in `file` to copy it; another process may write to it meanwhile. A database of an
    /// older version is opened as it is, because a backup comes before an update.
    ///
    /// # Errors
    /// Fails if the file can't be opened, if a newer version of Jeton wrote it, or if it is no database of Jeton.
    pub async fn sqlite_to_copy(file: &Path) -> std::result::Result<Self, OpenError> {
        open_one(file, "mode=ro").await
    }

    /// Opens a copy that no process changes; creates no files beside it.
    ///
    /// # Errors
    /// Fails if the file can't be opened, if a newer version of Jeton wrote it, or if it is no database of Jeton.
    pub async fn sqlite_copy(file: &Path) -> std::result::Result<Self, OpenError> {
        open_one(file, "mode=ro&immutable=1").await
    }

    /// Returns whether a SQLite database in `file` has no tables, as one that lost its write-ahead log. The caller
    /// holds the data directory's lock.
    ///
    /// # Errors
    /// Fails if the file can't be opened, or holds no database.
    pub async fn sqlite_is_blank(file: &Path) -> std::result::Result<bool, OpenError> {
        let mut connection = connect(file, "mode=rw").await?;
        let row = sqlx::query("SELECT COUNT(*) AS tables FROM sqlite_master").fetch_one(&mut connection).await?;
        let tables: i64 = row.try_get("tables")?;
        connection.close().await?;
        Ok(tables == 0)
    }

    /// Deletes every session from a copy that no process uses: one that was ended since the copy was made would
    /// work again.
    ///
    /// # Errors
    /// Fails if the file can't be opened or changed.
    pub async fn sqlite_end_sessions(copy: &Path) -> std::result::Result<(), OpenError> {
        let mut connection = connect(copy, "mode=rw").await?;
        // No other files are left beside the copy.
        connection.execute("PRAGMA journal_mode = DELETE").await?;
        connection.execute("DELETE FROM sessions").await?;
        Ok(connection.close().await?)
    }

    /// Writes a copy of a SQLite database to `file`, which must be empty: one state of the whole database, with
    /// everything that was committed before. Writers are not held up.
    ///
    /// # Errors
    /// Fails if no connection is free within 10 seconds, if the file isn't empty or can't be written, or if the
    /// database fails.
    pub async fn copy_into(&self, file: &Path) -> Result<()> {
        // SQLite interprets a name that begins with `file:` as a URI; an absolute path does not.
        let absolute = std::path::absolute(file).map_err(sqlx::Error::Io)?;
        let name = absolute.to_str().ok_or_else(|| sqlx::Error::Configuration("the path is not UTF-8".into()))?;
        let mut reader = self.read().await?;
        sqlx::query("VACUUM INTO $1").bind(name).execute(&mut *reader).await?;
        Ok(())
    }

    /// Returns what the database holds.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn contents(&self) -> Result<Contents> {
        let mut reader = self.read().await?;
        let step = sqlx::query("SELECT version FROM _sqlx_migrations ORDER BY version DESC LIMIT 1")
            .fetch_one(&mut *reader)
            .await?;
        let head = audit::head(&mut reader).await?;
        let row = sqlx::query(COUNTS).fetch_one(&mut *reader).await?;
        Ok(Contents {
            schema_step: step.number("version")?,
            head,
            users: row.number("users")?,
            orgs: row.number("orgs")?,
            buckets: row.number("buckets")?,
            authorizations: row.number("authorizations")?,
            telegrafs: row.number("telegrafs")?,
            dbrps: row.number("dbrps")?,
            audit_entries: row.number("audit_entries")?,
        })
    }

    /// Returns the first fault in the structure of a SQLite database; `None` if there is none.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn damage(&self) -> Result<Option<String>> {
        let mut reader = self.read().await?;
        let row = sqlx::query("PRAGMA integrity_check(1)").fetch_one(&mut *reader).await?;
        let found = row.text("integrity_check")?;
        Ok((found != "ok").then_some(found))
    }
}

/// Returns how a file is opened. The driver decodes `%`, and would read `?` as the beginning of the options. Statements
/// are not logged: copying and examining a large database takes long, which is no cause for a warning.
fn options(file: &Path, options: &str) -> std::result::Result<AnyConnectOptions, OpenError> {
    sqlx::any::install_default_drivers();
    let path = file.display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    Ok(AnyConnectOptions::from_str(&format!("sqlite://{path}?{options}"))?.disable_statement_logging())
}

pub(super) async fn connect(file: &Path, mode: &str) -> std::result::Result<Connection, OpenError> {
    Ok(Connection::connect_with(&options(file, mode)?).await?)
}

/// Opens a database with a single connection, whose errors are reported instead of the pool's timeout.
async fn open_one(file: &Path, mode: &str) -> std::result::Result<Store, OpenError> {
    let mut connection = connect(file, mode).await?;
    // The first access to the file: one that is no database is reported here.
    let row = sqlx::query("SELECT COUNT(*) AS count FROM sqlite_master WHERE name = '_sqlx_migrations'")
        .fetch_one(&mut connection)
        .await?;
    let is_jetons = row.try_get::<i64, _>("count")? > 0;
    connection.close().await?;
    if !is_jetons {
        return Err(OpenError::NoJeton);
    }
    let pool = pool_of(1).connect_with(options(file, mode)?).await?;
    let applied = applied_migrations(&pool).await?.ok_or(OpenError::NoJeton)?;
    check_known(&applied)?;
    Ok(Store { backend: Backend::Sqlite, readers: pool, writers: Writers::None })
}
