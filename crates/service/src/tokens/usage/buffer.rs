//! The usage of tokens since it was last written, in bounded memory.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use jeton_model::{
    AuthorizationId, LastUse, Timestamp,
    console::lineage::{DayUse, day_of},
};
use jeton_store::token_uses::Seen;

use crate::Client;

/// Maximum number of tokens in the buffer; the usage of others is lost until it is flushed.
const MOST: usize = 100_000;

/// The usage since it was last written.
#[derive(Default)]
pub struct UsageBuffer {
    state: Mutex<State>,
    /// Serializes flushes.
    pub writing: tokio::sync::Mutex<Written>,
    /// Requests an early flush when the buffer is half full.
    pub filling: Notify,
}

/// Usage that is waiting, and usage that is being flushed.
#[derive(Default)]
struct State {
    pending: HashMap<AuthorizationId, Usage>,
    /// Usage that is being written to the database.
    in_writing: Arc<HashMap<AuthorizationId, Usage>>,
}

/// The state of earlier flushes.
#[derive(Default)]
pub struct Written {
    /// The day on which old counts were last deleted, in days since 1970.
    pub forgotten_on: Option<i64>,
}

/// The usage of one token.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    last: Option<Last>,
    /// Usually one day; two around midnight.
    pub days: Vec<DayUse>,
}

#[derive(Clone, Debug)]
struct Last {
    at: Timestamp,
    from: Option<IpAddr>,
    agent: Option<String>,
}

impl UsageBuffer {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the usage of a token, if there is room for it.
    pub fn note(&self, id: AuthorizationId, note: impl FnOnce(&mut Usage)) {
        let mut state = self.state();
        let count = state.pending.len();
        match state.pending.entry(id) {
            Entry::Occupied(mut known) => note(known.get_mut()),
            Entry::Vacant(free) if count < MOST => note(free.insert(Usage::default())),
            Entry::Vacant(_) => metrics::counter!("jeton_uses_unnoticed_total").increment(1),
        }
        if count >= MOST / 2 {
            self.filling.notify_one();
        }
    }

    /// Counts a request with the token that was accepted.
    pub fn accepted(&self, id: AuthorizationId, client: &Client, now: Timestamp) {
        self.note(id, |noted| {
            noted.day(now).uses += 1;
            match &mut noted.last {
                Some(last) if last.at > now => {}
                // Usually the same program from the same address: skip the clone.
                Some(last) if last.from == client.address && last.agent == client.agent => last.at = now,
                last => *last = Some(Last { at: now, from: client.address, agent: client.agent.clone() }),
            }
        });
    }

    /// Counts a request with the token that was denied.
    pub fn refused(&self, id: AuthorizationId, now: Timestamp) {
        self.note(id, |noted| {
            let day = noted.day(now);
            day.uses += 1;
            day.refused += 1;
        });
    }

    /// The last use that is not in the database yet.
    pub fn last(&self, id: AuthorizationId) -> Option<LastUse> {
        let state = self.state();
        let last = |uses: &HashMap<AuthorizationId, Usage>| {
            uses.get(&id).and_then(|noted| noted.last.as_ref()).map(Last::to_last_use)
        };
        last(&state.pending).or_else(|| last(&state.in_writing))
    }

    /// The counts that are not in the database yet.
    pub fn days(&self, id: AuthorizationId) -> Vec<DayUse> {
        self.state().pending.get(&id).map(|noted| noted.days.clone()).unwrap_or_default()
    }

    /// Takes all usage in order to write it.
    pub fn take(&self) -> Arc<HashMap<AuthorizationId, Usage>> {
        let mut state = self.state();
        state.in_writing = Arc::new(std::mem::take(&mut state.pending));
        Arc::clone(&state.in_writing)
    }

    /// Ends a flush; the usage of the tokens in `left` was not written and waits again.
    pub fn done(&self, left: &[AuthorizationId]) {
        let mut state = self.state();
        let taken = std::mem::take(&mut state.in_writing);
        for (id, noted) in left.iter().filter_map(|id| Some((*id, taken.get(id)?))) {
            state.pending.entry(id).or_default().add(noted);
        }
    }
}

impl Usage {
    /// The counts of the day.
    pub fn day(&mut self, now: Timestamp) -> &mut DayUse {
        let day = day_of(now);
        let at = self.days.iter().position(|one| one.day == day).unwrap_or_else(|| {
            self.days.push(DayUse { day, ..DayUse::default() });
            self.days.len() - 1
        });
        &mut self.days[at]
    }

    /// The usage as it is stored.
    pub fn seen(&self, id: AuthorizationId) -> Seen {
        Seen { id, last: self.last.as_ref().map(Last::to_last_use), days: self.days.clone() }
    }

    /// Adds earlier usage.
    pub fn add(&mut self, before: &Self) {
        self.last = self.last.take().or_else(|| before.last.clone());
        for day in &before.days {
            match self.days.iter_mut().find(|one| one.day == day.day) {
                Some(known) => (known.uses, known.refused) = (known.uses + day.uses, known.refused + day.refused),
                None => self.days.push(*day),
            }
        }
    }
}

impl From<Vec<DayUse>> for Usage {
    fn from(days: Vec<DayUse>) -> Self {
        Self { last: None, days }
    }
}

impl Last {
    fn to_last_use(&self) -> LastUse {
        LastUse { at: self.at, from: self.from.map(|address| address.to_string()), agent: self.agent.clone() }
    }
}

#[cfg(test)]
mod tests {
    use jeton_model::Id;

    use super::*;

    const ID: AuthorizationId = AuthorizationId(Id::new(1).unwrap());

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    fn client(agent: &str) -> Client {
        Client { agent: Some(agent.into()), ..Client::default() }
    }

    #[test]
    fn what_could_not_be_written_is_kept() {
        let uses = UsageBuffer::default();
        uses.accepted(ID, &client("old"), at(1));
        uses.refused(ID, at(1));
        uses.take();
        assert_eq!(uses.last(ID).map(|last| last.at), Some(at(1)), "known while it is on its way");
        uses.accepted(ID, &client("new"), at(2));
        uses.done(&[ID]);
        assert_eq!(uses.days(ID), [DayUse { day: 0, uses: 3, refused: 1 }]);
        assert_eq!(uses.last(ID).and_then(|last| last.agent).as_deref(), Some("new"));
        uses.take();
        uses.done(&[]);
        assert!(uses.days(ID).is_empty() && uses.last(ID).is_none());
    }

    #[test]
    fn a_clock_that_goes_back_moves_no_use_back() {
        let uses = UsageBuffer::default();
        uses.accepted(ID, &client("a"), at(5));
        uses.accepted(ID, &client("b"), at(4));
        assert_eq!(uses.last(ID).map(|last| last.at), Some(at(5)));
    }

    #[test]
    fn the_memory_is_bounded() {
        let uses = UsageBuffer::default();
        for number in 1..=MOST as u64 + 10 {
            uses.refused(AuthorizationId(Id::new(number).unwrap()), at(0));
        }
        assert_eq!(uses.state().pending.len(), MOST);
    }
}
