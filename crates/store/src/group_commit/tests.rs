//! Group commit on real files.

mod postgres;

use std::{
    future,
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    task::Poll,
    time::Duration,
};

use jeton_model::Timestamp;
use tempfile::TempDir;

use crate::{Error, Store, Write, audit, columns::Columns as _};

use super::LONGEST;

/// So long that no test depends on the time.
const LONG: Duration = Duration::from_secs(3600);

struct Scene {
    store: Store,
    _data: TempDir,
}

impl Scene {
    async fn new(longest: Duration) -> Self {
        let data = TempDir::new().expect("a directory");
        let store = Store::sqlite_in_groups(&data.path().join("jeton.db"), longest).await.expect("a database");
        let mut write = store.write().await.expect("a transaction");
        for table in [
            "CREATE TABLE notes (text TEXT PRIMARY KEY)",
            "CREATE TABLE parents (id BIGINT PRIMARY KEY)",
            "CREATE TABLE children (parent BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)",
        ] {
            run(&mut write, table).await.expect("a table");
        }
        write.commit().await.expect("a commit");
        Self { store, _data: data }
    }

    async fn write(&self) -> Write {
        self.store.write().await.expect("a transaction")
    }

    /// Begins an operation that writes a note.
    async fn noting(&self, text: &str) -> Write {
        let mut write = self.write().await;
        note(&mut write, text).await.expect("a note");
        write
    }

    /// Begins an operation that waits for another one, which then ends; returns the commit that they share, which has
    /// to wait, and the operation.
    async fn sharing(&self, other: Write) -> (Pin<Box<impl Future<Output = Result<(), Error>>>>, Write) {
        let mut queue = pin!(self.store.write());
        waits(queue.as_mut()).await;
        let mut answer = Box::pin(other.commit());
        waits(answer.as_mut()).await;
        (answer, queue.await.expect("a turn"))
    }

    /// Checks that an operation after a failed commit is committed.
    async fn goes_on(&self) {
        self.noting("next").await.commit().await.expect("a commit");
        assert_eq!(self.notes().await, ["next"]);
    }

    /// Returns what is committed.
    async fn notes(&self) -> Vec<String> {
        let mut reader = self.store.read().await.expect("a reader");
        let rows = sqlx::query("SELECT text FROM notes ORDER BY text").fetch_all(&mut *reader).await.expect("rows");
        rows.iter().map(|row| row.text("text").expect("a text")).collect()
    }
}

async fn run(write: &mut Write, statement: &'static str) -> Result<(), Error> {
    sqlx::query(statement).execute(&mut **write).await?;
    Ok(())
}

async fn note(write: &mut Write, text: &str) -> Result<(), Error> {
    sqlx::query("INSERT INTO notes (text) VALUES ($1)").bind(text).execute(&mut **write).await?;
    Ok(())
}

/// Appends an entry to the audit log, whose hash is its number.
async fn record(write: &mut Write) -> i64 {
    let prev = write.head().clone();
    let row = audit::Stored {
        seq: prev.seq + 1,
        at: Timestamp::from_micros(0),
        action: "noted".into(),
        actor_user: None,
        actor_authorization: None,
        actor_session: None,
        address: None,
        org: None,
        subject_type: "audit".into(),
        subject: None,
        detail: "{}".into(),
        prev: prev.hash,
        hash: (prev.seq + 1).to_string(),
    };
    write.append(row).await.expect("an entry");
    prev.seq + 1
}

/// Polls a future once, which has to wait.
async fn waits<F: Future>(mut future: Pin<&mut F>) {
    let waiting = future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await;
    assert!(waiting);
}

#[tokio::test]
async fn who_waits_shares_the_commit_and_is_answered_after_it() {
    let scene = Scene::new(LONG).await;
    let one = scene.noting("one").await;
    let (mut answer, mut other) = scene.sharing(one).await;
    assert_eq!(scene.notes().await, [""; 0], "nothing is committed");
    waits(answer.as_mut()).await;
    note(&mut other, "one").await.expect_err("it sees the note of the first");
    note(&mut other, "other").await.expect("a note");
    other.commit().await.expect("a commit");
    answer.await.expect("a commit");
    assert_eq!(scene.notes().await, ["one", "other"]);
}

#[tokio::test]
async fn an_operation_that_fails_harms_no_neighbour() {
    let scene = Scene::new(LONG).await;
    let mut one = scene.noting("one").await;
    assert_eq!(record(&mut one).await, 1);
    let (mut second, mut third) = (pin!(scene.store.write()), pin!(scene.store.write()));
    waits(second.as_mut()).await;
    waits(third.as_mut()).await;
    let mut answer = pin!(one.commit());
    waits(answer.as_mut()).await;
    let mut two = second.await.expect("a turn");
    note(&mut two, "two").await.expect("a note");
    assert_eq!(record(&mut two).await, 2);
    note(&mut two, "one").await.expect_err("a duplicate");
    drop(two);
    let mut three = third.await.expect("a turn");
    note(&mut three, "three").await.expect("a note");
    assert_eq!(record(&mut three).await, 2, "the chain has no gap");
    three.commit().await.expect("a commit");
    answer.await.expect("a commit");
    assert_eq!(scene.notes().await, ["one", "three"]);
}

#[tokio::test]
async fn an_operation_that_is_dropped_in_a_statement_is_undone() {
    let scene = Scene::new(LONG).await;
    let one = scene.noting("one").await;
    let (answer, mut two) = scene.sharing(one).await;
    {
        let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) \
                    INSERT INTO notes SELECT 'note ' || i FROM n";
        let mut statement = pin!(run(&mut two, many));
        waits(statement.as_mut()).await;
    }
    drop(two);
    answer.await.expect("a commit");
    assert_eq!(scene.notes().await, ["one"]);
}

