//! Data directories and databases, removed when dropped.

use std::path::{Path, PathBuf};

use clap::Parser;
use jeton::config::Config;
use jeton_store::Store;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tempfile::TempDir;

use super::Result;

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Database {
    /// Returns the databases that are available: PostgreSQL if `JETON_TEST_POSTGRES` has its URL.
    pub fn available() -> Vec<Self> {
        let postgres = std::env::var(POSTGRES).is_ok().then_some(Self::Postgres);
        [Some(Self::Sqlite), postgres].into_iter().flatten().collect()
    }

    /// Returns the product's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// URL of a PostgreSQL in which databases may be created; `scripts/with-postgres` sets it.
const POSTGRES: &str = "JETON_TEST_POSTGRES";

/// Flags of every server: a free port, and no limits on the number of tokens.
const LIMITLESS: [&str; 4] =
    ["--addr=127.0.0.1:0", "--max-tokens-per-user=0", "--max-tokens-per-org=0", "--max-permissions-per-org=0"];

/// The data of one server.
pub struct Data {
    directory: TempDir,
    /// `None` for SQLite, whose file is in the directory.
    url: Option<String>,
}

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    config: Config,
}

impl Data {
    /// Creates an empty directory and an empty database. The directory is below `target`: `/tmp` may be in memory,
    /// where nothing is durable.
    pub async fn new(database: Database) -> Result<Self> {
        let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        sqlx::any::install_default_drivers();
        let url = match database {
            Database::Sqlite => None,
            Database::Postgres => Some(create(directory.path()).await?),
        };
        Ok(Self { directory, url })
    }

    /// Returns the directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Returns the flags of `jeton serve`.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = LIMITLESS.map(String::from).to_vec();
        flags.push(format!("--data={}", self.path().display()));
        flags.extend(self.url.as_ref().map(|url| format!("--database-url={url}")));
        flags
    }

    /// Returns the configuration of a server.
    pub fn config(&self) -> Result<Config> {
        let flags = [vec!["jeton".into()], self.flags()].concat();
        Ok(Line::try_parse_from(flags)?.config)
    }

    /// Opens the store, as a server that is stopped leaves it.
    pub async fn store(&self) -> Result<Store> {
        Ok(match &self.url {
            None => Store::sqlite(&self.file()).await?,
            Some(url) => Store::postgres(url).await?,
        })
    }

    /// Connects to another, empty database of the same kind on the same disk, with the same durability.
    pub async fn raw(&self) -> Result<AnyConnection> {
        let Some(url) = &self.url else {
            let file = self.path().join("raw.db");
            let mut raw = AnyConnection::connect(&format!("sqlite://{}?mode=rwc", file.display())).await?;
            sqlx::raw_sql("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").execute(&mut raw).await?;
            return Ok(raw);
        };
        Ok(AnyConnection::connect(url).await?)
    }

    /// Returns whether the database is SQLite.
    pub const fn is_sqlite(&self) -> bool {
        self.url.is_none()
    }

    fn file(&self) -> PathBuf {
        self.path().join("jeton.db")
    }
}

/// Creates a database that is named like the directory; returns its URL.
async fn create(directory: &Path) -> Result<String> {
    let server = std::env::var(POSTGRES)?;
    let folder = directory.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = format!("bench{}", folder.trim_start_matches('.'));
    let mut connection = AnyConnection::connect(&server).await?;
    // The name is generated here.
    let create = AssertSqlSafe(format!("CREATE DATABASE \"{name}\" TEMPLATE template0"));
    sqlx::raw_sql(create).execute(&mut connection).await?;
    let (base, _) = server.rsplit_once('/').ok_or("the URL of PostgreSQL names no database")?;
    Ok(format!("{base}/{name}"))
}
