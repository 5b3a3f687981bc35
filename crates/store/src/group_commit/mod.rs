//! Group commit: operations that wait for the write lock at the same time share a transaction, and so the one `fsync` of
//! its COMMIT. On PostgreSQL they also share the lock, for which other nodes wait.
//!
//! A task owns the connection to write with and lends it to one operation after the other, in the order in which they
//! asked. Each operation runs in a savepoint. Its writer is answered after the COMMIT, with the outcome of the group.

mod group;
mod opener;
mod owner;
#[cfg(test)]
mod tests;

use std::{
    ops::{Deref, DerefMut},
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time,
};

use crate::{Connection, Error, Result, audit};

use owner::Owner;

pub(crate) use opener::{IdleTest, Opener};

/// Maximum time that an operation waits for the connection.
const WAIT: Duration = Duration::from_secs(10);

/// Maximum time between the beginning of a group and the beginning of its last operation: the first writer waits for
/// all of them.
pub(crate) const LONGEST: Duration = Duration::from_millis(10);

/// An action after a successful COMMIT.
pub(crate) type Action = Box<dyn FnOnce() + Send>;

/// Access to the connection to write with. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Writer(mpsc::UnboundedSender<Request>);

enum Request {
    /// An operation; `alone`: in a transaction of its own.
    Operation { alone: bool, borrower: Borrower },
    /// The connection outside of a transaction.
    Bare(oneshot::Sender<Result<Loan>>),
    /// The end of the task, after everything that was asked before.
    Close(oneshot::Sender<()>),
}

/// A waiter for a turn.
type Borrower = oneshot::Sender<Result<Turn>>;

/// The turn of an operation.
pub(crate) struct Turn {
    /// The connection.
    pub loan: Loan,
    /// The last entry of the audit log.
    pub head: audit::Head,
    /// The check value of the audit key in the database; `None` for SQLite.
    pub key_check: Option<String>,
}

/// The parts of an operation that the group finishes: entries of the audit log, actions, and whom to answer.
pub(crate) struct Finished {
    /// Entries that are not inserted yet.
    pub entries: Vec<audit::Stored>,
    /// The last entry of the audit log after the operation.
    pub head: audit::Head,
    /// The actions after the COMMIT.
    pub actions: Vec<Action>,
    done: oneshot::Sender<Result<()>>,
}

/// The connection, for the time of one operation. Dropping it undoes the operation, also in the middle of a statement:
/// the driver's thread finishes that one first.
pub(crate) struct Loan(Option<Lent>);

struct Lent {
    connection: Connection,
    back: oneshot::Sender<Returned>,
}

struct Returned {
    connection: Connection,
    /// `None`: the operation is undone.
    finished: Option<Finished>,
}

impl Writer {
    /// Opens the connection and starts the task that owns it. `longest`: see [`LONGEST`].
    ///
    /// # Errors
    /// Fails if the database does.
    pub async fn start(opener: Opener, longest: Duration) -> Result<Self> {
        let connection = opener.open().await?;
        let (ask, requests) = mpsc::unbounded_channel();
        tokio::spawn(Owner::new(requests, opener, connection, longest).run());
        Ok(Self(ask))
    }

    /// Borrows the connection for an operation, in a savepoint. `alone`: no other operation shares the transaction.
    ///
    /// # Errors
    /// Fails if it is not the operation's turn within 10 seconds, or if the database does.
    pub async fn borrow(&self, alone: bool) -> Result<Turn> {
        self.ask(|borrower| Request::Operation { alone, borrower }).await
    }

    /// Borrows the connection outside of a transaction.
    ///
    /// # Errors
    /// Fails if the connection is not free within 10 seconds, or if the database does.
    pub async fn borrow_bare(&self) -> Result<Loan> {
        self.ask(Request::Bare).await
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<Result<T>>) -> Request) -> Result<T> {
        let (borrower, lent) = oneshot::channel();
        self.0.send(request(borrower)).map_err(|_| closed())?;
        match time::timeout(WAIT, lent).await {
            Ok(Ok(loan)) => loan,
            Ok(Err(_)) => Err(closed()),
            Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
        }
    }

    /// Waits for what was asked before, and closes the connection.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.0.send(Request::Close(done)).is_ok() {
            drop(closed.await);
        }
    }
}

/// The error after the database was closed.
pub(crate) fn closed() -> Error {
    sqlx::Error::PoolClosed.into()
}

impl Loan {
    /// Ends the operation and waits for the COMMIT of its group. The operation ends even if this future is dropped.
    ///
    /// # Errors
    /// Fails if the group is not committed, or if that is not known.
    pub async fn commit(mut self, entries: Vec<audit::Stored>, head: audit::Head, actions: Vec<Action>) -> Result<()> {
        let (done, outcome) = oneshot::channel();
        let is_taken = self.give_back(Some(Finished { entries, head, actions, done }));
        // If the task has ended since, as with the runtime, it may have sent COMMIT.
        let lost = |_| Err(if is_taken { Error::unknown_outcome(&closed()) } else { closed() });
        outcome.await.unwrap_or_else(lost)
    }

    /// Returns the connection; false if nobody takes it back, because the operation took too long or the runtime is
    /// ending. It is closed then, which rolls back.
    fn give_back(&mut self, finished: Option<Finished>) -> bool {
        let Some(Lent { connection, back }) = self.0.take() else { return false };
        back.send(Returned { connection, finished }).is_ok()
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.give_back(None);
    }
}

impl Deref for Loan {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        let Some(lent) = &self.0 else { unreachable!("only the end of a loan takes the connection") };
        &lent.connection
    }
}

impl DerefMut for Loan {
    fn deref_mut(&mut self) -> &mut Connection {
        let Some(lent) = &mut self.0 else { unreachable!("only the end of a loan takes the connection") };
        &mut lent.connection
    }
}

/// Does what was to be done after a COMMIT. A panic must not end the task that commits.
pub(crate) fn run(actions: Vec<Action>) {
    for action in actions {
        if panic::catch_unwind(AssertUnwindSafe(action)).is_err() {
            tracing::error!("what follows a committed change panicked");
        }
    }
}
