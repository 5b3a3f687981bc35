//! Writing transactions.

use std::{
    mem,
    ops::{Deref, DerefMut},
};

use crate::{
    Connection, Result, audit,
    group_commit::{Action, Loan, Turn, Writer},
};

/// The way in which transactions are begun and committed.
#[derive(Clone, Debug)]
pub(crate) enum Writers {
    /// On one connection, in groups.
    Group(Writer),
    /// Not at all: the database is only read.
    None,
}

impl Writers {
    /// Begins a transaction or joins a group, with the write lock.
    ///
    /// # Errors
    /// Fails if it is not the transaction's turn within 10 seconds, if the lock can't be taken, or if the database is
    /// only read.
    pub async fn begin(&self, alone: bool) -> Result<Write> {
        match self {
            Self::Group(writer) => Ok(Write::new(writer.borrow(alone).await?)),
            Self::None => Err(sqlx::Error::Configuration("the database was opened to be read only".into()).into()),
        }
    }

    /// Waits for running transactions and closes the connection.
    pub async fn close(&self) {
        if let Self::Group(writer) = self {
            writer.close().await;
        }
    }
}

/// A writing transaction that holds the write lock. It may be one operation of several in a transaction of the
/// database: it sees what the earlier ones wrote, is undone alone, and is committed with them or not at all.
pub struct Write {
    loan: Loan,
    /// The last entry of the audit log, as this transaction sees it.
    head: audit::Head,
    key_check: Option<String>,
    /// Entries that are not inserted yet.
    entries: Vec<audit::Stored>,
    actions: Vec<Action>,
}

impl Write {
    fn new(turn: Turn) -> Self {
        let Turn { loan, head, key_check } = turn;
        Self { loan, head, key_check, entries: Vec::new(), actions: Vec::new() }
    }

    /// Returns the last entry of the audit log, this transaction's own entries included.
    pub const fn head(&self) -> &audit::Head {
        &self.head
    }

    /// Returns the check value of the audit key that the database had when the transaction began; `None` for SQLite,
    /// which one process uses at a time.
    pub fn key_check(&self) -> Option<&str> {
        self.key_check.as_deref()
    }

    /// Appends an entry to the audit log. It is in the database at the latest when the transaction is committed; until
    /// then the transaction's own queries need not find it.
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn append(&mut self, row: audit::Stored) -> Result<()> {
        self.head = audit::Head { seq: row.seq, hash: row.hash.clone() };
        self.entries.push(row);
        if self.entries.len() < audit::ENTRIES_AT_ONCE {
            return Ok(());
        }
        let entries = mem::take(&mut self.entries);
        audit::insert_all(self, &entries).await
    }

    /// Adds an action that follows a successful commit: in the order of the commits, and before any writer is told of
    /// its own. It does not run if the transaction is not committed. It must be short, because other writers wait for
    /// it.
    pub fn on_commit(&mut self, action: impl FnOnce() + Send + 'static) {
        self.actions.push(Box::new(action));
    }

    /// Commits the transaction. Once this returns, the changes survive a crash. A commit that has begun is finished
    /// even if the future is dropped.
    ///
    /// # Errors
    /// Fails if the database does, also in another operation of the same group: then nothing is changed, unless the
    /// error [says](crate::Error::is_outcome_unknown) that this is not known.
    pub async fn commit(self) -> Result<()> {
        self.loan.commit(self.entries, self.head, self.actions).await
    }
}

impl Deref for Write {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.loan
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.loan
    }
}
