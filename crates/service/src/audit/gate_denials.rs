//! Denials at gates. Equal denials are recorded once an hour, with their number, so that a client in a loop cannot fill
//! the audit log.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::Arc,
};

use jeton_model::{AuthorizationId, Timestamp, binding::Lacking};

/// Minimum time between two records of equal denials, in seconds.
const ONE_IN_SECONDS: i64 = 3600;
/// Maximum number of different denials in memory.
const REMEMBERED: usize = 10_000;
/// Maximum number of those of one token: others need room, in memory and in the log.
const OF_TOKEN: usize = 100;

/// The key of a denial: the token, the gate, and the missing permission or organization. Denials with the same key are
/// equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DeniedAtGate {
    pub id: AuthorizationId,
    pub gate: Arc<str>,
    pub lacking: Lacking,
}

/// A denial that is due to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub what: DeniedAtGate,
    pub at: Timestamp,
    pub address: Option<IpAddr>,
    /// The number of further equal denials since the last record.
    pub like_it: u64,
}

/// The time of the last record of a denial, and the equal ones since.
struct Seen {
    noted_at: Timestamp,
    since: u64,
    last_at: Timestamp,
    last_from: Option<IpAddr>,
}

/// Recent denials at gates, in bounded memory.
#[derive(Default)]
pub(crate) struct GateDenials {
    seen: HashMap<DeniedAtGate, Seen>,
    /// The number of those of each token.
    of_tokens: HashMap<AuthorizationId, usize>,
    left_out: u64,
}

impl GateDenials {
    /// Counts a denial. If it is due to be recorded, returns the number of equal ones since the last record, else
    /// `None`.
    pub fn turn_of(&mut self, what: &DeniedAtGate, from: Option<IpAddr>, at: Timestamp) -> Option<u64> {
        let of_token = self.of_tokens.get(&what.id).copied().unwrap_or_default();
        let has_room = self.seen.len() < REMEMBERED && of_token < OF_TOKEN;
        match self.seen.entry(what.clone()) {
            Entry::Occupied(known) => known.into_mut().turn(from, at),
            Entry::Vacant(free) if has_room => {
                free.insert(Seen { noted_at: at, since: 0, last_at: at, last_from: from });
                self.of_tokens.insert(what.id, of_token + 1);
                Some(0)
            }
            Entry::Vacant(_) => {
                self.left_out += 1;
                None
            }
        }
    }

    /// Returns the denials that were only counted for an hour, so that their number is recorded even if no other
    /// follows. Removes those that did not occur again.
    pub fn due(&mut self, now: Timestamp) -> Vec<Due> {
        let (mut due, of_tokens) = (Vec::new(), &mut self.of_tokens);
        self.seen.retain(|what, seen| {
            if !seen.is_due(now) {
                return true;
            }
            let Some(like_it) = seen.since.checked_sub(1) else {
                forget_one(of_tokens, what.id);
                return false;
            };
            due.push(Due { what: what.clone(), at: seen.last_at, address: seen.last_from, like_it });
            (seen.noted_at, seen.since) = (now, 0);
            true
        });
        due
    }

    /// Takes the number of denials that were dropped because the memory was full.
    pub fn take_left_out(&mut self) -> u64 {
        std::mem::take(&mut self.left_out)
    }
}

/// Counts one less of a token.
fn forget_one(of_tokens: &mut HashMap<AuthorizationId, usize>, id: AuthorizationId) {
    match of_tokens.get_mut(&id) {
        Some(more) if *more > 1 => *more -= 1,
        Some(_) | None => {
            of_tokens.remove(&id);
        }
    }
}

impl Seen {
    fn is_due(&self, now: Timestamp) -> bool {
        now.seconds_since(self.noted_at) >= ONE_IN_SECONDS
    }

    fn turn(&mut self, from: Option<IpAddr>, at: Timestamp) -> Option<u64> {
        if self.is_due(at) {
            self.noted_at = at;
            return Some(std::mem::take(&mut self.since));
        }
        self.since += 1;
        (self.last_at, self.last_from) = (at, from);
        None
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::{Action, BucketId, Id, OrgId, Permission, ResourceType};

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

    fn id(number: u64) -> Id {
        Id::new(number).unwrap()
    }

    fn denied(token: u64, bucket: u64, action: Action) -> DeniedAtGate {
        let permission = Permission::on_in(action, ResourceType::Buckets, BucketId(id(bucket)), OrgId(id(1)));
        let lacking = Lacking::Permission(permission);
        DeniedAtGate { id: AuthorizationId(id(token)), gate: "plant".into(), lacking }
    }

    #[test]
    fn a_client_in_a_loop_is_noted_once_an_hour_with_the_number_of_the_rest() {
        let (mut denials, what) = (GateDenials::default(), denied(1, 1, Action::Read));
        let noted: Vec<u64> =
            (0..7300).filter_map(|second| denials.turn_of(&what, None, NOW.plus_seconds(second))).collect();
        assert_eq!(noted, [0, 3599, 3599]);
        assert_eq!(denials.due(NOW.plus_seconds(7300)), []);
        let due = denials.due(NOW.plus_seconds(10_800));
        let expected = Due { what, at: NOW.plus_seconds(7299), address: None, like_it: 98 };
        assert_eq!(due, [expected], "the number is recorded, although the client stopped");
        assert_eq!(denials.due(NOW.plus_seconds(14_400)), []);
        assert!(denials.seen.is_empty());
    }

    #[test]
    fn tokens_gates_buckets_and_actions_are_noted_apart() {
        let mut denials = GateDenials::default();
        let other = DeniedAtGate { gate: "hall".into(), ..denied(1, 1, Action::Read) };
        let operator = DeniedAtGate { lacking: Lacking::Operator, ..denied(1, 1, Action::Read) };
        let (read, write) = (denied(1, 1, Action::Read), denied(1, 1, Action::Write));
        for what in [read, write, denied(1, 2, Action::Read), denied(2, 1, Action::Read), other, operator] {
            assert_eq!(denials.turn_of(&what, None, NOW), Some(0), "{what:?}");
            assert_eq!(denials.turn_of(&what, None, NOW), None, "{what:?}");
        }
    }

    #[test]
    fn the_memory_is_bounded_and_the_rest_is_counted() {
        let mut denials = GateDenials::default();
        for token in 1..=REMEMBERED as u64 + 5 {
            denials.turn_of(&denied(token, 1, Action::Read), None, NOW);
        }
        assert_eq!((denials.seen.len(), denials.take_left_out(), denials.take_left_out()), (REMEMBERED, 5, 0));
    }

    #[test]
    fn a_token_that_tries_every_bucket_leaves_room_for_others_until_its_denials_are_forgotten() {
        let mut denials = GateDenials::default();
        let mut tried = |buckets: Vec<u64>, at| {
            let buckets = buckets.into_iter();
            let noted =
                buckets.filter_map(|bucket| denials.turn_of(&denied(1, bucket, Action::Read), None, at)).count();
            let left_out = denials.take_left_out();
            denials.due(at);
            (noted, left_out, denials.seen.len(), denials.of_tokens.len())
        };
        let most = OF_TOKEN as u64;
        assert_eq!(tried((1..=most + 5).collect(), NOW), (OF_TOKEN, 5, OF_TOKEN, 1));
        let later = NOW.plus_seconds(ONE_IN_SECONDS);
        assert_eq!(tried(Vec::new(), later), (0, 0, 0, 0));
        assert_eq!(tried((most..=most + 5).collect(), later), (6, 0, 6, 1));
    }
}
