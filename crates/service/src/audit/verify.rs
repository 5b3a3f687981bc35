//! Verification of the audit log: whether an entry was changed, removed or added, and the first that was.

use serde_json::json;

use jeton_model::{Timestamp, audit::Chain};
use jeton_store::{
    Store,
    audit::{Anchor, Head, Stored},
};

use crate::{AuditKey, Caller, Error, Service};

use super::{
    chain_keys::{ChainKeys, End},
    query::reads_all,
};

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
    /// An earlier key signed the entry with this sequence number, which is the last.
    #[error("the log ends at entry {0} with an earlier audit key; what followed was removed")]
    Superseded(i64),
    /// The key of a part of the chain is missing, so that it can't be verified. The rest is in order.
    #[error(
        "the entries {since} to {up_to} can't be verified, because the audit key {key} is missing; add it as a further line to the file of the audit key"
    )]
    KeyMissing {
        /// Sequence number of the first of these entries.
        since: i64,
        /// Sequence number of the last one.
        up_to: i64,
        /// The check value of the key.
        key: String,
    },
    /// The signature of the anchor, after which the chain begins, does not match.
    #[error("the record of where the log begins was not written with the audit key")]
    ForgedAnchor,
    /// The hash of the entry with this sequence number differs from that in a head that was seen before.
    #[error("entry {0} does not have the hash that was logged")]
    OtherThanLogged(i64),
    /// A head that was seen before belongs to a deleted entry, so it can't be compared.
    #[error(
        "the entries up to {last} were deleted because of their age; entry {seen} can't be compared, use a later head"
    )]
    TooOld {
        /// Sequence number of the head that was seen before.
        seen: i64,
        /// Sequence number of the last entry that was deleted for its age.
        last: i64,
    },
}

impl Fault {
    /// Returns whether the log is broken, rather than not verified.
    pub const fn is_tampering(&self) -> bool {
        !matches!(self, Self::KeyMissing { .. })
    }
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

impl Checked {
    /// Returns whether the log is broken.
    pub(super) fn is_tampered(&self) -> bool {
        self.fault.as_ref().is_some_and(Fault::is_tampering)
    }
}

/// A position in the chain during verification.
struct Walk<'a> {
    keys: ChainKeys<'a>,
    last: Head,
    last_at: Option<Timestamp>,
    /// The last entry with nothing before it that waits for the key that vouches for it.
    vouched: (Head, Option<Timestamp>),
    entries: i64,
}

impl<'a> Walk<'a> {
    fn after(last: Head, keys: ChainKeys<'a>) -> Self {
        Self { keys, vouched: (last.clone(), None), last, last_at: None, entries: 0 }
    }

    /// Verifies the entries that follow, at most `most`. Returns the first fault, also if an entry differs from one of
    /// `marks`.
    async fn go(&mut self, store: &Store, marks: &[&Head], most: Option<i64>) -> Result<Option<Fault>, Error> {
        while most.is_none_or(|most| self.entries < most) {
            let rows = jeton_store::audit::after(&mut *store.read().await?, self.last.seq, AT_ONCE).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                if row.seq != self.last.seq + 1 {
                    return Ok(Some(self.first(Fault::Missing(self.last.seq + 1))));
                }
                if row.prev != self.last.hash {
                    return Ok(Some(self.first(Fault::Changed(row.seq))));
                }
                if let Err(changed) = self.keys.accept(&row) {
                    return Ok(Some(Fault::Changed(changed)));
                }
                if marks.iter().any(|mark| mark.seq == row.seq && mark.hash != row.hash) {
                    return Ok(Some(Fault::OtherThanLogged(row.seq)));
                }
                (self.last, self.last_at) = (Head { seq: row.seq, hash: row.hash }, Some(row.at));
                if self.keys.missing_since().is_none() {
                    self.vouched = (self.last.clone(), self.last_at);
                }
                self.entries += 1;
            }
        }
        Ok(None)
    }

    /// Returns a fault, or the earlier one that none of the keys signed the entries before it.
    fn first(&self, fault: Fault) -> Fault {
        self.keys.missing_since().map_or(fault, Fault::Changed)
    }

    /// Returns what is wrong with the end of the chain. `cut`: an entry that should follow.
    fn at_end_before(&self, cut: Option<i64>) -> Option<Fault> {
        let missing = cut.map(|_| Fault::Missing(self.last.seq + 1));
        match self.keys.end() {
            End::Current => missing,
            End::Earlier if missing.is_some() => missing,
            End::Earlier => Some(Fault::Superseded(self.last.seq)),
            End::Foreign(since) => Some(Fault::Changed(since)),
        }
    }

    fn unverified(&self) -> Option<Fault> {
        let part = self.keys.unverified()?;
        Some(Fault::KeyMissing { since: part.since, up_to: part.up_to, key: part.key.clone() })
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
    let mut walk = Walk::after(start.clone(), ChainKeys::from_first(key));
    let forged = anchor.is_some_and(|anchor| anchor.signature != sign(key, anchor.seq, &anchor.hash, anchor.at));
    let marks: Vec<&Head> = logged.iter().copied().chain([&head]).filter(|mark| mark.seq > start.seq).collect();
    let fault = if forged {
        Some(Fault::ForgedAnchor)
    } else {
        let found = walk.go(store, &marks, None).await?;
        let cut = marks.iter().map(|mark| mark.seq).max().filter(|seq| *seq > walk.last.seq);
        let at_start = logged.iter().find(|mark| mark.seq <= start.seq && mark.seq > 0);
        let old = at_start.and_then(|mark| match mark.seq == start.seq {
            true => (mark.hash != start.hash).then_some(Fault::OtherThanLogged(mark.seq)),
            false => Some(Fault::TooOld { seen: mark.seq, last: start.seq }),
        });
        found.or_else(|| walk.at_end_before(cut)).or(old).or_else(|| walk.unverified())
    };
    let trimmed = anchor.map(|anchor| (anchor.seq, anchor.at));
    let is_tampered = fault.as_ref().is_some_and(Fault::is_tampering);
    let (last, last_at) = if is_tampered { walk.vouched } else { (walk.last, walk.last_at) };
    Ok(Checked { entries: walk.entries, last, last_at, fault, trimmed })
}

