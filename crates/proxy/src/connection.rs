//! State that a client's connection, its stream and its exchanges share.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};

/// The state of a client's connection.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    abort: Notify,
    lingers: AtomicBool,
    /// Number of requests that are being answered.
    running: AtomicUsize,
    /// Number of requests that have begun or ended.
    changes: AtomicU64,
}

/// A request that is being answered, until it is dropped.
#[derive(Debug)]
pub(crate) struct Work(Arc<Connection>);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.changes.fetch_add(1, Ordering::SeqCst);
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Connection {
    /// Closes the connection at once, in the middle of an answer.
    pub(crate) fn abort(&self) {
        self.abort.notify_one();
    }

    /// Resolves when the connection must be closed at once.
    pub(crate) async fn aborted(&self) {
        self.abort.notified().await;
    }

    /// Lets the stream read a little more before it closes: the client may still be sending a body that nobody reads,
    /// and would lose the answer to a reset.
    pub(crate) fn linger(&self) {
        self.lingers.store(true, Ordering::Relaxed);
    }

    pub(crate) fn lingers(&self) -> bool {
        self.lingers.load(Ordering::Relaxed)
    }

    /// Notes that a request has begun.
    pub(crate) fn begin(self: &Arc<Self>) -> Work {
        self.running.fetch_add(1, Ordering::SeqCst);
        self.changes.fetch_add(1, Ordering::SeqCst);
        Work(Arc::clone(self))
    }

    /// Returns whether a request is being answered.
    pub(crate) fn is_used(&self) -> bool {
        self.running.load(Ordering::SeqCst) > 0
    }

    /// Resolves once the connection has had no request for this long. An answer that a client does not read, although
    /// nothing of it is expected any more, does not count.
    pub(crate) async fn unused(&self, longest: Duration) {
        loop {
            let before = self.changes.load(Ordering::SeqCst);
            sleep(longest).await;
            if !self.is_used() && self.changes.load(Ordering::SeqCst) == before {
                return;
            }
        }
    }
}
