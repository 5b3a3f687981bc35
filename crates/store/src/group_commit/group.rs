//! A group: operations that are committed together, or not at all.

use std::{
    mem,
    time::{Duration, Instant},
};

use sqlx::{Executor as _, any::AnyRow, raw_sql};

use crate::{Backend, Connection, Error, Result, audit, columns::Columns as _, query_builder::Sql};

use super::{Finished, Loan, Turn, run};

/// Maximum number of operations in a group.
const MOST: usize = 64;

const BEGIN_IN_SQLITE: &str = "BEGIN IMMEDIATE; SAVEPOINT operation; SELECT seq, hash FROM audit_head WHERE id = 1";
/// The lock of the head's row is the write lock of all nodes.
const BEGIN_IN_POSTGRES: &str =
    "BEGIN; SELECT seq, hash, key_check FROM audit_head WHERE id = 1 FOR UPDATE; SAVEPOINT operation";

/// A transaction that is open. The operation that runs is in the savepoint `operation`.
pub(super) struct Group {
    backend: Backend,
    began: Instant,
    alone: bool,
    /// Number of operations that have ended.
    operations: usize,
    /// The last entry of the audit log in the database.
    stored: audit::Head,
    /// See [`Turn::key_check`].
    key_check: Option<String>,
    /// The entries of the operations that have ended, which PostgreSQL gets with the COMMIT.
    entries: Vec<audit::Stored>,
    /// The last entry of the audit log after the operations that have ended.
    head: audit::Head,
    /// The operations that wait for the COMMIT.
    members: Vec<Finished>,
    /// True once COMMIT is sent.
    is_committing: bool,
}

