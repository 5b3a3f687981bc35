//! Writes to a sink on a thread of its own: a disk or a daemon that hangs blocks neither the server nor its shutdown.

use std::{io, sync::Arc, thread, time::Duration};

use tokio::{sync::oneshot, time::timeout};

use jeton_service::audit::outlet::ExportedEntry;

use super::{position::Position, sink::Sink};

/// Maximum time for a write to a sink. A slower one counts as failed.
const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// A sink, and the write in progress.
pub(super) struct Writer {
    sink: Arc<Sink>,
    under_way: Option<UnderWay>,
}

/// Entries that are being written.
struct UnderWay {
    /// The last of them; `None` if the sink is only opened, without entries.
    newest: Option<Position>,
    written: oneshot::Receiver<io::Result<()>>,
}

impl Writer {
    pub(super) fn new(sink: Sink) -> Self {
        Self { sink: Arc::new(sink), under_way: None }
    }

    /// Returns the name of the sink.
    pub(super) fn name(&self) -> &'static str {
        self.sink.name()
    }

    /// Begins to write entries, in order; without any, only opens the sink. An earlier write must be finished.
    ///
    /// # Errors
    /// Fails if there is no thread.
    pub(super) fn begin(&mut self, entries: Vec<ExportedEntry>) -> io::Result<()> {
        let newest = entries.last().map(|entry| Position { seq: entry.seq, hash: entry.hash.clone() });
        let (tell, written) = oneshot::channel();
        let sink = Arc::clone(&self.sink);
        // The thread is not joined: a write that never returns ends with the process.
        thread::Builder::new().name("audit-out".into()).spawn(move || drop(tell.send(sink.write(&entries))))?;
        self.under_way = Some(UnderWay { newest, written });
        Ok(())
    }

    /// Waits for the write in progress, and returns its last entry, if there is one. A write that takes too long stays
    /// in progress, because entries are exported in order.
    ///
    /// # Errors
    /// Fails if the sink does, or does not answer in time.
    pub(super) async fn finish(&mut self) -> io::Result<Option<Position>> {
        let Some(under_way) = &mut self.under_way else { return Ok(None) };
        let Ok(written) = timeout(WRITE_WITHIN, &mut under_way.written).await else {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "it does not take them"));
        };
        let newest = under_way.newest.take();
        self.under_way = None;
        written.map_err(io::Error::other)??;
        Ok(newest)
    }
}