#[tokio::test]
async fn a_commit_that_has_begun_is_finished_when_its_caller_leaves() {
    let scene = Scene::new(LONG).await;
    let one = scene.noting("one").await;
    let mut left = Box::pin(one.commit());
    waits(left.as_mut()).await;
    drop(left);
    // An operation that shares no transaction has its turn after the COMMIT.
    drop(scene.store.write_alone().await.expect("a transaction"));
    assert_eq!(scene.notes().await, ["one"]);
}

#[tokio::test]
async fn who_leaves_the_queue_keeps_nobody_waiting() {
    let scene = Scene::new(LONG).await;
    let one = scene.noting("one").await;
    let mut left = Box::pin(scene.store.write());
    waits(left.as_mut()).await;
    drop(left);
    one.commit().await.expect("a commit");
    assert_eq!(scene.notes().await, ["one"]);
}

#[tokio::test]
async fn a_commit_that_fails_acknowledges_nobody() {
    let scene = Scene::new(LONG).await;
    let done = Arc::new(Mutex::new(0));
    let mut one = scene.noting("one").await;
    let counted = Arc::clone(&done);
    one.on_commit(move || *counted.lock().unwrap() += 1);
    let (answer, mut two) = scene.sharing(one).await;
    run(&mut two, "INSERT INTO children (parent) VALUES (7)").await.expect("a child without a parent");
    for error in [two.commit().await.expect_err("no commit"), answer.await.expect_err("no commit")] {
        assert!(error.is_unavailable() && !error.is_outcome_unknown(), "{error}");
    }
    assert_eq!((scene.notes().await.len(), *done.lock().unwrap()), (0, 0));
    scene.goes_on().await;
}

#[tokio::test]
async fn a_full_disk_fails_the_group_and_not_the_next() {
    let scene = Scene::new(LONG).await;
    let one = scene.noting("one").await;
    let (answer, mut two) = scene.sharing(one).await;
    // The file may not grow any more: SQLite rolls back the whole transaction, not the operation alone.
    run(&mut two, "PRAGMA max_page_count = 1").await.expect("a limit");
    let full = run(&mut two, "INSERT INTO notes (text) VALUES (hex(zeroblob(1000000)))").await;
    assert!(full.expect_err("no room").is_unavailable());
    drop(two);
    assert!(answer.await.expect_err("no commit").is_unavailable());
    scene.goes_on().await;
}

#[tokio::test]
async fn what_follows_a_commit_is_done_in_order_before_anybody_is_answered() {
    let scene = Scene::new(LONG).await;
    let done = Arc::new(Mutex::new(Vec::new()));
    let follow = |write: &mut Write, number: i32| {
        let done = Arc::clone(&done);
        write.on_commit(move || done.lock().unwrap().push(number));
    };
    let mut one = scene.write().await;
    follow(&mut one, 1);
    let (mut second, mut third) = (pin!(scene.store.write()), pin!(scene.store.write()));
    waits(second.as_mut()).await;
    waits(third.as_mut()).await;
    let mut answer = pin!(one.commit());
    waits(answer.as_mut()).await;
    let mut two = second.await.expect("a turn");
    follow(&mut two, 2);
    drop(two);
    let mut three = third.await.expect("a turn");
    follow(&mut three, 3);
    assert_eq!(*done.lock().unwrap(), [0; 0]);
    three.commit().await.expect("a commit");
    assert_eq!(*done.lock().unwrap(), [1, 3], "without the operation that was undone");
    answer.await.expect("a commit");
}

#[tokio::test]
async fn a_long_operation_and_the_end_of_a_group_keep_nobody_waiting() {
    for (longest, alone) in [(LONG, true), (Duration::ZERO, false)] {
        let scene = Scene::new(longest).await;
        let one = scene.write().await;
        let mut queue =
            Box::pin(async { if alone { scene.store.write_alone().await } else { scene.store.write().await } });
        waits(queue.as_mut()).await;
        one.commit().await.expect("a commit");
        drop(queue.await.expect("a turn"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_log_is_in_order_whoever_fails() {
    let scene = Arc::new(Scene::new(LONGEST).await);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..200 {
        let scene = Arc::clone(&scene);
        tasks.spawn(async move {
            let mut write = scene.write().await;
            note(&mut write, &number.to_string()).await.expect("a note");
            record(&mut write).await;
            if number % 7 == 0 {
                return;
            }
            record(&mut write).await;
            write.commit().await.expect("a commit");
        });
    }
    tasks.join_all().await;
    let committed = (0..200).filter(|number| number % 7 != 0).count();
    assert_eq!(scene.notes().await.len(), committed);
    let mut reader = scene.store.read().await.expect("a reader");
    let entries = audit::after(&mut reader, 0, 1000).await.expect("entries");
    assert_eq!(entries.len(), 2 * committed);
    let mut last = audit::Head { seq: 0, hash: String::new() };
    for entry in entries {
        assert_eq!((entry.seq, &entry.prev), (last.seq + 1, &last.hash));
        last = audit::Head { seq: entry.seq, hash: entry.hash };
    }
    assert_eq!(audit::head(&mut reader).await.expect("a head"), last);
}

#[tokio::test]
async fn entries_beyond_those_of_one_statement_are_all_appended() {
    let scene = Scene::new(LONG).await;
    let mut write = scene.write().await;
    for number in 1..=150 {
        assert_eq!(record(&mut write).await, number);
    }
    write.commit().await.expect("a commit");
    let mut reader = scene.store.read().await.expect("a reader");
    assert_eq!(audit::after(&mut reader, 0, 1000).await.expect("entries").len(), 150);
}
