//! When tokens are used: collected in memory and written now and then, so that a token that is checked costs no write.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::MissedTickBehavior};

use crate::{
    model::{
        Authorization, AuthorizationId, Error, LastUse, Timestamp,
        history::{COUNTED_DAYS, DayUse, day_of},
    },
    store::{self, token_uses::Seen},
};

use super::{Caller, Client, Service, caller::Credential};

/// How long a use may stay in memory alone. No token is written more often.
const EVERY: Duration = Duration::from_secs(60);
/// Of so many tokens uses are kept in memory; beyond, they are not noticed until those are written.
const MOST: usize = 100_000;
/// So many are written in one transaction: others wait for the write lock meanwhile.
const AT_ONCE: usize = 500;

/// What was seen since it was written last.
#[derive(Default)]
pub(super) struct Uses {
    state: Mutex<State>,
    /// One writes at a time.
    writing: tokio::sync::Mutex<Written>,
    filling: Notify,
}

#[derive(Default)]
struct State {
    pending: HashMap<AuthorizationId, Noted>,
    /// On its way into the database.
    in_writing: Arc<HashMap<AuthorizationId, Noted>>,
}

/// What was written so far.
#[derive(Default)]
struct Written {
    /// The day on which what is too old was forgotten.
    forgotten_on: Option<i64>,
}

/// What was seen of one token.
#[derive(Clone, Debug, Default)]
struct Noted {
    last: Option<Last>,
    /// Mostly one; two around midnight.
    days: Vec<DayUse>,
}

#[derive(Clone, Debug)]
struct Last {
    at: Timestamp,
    from: Option<IpAddr>,
    agent: Option<String>,
}

impl Uses {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, id: AuthorizationId, note: impl FnOnce(&mut Noted)) {
        let mut state = self.state();
        let count = state.pending.len();
        match state.pending.entry(id) {
            Entry::Occupied(mut known) => note(known.get_mut()),
            Entry::Vacant(free) if count < MOST => note(free.insert(Noted::default())),
            Entry::Vacant(_) => metrics::counter!("jeton_uses_unnoticed_total").increment(1),
        }
        if count >= MOST / 2 {
            self.filling.notify_one();
        }
    }

    fn accepted(&self, id: AuthorizationId, client: &Client, now: Timestamp) {
        self.note(id, |noted| {
            noted.day(now).uses += 1;
            match &mut noted.last {
                Some(last) if last.at > now => {}
                // Mostly the same program from the same address.
                Some(last) if last.from == client.address && last.agent == client.agent => last.at = now,
                last => *last = Some(Last { at: now, from: client.address, agent: client.agent.clone() }),
            }
        });
    }

    fn refused(&self, id: AuthorizationId, now: Timestamp) {
        self.note(id, |noted| {
            let day = noted.day(now);
            day.uses += 1;
            day.refused += 1;
        });
    }

    /// The last use that is not in the database yet.
    fn last(&self, id: AuthorizationId) -> Option<LastUse> {
        let state = self.state();
        let last = |uses: &HashMap<AuthorizationId, Noted>| {
            uses.get(&id).and_then(|noted| noted.last.as_ref()).map(Last::told)
        };
        last(&state.pending).or_else(|| last(&state.in_writing))
    }

    /// The counts that are not in the database yet.
    fn days(&self, id: AuthorizationId) -> Vec<DayUse> {
        self.state().pending.get(&id).map(|noted| noted.days.clone()).unwrap_or_default()
    }

    /// Hands over everything that is to be written.
    fn take(&self) -> Arc<HashMap<AuthorizationId, Noted>> {
        let mut state = self.state();
        state.in_writing = Arc::new(std::mem::take(&mut state.pending));
        Arc::clone(&state.in_writing)
    }

    /// What was taken is written, but for `left`.
    fn done(&self, left: &[AuthorizationId]) {
        let mut state = self.state();
        let taken = std::mem::take(&mut state.in_writing);
        for (id, noted) in left.iter().filter_map(|id| Some((*id, taken.get(id)?))) {
            state.pending.entry(id).or_default().add(noted);
        }
    }
}

impl Noted {
    fn day(&mut self, now: Timestamp) -> &mut DayUse {
        let day = day_of(now);
        let at = self.days.iter().position(|one| one.day == day).unwrap_or_else(|| {
            self.days.push(DayUse { day, ..DayUse::default() });
            self.days.len() - 1
        });
        &mut self.days[at]
    }

    /// Adds what was noted before.
    fn add(&mut self, before: &Self) {
        self.last = self.last.take().or_else(|| before.last.clone());
        for day in &before.days {
            match self.days.iter_mut().find(|one| one.day == day.day) {
                Some(known) => (known.uses, known.refused) = (known.uses + day.uses, known.refused + day.refused),
                None => self.days.push(*day),
            }
        }
    }
}

impl Last {
    fn told(&self) -> LastUse {
        LastUse { at: self.at, from: self.from.map(|address| address.to_string()), agent: self.agent.clone() }
    }
}

impl Caller {
    /// The token that the caller holds and that was accepted; none for sessions.
    pub const fn accepted_token(&self) -> Option<AuthorizationId> {
        match self.credential {
            Credential::Token(id) | Credential::V1(id) if !self.inactive => Some(id),
            _ => None,
        }
    }
}

