//! The record of backups that a server takes itself.

use crate::{Error, Service};

use super::{
    Event,
    detail::log::BackupTaken,
    entry::{Actor, Entry},
};

impl Service {
    /// Records a scheduled backup, after it was taken: the backup ends with `last_entry`, and so its chain is whole
    /// without this entry.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn record_backup(&self, file: &str, last_entry: i64) -> Result<(), Error> {
        let mut change = self.begin_job().await?;
        let now = change.now;
        let entry = Entry::new(Event::BackupTaken, None, None, BackupTaken { file, last_entry });
        change.record_of(&Actor::stranger(now, None), &entry).await?;
        change.commit().await
    }
}