/// Verifies the chain from an entry on, as if it began there. A part whose key is missing counts as in order.
///
/// # Errors
/// The database may fail.
pub(super) async fn check_from_entry(store: &Store, key: &AuditKey, first: &Stored) -> Result<Option<Fault>, Error> {
    let before = Head { seq: first.seq - 1, hash: first.prev.clone() };
    let mut walk = Walk::after(before, ChainKeys::from_first(key));
    let found = walk.go(store, &[], None).await?;
    Ok(found.or_else(|| walk.at_end_before(None)))
}

/// Returns whether the chain is signed with this key; `None` if it was never begun. One that has entries was, also if
/// somebody erased the check value of its key.
///
/// # Errors
/// The database may fail.
pub async fn has_key(store: &Store, key: &AuditKey) -> Result<Option<bool>, Error> {
    let mut reader = store.read().await?;
    let known = jeton_store::audit::key_check(&mut reader).await?;
    let is_begun = !known.is_empty() || jeton_store::audit::head(&mut reader).await?.seq > 0;
    Ok(is_begun.then(|| known == key.check()))
}

/// Returns whether the chain ends with one of the earlier keys: the database is older than the rotation, or somebody
/// undid the rotation in it.
///
/// # Errors
/// The database may fail.
pub async fn has_earlier_key(store: &Store, key: &AuditKey) -> Result<bool, Error> {
    Ok(key.is_earlier(&jeton_store::audit::key_check(&mut *store.read().await?).await?))
}

/// The signature of an anchor.
pub(crate) fn sign(key: &AuditKey, seq: i64, hash: &str, at: Timestamp) -> String {
    key.sign(json!(["anchor", seq, hash, at.micros()]).to_string().as_bytes())
}

impl Service {
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
            Some(fault) if fault.is_tampering() => tracing::error!(%fault, "the audit log was tampered with"),
            Some(fault) => tracing::warn!(%fault, "a part of the audit log was not verified"),
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
        if !checked.is_tampered() {
            let mut walk = Walk::after(checked.last.clone(), ChainKeys::from_current(&self.0.audit_key));
            let found = walk.go(self.store(), &[], Some(AT_A_PAGE)).await?;
            checked.fault = found.or_else(|| walk.at_end_before(None)).or(checked.fault);
            (checked.last, checked.last_at) = (walk.last, walk.last_at.or(checked.last_at));
            if self.was_trimmed_since(&checked).await? {
                return Ok(None);
            }
            self.0.chain.set(checked.clone());
        }
        let is_unverified = checked.fault.as_ref().is_some_and(|fault| !fault.is_tampering());
        let fault = checked.fault.map(|fault| fault.to_string());
        Ok(Some(Chain { seq: checked.last.seq, at: checked.last_at, fault, is_unverified }))
    }

    /// Returns whether a seemingly missing entry was trimmed: the next full verification begins behind it.
    async fn was_trimmed_since(&self, checked: &Checked) -> Result<bool, Error> {
        let anchor = jeton_store::audit::anchor(&mut *self.read().await?).await?;
        Ok(checked.fault.is_some() && anchor.is_some_and(|anchor| anchor.seq > checked.last.seq))
    }
}
