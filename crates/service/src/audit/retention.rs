//! Deletion of old audit entries. The rest of the chain still verifies.

use jeton_store::audit::Anchor;

use crate::{Error, Service};

use super::{
    Event,
    detail::log::LogTrimmed,
    entry::{Actor, Entry},
    verify::sign,
};

/// Maximum number of entries deleted in one transaction, which holds the write lock.
const AT_ONCE: i64 = 5000;

impl Service {
    /// Deletes the entries that are older than this number of days, and returns how many. Each deletion is recorded
    /// itself.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn trim_audit_log(&self, days: u32) -> Result<u64, Error> {
        let mut deleted = 0;
        loop {
            match self.trim_some(days).await? {
                0 => return Ok(deleted),
                some => deleted += some,
            }
        }
    }

    async fn trim_some(&self, days: u32) -> Result<u64, Error> {
        let mut change = self.begin_as(None).await?;
        let now = change.now;
        let before = now.plus_seconds(-i64::from(days.max(1)) * 86_400);
        let Some(last) = jeton_store::audit::last_of_old(&mut change, before, AT_ONCE).await? else { return Ok(0) };
        let signature = sign(&self.0.audit_key, last.seq, &last.hash, now);
        let anchor = Anchor { seq: last.seq, hash: last.hash, at: now, signature };
        jeton_store::audit::set_anchor(&mut change, &anchor).await?;
        let entries = jeton_store::audit::delete_up_to(&mut change, anchor.seq).await?;
        let detail = LogTrimmed { entries, up_to: anchor.seq, hash: &anchor.hash, older_than: before };
        let entry = Entry::new(Event::AuditTrimmed, None, None, detail);
        change.record_of(&Actor::stranger(now, None), &entry).await?;
        change.commit().await?;
        Ok(entries)
    }
}
