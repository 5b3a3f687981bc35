//! The result of the last verification of the audit log in this process.

use std::sync::{Mutex, PoisonError};

use super::verify::Checked;

/// The result of the last verification in this process.
#[derive(Default)]
pub(crate) struct LastCheck(Mutex<Option<Checked>>);

impl LastCheck {
    /// Returns the result.
    pub(super) fn get(&self) -> Option<Checked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a result. Tampering is never replaced by anything milder: what was repaired had been broken. A part without a
    /// key may be gone, because its entries were old.
    pub(super) fn set(&self, found: Checked) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_newer = last.as_ref().is_none_or(|last| !last.is_tampered() && last.last.seq <= found.last.seq);
        let is_worse = match &found.fault {
            None => false,
            Some(fault) if fault.is_tampering() => true,
            Some(_) => !last.as_ref().is_some_and(Checked::is_tampered),
        };
        if is_newer || is_worse {
            *last = Some(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use jeton_store::audit::Head;

    use super::{super::verify::Fault, *};

    #[test]
    fn what_was_tampered_with_stays_so_whatever_is_found_later() {
        let found = |seq: i64, fault: Option<Fault>| {
            let last = Head { seq, hash: String::new() };
            Checked { entries: seq, last, last_at: None, fault, trimmed: None }
        };
        let missing = || Fault::KeyMissing { since: 1, up_to: 2, key: "00ff".into() };
        let last = LastCheck::default();
        let fault = || last.get().and_then(|checked| checked.fault);
        last.set(found(3, Some(missing())));
        assert_eq!(fault(), Some(missing()));
        last.set(found(3, None));
        assert_eq!(fault(), None, "the part was deleted for its age");
        last.set(found(3, Some(missing())));
        last.set(found(3, Some(Fault::Missing(2))));
        assert_eq!(fault(), Some(Fault::Missing(2)));
        for later in [Some(missing()), None] {
            last.set(found(4, later));
            assert_eq!(fault(), Some(Fault::Missing(2)));
        }
    }
}
