//! Usage of tokens: buffered in memory and flushed periodically, so that authentication costs no write.

mod buffer;
mod gate_buffer;
mod gate_uses;

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};

use jeton_model::{
    Authorization, AuthorizationId, Timestamp,
    console::lineage::{COUNTED_DAYS, DayUse, day_of},
};
use jeton_store::token_uses::Seen;

use crate::{Caller, Error, Service, auth::caller::Credential};

use buffer::{Usage, Written};

pub(crate) use buffer::UsageBuffer;
pub(crate) use gate_buffer::GateUses;

/// Time between flushes: no token's usage is written more often.
const EVERY: Duration = Duration::from_secs(60);
/// Time until the first flush. It is shorter, so that a server that keeps crashing still writes some usage.
const FIRST: Duration = Duration::from_secs(20);
/// Number of tokens written in one transaction, which holds the write lock.
const AT_ONCE: usize = 500;

impl Caller {
    /// The token of the caller if it was accepted; `None` for sessions.
    pub const fn accepted_token(&self) -> Option<AuthorizationId> {
        match self.credential {
            Credential::Token(id) | Credential::V1(id) if !self.inactive => Some(id),
            _ => None,
        }
    }
}

impl Service {
    /// Counts the use of a known credential, and whether it was accepted.
    pub(crate) fn note_use(&self, id: AuthorizationId, now: Timestamp, caller: &Result<Caller, Error>) {
        match caller {
            Ok(caller) if !caller.inactive => self.0.uses.accepted(id, &caller.client, now),
            // A failure of the server says nothing about the token.
            Err(Error::Internal | Error::Busy | Error::Unavailable | Error::OutcomeUnknown) => {}
            Ok(_) | Err(_) => self.0.uses.refused(id, now),
        }
    }

    /// Counts a denied request of an accepted token that lacks the permission.
    pub fn count_refusal(&self, token: AuthorizationId) {
        let now = self.now();
        self.0.uses.note(token, |noted| noted.day(now).refused += 1);
    }

    /// An authorization with its last use as this node knows it, which the database learns with the next flush.
    pub(crate) fn with_last_use(&self, mut authorization: Authorization) -> Authorization {
        if let Some(last) = self.0.uses.last(authorization.id)
            && authorization.last_use.as_ref().is_none_or(|known| known.at < last.at)
        {
            authorization.last_use = Some(last);
        }
        authorization
    }

    /// The usage of the last days up to `now`, oldest first, including what is only buffered on this node.
    ///
    /// # Errors
    /// The database may fail.
    pub(crate) async fn days_of(
        &self,
        connection: &mut jeton_store::Connection,
        id: AuthorizationId,
        now: Timestamp,
    ) -> Result<Vec<DayUse>, Error> {
        let first = first_day(day_of(now));
        let mut counted = Usage::from(jeton_store::token_uses::of(connection, id, first).await?);
        counted.add(&self.0.uses.days(id).into());
        let of = |day| counted.days.iter().find(|one| one.day == day).copied();
        Ok((first..=day_of(now)).map(|day| of(day).unwrap_or(DayUse { day, ..DayUse::default() })).collect())
    }

    /// Flushes the usage. It is not audited, but takes the write lock like every writer: nodes that update the same
    /// rows in another order could deadlock. Usage that cannot be written is kept.
    ///
    /// # Errors
    /// The database may fail.
    pub async fn write_uses(&self) -> Result<(), Error> {
        let mut written = self.0.uses.writing.lock().await;
        self.write_token_uses(&mut written).await?;
        self.write_gate_uses().await
    }

    async fn write_token_uses(&self, written: &mut Written) -> Result<(), Error> {
        let uses = &self.0.uses;
        let taken = uses.take();
        let mut ids: Vec<AuthorizationId> = taken.keys().copied().collect();
        ids.sort_unstable();
        let today = day_of(self.now());
        for (index, portion) in ids.chunks(AT_ONCE).enumerate() {
            let seen: Vec<Seen> = portion.iter().filter_map(|id| Some(taken.get(id)?.seen(*id))).collect();
            let forget = (written.forgotten_on != Some(today)).then_some(first_day(today));
            if let Err(error) = self.write_seen(&seen, forget).await {
                uses.done(&ids[index * AT_ONCE..]);
                return Err(error);
            }
            written.forgotten_on = Some(today);
        }
        uses.done(&[]);
        Ok(())
    }

    async fn write_seen(&self, seen: &[Seen], forget_before: Option<i64>) -> Result<(), Error> {
        let mut write = self.store().write_alone().await?;
        jeton_store::token_uses::add(&mut write, seen).await?;
        if let Some(day) = forget_before {
            jeton_store::token_uses::forget_before(&mut write, day).await?;
        }
        Ok(write.commit().await?)
    }

    /// Flushes the usage every minute, until it is cancelled.
    pub async fn keep_uses(&self) {
        let mut minute = tokio::time::interval_at(Instant::now() + FIRST, EVERY);
        minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = minute.tick() => {}
                () = self.0.uses.filling.notified() => {}
            }
            // A task of its own, because a cancelled flush would lose what it took.
            let service = self.clone();
            let written = tokio::spawn(async move { service.write_uses().await });
            if let Ok(Err(error)) = written.await {
                tracing::warn!(%error, "could not write the last uses of tokens; the next flush writes them");
                minute.tick().await;
            }
        }
    }
}

/// The first day that is counted.
const fn first_day(today: i64) -> i64 {
    today - COUNTED_DAYS as i64 + 1
}