impl Service {
    /// Notes that a credential on record was shown, and what came of it.
    pub(super) fn note_use(&self, id: AuthorizationId, now: Timestamp, caller: &Result<Caller, Error>) {
        match caller {
            Ok(caller) if !caller.inactive => self.0.uses.accepted(id, &caller.client, now),
            // The program's own failure says nothing of the token.
            Err(Error::Internal | Error::Busy) => {}
            Ok(_) | Err(_) => self.0.uses.refused(id, now),
        }
    }

    /// Notes that what was asked for with a token was refused: it was accepted, but lacks the permission.
    pub fn note_refusal(&self, token: AuthorizationId) {
        let now = self.now();
        self.0.uses.note(token, |noted| noted.day(now).refused += 1);
    }

    /// An authorization with its last use as this node knows it; the database hears of it a minute later at most.
    pub(super) fn with_last_use(&self, mut authorization: Authorization) -> Authorization {
        if let Some(last) = self.0.uses.last(authorization.id)
            && authorization.last_use.as_ref().is_none_or(|known| known.at < last.at)
        {
            authorization.last_use = Some(last);
        }
        authorization
    }

    /// The uses of the last days up to `now`, oldest first, with those that only this node knows of.
    pub(super) async fn days_of(
        &self,
        connection: &mut store::Connection,
        id: AuthorizationId,
        now: Timestamp,
    ) -> Result<Vec<DayUse>, Error> {
        let first = first_day(day_of(now));
        let mut counted = Noted { last: None, days: store::token_uses::of(connection, id, first).await? };
        counted.add(&Noted { last: None, days: self.0.uses.days(id) });
        let of = |day| counted.days.iter().find(|one| one.day == day).copied();
        Ok((first..=day_of(now)).map(|day| of(day).unwrap_or(DayUse { day, ..DayUse::default() })).collect())
    }

    /// Writes what was noted so far. It is no change that the audit log tells of, but takes the write lock as every
    /// writer does: nodes that update the same rows in another order would block each other. What could not be written
    /// stays noted.
    pub async fn write_uses(&self) -> Result<(), Error> {
        let uses = &self.0.uses;
        let mut written = uses.writing.lock().await;
        let taken = uses.take();
        let mut ids: Vec<AuthorizationId> = taken.keys().copied().collect();
        ids.sort_unstable();
        let today = day_of(self.now());
        let mut left = ids.as_slice();
        while let Some((portion, rest)) = left.split_at_checked(AT_ONCE.min(left.len())).filter(|_| !left.is_empty()) {
            let seen = portion.iter().filter_map(|id| Some(seen(*id, taken.get(id)?))).collect::<Vec<_>>();
            let forget = (written.forgotten_on != Some(today)).then_some(first_day(today));
            if let Err(error) = self.write_seen(&seen, forget).await {
                uses.done(left);
                return Err(error);
            }
            written.forgotten_on = Some(today);
            left = rest;
        }
        uses.done(&[]);
        Ok(())
    }

    async fn write_seen(&self, seen: &[Seen], forget_before: Option<i64>) -> Result<(), Error> {
        let mut write = self.store().write().await?;
        store::token_uses::add(&mut write, seen).await?;
        if let Some(day) = forget_before {
            store::token_uses::forget_before(&mut write, day).await?;
        }
        Ok(write.commit().await?)
    }

    /// Writes what was noted once a minute, for as long as it is waited for.
    pub async fn keep_uses(&self) {
        let mut minute = tokio::time::interval(EVERY);
        minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
        minute.tick().await;
        loop {
            tokio::select! {
                _ = minute.tick() => {}
                () = self.0.uses.filling.notified() => {}
            }
            // On its own: broken off half-way, what it took would be lost.
            let service = self.clone();
            let written = tokio::spawn(async move { service.write_uses().await });
            if let Ok(Err(error)) = written.await {
                tracing::warn!(%error, "the last uses of tokens were not written; they are kept for the next time");
            }
        }
    }
}

/// The first day that is counted.
const fn first_day(today: i64) -> i64 {
    today - COUNTED_DAYS as i64 + 1
}

fn seen(id: AuthorizationId, noted: &Noted) -> Seen {
    Seen { id, last: noted.last.as_ref().map(Last::told), days: noted.days.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Id;

    const ID: AuthorizationId = AuthorizationId(Id::new(1).unwrap());

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    fn client(agent: &str) -> Client {
        Client { address: None, agent: Some(agent.into()) }
    }

    #[test]
    fn what_could_not_be_written_is_kept() {
        let uses = Uses::default();
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
        let uses = Uses::default();
        uses.accepted(ID, &client("a"), at(5));
        uses.accepted(ID, &client("b"), at(4));
        assert_eq!(uses.last(ID).map(|last| last.at), Some(at(5)));
    }

    #[test]
    fn the_memory_is_bounded() {
        let uses = Uses::default();
        for number in 1..=MOST as u64 + 10 {
            uses.refused(AuthorizationId(Id::new(number).unwrap()), at(0));
        }
        assert_eq!(uses.state().pending.len(), MOST);
    }
}
