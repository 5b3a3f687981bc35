//! Threads that serve the connections of gates, one per core. A connection stays on its thread, with the connection to
//! the database that it uses: the two tasks of an exchange wake each other without the operating system.

use std::{
    cell::Cell,
    future::pending,
    io,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use tokio::{
    runtime::{Builder, Handle},
    task::JoinSet,
};

thread_local! {
    /// The place of the thread's worker in [`Workers`] plus one, or 0 on any other thread.
    static PLACE: Cell<usize> = const { Cell::new(0) };
}

/// Number of workers.
static COUNT: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, usize::from));

/// The workers of this process, started by the first gate. They run until the process ends: connections to Jeton's
/// database that were opened on them are used on other threads too.
static SHARED: LazyLock<Workers> = LazyLock::new(Workers::start);

/// Threads, each with a runtime of its own.
#[derive(Debug)]
struct Workers(Vec<Worker>);

#[derive(Debug)]
struct Worker {
    runtime: Handle,
    /// Number of connections that it serves.
    connections: Arc<AtomicUsize>,
}

/// The place of a connection among those of a worker, until it is dropped.
struct Served(Arc<AtomicUsize>);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A value for each worker, and one for all other threads.
#[derive(Debug)]
pub(crate) struct PerWorker<T>(Vec<T>);

impl<T> PerWorker<T> {
    /// Returns a value that `new` makes for each worker.
    pub(crate) fn new(new: impl Fn() -> T) -> Self {
        Self((0..=*COUNT).map(|_| new()).collect())
    }

    /// Returns the value of the worker on whose thread this is called.
    pub(crate) fn own(&self) -> &T {
        &self.0[PLACE.get()]
    }
}

impl Workers {
    fn start() -> Self {
        let started = (1..=*COUNT).map(Worker::start).collect::<io::Result<_>>();
        Self(started.unwrap_or_else(|error| {
            tracing::warn!(%error, "gates share the threads of the server, because they get none of their own");
            Vec::new()
        }))
    }

    fn spawn(&self, tasks: &mut JoinSet<()>, connection: impl Future<Output = ()> + Send + 'static) {
        let idlest = self.0.iter().min_by_key(|worker| worker.connections.load(Ordering::Relaxed));
        let Some(worker) = idlest else {
            tasks.spawn(connection);
            return;
        };
        worker.connections.fetch_add(1, Ordering::Relaxed);
        let served = Served(Arc::clone(&worker.connections));
        let task = async move {
            connection.await;
            drop(served);
        };
        tasks.spawn_on(task, &worker.runtime);
    }
}

/// Lets the worker with the fewest connections serve one more, as one of `tasks`.
pub(crate) fn spawn(tasks: &mut JoinSet<()>, connection: impl Future<Output = ()> + Send + 'static) {
    SHARED.spawn(tasks, connection);
}

impl Worker {
    fn start(place: usize) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        thread::Builder::new().name(format!("gate-{place}")).spawn(move || {
            PLACE.set(place);
            runtime.block_on(pending::<()>());
        })?;
        Ok(Self { runtime: handle, connections: Arc::default() })
    }
}

#[cfg(test)]
mod tests {
    use tokio::{sync::mpsc, task::yield_now};

    use super::*;

    #[tokio::test]
    async fn a_connection_stays_on_its_thread_and_each_new_one_goes_where_the_fewest_are() {
        let workers = Workers::start();
        let own = Arc::new(PerWorker((0..=*COUNT).collect::<Vec<_>>()));
        let (sender, mut places) = mpsc::unbounded_channel();
        let (mut tasks, mut kept) = (JoinSet::new(), JoinSet::new());
        for _ in 0..*COUNT {
            let (own, sender) = (Arc::clone(&own), sender.clone());
            workers.spawn(&mut kept, async move {
                let place = *own.own();
                yield_now().await;
                sender.send((place, *own.own())).unwrap();
                pending::<()>().await;
            });
        }
        let mut found = Vec::new();
        for _ in 0..*COUNT {
            let (before, after) = places.recv().await.unwrap();
            assert_eq!(before, after);
            found.push(before);
        }
        found.sort_unstable();
        assert_eq!(found, (1..=*COUNT).collect::<Vec<_>>());
        assert_eq!(*own.own(), 0, "on another thread");
        workers.spawn(&mut tasks, async {});
        while tasks.join_next().await.is_some() {}
        let served: usize = workers.0.iter().map(|worker| worker.connections.load(Ordering::Relaxed)).sum();
        assert_eq!(served, *COUNT, "one that has ended has no place");
    }
}
