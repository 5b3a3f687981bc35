//! Data directories of test servers: a new directory, and a new database of each supported kind.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::{Mutex, PoisonError},
    thread,
};

use clap::Parser;
use jeton::config::Config;
use jeton_service::Service;
use jeton_store::Store;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, any::AnyRow};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::left_out;

/// URL of a PostgreSQL in which databases may be created; `scripts/with-postgres` sets it.
const POSTGRES: &str = "JETON_TEST_POSTGRES";

/// The template of databases without tables. `template1` is locked whenever someone is connected to it.
const EMPTY: &str = "template0";

/// A data directory, and its database.
pub struct Home {
    directory: TempDir,
    /// `None` for SQLite, whose file is in the directory.
    postgres: Option<Database>,
    /// The services that were started on the data: what [`Self::sql`] changes is in no audit log that tells them.
    services: Mutex<Vec<Service>>,
}

/// A PostgreSQL database, dropped with its home: hundreds of them would fill a small disk.
struct Database {
    /// URL of the server on which databases are created.
    server: String,
    name: String,
}

/// Runs a test on SQLite and then on PostgreSQL.
pub async fn on_each_database(promise: impl AsyncFn(Home)) {
    println!("on SQLite:");
    promise(Home::sqlite()).await;
    if let Some(home) = Home::migrated_postgres().await {
        println!("on PostgreSQL:");
        promise(home).await;
    }
}

/// Runs a test on SQLite and then on PostgreSQL, in databases without tables.
pub async fn on_each_empty_database(promise: impl AsyncFn(Home)) {
    println!("on SQLite:");
    promise(Home::sqlite()).await;
    if let Some(home) = Home::postgres().await {
        println!("on PostgreSQL:");
        promise(home).await;
    }
}

/// Runs a test that mostly waits on SQLite and on PostgreSQL at once.
pub async fn on_both_databases(promise: impl AsyncFn(Home)) {
    let on_postgres = async {
        if let Some(home) = Home::migrated_postgres().await {
            promise(home).await;
        }
    };
    tokio::join!(promise(Home::sqlite()), on_postgres);
}

#[derive(Parser)]
#[command(args_override_self = true)]
struct Line {
    #[command(flatten)]
    config: Config,
}

impl Home {
    pub fn sqlite() -> Self {
        let private = Permissions::from_mode(0o700);
        let directory = tempfile::Builder::new().permissions(private).tempdir().expect("a temporary directory");
        Self { directory, postgres: None, services: Mutex::default() }
    }

    /// Creates a database without tables; `None` if there is no PostgreSQL.
    pub async fn postgres() -> Option<Self> {
        Some(Self::copy_of(EMPTY, postgres_server()?).await)
    }

    /// Creates a database with the tables of a server that was never started, which would take it longer than most
    /// tests; `None` if there is no PostgreSQL.
    async fn migrated_postgres() -> Option<Self> {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let server = postgres_server()?;
        let template = TEMPLATE.get_or_init(|| migrated_template(&server)).await;
        Some(Self::copy_of(template, server).await)
    }

    async fn copy_of(template: &str, server: String) -> Self {
        let Self { directory, services, .. } = Self::sqlite();
        let folder = directory.path().file_name().expect("a name").to_string_lossy();
        let name = format!("jeton{}", folder.trim_start_matches('.').to_lowercase());
        create_database(&server, &name, template).await;
        Self { directory, postgres: Some(Database { server, name }), services }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn is_sqlite(&self) -> bool {
        self.postgres.is_none()
    }

    /// Returns the flags of `jeton serve` for this home.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = vec!["--addr=127.0.0.1:0".into(), format!("--data={}", self.path().display())];
        flags.extend(self.postgres.as_ref().map(|database| format!("--database-url={}", database.url())));
        flags
    }

    /// Returns the configuration for this home; later flags take precedence.
    pub fn config(&self, more: &[&str]) -> Config {
        let more = more.iter().map(ToString::to_string);
        let flags = [vec!["jeton".into()], self.flags(), more.collect()].concat();
        Line::try_parse_from(flags).expect("flags").config
    }

    /// Returns the URL of the database.
    pub fn url(&self) -> String {
        let file = self.path().join("jeton.db");
        self.postgres.as_ref().map_or_else(|| format!("sqlite://{}", file.display()), Database::url)
    }

