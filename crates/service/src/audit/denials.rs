//! Denials that are not yet in the audit log. Recording one costs a request almost nothing: they are queued in memory
//! and written together later. Unauthenticated clients can cause any number, so only some are recorded and the rest is
//! counted.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use moka::sync::Cache;

use jeton_model::{AuthorizationId, Timestamp, UserId};

use crate::Client;

use super::{
    denial_reason::{DenialReason, TOO_MANY_ATTEMPTS},
    entry::Actor,
    gate_denials::{DeniedAtGate, Due, GateDenials},
};

/// Minimum time between recorded denials of one token, or from one address, for one reason, in seconds.
const ONE_IN_SECONDS: i64 = 60;
const HOUR_SECONDS: i64 = 3600;
/// Maximum number of tokens and addresses that are remembered; the least used are forgotten first.
const REMEMBERED: u64 = 10_000;
/// Maximum number of denials in the queue.
const WAITING: usize = 2000;

/// A denied credential or operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    /// A known token or 1.x credential.
    Known {
        id: AuthorizationId,
        reason: DenialReason,
    },
    UnknownToken,
    /// A known token at a gate.
    AtGate(DeniedAtGate),
    /// A session of the user in `by`.
    Session {
        by: Actor,
        reason: DenialReason,
    },
    /// A change of `user`'s password.
    Password {
        by: Actor,
        user: UserId,
        reason: &'static str,
    },
    /// A sign-in. `name` is what was typed, which may be a password: only an existing user's name is ever written.
    SignIn {
        name: String,
        reason: &'static str,
    },
    /// The number of denials that were not recorded.
    LeftOut(u64),
}

/// A denial in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PendingDenial {
    /// Time of the denial.
    pub at: Timestamp,
    /// Address of the client; `None` if it is unknown.
    pub address: Option<IpAddr>,
    /// The denied credential or operation.
    pub what: Denial,
    /// The number of denials like it since the last recorded one.
    pub like_it: u64,
}

/// The time of the last recorded denial, and the number of those like it since.
struct Seen {
    noted_at: Timestamp,
    since: u64,
}

/// The kinds of denials with an hourly limit of their own, so that a flood of one kind leaves room for the others.
#[derive(Clone, Copy)]
enum Sort {
    Known,
    Unknown,
    SignIn,
    Session,
    Password,
    AtGate,
}

impl Sort {
    /// Maximum number of recorded denials per hour.
    const fn an_hour(self) -> u32 {
        match self {
            Self::Known | Self::Session | Self::AtGate => 2000,
            Self::Unknown | Self::SignIn | Self::Password => 500,
        }
    }
}

const SORTS: usize = 6;

/// The queue, and the counts of the current hour.
#[derive(Default)]
struct Queue {
    noted: Vec<PendingDenial>,
    /// The hour of the counts, in hours since 1970.
    hour: i64,
    counts: [u32; SORTS],
    left_out: u64,
}

/// Denials that were not written yet, in bounded memory.
pub(crate) struct Denials {
    waiting: Mutex<Queue>,
    /// Held while denials are written: when `Service::write_refusals` returns, all earlier denials are in the log.
    pub writing: tokio::sync::Mutex<()>,
    seen: Cache<String, Arc<Mutex<Seen>>>,
    at_gates: Mutex<GateDenials>,
}

impl Default for Denials {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
            seen: Cache::builder().max_capacity(REMEMBERED).build(),
            at_gates: Mutex::default(),
        }
    }
}

impl Denials {
    /// Queues a denial, or only counts it.
    pub fn note(&self, what: Denial, client: &Client, at: Timestamp) {
        let (sort, key) = match &what {
            Denial::Known { id, reason } => (Sort::Known, Some(format!("{id} {}", reason.name()))),
            Denial::UnknownToken => (Sort::Unknown, Some(client.origin().to_string())),
            Denial::Session { by, reason } => {
                (Sort::Session, Some(format!("{} {}", by.session.as_deref().unwrap_or_default(), reason.name())))
            }
            // The login throttle limits these: each is recorded.
            Denial::SignIn { reason: TOO_MANY_ATTEMPTS, .. } => {
                (Sort::SignIn, Some(format!("{} sign-in", client.origin())))
            }
            Denial::SignIn { .. } => (Sort::SignIn, None),
            Denial::Password { user, reason: TOO_MANY_ATTEMPTS, .. } => {
                (Sort::Password, Some(format!("{user} {} password", client.origin())))
            }
            Denial::Password { .. } => (Sort::Password, None),
            Denial::AtGate(denied) => {
                let turn = self.at_gates().turn_of(denied, client.address, at);
                let Some(like_it) = turn else { return };
                return self.queue(Sort::AtGate, PendingDenial { at, address: client.address, what, like_it }, at);
            }
            Denial::LeftOut(_) => return,
        };
        let Some(like_it) = key.map_or(Some(0), |key| self.turn_of(key, at)) else { return };
        self.queue(sort, PendingDenial { at, address: client.address, what, like_it }, at);
    }

