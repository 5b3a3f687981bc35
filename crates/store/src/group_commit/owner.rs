//! The task that owns the connection to write with.

use std::time::{Duration, Instant};

use sqlx::Connection as _;
use tokio::sync::{mpsc, oneshot};

use crate::{Backend, Connection, Result};

use super::{Borrower, Lent, Loan, Opener, Request, Returned, closed, group::Group};

/// The task that owns the connection to write with.
pub(super) struct Owner {
    requests: mpsc::UnboundedReceiver<Request>,
    /// A request that was taken too early: it does not join the group.
    set_aside: Option<Request>,
    /// `None` after a failure that left the state of the connection unknown: the next request opens another one.
    connection: Option<Connection>,
    /// The time at which the connection was last used.
    used: Instant,
    opener: Opener,
    longest: Duration,
}

impl Owner {
    pub fn new(
        requests: mpsc::UnboundedReceiver<Request>,
        opener: Opener,
        connection: Connection,
        longest: Duration,
    ) -> Self {
        Self { requests, set_aside: None, connection: Some(connection), used: Instant::now(), opener, longest }
    }

    /// Serves requests until the store is closed or dropped.
    pub async fn run(mut self) {
        while let Some(request) = self.next().await {
            match request {
                // Nobody waits for this one any more.
                Request::Operation { borrower, .. } if borrower.is_closed() => {}
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
            Some(connection) => self.opener.tested(connection, self.used.elapsed()).await,
            None => self.opener.open().await,
        }
    }

    /// Keeps a connection for the next request.
    fn keep(&mut self, connection: Connection) {
        self.connection = Some(connection);
        self.used = Instant::now();
    }

    async fn lend_bare(&mut self, borrower: oneshot::Sender<Result<Loan>>) {
        match self.connection().await {
            Ok(connection) => {
                if let Some(returned) = lend(connection, |loan| drop(borrower.send(Ok(loan)))).await {
                    self.keep(returned.connection);
                }
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
            let turn = group.turn();
            let hand_over = |loan| drop(borrower.send(Ok(turn(loan))));
            let Some(returned) = self.opener.returned(lend(connection, hand_over), alone).await else {
                return group.fail(&closed());
            };
            connection = returned.connection;
            let next = self.next_member(&group);
            let ended = group.step(&mut connection, returned.finished, next.is_some());
            match (self.opener.in_time(ended).await, next) {
                (Ok(()), Some(next)) => borrower = next,
                (Ok(()), None) => return self.keep(connection),
                (Err(error), next) => {
                    self.roll_back(connection).await;
                    group.fail(&error);
                    self.set_aside = next.map(Request::shared).or(self.set_aside.take());
                    return;
                }
            }
        }
    }

    /// Begins a group. A connection that was lost since it was used, as by a restart of PostgreSQL, is replaced.
    async fn begin(&mut self, alone: bool) -> Result<(Connection, Group)> {
        let is_new = self.connection.is_none();
        let connection = self.connection().await?;
        match self.begin_on(connection, alone).await {
            Err(error) if !is_new && error.is_disconnect() => {
                let connection = self.opener.open().await?;
                self.begin_on(connection, alone).await
            }
            begun => begun,
        }
    }

    async fn begin_on(&mut self, mut connection: Connection, alone: bool) -> Result<(Connection, Group)> {
        let begun = self.opener.in_time(Group::begin(&mut connection, self.opener.backend(), alone)).await;
        match begun {
            Ok(group) => Ok((connection, group)),
            Err(error) => {
                self.roll_back(connection).await;
                Err(error)
            }
        }
    }

    /// Rolls back. A connection on which this fails, as after SQLite did so itself, is closed; so is each one to
    /// PostgreSQL, which may be lost without a sign of it, and then rolls back itself.
    async fn roll_back(&mut self, mut connection: Connection) {
        if self.opener.backend() == Backend::Postgres {
            return;
        }
        if sqlx::query("ROLLBACK").execute(&mut connection).await.is_ok() {
            self.keep(connection);
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
