//! Running exchanges: each is a request with its answer. A token that is revoked ends those that it began.

mod guarded_body;
mod held_body;
mod watch;

pub(crate) use guarded_body::guarded;
pub(crate) use watch::watch;

use std::{
    collections::HashMap,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use futures_util::task::AtomicWaker;
use jeton_gate::Binding;
use jeton_model::AuthorizationId;
use jeton_service::auth::token_holder::TokenHolder;

use crate::{
    body::AnyBody,
    connection::{Connection, Work},
    counters::{Counters, End},
};

use guarded_body::guarded_upload;
use held_body::HeldBody;

/// The running exchanges of a gate.
#[derive(Debug, Default)]
pub(crate) struct Exchanges(Mutex<Running>);

#[derive(Debug, Default)]
struct Running {
    last: u64,
    /// Each with what keeps its connection in use.
    exchanges: HashMap<u64, (Arc<State>, Work)>,
    /// Number of running queries of each token.
    queries: HashMap<AuthorizationId, usize>,
}

/// State that an exchange and its watch share.
#[derive(Debug)]
struct State {
    number: u64,
    /// The token, if this is one of its queries.
    query: Option<AuthorizationId>,
    holder: Option<Arc<TokenHolder>>,
    /// The bindings through which it is allowed.
    places: Vec<Binding>,
    deadline: Option<Instant>,
    /// The connection, if it carries no other exchange at the same time.
    connection: Option<Arc<Connection>>,
    /// True while its answer is the one of the connection. Locked while the connection is closed for it.
    is_answering: Mutex<bool>,
    end: OnceLock<End>,
    waker: AtomicWaker,
    /// The body that the client still sends to the database.
    upload: HeldBody,
    /// The body that the database still sends to the client.
    answer: HeldBody,
}

impl State {
    /// Notes the end of the exchange; returns whether there was none before.
    fn note_end(&self, end: End) -> bool {
        self.end.set(end).is_ok()
    }

    /// Cuts off what still runs.
    fn cut(&self) {
        // If the client does not read, nothing asks the answer for more. Its query in the database ends all the same.
        self.answer.take_away();
        self.upload.take_away();
        self.waker.wake();
        let is_answering = self.is_answering();
        if let Some(connection) = self.connection.as_ref().filter(|_| *is_answering) {
            connection.abort();
        }
    }

    fn is_answering(&self) -> MutexGuard<'_, bool> {
        self.is_answering.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The parameters of a new exchange.
#[derive(Debug)]
pub(crate) struct Begin {
    /// The caller, if there is one.
    pub(crate) holder: Option<Arc<TokenHolder>>,
    /// The bindings through which the request is allowed.
    pub(crate) places: Vec<Binding>,
    /// The maximum number of queries of the caller, if this is a query.
    pub(crate) query_limit: Option<usize>,
    /// The maximum duration.
    pub(crate) longest: Duration,
    /// The connection, if it carries no other exchange at the same time.
    pub(crate) connection: Option<Arc<Connection>>,
    /// The guard that keeps the connection in use.
    pub(crate) work: Work,
}

impl Exchanges {
    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an exchange; returns `None` if the token has as many queries as it may.
    pub(crate) fn begin(self: &Arc<Self>, begin: Begin) -> Option<Exchange> {
        let token = begin.holder.as_ref().map(|holder| holder.id());
        let query = begin.query_limit.and(token);
        let mut running = self.running();
        if let (Some(token), Some(limit)) = (query, begin.query_limit) {
            let queries = running.queries.entry(token).or_default();
            if *queries >= limit {
                return None;
            }
            *queries += 1;
        }
        running.last += 1;
        let number = running.last;
        let state = Arc::new(State {
            number,
            query,
            holder: begin.holder,
            places: begin.places,
            deadline: Instant::now().checked_add(begin.longest),
            connection: begin.connection,
            is_answering: Mutex::new(false),
            end: OnceLock::new(),
            waker: AtomicWaker::new(),
            upload: HeldBody::default(),
            answer: HeldBody::default(),
        });
        running.exchanges.insert(number, (state.clone(), begin.work));
        drop(running);
        Some(Exchange { exchanges: self.clone(), state })
    }

    /// Returns the exchanges that run now.
    fn all(&self) -> Vec<Arc<State>> {
        self.running().exchanges.values().map(|(state, _)| Arc::clone(state)).collect()
    }

    /// Ends exchanges.
    fn end_all(&self, states: &[Arc<State>], end: End, counters: &Counters) {
        for state in states {
            self.end(state, end, counters);
        }
    }

    /// Ends an exchange and frees its place, whether or not the client reads.
    fn end(&self, state: &State, end: End, counters: &Counters) {
        if !self.remove(state) {
            return;
        }
        if state.note_end(end) {
            counters.ended(end);
        }
        state.cut();
    }

    /// Frees the place of an exchange; returns false if that has been done.
    fn remove(&self, state: &State) -> bool {
        let mut running = self.running();
        if running.exchanges.remove(&state.number).is_none() {
            return false;
        }
        if let Some(token) = state.query
            && let Some(queries) = running.queries.get_mut(&token)
        {
            *queries -= 1;
            if *queries == 0 {
                running.queries.remove(&token);
            }
        }
        true
    }
}

/// A running exchange, which ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Exchange {
    exchanges: Arc<Exchanges>,
    state: Arc<State>,
}

impl Exchange {
    /// Resolves when the gate ends the exchange.
    pub(crate) async fn ended(&self) -> End {
        poll_fn(|context| self.poll_end(context)).await
    }

    /// Returns the body of the request for the database, which fails if the exchange ends.
    pub(crate) fn upload(&self, body: AnyBody) -> AnyBody {
        guarded_upload(body, self.state.clone())
    }

    /// Notes that the answer begins. From now on the connection is closed if the gate ends the exchange.
    pub(crate) fn begin_answer(&self) {
        *self.state.is_answering() = true;
    }

    fn poll_end(&self, context: &mut Context<'_>) -> Poll<End> {
        self.state.waker.register(context.waker());
        self.state.end.get().map_or(Poll::Pending, |end| Poll::Ready(*end))
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.exchanges.remove(&self.state);
        // The connection may go on with another exchange.
        *self.state.is_answering() = false;
        // After its answer, an exchange is watched no more: nothing of its request goes on.
        self.state.upload.take_away();
        self.state.answer.take_away();
    }
}

#[cfg(test)]
mod tests;