    fn at_gates(&self) -> MutexGuard<'_, GateDenials> {
        self.at_gates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a denial, within the limits of the hour.
    fn queue(&self, sort: Sort, denial: PendingDenial, now: Timestamp) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.begin_hour(now);
        let count = &mut waiting.counts[sort as usize];
        if *count >= sort.an_hour() {
            waiting.left_out += 1 + denial.like_it;
            return;
        }
        *count += 1;
        if waiting.noted.len() >= WAITING {
            waiting.left_out += 1 + denial.like_it;
        } else {
            waiting.noted.push(denial);
        }
    }

    /// Returns the number of denials that were only counted if the next is due to be recorded, else `None`.
    fn turn_of(&self, key: String, at: Timestamp) -> Option<u64> {
        let mut is_first = false;
        let seen = self.seen.get_with(key, || {
            is_first = true;
            Arc::new(Mutex::new(Seen { noted_at: at, since: 0 }))
        });
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        if is_first {
            return Some(0);
        }
        if at.seconds_since(seen.noted_at) < ONE_IN_SECONDS {
            seen.since += 1;
            return None;
        }
        seen.noted_at = at;
        Some(std::mem::take(&mut seen.since))
    }

    /// Takes the queued denials in order to write them.
    pub fn take(&self, now: Timestamp) -> Vec<PendingDenial> {
        let (due, left_out) = {
            let mut at_gates = self.at_gates();
            (at_gates.due(now), at_gates.take_left_out())
        };
        for Due { what, at, address, like_it } in due {
            let denial = PendingDenial { at, address, what: Denial::AtGate(what), like_it };
            self.queue(Sort::AtGate, denial, now);
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.begin_hour(now);
        waiting.left_out += left_out;
        std::mem::take(&mut waiting.noted)
    }

    /// Puts unwritten denials back, as far as there is room.
    pub fn give_back(&self, mut unwritten: Vec<PendingDenial>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        unwritten.append(&mut waiting.noted);
        waiting.left_out += unwritten.len().saturating_sub(WAITING) as u64;
        unwritten.truncate(WAITING);
        waiting.noted = unwritten;
    }
}

impl Queue {
    /// Starts a new hour with an entry about the denials that the last one left out.
    fn begin_hour(&mut self, at: Timestamp) {
        let hour = at.micros().div_euclid(HOUR_SECONDS * 1_000_000);
        if hour == self.hour {
            return;
        }
        self.hour = hour;
        self.counts = [0; SORTS];
        let left_out = std::mem::take(&mut self.left_out);
        if left_out > 0 {
            self.noted.push(PendingDenial { at, address: None, what: Denial::LeftOut(left_out), like_it: 0 });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::auth::credential_status::InvalidReason;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn at(address: [u8; 4]) -> Client {
        Client { address: Some(address.into()), ..Client::default() }
    }

    fn address(last: u8) -> Client {
        at([192, 0, 2, last])
    }

    #[test]
    fn a_stranger_is_noted_once_a_minute_and_the_rest_is_counted() {
        let refusals = Denials::default();
        for second in 0..130 {
            refusals.note(Denial::UnknownToken, &address(1), NOW.plus_seconds(second));
        }
        let like: Vec<u64> = refusals.take(NOW).iter().map(|noted| noted.like_it).collect();
        assert_eq!(like, [0, 59, 59]);
    }

    #[test]
    fn addresses_and_reasons_are_noted_apart() {
        let refusals = Denials::default();
        let id = AuthorizationId(jeton_model::Id::new(1).unwrap());
        for _ in 0..3 {
            refusals.note(Denial::UnknownToken, &address(1), NOW);
            refusals.note(Denial::UnknownToken, &address(2), NOW);
            refusals.note(Denial::Known { id, reason: DenialReason::Inactive }, &address(1), NOW);
            refusals.note(
                Denial::Known { id, reason: DenialReason::Invalid(InvalidReason::Expired) },
                &address(2),
                NOW,
            );
        }
        assert_eq!(refusals.take(NOW).len(), 4);
    }

    #[test]
    fn many_strangers_fill_so_many_entries_an_hour_and_leave_room_for_others() {
        let refusals = Denials::default();
        for (a, b) in (0..=255).flat_map(|a| (0..=255).map(move |b| (a, b))).take(5000) {
            refusals.note(Denial::UnknownToken, &at([10, 0, a, b]), NOW);
        }
        refusals.note(Denial::SignIn { name: "alice".into(), reason: "wrong password" }, &address(1), NOW);
        assert_eq!(refusals.take(NOW).len(), 501);
        let later = refusals.take(NOW.plus_seconds(HOUR_SECONDS));
        assert_eq!(later.iter().map(|noted| noted.what.clone()).collect::<Vec<_>>(), [Denial::LeftOut(4500)]);
        refusals.seen.run_pending_tasks();
        assert!(refusals.seen.entry_count() <= REMEMBERED);
    }

    #[test]
    fn what_could_not_be_written_waits_within_bounds() {
        let refusals = Denials::default();
        assert_eq!(refusals.take(NOW), []);
        let noted = PendingDenial { at: NOW, address: None, what: Denial::UnknownToken, like_it: 0 };
        refusals.give_back(vec![noted.clone(); WAITING]);
        refusals.give_back(vec![noted; 10]);
        assert_eq!(refusals.take(NOW).len(), WAITING);
    }
}
