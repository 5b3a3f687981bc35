//! The watch over running exchanges. It checks each token once, however many exchanges it has, and never per chunk.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream};
use jeton_model::AuthorizationId;
use jeton_service::{
    Service,
    auth::token_holder::{PasswordVersion, TokenHolder},
};
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use crate::{
    counters::{Counters, End},
    directories::Directories,
};

use super::{Exchanges, State};

/// Time between two checks: a revoked token's exchanges end within a second.
const EVERY: Duration = Duration::from_millis(800);
/// Maximum time for the check of a token.
const CHECK_WITHIN: Duration = Duration::from_millis(600);
/// Maximum time for the bindings of the gate.
const BINDINGS_WITHIN: Duration = Duration::from_secs(5);
/// Maximum number of tokens that are checked at once.
const AT_ONCE: usize = 8;
/// Time for which a token or the bindings may be unchecked before exchanges end.
const PATIENCE: Duration = Duration::from_secs(10);

/// A token and the address from which it was presented, or a 1.x credential with its password too: all of them decide
/// whether it works.
type Key = (AuthorizationId, Option<IpAddr>, Option<PasswordVersion>);

/// The exchanges of a token.
type OfToken = (Arc<TokenHolder>, Vec<Arc<State>>);

/// Ends exchanges that take too long, those of tokens that stopped working, and those of buckets that are not available
/// any more. It never returns.
pub(crate) async fn watch(
    exchanges: &Exchanges,
    service: &Service,
    directories: &dyn Directories,
    counters: &Counters,
) {
    tokio::join!(
        keep_time(exchanges, counters),
        keep_checking(exchanges, service, counters),
        keep_bound(exchanges, directories, counters),
    );
}

/// Ends exchanges that take too long, however long a check takes.
async fn keep_time(exchanges: &Exchanges, counters: &Counters) {
    let mut ticks = ticks();
    loop {
        ticks.tick().await;
        let now = Instant::now();
        let mut running = exchanges.all();
        running.retain(|state| state.deadline.is_some_and(|deadline| deadline <= now));
        exchanges.end_all(&running, End::TooLong, counters);
    }
}

/// Ends the exchanges of tokens that stopped working, or that could not be checked for too long.
async fn keep_checking(exchanges: &Exchanges, service: &Service, counters: &Counters) {
    let mut ticks = ticks();
    let mut unchecked = Unchecked::default();
    loop {
        ticks.tick().await;
        let tokens = by_token(exchanges.all());
        unchecked.0.retain(|key, _| tokens.contains_key(key));
        let checks: Vec<_> = tokens.into_iter().map(|(key, token)| check(service.clone(), key, token)).collect();
        let mut checked = std::pin::pin!(stream::iter(checks).buffer_unordered(AT_ONCE));
        while let Some((key, states, works)) = checked.next().await {
            if let Some(end) = unchecked.judge(key, works, Instant::now()) {
                exchanges.end_all(&states, end, counters);
            }
        }
    }
}

/// Ends the exchanges of buckets that are not bound any more, or suspended.
async fn keep_bound(exchanges: &Exchanges, directories: &dyn Directories, counters: &Counters) {
    let mut ticks = ticks();
    let mut unknown_since = None;
    loop {
        ticks.tick().await;
        let mut running = exchanges.all();
        running.retain(|state| !state.places.is_empty());
        if running.is_empty() {
            unknown_since = None;
            continue;
        }
        if let Ok(Ok(directory)) = timeout(BINDINGS_WITHIN, directories.directory()).await {
            unknown_since = None;
            let available = directory.available();
            running.retain(|state| !state.places.iter().all(|place| available.has(place)));
            exchanges.end_all(&running, End::Unbound, counters);
        } else if unknown_since.get_or_insert_with(Instant::now).elapsed() >= PATIENCE {
            exchanges.end_all(&running, End::Unchecked, counters);
        }
    }
}

/// Returns whether the token works; `None` if that cannot be said in time.
async fn check(service: Service, key: Key, token: OfToken) -> (Key, Vec<Arc<State>>, Option<bool>) {
    let (holder, states) = token;
    let works = timeout(CHECK_WITHIN, service.still_works(&holder)).await;
    (key, states, works.ok().and_then(Result::ok))
}

/// The tokens that cannot be checked, and since when.
#[derive(Default)]
struct Unchecked(HashMap<Key, Instant>);

impl Unchecked {
    /// Returns the reason to end the exchanges of a token, if there is one. `works`: the result of its check.
    fn judge(&mut self, key: Key, works: Option<bool>, now: Instant) -> Option<End> {
        if let Some(works) = works {
            self.0.remove(&key);
            return (!works).then_some(End::Revoked);
        }
        let since = *self.0.entry(key).or_insert(now);
        if now.saturating_duration_since(since) < PATIENCE {
            return None;
        }
        tracing::warn!("ending exchanges of a token that could not be checked for too long");
        Some(End::Unchecked)
    }
}

fn ticks() -> Interval {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn by_token(running: Vec<Arc<State>>) -> HashMap<Key, OfToken> {
    let mut tokens: HashMap<Key, OfToken> = HashMap::new();
    for state in running {
        if let Some(holder) = state.holder.clone() {
            let token = tokens.entry((holder.id(), holder.address(), holder.password().cloned()));
            token.or_insert_with(|| (holder, Vec::new())).1.push(state);
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use jeton_model::Id;

    use super::*;

    #[test]
    fn exchanges_end_unchecked_after_ten_seconds_without_a_check() {
        let mut unchecked = Unchecked::default();
        let key = |id| (AuthorizationId(Id::new(id).unwrap()), None, None);
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(unchecked.judge(key(1), None, begun), None);
        assert_eq!(unchecked.judge(key(2), None, at(9)), None);
        assert_eq!(unchecked.judge(key(1), None, at(10)), Some(End::Unchecked));
        assert_eq!(unchecked.judge(key(2), None, at(10)), None, "each token has its own time");
        assert_eq!(unchecked.judge(key(2), Some(true), at(11)), None);
        assert_eq!(unchecked.judge(key(2), None, at(20)), None, "a check begins the time again");
        assert_eq!(unchecked.judge(key(2), Some(false), at(21)), Some(End::Revoked));
    }
}
