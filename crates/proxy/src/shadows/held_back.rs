//! Failures to create a shadow that concern one set of permissions, such as a privilege that cannot be granted.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use jeton_gate::Authority;

use crate::upstream::NoResponse;

use super::creation::FAILS_FOR;

/// The authorities whose shadows could not be created just now. The requests of others go on.
#[derive(Default)]
pub(super) struct HeldBack(Mutex<HashMap<Authority, (Instant, NoResponse)>>);

impl HeldBack {
    /// Checks that an attempt for an authority makes sense.
    ///
    /// # Errors
    /// Fails if one failed within [`FAILS_FOR`].
    pub(super) fn check(&self, authority: &Authority, now: Instant) -> Result<(), NoResponse> {
        let failed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match failed.get(authority) {
            Some((at, failure)) if is_recent(*at, now) => Err(*failure),
            _ => Ok(()),
        }
    }

    /// Records a failure. Creations are limited per second, so that there are few.
    pub(super) fn note(&self, authority: &Authority, failure: NoResponse, now: Instant) {
        let mut failed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failed.retain(|_, (at, _)| is_recent(*at, now));
        failed.insert(authority.clone(), (now, failure));
    }
}

fn is_recent(at: Instant, now: Instant) -> bool {
    now.saturating_duration_since(at) < FAILS_FOR
}

#[cfg(test)]
mod tests {
    use jeton_gate::{Grants, Privilege};

    use crate::counters::UpstreamFailure;

    use super::*;

    fn authority(database: &str) -> Authority {
        Authority::User(Grants::from_iter([(database.to_owned(), Privilege::Read)]).into())
    }

    #[test]
    fn a_failure_of_one_set_of_permissions_holds_back_no_other_and_passes() {
        let (held_back, now) = (HeldBack::default(), Instant::now());
        let failure = NoResponse::Failed(UpstreamFailure::Delegation);
        held_back.note(&authority("a"), failure, now);
        assert_eq!(held_back.check(&authority("a"), now), Err(failure));
        assert_eq!(held_back.check(&authority("b"), now), Ok(()));
        assert_eq!(held_back.check(&authority("a"), now + FAILS_FOR), Ok(()));
        held_back.note(&authority("b"), failure, now + FAILS_FOR);
        assert_eq!(held_back.0.lock().unwrap().len(), 1, "what passed is forgotten");
    }
}
