//! Export of audit entries to a file, to syslog or by HTTP, in order, with at-least-once delivery.

mod http_sink;
mod position;
mod retry_after;
mod sink;
mod writer;

use std::{io, path::Path, time::Duration};

use tokio::sync::watch;

use jeton_service::{Error, Service, audit::outlet::ExportedEntry};

use crate::config::{AuditOutError, Config};

use super::{jobs::Pause, metrics};

use http_sink::Http;
pub use position::NAME as POSITIONS;
use position::{Position, Positions};
use sink::Sink;
use writer::Writer;

/// Maximum time between a change and the export of its entry.
const EXPORT_WITHIN: Duration = Duration::from_secs(1);
/// Maximum number of entries per batch. A batch is in memory, and an entry may have some 250 KiB.
const AT_ONCE: i64 = 100;

/// The sinks of a server.
pub struct AuditOut {
    service: Service,
    sinks: Vec<OpenSink>,
    positions: Positions,
    is_required: bool,
}

/// A sink, and whether its last failure was logged.
struct OpenSink {
    writer: Writer,
    /// True once the stored position was compared with the database.
    is_compared: bool,
    fails: bool,
}

/// The reason why entries were not exported.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    /// The sink, or the file of the positions, failed.
    #[error(transparent)]
    Sink(#[from] io::Error),
    /// The entries can't be read.
    #[error(transparent)]
    Log(#[from] Error),
}

impl ExportError {
    /// Returns whether the failure is a temporary one of the database, which is no reason to refuse changes.
    const fn is_temporary(&self) -> bool {
        matches!(self, Self::Log(Error::Busy | Error::Unavailable))
    }
}

impl AuditOut {
    /// Returns the sinks of a configuration; `None` if there is none. `data`: the directory of the positions.
    ///
    /// # Errors
    /// Fails if the flags of the HTTP sink are not accepted.
    pub fn of(config: &Config, data: &Path, service: Service) -> Result<Option<Self>, AuditOutError> {
        let file = config.audit_file.clone().map(Sink::File);
        let syslog = config.audit_syslog.clone().map(Sink::Syslog);
        let http = config.http_sink()?.map(|settings| Sink::Http(Box::new(Http::new(settings))));
        let sinks: Vec<OpenSink> = file.into_iter().chain(syslog).chain(http).map(OpenSink::new).collect();
        if sinks.is_empty() {
            return Ok(None);
        }
        let positions = Positions::in_directory(data);
        let mut out = Self { service, sinks, positions, is_required: config.audit_out_required };
        out.retain_unexported();
        Ok(Some(out))
    }

    /// Checks the sinks at the start, if they are required, so that not even the first change is accepted if its entry
    /// can't be exported. Earlier entries are exported later, because there may be many.
    pub async fn prepare(&mut self) {
        if !self.is_required {
            return;
        }
        let mut fails = false;
        for open in &mut self.sinks {
            let result = open.attempt().await.map_err(ExportError::from);
            fails |= result.is_err();
            open.note(&result);
        }
        self.service.refuse_changes(fails);
    }

    /// Exports entries until the sender of `running` is dropped, and finishes the batch that it has begun.
    pub async fn run(mut self, running: watch::Receiver<()>) {
        let mut pause = Pause::of(EXPORT_WITHIN, &running);
        self.deliver().await;
        while pause.is_over().await {
            self.deliver().await;
        }
        // Buffered denials and reads are exported too. A failure is reported when the service closes, which retries.
        drop(self.service.write_refusals().await);
        drop(self.service.write_reads().await);
        self.deliver().await;
    }

    /// Exports the new entries. If the export is required and a sink fails, changes are refused from then on.
    async fn deliver(&mut self) {
        let (mut fails, mut all_exported) = (false, true);
        for open in &mut self.sinks {
            let result = open.deliver(&self.service, &mut self.positions).await;
            fails |= result.as_ref().is_err_and(|error| !error.is_temporary());
            all_exported &= result.is_ok();
            open.note(&result);
        }
        self.retain_unexported();
        if self.is_required && (fails || all_exported) {
            self.service.refuse_changes(fails);
        }
    }

    /// Excludes entries that a sink still lacks from retention.
    fn retain_unexported(&mut self) {
        let (sinks, positions) = (&self.sinks, &mut self.positions);
        let left = sinks.iter().map(|open| positions.of(open.writer.name()).map_or(0, |last| last.seq)).min();
        self.service.keep_entries_after(left.unwrap_or(0));
    }
}

impl OpenSink {
    fn new(sink: Sink) -> Self {
        Self { writer: Writer::new(sink), is_compared: false, fails: false }
    }

    /// Opens the sink without writing entries.
    async fn attempt(&mut self) -> io::Result<()> {
        self.writer.begin(Vec::new())?;
        self.writer.finish().await.map(drop)
    }

    /// Exports entries until none is left. The position is stored after they were written: an interrupted batch is
    /// written again.
    async fn deliver(&mut self, service: &Service, positions: &mut Positions) -> Result<(), ExportError> {
        let name = self.writer.name();
        // A write that took too long in an earlier attempt.
        if let Some(last) = self.writer.finish().await? {
            positions.set(name, &last)?;
        }
        let mut last = positions.of(name)?;
        if !self.is_compared {
            let found = compared(service, last.clone()).await?;
            if found != last {
                // Stored at once, so that the next attempt begins there even if the sink fails.
                positions.set(name, &found)?;
                last = found;
            }
            self.is_compared = true;
        }
        loop {
            // Also without entries, so that a broken sink is detected before the next change.
            self.writer.begin(service.entries_for_export(last.seq, AT_ONCE).await?)?;
            let Some(newest) = self.writer.finish().await? else { return Ok(()) };
            positions.set(name, &newest)?;
            last = newest;
        }
    }

    /// Records the outcome in the metrics, and logs the begin and the end of a failure.
    fn note(&mut self, result: &Result<(), ExportError>) {
        let name = self.writer.name();
        metrics::audit_out::note(name, result.is_ok());
        match result {
            Ok(()) if self.fails => tracing::info!(sink = name, "entries of the audit log are exported again"),
            Err(error) if !self.fails => {
                tracing::error!(sink = name, %error, "entries of the audit log can't be exported until this is mended");
            }
            _ => return,
        }
        self.fails = !self.fails;
    }
}

/// Returns a stored position, or the beginning of the log if the database has another entry there, or none yet: it was
/// restored from a backup.
async fn compared(service: &Service, last: Position) -> Result<Position, Error> {
    let found = service.entries_for_export(last.seq - 1, 1).await?;
    let is_there = |entry: &ExportedEntry| entry.seq > last.seq || (entry.seq == last.seq && entry.hash == last.hash);
    Ok(if found.first().is_some_and(is_there) { last } else { Position::default() })
}
