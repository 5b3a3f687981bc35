//! Verification of the audit log: whether an entry was changed, removed or added, and the first that was.

use std::sync::{Mutex, PoisonError};

use serde_json::json;

use jeton_model::{Timestamp, audit::Chain};
use jeton_store::{
    Store,
    audit::{Anchor, Head},
};

use crate::{AuditKey, Caller, Error, Service};

use super::{entry::message, query::reads_all};

/// Number of entries that are read at once.
const AT_ONCE: i64 = 1000;
/// Maximum number of entries that are verified for a page.
const AT_A_PAGE: i64 = 10_000;

/// The first fault of the chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The entry with this sequence number is missing.
    #[error("entry {0} is missing")]
    Missing(i64),
    /// The entry with this sequence number does not continue its predecessor, or its signature does not match.
    #[error("entry {0} was changed, or added without the audit key")]
    Changed(i64),
    /// The signature of the anchor, after which the chain begins, does not match.
    #[error("the record of where the log begins was not written with the audit key")]
    ForgedAnchor,
    /// The hash of the entry with this sequence number differs from that in a head that was seen before.
    #[error("entry {0} does not have the hash that was logged")]
    OtherThanLogged(i64),
    /// A head that was seen before belongs to a deleted entry, so it can't be compared.
    #[error(
        "the entries up to {kept} were deleted because of their age; entry {asked} can't be compared, use a later head"
    )]
    TooOld {
        /// Sequence number of the head that was seen before.
        asked: i64,
        /// Sequence number of the last entry that was deleted for its age.
        kept: i64,
    },
}

/// The result of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Number of entries in order.
    pub entries: i64,
    /// The last entry in order; the place before the first if there is none.
    pub last: Head,
    /// The time of that entry.
    pub last_at: Option<Timestamp>,
    /// The first fault of the chain; `None` if there is none.
    pub fault: Option<Fault>,
    /// The last entry deleted for its age, and when that was done.
    pub trimmed: Option<(i64, Timestamp)>,
}

/// A position in the chain during verification.
struct Walk {
    last: Head,
    last_at: Option<Timestamp>,
    entries: i64,
}

impl Walk {
    fn after(last: Head) -> Self {
        Self { last, last_at: None, entries: 0 }
    }

    /// Verifies the entries that follow, at most `most`. Returns the first fault, also if an entry differs from one of
    /// `marks`.
    async fn go(
        &mut self,
        store: &Store,
        key: &AuditKey,
        marks: &[&Head],
        most: Option<i64>,
    ) -> Result<Option<Fault>, Error> {
        while most.is_none_or(|most| self.entries < most) {
            let rows = jeton_store::audit::after(&mut *store.read().await?, self.last.seq, AT_ONCE).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                if row.seq != self.last.seq + 1 {
                    return Ok(Some(Fault::Missing(self.last.seq + 1)));
                }
                if row.prev != self.last.hash || row.hash != key.sign(&message(&row)) {
                    return Ok(Some(Fault::Changed(row.seq)));
                }
                if marks.iter().any(|mark| mark.seq == row.seq && mark.hash != row.hash) {
                    return Ok(Some(Fault::OtherThanLogged(row.seq)));
                }
                (self.last, self.last_at) = (Head { seq: row.seq, hash: row.hash }, Some(row.at));
                self.entries += 1;
            }
        }
        Ok(None)
    }
}

/// Verifies the whole chain. `logged`: heads that were seen before and must still be in it.
///
/// # Errors
/// The database may fail.
pub async fn check(store: &Store, key: &AuditKey, logged: &[&Head]) -> Result<Checked, Error> {
    loop {
        let anchor = jeton_store::audit::anchor(&mut *store.read().await?).await?;
        let checked = check_from(store, key, anchor.as_ref(), logged).await?;
        // Entries trimmed during the verification are not missing.
        if checked.fault.is_none() || jeton_store::audit::anchor(&mut *store.read().await?).await? == anchor {
            return Ok(checked);
        }
    }
}

