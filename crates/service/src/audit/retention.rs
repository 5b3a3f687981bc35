//! Deletion of old audit entries. The rest of the chain still verifies.

use jeton_model::Timestamp;
use jeton_store::audit::{Anchor, last_of_old};

use crate::{Error, Service};

use super::{
    Event,
    detail::log::LogTrimmed,
    entry::{Actor, Entry},
    verify::{check_from_entry, sign},
};

/// Maximum number of entries deleted in one transaction, which holds the write lock.
const AT_ONCE: i64 = 5000;

impl Service {
    /// Deletes the entries that are older than this number of days, and returns how many. Each deletion is recorded
    /// itself. Entries that are not exported yet are kept. So are all, if what follows the old ones is not in order, or
    /// the last of them was changed: its time may be forged, and with the deletion this server vouches for what is left.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn trim_audit_log(&self, days: u32) -> Result<u64, Error> {
        if !self.is_rest_in_order(days).await? {
            return Ok(0);
        }
        let mut deleted = 0;
        loop {
            match self.trim_some(days).await? {
                0 => return Ok(deleted),
                some => deleted += some,
            }
        }
    }

    async fn trim_some(&self, days: u32) -> Result<u64, Error> {
        let mut change = self.begin_job().await?;
        let now = change.now;
        let before = days_before(now, days);
        let last = last_of_old(&mut change, before, AT_ONCE).await?;
        let Some(last) = last.filter(|last| self.may_delete_up_to(last.seq)) else { return Ok(0) };
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

    /// Verifies the last of the old entries and all that follow; a fault is logged.
    async fn is_rest_in_order(&self, days: u32) -> Result<bool, Error> {
        let before = days_before(self.now(), days);
        let last = last_of_old(&mut *self.read().await?, before, i64::MAX / 2).await?;
        let Some(last) = last else { return Ok(true) };
        let fault = check_from_entry(self.store(), &self.0.audit_key, &last).await?;
        if let Some(fault) = &fault {
            tracing::error!(%fault, "no old entry of the audit log is deleted, because what would be left is not in order");
        }
        Ok(fault.is_none())
    }
}

fn days_before(now: Timestamp, days: u32) -> Timestamp {
    now.plus_seconds(-i64::from(days.max(1)) * 86_400)
}
