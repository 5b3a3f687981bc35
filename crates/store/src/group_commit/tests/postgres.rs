//! Group commit on PostgreSQL, if `JETON_TEST_POSTGRES` has the URL of a server on which databases may be created.

#[allow(dead_code, reason = "the integration tests use all of it")]
#[path = "../../../../../tests/jeton/left_out.rs"]
mod left_out;
#[path = "../../../../../tests/jeton/support/lossy_relay.rs"]
mod lossy_relay;

use std::{
    env,
    pin::pin,
    process,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use crate::{Connection, Store, columns::Columns as _, group_commit::IdleTest};

use lossy_relay::LossyRelay;

use super::{LONG, note, run, waits};

/// A new database.
struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Creates a database; `None` without a server.
    async fn new() -> Option<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let Ok(server) = env::var("JETON_TEST_POSTGRES") else {
            left_out::report("no PostgreSQL: JETON_TEST_POSTGRES is not set; scripts/with-postgres sets it");
            return None;
        };
        let name = format!("jeton_store_{}_{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let database = Self { server, name };
        database.on_server("CREATE DATABASE", "TEMPLATE template0").await;
        Some(database)
    }

    fn url(&self) -> String {
        let (host, _) = self.server.rsplit_once('/').expect("a URL with a database");
        format!("{host}/{}", self.name)
    }

    /// Opens the database, with a table of notes. `url`: that of the database, or of a relay to it.
    async fn store(url: &str) -> Store {
        Self::tested_store(url, IdleTest::USUAL).await
    }

    async fn tested_store(url: &str, idle_test: IdleTest) -> Store {
        let store = Store::postgres_in_groups(url, LONG, idle_test).await.expect("a database");
        let mut write = store.write().await.expect("a transaction");
        run(&mut write, "CREATE TABLE notes (text TEXT PRIMARY KEY)").await.expect("a table");
        write.commit().await.expect("a commit");
        store
    }

    /// Drops the database: many would fill a small disk.
    async fn end(self, store: Store) {
        store.close().await;
        self.on_server("DROP DATABASE", "WITH (FORCE)").await;
    }

    async fn on_server(&self, verb: &str, rest: &str) {
        sqlx::any::install_default_drivers();
        let mut server = Connection::connect(&self.server).await.expect("a connection");
        let text = format!("{verb} \"{}\" {rest}", self.name);
        server.execute(sqlx::raw_sql(AssertSqlSafe(text))).await.expect("a database");
        server.close().await.expect("a close");
    }
}

/// Returns the number of the server's process behind a connection.
async fn process_of(connection: &mut Connection) -> i64 {
    let query = sqlx::query("SELECT CAST(pg_backend_pid() AS BIGINT) AS id");
    query.fetch_one(connection).await.expect("a row").number("id").expect("a number")
}

#[tokio::test]
async fn an_operation_that_is_undone_leaves_its_savepoint_to_the_next() {
    let Some(database) = Database::new().await else { return };
    let store = Database::store(&database.url()).await;
    let mut one = store.write().await.expect("a transaction");
    let writer = process_of(&mut one).await;
    {
        let (mut second, mut third) = (pin!(store.write()), pin!(store.write()));
        waits(second.as_mut()).await;
        waits(third.as_mut()).await;
        let mut answer = pin!(one.commit());
        waits(answer.as_mut()).await;
        let mut two = second.await.expect("a turn");
        note(&mut two, "two").await.expect("a note");
        drop(two);
        let mut three = third.await.expect("a turn");
        let mut reader = store.read().await.expect("a reader");
        let last = sqlx::query("SELECT query FROM pg_stat_activity WHERE pid = $1").bind(writer);
        let last = last.fetch_one(&mut *reader).await.expect("a row").text("query").expect("a text");
        assert_eq!(last, "ROLLBACK TO operation", "nothing else is asked of the server");
        note(&mut three, "two").await.expect("the note of the second is undone");
        three.commit().await.expect("a commit");
        answer.await.expect("a commit");
    }
    database.end(store).await;
}

#[tokio::test]
async fn a_commit_that_was_not_answered_is_not_said_to_be_undone() {
    let Some(database) = Database::new().await else { return };
    let relay = LossyRelay::before(&database.url()).await;
    let store = Database::store(&relay.url).await;
    let mut one = store.write().await.expect("a transaction");
    note(&mut one, "one").await.expect("a note");
    relay.lose_answers_to("COMMIT");
    let error = one.commit().await.expect_err("no answer");
    relay.lose_nothing();
    assert!(error.is_outcome_unknown() && error.is_unavailable(), "{error}");
    // It waits until the lost transaction has ended.
    let mut two = store.write().await.expect("a transaction");
    note(&mut two, "one").await.expect_err("the note was committed");
    drop(two);
    database.end(store).await;
}

#[tokio::test]
async fn an_operation_before_whose_commit_the_connection_is_lost_is_said_to_be_undone() {
    let Some(database) = Database::new().await else { return };
    let relay = LossyRelay::before(&database.url()).await;
    let store = Database::store(&relay.url).await;
    let mut one = store.write().await.expect("a transaction");
    note(&mut one, "one").await.expect("a note");
    {
        let mut second = pin!(store.write());
        waits(second.as_mut()).await;
        let mut answer = pin!(one.commit());
        waits(answer.as_mut()).await;
        let two = second.await.expect("a turn");
        relay.lose_answers_to("ROLLBACK TO");
        drop(two);
        let error = answer.await.expect_err("no commit");
        relay.lose_nothing();
        assert!(error.is_unavailable() && !error.is_outcome_unknown(), "{error}");
    }
    let mut three = store.write().await.expect("a transaction");
    note(&mut three, "one").await.expect("the note was undone");
    three.commit().await.expect("a commit");
    database.end(store).await;
}

#[tokio::test]
async fn a_connection_that_was_lost_without_a_sign_is_replaced_before_it_is_used() {
    let Some(database) = Database::new().await else { return };
    let relay = LossyRelay::before(&database.url()).await;
    let always = IdleTest { after: Duration::ZERO, within: Duration::from_millis(100) };
    let store = Database::tested_store(&relay.url, always).await;
    relay.silence();
    let mut write = store.write().await.expect("a transaction");
    note(&mut write, "one").await.expect("a note");
    write.commit().await.expect("a commit");
    database.end(store).await;
}