    /// Changes the database directly; returns the number of affected rows. The servers of this home forget what they
    /// have in memory.
    pub async fn sql(&self, text: &str) -> u64 {
        let affected = run(&self.url(), text).await;
        self.services.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(Service::forget_tokens);
        affected
    }

    /// Has a service notice what [`Self::sql`] changes.
    pub fn serves(&self, service: &Service) {
        self.services.lock().unwrap_or_else(PoisonError::into_inner).push(service.clone());
    }

    /// Downgrades the database to schema step 8: without tombstones, counts of tokens, the columns of
    /// configurations that lists show, self-rotation, the rule about supplied tokens, bindings, uses through gates,
    /// and the indexes of large lists.
    pub async fn back_to_step_8(&self) {
        self.sql(
            "DROP TABLE tombstones; DROP TABLE removed_members; DROP TABLE earlier_removals; DROP TABLE token_counts; \
             DROP INDEX telegrafs_without_output_bucket; DROP INDEX telegrafs_of_org; \
             ALTER TABLE telegrafs DROP COLUMN output_bucket; ALTER TABLE org_rules DROP COLUMN self_rotation; \
             ALTER TABLE authorizations DROP COLUMN cut_short; ALTER TABLE org_rules DROP COLUMN supplied_tokens; \
             DROP TABLE gate_bindings; DROP TABLE gate_suspensions; DROP TABLE gate_uses; \
             DROP INDEX authorizations_by_use; DROP INDEX authorizations_by_life; DROP INDEX authorizations_by_end; \
             CREATE INDEX authorizations_by_expiry ON authorizations (org_id, kind, expires_at); \
             CREATE INDEX authorizations_by_last_use ON authorizations (org_id, kind, last_used_at); \
             DELETE FROM _sqlx_migrations WHERE version IN (9, 11, 12, 14, 16, 17, 18);",
        )
        .await;
        self.without_search_index().await;
    }

    /// Drops the index of searched texts.
    pub async fn without_search_index(&self) {
        self.sql(if self.is_sqlite() {
            "DROP TRIGGER token_search_insert; DROP TRIGGER token_search_update; DROP TRIGGER token_search_delete; \
             DROP TABLE token_search"
        } else {
            "DROP INDEX authorizations_by_search_text"
        })
        .await;
    }

    pub async fn has_search_index(&self) -> bool {
        let query = if self.is_sqlite() {
            "SELECT name FROM sqlite_master WHERE name = 'token_search'"
        } else {
            "SELECT CAST(indexname AS TEXT) AS name FROM pg_indexes WHERE indexname = 'authorizations_by_search_text'"
        };
        !self.rows(query).await.is_empty()
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
        url_beside(&self.server, &self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self { server, name } = self;
        // Forced: the server under test may still be closing its connections.
        let forget = async { run(server, &format!("DROP DATABASE \"{name}\" WITH (FORCE)")).await };
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        // The test's own runtime, if it still exists, cannot be blocked on from within.
        thread::scope(|scope| drop(scope.spawn(|| runtime().block_on(forget)).join()));
    }
}

/// Returns the URL of the PostgreSQL in which databases may be created. Without one, the test is left out in part.
fn postgres_server() -> Option<String> {
    let server = std::env::var(POSTGRES).ok();
    if server.is_none() {
        left_out::report(&format!("no PostgreSQL: {POSTGRES} is not set; scripts/with-postgres sets it"));
    }
    server
}

/// Returns the URL of another database on a server.
fn url_beside(server: &str, name: &str) -> String {
    let (host, _) = server.rsplit_once('/').expect("a URL with a database");
    format!("{host}/{name}")
}

/// Creates a database. Copying files is faster than writing a WAL of them. The names are generated by the tests.
async fn create_database(server: &str, name: &str, template: &str) {
    run(server, &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\" STRATEGY file_copy")).await;
}

/// Creates the template of this process, which goes with its cluster; returns its name. Nobody may be connected to it
/// when it is copied.
async fn migrated_template(server: &str) -> String {
    let name = format!("jeton_template_{}", std::process::id());
    run(server, &format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await;
    create_database(server, &name, EMPTY).await;
    let store = Store::postgres(&url_beside(server, &name)).await.expect("a database with tables");
    store.close().await;
    name
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
