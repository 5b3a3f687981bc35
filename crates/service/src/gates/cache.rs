//! Directories of gates in memory, at most a second old.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jeton_model::{
    Timestamp,
    binding::{DirectoryRecord, GateIdentity},
};

use crate::Error;

/// Maximum age in microseconds: a change on another node takes effect that late.
const LONGEST: i64 = 1_000_000;

/// The directories that requests for data use.
#[derive(Default)]
pub(crate) struct Directories {
    /// Number of changes on this node; what was read before the last one is out of date.
    changes: AtomicU64,
    /// One per name of a gate: as many as are configured.
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

/// The directory of one gate. It is locked while it is read, so that one request reads for all that wait.
pub(super) type Slot = tokio::sync::Mutex<Option<Cached>>;

/// The result of a reading, errors included: waiting requests do not each wait for a database that fails.
pub(super) struct Cached {
    pub gate: GateIdentity,
    pub changes: u64,
    pub at: Timestamp,
    /// The beginning of the reading that the result is of.
    pub read: Instant,
    pub result: Result<Arc<DirectoryRecord>, Error>,
}

impl Cached {
    /// Returns whether this is up to date for a request. A clock that was set back makes it out of date.
    pub fn serves(&self, gate: &GateIdentity, changes: u64, now: Timestamp) -> bool {
        let age = now.micros() - self.at.micros();
        self.gate == *gate && self.changes == changes && (0..LONGEST).contains(&age)
    }

    /// Returns the directory, and when it was read, for a request while the database can't be asked. `allowed`: how long
    /// it may be used then.
    pub fn spare(
        &self,
        gate: &GateIdentity,
        changes: u64,
        allowed: Duration,
    ) -> Option<(Arc<DirectoryRecord>, Instant)> {
        let is_usable = self.gate == *gate && self.changes == changes && self.read.elapsed() <= allowed;
        let directory = self.result.as_ref().ok().filter(|_| is_usable && !allowed.is_zero())?;
        Some((Arc::clone(directory), self.read))
    }
}

impl Directories {
    /// Declares everything that was read out of date. Called after the commit of a change, before it is acknowledged.
    pub fn forget(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// The number of changes so far, to be read before the database is.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// The place of the gate with this name.
    pub(super) fn slot(&self, gate: &str) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(gate) {
            return Arc::clone(slot);
        }
        Arc::clone(slots.entry(gate.to_owned()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::{Id, OrgId, binding::GateKind};

    use super::*;

    fn gate(name: &str) -> GateIdentity {
        GateIdentity {
            name: name.into(),
            kind: GateKind::Influxdb1,
            org: OrgId(Id::new(1).unwrap()),
            upstream: "http://a:1".parse().unwrap(),
        }
    }

    #[test]
    fn a_directory_serves_for_a_second_until_something_changes() {
        let at = Timestamp::from_micros(5_000_000);
        let cached = Cached { gate: gate("a"), changes: 3, at, read: Instant::now(), result: Err(Error::Busy) };
        assert!(cached.serves(&gate("a"), 3, at));
        assert!(cached.serves(&gate("a"), 3, Timestamp::from_micros(5_999_999)));
        assert!(!cached.serves(&gate("a"), 3, at.plus_seconds(1)));
        assert!(!cached.serves(&gate("a"), 3, at.plus_seconds(-1)), "the clock was set back");
        assert!(!cached.serves(&gate("a"), 4, at), "something changed");
        let moved = GateIdentity { upstream: "http://b:1".parse().unwrap(), ..gate("a") };
        assert!(!cached.serves(&moved, 3, at), "the configuration changed");
    }
}
