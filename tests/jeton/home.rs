//! Where a server of a test keeps its data: a fresh directory, and a fresh database on every kind there is.

use std::{io::Write as _, path::Path, sync::Once, thread};

use clap::Parser;
use jeton::config::Config;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, any::AnyRow};
use tempfile::TempDir;

/// The address of a PostgreSQL that lets databases be created; `scripts/with-postgres` sets it.
const POSTGRES: &str = "JETON_TEST_POSTGRES";

/// A data directory, and the database beside it.
pub struct Home {
    directory: TempDir,
    /// `None` for SQLite, whose file is in the directory.
    postgres: Option<Database>,
}

/// A database of PostgreSQL, gone with its home: hundreds of them would fill a small disk.
struct Database {
    /// Where databases are made.
    server: String,
    name: String,
}

/// Keeps a promise on SQLite and then on PostgreSQL.
pub async fn on_each_database(promise: impl AsyncFn(Home)) {
    println!("on SQLite:");
    promise(Home::sqlite()).await;
    if let Some(home) = Home::postgres().await {
        println!("on PostgreSQL:");
        promise(home).await;
    }
}

#[derive(Parser)]
#[command(args_override_self = true)]
struct Line {
    #[command(flatten)]
    config: Config,
}

impl Home {
    pub fn sqlite() -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        Self { directory, postgres: None }
    }

    /// A new database; `None` where there is no PostgreSQL to make one in.
    pub async fn postgres() -> Option<Self> {
        let Ok(server) = std::env::var(POSTGRES) else {
            say_that_postgres_was_left_out();
            return None;
        };
        let directory = Self::sqlite().directory;
        let folder = directory.path().file_name().expect("a name").to_string_lossy();
        let name = format!("jeton{}", folder.trim_start_matches('.').to_lowercase());
        // The other template is busy whenever someone is connected to it; files are copied sooner than a log of them is
        // written. The name is of the tests' own making.
        let create = format!("CREATE DATABASE \"{name}\" TEMPLATE template0 STRATEGY file_copy");
        run(&server, &create).await;
        Some(Self { directory, postgres: Some(Database { server, name }) })
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn is_sqlite(&self) -> bool {
        self.postgres.is_none()
    }

    /// What `jeton serve` is told to live here.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = vec!["--addr=127.0.0.1:0".into(), format!("--data={}", self.path().display())];
        flags.extend(self.postgres.as_ref().map(|database| format!("--database-url={}", database.url())));
        flags
    }

    /// The configuration that lives here; later flags win.
    pub fn config(&self, more: &[&str]) -> Config {
        let more = more.iter().map(ToString::to_string);
        let flags = [vec!["jeton".into()], self.flags(), more.collect()].concat();
        Line::try_parse_from(flags).expect("flags").config
    }

    fn url(&self) -> String {
        let file = self.path().join("jeton.db");
        self.postgres.as_ref().map_or_else(|| format!("sqlite://{}", file.display()), Database::url)
    }

    /// Does to the database what Jeton would not; says how many rows it touched.
    pub async fn sql(&self, text: &str) -> u64 {
        run(&self.url(), text).await
    }

    /// Turns the database into one from before step 9 of the schema: without tombstones, counts of tokens and what lists
    /// tell of configurations.
    pub async fn back_to_step_8(&self) {
        self.sql(
            "DROP TABLE tombstones; DROP TABLE removed_members; DROP TABLE earlier_removals; DROP TABLE token_counts; \
             DROP INDEX telegrafs_without_output_bucket; DROP INDEX telegrafs_of_org; \
             ALTER TABLE telegrafs DROP COLUMN output_bucket; DELETE FROM _sqlx_migrations WHERE version = 9;",
        )
        .await;
    }

    pub async fn rows(&self, text: &str) -> Vec<AnyRow> {
        let mut connection = connect(&self.url()).await;
        let query = sqlx::query(AssertSqlSafe(text.to_owned()));
        let rows = query.fetch_all(&mut connection).await.expect(text);
        connection.close().await.expect("a close");
        rows
    }
}

impl Database {
    fn url(&self) -> String {
        let (host, _) = self.server.rsplit_once('/').expect("a URL with a database");
        format!("{host}/{}", self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self { server, name } = self;
        // By force: the test's server may still be closing its connections.
        let forget = async { run(server, &format!("DROP DATABASE \"{name}\" WITH (FORCE)")).await };
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        // The test's own runtime, if there still is one, can't be waited on from within.
        thread::scope(|scope| drop(scope.spawn(|| runtime().block_on(forget)).join()));
    }
}

async fn run(url: &str, text: &str) -> u64 {
    let mut connection = connect(url).await;
    let query = sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
    let done = query.execute(&mut connection).await.expect(text);
    connection.close().await.expect("a close");
    done.rows_affected()
}

async fn connect(url: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(url).await.expect("a connection")
}

/// Past the test runner's capture: a run without PostgreSQL must not look like a whole one.
fn say_that_postgres_was_left_out() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let line = format!("PostgreSQL was left out: {POSTGRES} is not set (scripts/with-postgres sets it)\n");
        std::io::stderr().write_all(line.as_bytes()).expect("standard error");
    });
}
