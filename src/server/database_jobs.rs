//! Background jobs of the database, for as long as the server runs: checkpoints, the mark of the audit key, backups.

use std::time::Duration;

use tokio::sync::watch;

use jeton_service::Service;
use jeton_store::Store;

use super::{
    backup::{Schedule, Taken},
    jobs::Pause,
    key_file::{KeyMark, has_signed},
    metrics,
};

/// Interval of checkpoints: a copy of the database file alone lacks no more than what changed since.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(60);
/// Maximum time between the first entry of the audit log and the mark of its key.
const MARK_EVERY: Duration = Duration::from_secs(1);
/// Interval in which it is checked whether a backup is due.
const BACKUP_CHECK_EVERY: Duration = Duration::from_secs(60);
/// Time until a failed backup is tried again.
const BACKUP_RETRY_AFTER: Duration = Duration::from_secs(600);

/// The background jobs of the database: checkpoints, the mark of the audit key, scheduled backups.
pub struct DatabaseJobs {
    /// The database.
    pub store: Store,
    /// The service, for its clock.
    pub service: Service,
    /// The mark of the audit key; `None` for a key that is not in the data directory.
    pub key_mark: Option<KeyMark>,
    /// The scheduled backups; `None` if there are none.
    pub backups: Option<Schedule>,
}

impl DatabaseJobs {
    /// Runs the jobs. Ends when the sender of `running` is dropped, but never in the middle of a job.
    pub async fn run(self, running: watch::Receiver<()>) {
        tokio::join!(self.checkpoint(&running), self.mark(&running), self.back_up(&running));
    }

    async fn checkpoint(&self, running: &watch::Receiver<()>) {
        let mut pause = Pause::of(CHECKPOINT_EVERY, running);
        while pause.is_over().await {
            if let Err(error) = self.store.checkpoint().await {
                tracing::warn!(%error, "could not move the write-ahead log into the database file");
            }
        }
    }

    /// Marks the key once it has signed an entry. From then on the database file is never empty, not even for a copy
    /// without the write-ahead log.
    async fn mark(&self, running: &watch::Receiver<()>) {
        let mut pause = Pause::of(MARK_EVERY, running);
        while !self.is_marked().await {
            if !pause.is_over().await {
                return;
            }
        }
    }

    async fn is_marked(&self) -> bool {
        if !has_signed(&self.store).await {
            return false;
        }
        match self.store.checkpoint().await {
            Ok(true) => {}
            // A reader is in the way; the next attempt comes soon.
            Ok(false) => return false,
            Err(error) => {
                tracing::warn!(%error, "could not move the write-ahead log into the database file");
                return false;
            }
        }
        let marked = self.key_mark.as_ref().map_or(Ok(()), KeyMark::set);
        if let Err(error) = marked {
            tracing::warn!(%error, "could not mark the audit key as used");
        }
        true
    }

    async fn back_up(&self, running: &watch::Receiver<()>) {
        let Some(schedule) = &self.backups else { return };
        metrics::backups::scheduled(schedule.every(), schedule.last());
        loop {
            let wait = match schedule.run_if_due(self.service.now()).await {
                Ok(taken) => {
                    if let Some(taken) = taken {
                        tracing::info!(file = %taken.file.display(), "backed up the database");
                        metrics::backups::scheduled(schedule.every(), schedule.last());
                        self.record(&taken).await;
                    }
                    BACKUP_CHECK_EVERY
                }
                Err(error) => {
                    tracing::error!(%error, "could not back up the database");
                    metrics::backups::failed(1);
                    BACKUP_RETRY_AFTER
                }
            };
            if !Pause::of(wait, running).is_over().await {
                return;
            }
        }
    }

    /// Records a backup in the audit log, but not before set-up: an entry would mark an empty database as used.
    async fn record(&self, taken: &Taken) {
        let last_entry = taken.manifest.audit_head.seq;
        let name = taken.file.file_name().unwrap_or_default().to_string_lossy();
        if last_entry > 0
            && let Err(error) = self.service.record_backup(&name, last_entry).await
        {
            tracing::warn!(%error, "could not record the backup in the audit log");
        }
    }
}