async fn check_from(
    store: &Store,
    key: &AuditKey,
    anchor: Option<&Anchor>,
    logged: &[&Head],
) -> Result<Checked, Error> {
    let start = anchor
        .map_or(Head { seq: 0, hash: String::new() }, |anchor| Head { seq: anchor.seq, hash: anchor.hash.clone() });
    // Read first: entries appended meanwhile come after it.
    let head = jeton_store::audit::head(&mut *store.read().await?).await?;
    let mut walk = Walk::after(start.clone());
    let forged = anchor.is_some_and(|anchor| anchor.signature != sign(key, anchor.seq, &anchor.hash, anchor.at));
    let marks: Vec<&Head> = logged.iter().copied().chain([&head]).filter(|mark| mark.seq > start.seq).collect();
    let fault = if forged {
        Some(Fault::ForgedAnchor)
    } else {
        let found = walk.go(store, key, &marks, None).await?;
        let cut = marks.iter().map(|mark| mark.seq).max().filter(|seq| *seq > walk.last.seq);
        let at_start = logged.iter().find(|mark| mark.seq <= start.seq && mark.seq > 0);
        let old = at_start.and_then(|mark| match mark.seq == start.seq {
            true => (mark.hash != start.hash).then_some(Fault::OtherThanLogged(mark.seq)),
            false => Some(Fault::TooOld { asked: mark.seq, kept: start.seq }),
        });
        found.or_else(|| cut.map(|_| Fault::Missing(walk.last.seq + 1))).or(old)
    };
    let trimmed = anchor.map(|anchor| (anchor.seq, anchor.at));
    Ok(Checked { entries: walk.entries, last: walk.last, last_at: walk.last_at, fault, trimmed })
}

/// Returns whether the chain is signed with this key; `None` if it was never begun.
///
/// # Errors
/// The database may fail.
pub async fn has_key(store: &Store, key: &AuditKey) -> Result<Option<bool>, Error> {
    let known = jeton_store::audit::key_check(&mut *store.read().await?).await?;
    Ok((!known.is_empty()).then(|| known == key.check()))
}

/// The signature of an anchor.
pub(crate) fn sign(key: &AuditKey, seq: i64, hash: &str, at: Timestamp) -> String {
    key.sign(json!(["anchor", seq, hash, at.micros()]).to_string().as_bytes())
}

/// The result of the last verification in this process.
#[derive(Default)]
pub(crate) struct LastCheck(Mutex<Option<Checked>>);

impl LastCheck {
    fn get(&self) -> Option<Checked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a result. A fault is never replaced by success: what was repaired had been broken.
    fn set(&self, found: Checked) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_newer = last.as_ref().is_none_or(|last| last.fault.is_none() && last.last.seq <= found.last.seq);
        if is_newer || found.fault.is_some() {
            *last = Some(found);
        }
    }
}

impl Service {
    /// Verifies the whole chain. Returns the last entry in order, and whether there is no fault.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn check_audit_log(&self) -> Result<(i64, bool), Error> {
        let checked = check(self.store(), &self.0.audit_key, &[]).await?;
        Ok((checked.last.seq, checked.fault.is_none()))
    }

    /// Verifies the whole chain and writes its head to the server's log, which reveals a truncated tail.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn watch_audit_log(&self) -> Result<(), Error> {
        let seen = self.0.chain.get().map(|checked| checked.last);
        let seen: Vec<&Head> = seen.iter().filter(|head| head.seq > 0).collect();
        let mut checked = check(self.store(), &self.0.audit_key, &seen).await?;
        // A head that was trimmed since proves nothing.
        if matches!(checked.fault, Some(Fault::TooOld { .. })) {
            checked.fault = None;
        }
        match &checked.fault {
            None => tracing::info!(
                seq = checked.last.seq,
                hash = checked.last.hash,
                "the audit log is intact; this is its head"
            ),
            Some(fault) => tracing::error!(%fault, "the audit log was tampered with"),
        }
        self.0.chain.set(checked);
        Ok(())
    }

    /// The last result, extended by the entries since; `None` for callers who do not read the whole log.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn chain(&self, caller: &Caller) -> Result<Option<Chain>, Error> {
        let Some(mut checked) = self.0.chain.get().filter(|_| reads_all(caller)) else { return Ok(None) };
        if checked.fault.is_none() {
            let mut walk = Walk::after(checked.last.clone());
            checked.fault = walk.go(self.store(), &self.0.audit_key, &[], Some(AT_A_PAGE)).await?;
            (checked.last, checked.last_at) = (walk.last, walk.last_at.or(checked.last_at));
            if self.was_trimmed_since(&checked).await? {
                return Ok(None);
            }
            self.0.chain.set(checked.clone());
        }
        let fault = checked.fault.map(|fault| fault.to_string());
        Ok(Some(Chain { seq: checked.last.seq, at: checked.last_at, fault }))
    }

    /// Returns whether a seemingly missing entry was trimmed: the next full verification begins behind it.
    async fn was_trimmed_since(&self, checked: &Checked) -> Result<bool, Error> {
        let anchor = jeton_store::audit::anchor(&mut *self.read().await?).await?;
        Ok(checked.fault.is_some() && anchor.is_some_and(|anchor| anchor.seq > checked.last.seq))
    }
}
