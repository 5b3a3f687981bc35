//! The last refusals of a gate, for its administrators.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jeton_gate::Reason;
use jeton_model::{AuthorizationId, OrgId, Timestamp, binding::GateRefusal, token::redact};

/// Maximum number of entries.
const KEPT: usize = 20;
/// Maximum number of characters of a reason, which may contain a name that a client sent.
const MAX_REASON: usize = 300;

/// A live token, with its organization.
pub(crate) type Presented = (AuthorizationId, OrgId);

/// The last refusals, the newest first. Equal refusals of one token are one entry with a count. Those without a token
/// are equal if their remedies are: an unauthenticated client chooses the names in them, and could evict all other
/// entries.
#[derive(Debug, Default)]
pub(crate) struct RecentRefusals(Mutex<VecDeque<GateRefusal>>);

impl RecentRefusals {
    /// Adds a refusal. `token`: that of the request, if it is live.
    pub(crate) fn note(&self, reason: &Reason, token: Option<Presented>, address: Option<IpAddr>, at: Timestamp) {
        self.keep(reason, token, address, at, false);
    }

    /// Keeps what would be a refusal without observe mode: the request went on.
    pub(crate) fn note_passed(
        &self,
        reason: &Reason,
        token: Option<Presented>,
        address: Option<IpAddr>,
        at: Timestamp,
    ) {
        self.keep(reason, token, address, at, true);
    }

    fn keep(&self, reason: &Reason, token: Option<Presented>, address: Option<IpAddr>, at: Timestamp, passed: bool) {
        let (status, reason, remedy) = (reason.status(), words(reason), reason.remedy().to_owned());
        let (token, token_org) = token.unzip();
        let is_equal = |one: &GateRefusal| match token {
            _ if one.passed != passed => false,
            Some(_) => one.token == token && one.reason == reason,
            None => one.token.is_none() && one.remedy == remedy,
        };
        let mut refusals = self.lock();
        let same = refusals.iter().position(is_equal);
        let times = same.and_then(|place| refusals.remove(place)).map_or(1, |one| one.times.saturating_add(1));
        refusals.truncate(KEPT - 1);
        refusals.push_front(GateRefusal { at, times, passed, token, token_org, address, status, reason, remedy });
    }

    /// Returns the refusals, the newest first.
    pub(crate) fn all(&self) -> Vec<GateRefusal> {
        self.lock().iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<GateRefusal>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the reason as a sentence. Text that looks like a token is redacted: a client may have sent one as the name
/// of a database.
fn words(reason: &Reason) -> String {
    let message: String = reason.message().chars().take(MAX_REASON).collect();
    let ends = |letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '_' | '=');
    let cut = |piece: &str| {
        let word = piece.trim_end_matches(ends);
        format!("{}{}", redact(word), &piece[word.len()..])
    };
    message.split_inclusive(ends).map(cut).collect()
}

#[cfg(test)]
mod tests {
    use jeton_gate::Malformed;
    use jeton_model::{Action, Id, token::NewToken};

    use super::*;

    fn id(number: u64) -> AuthorizationId {
        AuthorizationId(Id::new(number).unwrap())
    }

    fn missing(name: &str) -> Reason {
        Reason::Missing(Action::Read, name.into())
    }

    fn token(number: u64) -> Option<Presented> {
        Some((id(number), OrgId(Id::new(9).unwrap())))
    }

    #[test]
    fn equal_refusals_of_a_token_are_one_and_the_newest_is_first() {
        let recent = RecentRefusals::default();
        let at = Timestamp::from_micros;
        for (number, by, name) in [(1, 1, "a"), (2, 2, "a"), (3, 1, "b"), (4, 1, "a")] {
            recent.note(&missing(name), token(by), None, at(number));
        }
        let refusals = recent.all();
        let seen: Vec<_> = refusals.iter().map(|one| (one.at, one.times, one.token)).collect();
        assert_eq!(seen, [(at(4), 2, Some(id(1))), (at(3), 1, Some(id(1))), (at(2), 1, Some(id(2)))]);
        assert_eq!(refusals[0].status, 403);
    }

    #[test]
    fn what_went_on_is_kept_beside_what_was_refused() {
        let recent = RecentRefusals::default();
        let at = Timestamp::from_micros;
        for (number, by) in [(1, token(1)), (2, None)] {
            recent.note(&Reason::Unauthenticated, by, None, at(number));
            recent.note_passed(&Reason::Unauthenticated, by, None, at(number + 2));
            recent.note_passed(&Reason::Unauthenticated, by, None, at(number + 4));
        }
        let refusals = recent.all();
        let seen: Vec<_> = refusals.iter().map(|one| (one.token.is_some(), one.passed, one.times)).collect();
        assert_eq!(seen, [(false, true, 2), (false, false, 1), (true, true, 2), (true, false, 1)]);
    }

    #[test]
    fn a_flood_of_refusals_takes_no_more_room() {
        let recent = RecentRefusals::default();
        for number in 0..1000 {
            let reason = missing(&format!("{number}{}", "x".repeat(5000)));
            recent.note(&reason, token(1), None, Timestamp::from_micros(number));
        }
        let refusals = recent.all();
        assert_eq!((refusals.len(), refusals[0].at), (KEPT, Timestamp::from_micros(999)));
        assert!(refusals.iter().all(|one| one.reason.len() <= MAX_REASON));
    }

    #[test]
    fn strangers_drive_no_refusal_of_a_token_out() {
        let recent = RecentRefusals::default();
        let at = Timestamp::from_micros;
        recent.note(&missing("a"), token(1), None, at(0));
        for number in 1..1000 {
            let unknown = Reason::Malformed(Malformed::Unknown(number.to_string()));
            let reason = if number % 2 == 0 { unknown } else { Reason::Unauthenticated };
            recent.note(&reason, None, None, at(number));
        }
        let refusals = recent.all();
        let seen: Vec<_> = refusals.iter().map(|one| (one.at, one.times, one.token)).collect();
        assert_eq!(seen, [(at(999), 500, None), (at(998), 499, None), (at(0), 1, Some(id(1)))]);
    }

    #[test]
    fn a_token_in_the_place_of_a_name_is_cut() {
        let token = NewToken::generate([7; 32]);
        let name = || token.expose().to_owned();
        for reason in [Reason::UnknownDatabase(name()), Reason::UnknownOrg(name()), missing(&format!("a/{}", name()))] {
            let said = words(&reason);
            assert!(!said.contains(&token.expose()[8..20]), "{said}");
        }
        assert_eq!(words(&Reason::UnknownOrg("my-org".into())), "organization name \"my-org\" not found");
    }
}
