//! Writing transactions.

use std::{
    io, mem,
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use sqlx::{Any, AnyPool};
use tokio::{sync::Mutex, time::timeout};

use crate::{
    Connection, Result, audit,
    group_commit::{self, Action, Loan, Writer, closed},
};

/// Maximum duration of a commit on PostgreSQL. Whether one that takes longer was committed is not known.
const COMMITTED_WITHIN: Duration = Duration::from_secs(10);
/// Maximum number of entries of the audit log in one statement.
const ENTRIES_AT_ONCE: usize = 64;

/// The way in which transactions are begun and committed.
#[derive(Clone, Debug)]
pub(crate) enum Writers {
    /// On one connection, in groups: SQLite.
    Group(Writer),
    /// Each on a connection of its own: PostgreSQL.
    Each {
        pool: AnyPool,
        /// Held from a COMMIT until the end of its actions, so that actions run in the order of the commits.
        order: Arc<Mutex<()>>,
    },
}

impl Writers {
    /// Writers with a connection each.
    pub fn each(pool: AnyPool) -> Self {
        Self::Each { pool, order: Arc::default() }
    }

    /// Begins a transaction or joins a group, with the write lock.
    ///
    /// # Errors
    /// Fails if it is not the transaction's turn within 10 seconds, or if the lock can't be taken.
    pub async fn begin(&self, alone: bool) -> Result<Write> {
        match self {
            Self::Group(writer) => {
                let (loan, head) = writer.borrow(alone).await?;
                Ok(Write::new(Transaction::Shared(loan), head, None))
            }
            Self::Each { pool, order } => {
                let mut transaction = pool.begin().await?;
                let (head, key_check) = audit::lock_head(&mut transaction).await?;
                let own = Own { transaction, order: Arc::clone(order) };
                Ok(Write::new(Transaction::Own(own), head, Some(key_check)))
            }
        }
    }

    /// Waits for running transactions and closes the connections.
    pub async fn close(&self) {
        match self {
            Self::Group(writer) => writer.close().await,
            Self::Each { pool, .. } => pool.close().await,
        }
    }
}

enum Transaction {
    Shared(Loan),
    Own(Own),
}

struct Own {
    transaction: sqlx::Transaction<'static, Any>,
    order: Arc<Mutex<()>>,
}

impl Own {
    /// `head`: the new head, if there is one.
    async fn commit(
        mut self,
        entries: Vec<audit::Stored>,
        head: Option<audit::Head>,
        actions: Vec<Action>,
    ) -> Result<()> {
        let committed = async {
            audit::insert_all(&mut self.transaction, &entries).await?;
            if let Some(head) = head {
                audit::advance_head(&mut self.transaction, &head).await?;
            }
            let _order = self.order.lock().await;
            self.transaction.commit().await?;
            group_commit::run(actions);
            Ok::<(), crate::Error>(())
        };
        // A connection may be lost without a sign of it. This transaction holds the write lock, and others wait here.
        timeout(COMMITTED_WITHIN, committed).await.unwrap_or_else(|_| Err(sqlx::Error::from(late()).into()))
    }
}

fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the commit took longer than 10 seconds")
}

/// A writing transaction that holds the write lock. On SQLite it may be one operation of several in a transaction of
/// the database: it sees what the earlier ones wrote, is undone alone, and is committed with them or not at all.
pub struct Write {
    transaction: Transaction,
    /// The last entry of the audit log, as this transaction sees it.
    head: audit::Head,
    key_check: Option<String>,
    /// Set if the head is not the one that the transaction began with.
    has_advanced: bool,
    /// Entries that are not inserted yet.
    entries: Vec<audit::Stored>,
    actions: Vec<Action>,
}

impl Write {
    const fn new(transaction: Transaction, head: audit::Head, key_check: Option<String>) -> Self {
        Self { transaction, head, key_check, has_advanced: false, entries: Vec::new(), actions: Vec::new() }
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
        self.has_advanced = true;
        self.entries.push(row);
        if self.entries.len() < ENTRIES_AT_ONCE {
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
    /// Fails if the database does, also in another operation of the same group: then nothing is changed.
    pub async fn commit(self) -> Result<()> {
        match self.transaction {
            Transaction::Shared(loan) => loan.commit(self.entries, self.head, self.actions).await,
            Transaction::Own(own) => {
                let head = self.has_advanced.then_some(self.head);
                let committed = tokio::spawn(own.commit(self.entries, head, self.actions)).await;
                committed.unwrap_or_else(|_| Err(closed()))
            }
        }
    }
}

impl Deref for Write {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        match &self.transaction {
            Transaction::Shared(loan) => loan,
            Transaction::Own(own) => &own.transaction,
        }
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Connection {
        match &mut self.transaction {
            Transaction::Shared(loan) => loan,
            Transaction::Own(own) => &mut own.transaction,
        }
    }
}
