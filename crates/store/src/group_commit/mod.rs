//! Group commit on SQLite: operations that wait for the write lock at the same time share a transaction, and so the
//! one `fsync` of its COMMIT.
//!
//! A task owns the connection to write with and lends it to one operation after the other, in the order in which they
//! asked. Each operation runs in a savepoint. Its writer is answered after the COMMIT, with the outcome of the group.

mod group;
#[cfg(test)]
mod tests;

use std::{
    ops::{Deref, DerefMut},
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use sqlx::{Connection as _, any::AnyConnectOptions};
use tokio::{
    sync::{mpsc, oneshot},
    time,
};

use crate::{Connection, Error, Result, audit, sqlite_connection};

use group::Group;

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

/// A waiter for a turn. An operation also gets the last entry of the audit log.
type Borrower = oneshot::Sender<Result<(Loan, audit::Head)>>;

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
    /// Starts the task that owns the connection. `longest`: see [`LONGEST`].
    pub fn start(connection: Connection, options: AnyConnectOptions, longest: Duration) -> Self {
        let (ask, requests) = mpsc::unbounded_channel();
        let owner = Owner { requests, set_aside: None, connection: Some(connection), options, longest };
        tokio::spawn(owner.run());
        Self(ask)
    }

    /// Borrows the connection for an operation, in a savepoint. `alone`: no other operation shares the transaction.
    ///
    /// # Errors
    /// Fails if it is not the operation's turn within 10 seconds, or if the database does.
    pub async fn borrow(&self, alone: bool) -> Result<(Loan, audit::Head)> {
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
    /// Fails if the group is not committed.
    pub async fn commit(mut self, entries: Vec<audit::Stored>, head: audit::Head, actions: Vec<Action>) -> Result<()> {
        let (done, outcome) = oneshot::channel();
        self.give_back(Some(Finished { entries, head, actions, done }));
        outcome.await.unwrap_or_else(|_| Err(closed()))
    }

    fn give_back(&mut self, finished: Option<Finished>) {
        if let Some(Lent { connection, back }) = self.0.take() {
            // Without a receiver the runtime is ending. The connection is closed then, which rolls back.
            drop(back.send(Returned { connection, finished }));
        }
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

/// The task's state.
struct Owner {
    requests: mpsc::UnboundedReceiver<Request>,
    /// A request that was taken too early: it does not join the group.
    set_aside: Option<Request>,
    /// `None` after a failure that left the state of the connection unknown: the next request opens another one.
    connection: Option<Connection>,
    options: AnyConnectOptions,
    longest: Duration,
}

impl Owner {
    /// Serves requests until the store is closed or dropped.
    async fn run(mut self) {
        while let Some(request) = self.next().await {
            match request {
                Request::Operation { alone, borrower } => self.run_group(alone, borrower).await,
                Request::Bare(borrower) => self.lend_bare(borrower).await,
                Request::Close(done) => {
                    if let Some(connection) = self.connection.take() {
                        drop(connection.close().await);
                    }
                    let _ = done.send(());
                    return;
                }
            }
        }
    }

    async fn next(&mut self) -> Option<Request> {
        match self.set_aside.take() {
            Some(request) => Some(request),
            None => self.requests.recv().await,
        }
    }

    /// Returns who waits and may join the group, if anybody does.
    fn next_member(&mut self, group: &Group) -> Option<Borrower> {
        while group.is_open(self.longest) {
            match self.requests.try_recv().ok()? {
                // Nobody waits for this one any more.
                Request::Operation { borrower, .. } if borrower.is_closed() => {}
                Request::Operation { alone: false, borrower } => return Some(borrower),
                other => {
                    self.set_aside = Some(other);
                    return None;
                }
            }
        }
        None
    }

    async fn connection(&mut self) -> Result<Connection> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => Ok(sqlite_connection::writer(&self.options).await?),
        }
    }

    async fn lend_bare(&mut self, borrower: oneshot::Sender<Result<Loan>>) {
        match self.connection().await {
            Ok(connection) => {
                let returned = lend(connection, |loan| drop(borrower.send(Ok(loan)))).await;
                self.connection = returned.map(|returned| returned.connection);
            }
            Err(error) => drop(borrower.send(Err(error))),
        }
    }

    /// Runs a group: the first operation, and those that wait when one ends.
    async fn run_group(&mut self, alone: bool, first: Borrower) {
        let (mut connection, mut group) = match self.begin(alone).await {
            Ok(begun) => begun,
            Err(error) => return drop(first.send(Err(error))),
        };
        let mut borrower = first;
        loop {
            let head = group.head().clone();
            let Some(returned) = lend(connection, |loan| drop(borrower.send(Ok((loan, head))))).await else {
                return group.fail(&closed());
            };
            connection = returned.connection;
            let next = self.next_member(&group);
            match (group.step(&mut connection, returned.finished, next.is_some()).await, next) {
                (Ok(()), Some(next)) => borrower = next,
                (Ok(()), None) => {
                    self.connection = Some(connection);
                    return;
                }
                (Err(error), next) => {
                    self.roll_back(connection).await;
                    group.fail(&error);
                    self.set_aside = next.map(Request::shared).or(self.set_aside.take());
                    return;
                }
            }
        }
    }

    async fn begin(&mut self, alone: bool) -> Result<(Connection, Group)> {
        let mut connection = self.connection().await?;
        match Group::begin(&mut connection, alone).await {
            Ok(group) => Ok((connection, group)),
            Err(error) => {
                self.roll_back(connection).await;
                Err(error)
            }
        }
    }

    /// Rolls back. A connection on which this fails, as after SQLite did so itself, is closed.
    async fn roll_back(&mut self, mut connection: Connection) {
        if sqlx::query("ROLLBACK").execute(&mut connection).await.is_ok() {
            self.connection = Some(connection);
        } else if let Err(error) = connection.close().await {
            tracing::warn!(%error, "the connection to write with was not closed");
        }
    }
}

impl Request {
    const fn shared(borrower: Borrower) -> Self {
        Self::Operation { alone: false, borrower }
    }
}

/// Lends the connection and waits until it is back; `None` if it is lost. The loan of a borrower who left comes back at
/// once.
async fn lend(connection: Connection, hand_over: impl FnOnce(Loan)) -> Option<Returned> {
    let (back, returned) = oneshot::channel();
    hand_over(Loan(Some(Lent { connection, back })));
    returned.await.ok()
}

/// Does what was to be done after a COMMIT. A panic must not end the task that commits.
pub(crate) fn run(actions: Vec<Action>) {
    for action in actions {
        if panic::catch_unwind(AssertUnwindSafe(action)).is_err() {
            tracing::error!("what follows a committed change panicked");
        }
    }
}
