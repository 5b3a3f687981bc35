//! The position in the audit log up to which this node knows it. The log tells about the changes of other nodes and
//! processes, and about commits of its own whose end it did not see.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jeton_store::{
    Connection,
    audit::{Head, after},
};

use super::change::Change;

/// Age after which one request compares the audit head, while others go on with what is in memory.
const COMPARED_AFTER: Duration = Duration::from_millis(200);
/// Age after which nothing in memory is used: a revocation on another node holds by then.
const USED_FOR: Duration = Duration::from_millis(500);
/// Time after a failed comparison until the next, where memory may be used meanwhile.
const RETRIED_AFTER: Duration = Duration::from_secs(1);
/// Maximum number of entries that are read to catch up; with more, everything counts as changed.
const ENTRIES: i64 = 1000;

/// The position in the audit log up to which changes were applied, and the time at which that was all of it.
pub(super) struct Follower {
    started: Instant,
    /// Milliseconds after `started`, plus one; 0 before the first comparison.
    compared: AtomicU64,
    /// The same of the last comparison that failed; 0 if the one after it did not.
    failed: AtomicU64,
    /// Milliseconds after a comparison for which memory may be used while the database can't be asked.
    stale_for: AtomicU64,
    /// Held while one request compares.
    pub comparing: tokio::sync::Mutex<()>,
    applied: Mutex<Option<Head>>,
}

impl Default for Follower {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            compared: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            stale_for: AtomicU64::new(0),
            comparing: tokio::sync::Mutex::default(),
            applied: Mutex::default(),
        }
    }
}

impl Follower {
    /// Returns whether the head was compared so recently that nobody needs to.
    pub fn is_recent(&self) -> bool {
        self.age().is_some_and(|age| age <= COMPARED_AFTER)
    }

    /// Returns whether the head was compared recently enough for what is in memory to be used.
    pub fn is_current(&self) -> bool {
        self.age().is_some_and(|age| age <= USED_FOR)
    }

    /// Allows memory to be used for so long after a comparison, while the database can't be asked.
    pub fn allow_stale(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.stale_for.store(millis, Ordering::SeqCst);
    }

    /// Returns how long memory may be used while the database can't be asked; zero if it may not.
    pub fn stale_for(&self) -> Duration {
        Duration::from_millis(self.stale_for.load(Ordering::SeqCst))
    }

    /// Returns whether memory is recent enough to be used if the database can't be asked.
    pub fn may_be_stale(&self) -> bool {
        let allowed = self.stale_for();
        !allowed.is_zero() && self.age().is_some_and(|age| age <= allowed)
    }

    /// Returns whether the last comparison failed, and memory may be used instead.
    pub fn is_stale(&self) -> bool {
        self.failed.load(Ordering::SeqCst) > 0 && self.may_be_stale()
    }

    /// Returns whether a comparison is worth its time: one that fails may take long, and memory answers meanwhile.
    pub fn is_worth_comparing(&self) -> bool {
        let Some(failed) = self.failed.load(Ordering::SeqCst).checked_sub(1) else { return true };
        !self.may_be_stale() || Duration::from_millis(self.millis().saturating_sub(failed)) >= RETRIED_AFTER
    }

    /// Notes that the database can't be asked; returns whether that is new.
    pub fn failed_now(&self) -> bool {
        self.failed.swap(self.millis() + 1, Ordering::SeqCst) == 0
    }

    fn age(&self) -> Option<Duration> {
        let compared = self.compared.load(Ordering::SeqCst).checked_sub(1)?;
        Some(Duration::from_millis(self.millis().saturating_sub(compared)))
    }

    /// The present time, for [`Self::compared_at`].
    pub fn millis(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX - 1)
    }

    /// Notes that a comparison that began at this time found nothing else, or that what it found is applied.
    pub fn compared_at(&self, began: u64) {
        self.compared.fetch_max(began + 1, Ordering::SeqCst);
        self.failed.store(0, Ordering::SeqCst);
    }

    /// The entry up to which all changes are applied.
    pub fn applied(&self) -> Option<Head> {
        self.lock().clone()
    }

    /// Moves on from one entry to another. If that is not where this node is, entries between them are missing: it
    /// stays, and the next comparison reads them.
    pub fn move_on(&self, from: Option<&Head>, to: Head) {
        let mut applied = self.lock();
        if applied.as_ref() == from {
            *applied = Some(to);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Head>> {
        self.applied.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The changes between an entry and the head. Everything, if the entries do not lead from the one to the other: they
/// are too many or trimmed, or the database was replaced.
///
/// # Errors
/// Fails if the database does.
pub(super) async fn changes(
    connection: &mut Connection,
    from: Option<&Head>,
    to: &Head,
) -> jeton_store::Result<Vec<Change>> {
    let missing = from.map_or(0, |from| to.seq.saturating_sub(from.seq));
    let Some(from) = from.filter(|_| (1..=ENTRIES).contains(&missing)) else { return Ok(vec![Change::Everything]) };
    let entries = after(connection, from.seq, missing).await?;
    let begins = entries.first().is_some_and(|first| first.prev == from.hash);
    let ends = entries.last().is_some_and(|last| (last.seq, &last.hash) == (to.seq, &to.hash));
    if !begins || !ends {
        return Ok(vec![Change::Everything]);
    }
    Ok(entries.iter().filter_map(Change::of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seq: i64) -> Head {
        Head { seq, hash: format!("of {seq}") }
    }

    #[test]
    fn nothing_in_memory_is_used_before_the_first_comparison() {
        let follower = Follower::default();
        assert!(!follower.is_current() && !follower.is_recent());
        follower.compared_at(follower.millis());
        assert!(follower.is_current());
    }

    #[test]
    fn memory_is_stale_only_where_that_is_allowed_and_a_comparison_failed() {
        let follower = Follower::default();
        follower.allow_stale(Duration::from_secs(3600));
        assert!(follower.failed_now() && !follower.is_stale(), "nothing was compared yet");
        follower.compared_at(follower.millis());
        assert!(follower.may_be_stale() && !follower.is_stale(), "the database answers");
        assert!(follower.failed_now() && !follower.failed_now() && follower.is_stale());
        assert!(!follower.is_worth_comparing(), "it failed a moment ago");
        follower.allow_stale(Duration::ZERO);
        assert!(!follower.is_stale() && follower.is_worth_comparing());
    }

    #[test]
    fn a_commit_that_does_not_follow_waits_for_the_comparison() {
        let follower = Follower::default();
        follower.move_on(Some(&head(1)), head(2));
        assert_eq!(follower.applied(), None, "nothing is known about earlier entries");
        follower.move_on(None, head(2));
        follower.move_on(Some(&head(2)), head(3));
        assert_eq!(follower.applied(), Some(head(3)));
        follower.move_on(Some(&head(4)), head(5));
        assert_eq!(follower.applied(), Some(head(3)), "entry 4 is another node's");
    }
}
