//! A group: operations that are committed together, or not at all.

use std::{
    mem,
    time::{Duration, Instant},
};

use crate::{Connection, Error, Result, audit, columns::Columns as _, query_builder::Sql};

use super::{Finished, run};

/// Maximum number of operations in a group.
const MOST: usize = 64;

const BEGIN: &str = "BEGIN IMMEDIATE; SAVEPOINT operation; SELECT seq, hash FROM audit_head WHERE id = 1";

/// A transaction that is open. The operation that runs is in the savepoint `operation`.
pub(super) struct Group {
    began: Instant,
    alone: bool,
    /// Number of operations that have ended.
    operations: usize,
    /// The last entry of the audit log in the database.
    stored: audit::Head,
    /// The last entry of the audit log after the operations that have ended.
    head: audit::Head,
    /// The operations that wait for the COMMIT.
    members: Vec<Finished>,
}

impl Group {
    /// Begins a transaction, which takes SQLite's write lock, and a savepoint.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn begin(connection: &mut Connection, alone: bool) -> Result<Self> {
        // `fetch_one` of this driver looks at the first of several statements only.
        let rows = sqlx::query(BEGIN).fetch_all(connection).await?;
        let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
        let head = audit::Head { seq: row.number("seq")?, hash: row.text("hash")? };
        Ok(Self { began: Instant::now(), alone, operations: 0, stored: head.clone(), head, members: Vec::new() })
    }

    /// The last entry of the audit log, as the next operation sees it.
    pub const fn head(&self) -> &audit::Head {
        &self.head
    }

    /// Returns whether one more operation may begin after the one that runs.
    pub fn is_open(&self, longest: Duration) -> bool {
        !self.alone && self.operations + 1 < MOST && self.began.elapsed() < longest
    }

    /// Ends an operation, and in the same round trip begins the savepoint of the next or commits. `finished`: `None` if
    /// the operation is undone. `continues`: another operation follows.
    ///
    /// # Errors
    /// Fails if the database does: then nothing of the group is committed, and [`Group::fail`] has to follow.
    pub async fn step(
        &mut self,
        connection: &mut Connection,
        finished: Option<Finished>,
        continues: bool,
    ) -> Result<()> {
        let sql = self.end_of(finished.as_ref(), continues);
        if let Some(finished) = finished {
            self.head = finished.head.clone();
            self.members.push(finished);
        }
        sql?.execute(connection).await?;
        self.operations += 1;
        if !continues {
            self.acknowledge();
        }
        Ok(())
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

    /// Tells every operation that has ended that it was not committed.
    pub fn fail(self, error: &Error) {
        let operations = self.members.len();
        tracing::error!(%error, operations, "writing transaction was not committed");
        for member in self.members {
            drop(member.done.send(Err(Error::not_committed(error))));
        }
    }
}