impl Group {
    /// Begins a transaction, which takes the write lock, and a savepoint.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn begin(connection: &mut Connection, backend: Backend, alone: bool) -> Result<Self> {
        // `fetch_one` of SQLite's driver looks at the first of several statements only; that of PostgreSQL takes several
        // statements only if they are not prepared.
        let rows = match backend {
            Backend::Sqlite => sqlx::query(BEGIN_IN_SQLITE).fetch_all(connection).await?,
            Backend::Postgres => raw_sql(BEGIN_IN_POSTGRES).fetch_all(connection).await?,
        };
        let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
        let head = audit::Head { seq: row.number("seq")?, hash: row.text("hash")? };
        Ok(Self {
            backend,
            began: Instant::now(),
            alone,
            operations: 0,
            stored: head.clone(),
            key_check: key_check(backend, row)?,
            entries: Vec::new(),
            head,
            members: Vec::new(),
            is_committing: false,
        })
    }

    /// Returns the turn of the next operation.
    pub fn turn(&self) -> impl FnOnce(Loan) -> Turn + Send + use<> {
        let (head, key_check) = (self.head.clone(), self.key_check.clone());
        |loan| Turn { loan, head, key_check }
    }

    /// Returns whether one more operation may begin after the one that runs.
    pub fn is_open(&self, longest: Duration) -> bool {
        !self.alone && self.operations + 1 < MOST && self.began.elapsed() < longest
    }

    /// Ends an operation, and begins the savepoint of the next or commits. `finished`: `None` if the operation is
    /// undone. `continues`: another operation follows.
    ///
    /// # Errors
    /// Fails if the database does: then nothing of the group is committed, and [`Group::fail`] has to follow.
    pub async fn step(
        &mut self,
        connection: &mut Connection,
        finished: Option<Finished>,
        continues: bool,
    ) -> Result<()> {
        let ended = match self.backend {
            Backend::Sqlite => self.end_in_sqlite(finished, continues)?.execute(connection).await,
            Backend::Postgres => self.end_in_postgres(connection, finished, continues).await,
        };
        ended?;
        self.operations += 1;
        if !continues {
            self.acknowledge();
        }
        Ok(())
    }

    fn join(&mut self, finished: Finished) {
        self.head = finished.head.clone();
        self.members.push(finished);
    }

    /// Ends an operation on PostgreSQL, which waits for each of these texts once. RELEASE fails if a statement of the
    /// operation has failed: COMMIT alone would roll back without an error.
    async fn end_in_postgres(
        &mut self,
        connection: &mut Connection,
        finished: Option<Finished>,
        continues: bool,
    ) -> Result<()> {
        match (finished, continues) {
            (Some(mut finished), _) => {
                self.entries.append(&mut finished.entries);
                self.join(finished);
            }
            (None, false) if self.members.is_empty() => return undo(connection, "ROLLBACK").await,
            // The savepoint stays, for the next operation.
            (None, true) => return undo(connection, "ROLLBACK TO operation").await,
            (None, false) => undo(connection, "ROLLBACK TO operation").await?,
        }
        if continues {
            return run_text(connection, "RELEASE operation; SAVEPOINT operation").await;
        }
        self.store_entries(connection).await?;
        self.is_committing = true;
        run_text(connection, "RELEASE operation; COMMIT").await
    }

    /// Inserts the entries of all operations, and moves the head to the last one.
    async fn store_entries(&mut self, connection: &mut Connection) -> Result<()> {
        if self.head == self.stored {
            return Ok(());
        }
        let mut entries = mem::take(&mut self.entries);
        let last = entries.split_off(entries.len().saturating_sub(audit::ENTRIES_AT_ONCE));
        for more in entries.chunks(audit::ENTRIES_AT_ONCE) {
            audit::insert_all(connection, more).await?;
        }
        audit::insert_and_advance(connection, &last, &self.head).await
    }

    /// Ends an operation on SQLite, in one round trip to the thread of its connection.
    fn end_in_sqlite(&mut self, finished: Option<Finished>, continues: bool) -> Result<Sql> {
        let sql = self.end_of(finished.as_ref(), continues);
        self.is_committing = !continues;
        if let Some(finished) = finished {
            self.join(finished);
        }
        sql
    }

    /// The statements that end an operation. The first of them fails if SQLite has rolled the transaction back by
    /// itself, as it does when the disk is full: outside of a transaction the others would be committed one by one.
    fn end_of(&self, finished: Option<&Finished>, continues: bool) -> Result<Sql> {
        let Some(finished) = finished else { return self.end_of_undone(continues) };
        let mut sql = Sql::new("RELEASE operation");
        if !finished.entries.is_empty() {
            sql.push("; ");
            audit::push_entries(&mut sql, &finished.entries)?;
        }
        if continues {
            sql.push("; SAVEPOINT operation");
        } else {
            self.push_commit(&mut sql, &finished.head)?;
        }
        Ok(sql)
    }

    fn end_of_undone(&self, continues: bool) -> Result<Sql> {
        if self.members.is_empty() && !continues {
            return Ok(Sql::new("ROLLBACK"));
        }
        // The savepoint stays, for the next operation.
        let mut sql = Sql::new("ROLLBACK TO operation");
        if !continues {
            self.push_commit(&mut sql, &self.head)?;
        }
        Ok(sql)
    }

    fn push_commit(&self, sql: &mut Sql, head: &audit::Head) -> Result<()> {
        if *head != self.stored {
            sql.push("; ");
            audit::push_head(sql, head)?;
        }
        sql.push("; COMMIT");
        Ok(())
    }

    /// Does what the operations left for after the COMMIT, in their order, and then answers all of them.
    fn acknowledge(&mut self) {
        let members = mem::take(&mut self.members).into_iter();
        let writers: Vec<_> = members
            .map(|member| {
                run(member.actions);
                member.done
            })
            .collect();
        for writer in writers {
            drop(writer.send(Ok(())));
        }
    }

    /// Tells every operation that has ended that it was not committed, or that nobody knows: PostgreSQL may have
    /// committed it, or may still do so, if the connection is lost before it answers.
    pub fn fail(self, error: &Error) {
        let operations = self.members.len();
        let is_unknown = self.is_committing && error.is_disconnect();
        if is_unknown {
            tracing::error!(%error, operations, "it is unknown whether a writing transaction was committed");
        } else {
            tracing::error!(%error, operations, "writing transaction was not committed");
        }
        let told = if is_unknown { Error::unknown_outcome } else { Error::not_committed };
        for member in self.members {
            drop(member.done.send(Err(told(error))));
        }
    }
}

/// Undoes an operation. The first answer may be that to a statement of the operation, which was dropped while it ran: the
/// driver reports its failure instead of running the text.
async fn undo(connection: &mut Connection, text: &'static str) -> Result<()> {
    match run_text(connection, text).await {
        Err(error) if matches!(error.cause, sqlx::Error::Database(_)) && !error.is_disconnect() => {
            run_text(connection, text).await
        }
        done => done,
    }
}

/// Runs statements without values, which PostgreSQL takes together.
async fn run_text(connection: &mut Connection, text: &'static str) -> Result<()> {
    connection.execute(raw_sql(text)).await?;
    Ok(())
}

fn key_check(backend: Backend, row: &AnyRow) -> Result<Option<String>> {
    match backend {
        Backend::Sqlite => Ok(None),
        Backend::Postgres => row.text("key_check").map(Some),
    }
}
