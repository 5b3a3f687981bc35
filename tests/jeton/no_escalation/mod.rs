//! Property test against privilege escalation, over any sequence of operations by anyone: nobody gains a token that may
//! do or see more than they could before, and nobody sees or changes a token without permission. No token creates one
//! that outlives it or is accepted from other networks, or decides about a session that holds more than the token. No
//! session delegates without limits what it holds by a limited token. The one exception: where the rules of its
//! organization allow it, a token renews its own life.

mod delegated;
mod operations;
mod rights;
mod snapshot;
mod template;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use jeton_model::{AuthorizationId, BucketId, OrgId, UserId, session_kind::SessionKind};
use jeton_service::{Caller, Client, tokens::api_list::AuthorizationQuery};

use crate::{home::Home, support::server::Server};

use operations::{Step, What, any_step};
use snapshot::{Picture, Record};
use template::{Held, Template};

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::{Builder, Runtime};

const CASES: u32 = 32;
const STEPS: usize = 40;
/// Address of every caller.
const ADDRESS: &str = "10.1.2.3";

/// The server, all credentials, and the snapshot after the last step.
struct World {
    server: Server,
    /// The observer. No step changes this user and token.
    root: Caller,
    sessions: Vec<String>,
    /// The first is the observer's.
    tokens: Vec<Held>,
    /// All users that ever existed.
    people: BTreeSet<UserId>,
    picture: Picture,
    names: usize,
    /// Users whose password was set by a step, all to the same one.
    passwords: BTreeSet<UserId>,
    /// The session or credential that the last step took over.
    took_over: Option<TookOver>,
    _home: Home,
}

/// A credential of another user, usable by the caller who set its password.
#[derive(Clone, Copy, Debug)]
pub enum TookOver {
    Session(UserId),
    Credential(AuthorizationId),
}

/// Lists of everything, for steps to pick from.
impl World {
    fn users(&self) -> Vec<UserId> {
        self.picture.users.keys().copied().filter(|id| *id != self.root.id()).collect()
    }

    fn orgs(&self) -> &[OrgId] {
        &self.picture.orgs
    }

    fn buckets(&self) -> Vec<BucketId> {
        self.picture.buckets.iter().map(|(id, _)| *id).collect()
    }

    /// Returns the authorizations of tokens, except the root's own.
    fn authorizations(&self) -> Vec<AuthorizationId> {
        let is_fair = |(id, one): &(&AuthorizationId, &Record)| !one.is_v1 && **id != self.tokens[0].id;
        self.picture.tokens.iter().filter(is_fair).map(|(id, _)| *id).collect()
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("name {}", self.names)
    }

    /// Returns the caller of a step, or the next one whose credential works. Sessions are few, and are picked as often
    /// as tokens.
    async fn who(&self, step: &Step) -> Option<(usize, Caller)> {
        let (sessions, tokens) = (self.sessions.len(), self.tokens.len());
        let (from, number) = if step.in_session { (0, sessions) } else { (sessions, tokens) };
        let first = step.who.index(number);
        for at in (first..number).chain(0..first).map(|at| from + at) {
            if let Some(caller) = self.caller(at).await.filter(|caller| !caller.permissions().is_empty()) {
                return Some((at, caller));
            }
        }
        None
    }

    /// Returns one of all callers; `None` if its credential no longer works.
    async fn caller(&self, at: usize) -> Option<Caller> {
        let client = Client { address: ADDRESS.parse().ok(), ..Client::default() };
        let service = &self.server.service;
        let caller = match self.sessions.get(at) {
            Some(key) => service.caller_by_session(key, SessionKind::Api, client).await,
            None => service.caller_by_token(&self.tokens.get(at - self.sessions.len())?.token, client).await,
        };
        caller.ok()
    }
}

/// Checks of what callers see.
impl World {
    /// Describes an authorization that a caller is shown but may not see.
    async fn seen(&self, caller: &Caller, step: &Step) -> Option<String> {
        let service = &self.server.service;
        let mut seen = service.authorizations(caller, &AuthorizationQuery::default()).await.unwrap_or_default();
        let ids = self.authorizations();
        if !ids.is_empty() {
            seen.extend(service.authorization(caller, *step.which[0].get(&ids)).await);
        }
        let hidden =
            seen.iter().map(|details| &details.authorization).find(|one| !rights::may_see(&self.picture, caller, one));
        hidden.map(|one| format!("{} sees {} of {}", caller.user.name, one.id, one.user))
    }
}

/// Runs the steps, and checks after each whether anyone gained what they must not.
async fn live(template: &Template, steps: &[Step], done: &Mutex<BTreeMap<What, usize>>) -> Result<(), TestCaseError> {
    let mut world = template.world().await;
    for step in steps {
        let Some((at, caller)) = world.who(step).await else { continue };
        let maker = at.checked_sub(world.sessions.len()).map(|at| world.tokens[at].id);
        let before = world.picture.clone();
        let overrated = before.overrated(&caller, maker, world.server.clock.now());
        prop_assert!(overrated.is_none(), "{step:?}\n{}", overrated.unwrap_or_default());
        let seen = world.seen(&caller, step).await;
        prop_assert!(seen.is_none(), "{step:?}\n{}", seen.unwrap_or_default());
        let sessions = world.sessions.len();
        let outcome = operations::perform(&mut world, &caller, step).await;
        let took_over = world.took_over.take();
        world.picture = Picture::of(&world.server.service, &world.root).await;
        world.picture.note_cut_short(&before, maker);
        world.people.extend(world.picture.users.keys());
        let now = world.server.clock.now();
        let broken = before.gained(&world.picture, &caller, step.what.appoints(), maker, now);
        prop_assert!(
            broken.is_none(),
            "{step:?}\nby {}: {outcome:?}\n{}",
            caller.user.name,
            broken.unwrap_or_default()
        );
        let broken = before.trespassed(&world.picture, &caller, maker, step.what);
        let broken = broken.or_else(|| before.prolonged(&world.picture, step.what));
        let broken = broken.or_else(|| before.renewable(&world.picture, &caller, maker));
        prop_assert!(broken.is_none(), "{step:?}: {outcome:?}\n{}", broken.unwrap_or_default());
        if let Some(maker) = maker {
            let broken = before.escaped(&world.picture, maker);
            let broken = broken.or_else(|| before.empowered(&world.picture, maker, took_over, step.what));
            prop_assert!(broken.is_none(), "{step:?}: {outcome:?}\n{}", broken.unwrap_or_default());
        } else if world.sessions.len() == sessions {
            let broken = before.laundered(&world.picture, &caller, took_over, now);
            prop_assert!(broken.is_none(), "{step:?}: {outcome:?}\n{}", broken.unwrap_or_default());
        }
        if outcome.is_ok() {
            *done.lock().expect("a count").entry(step.what).or_default() += 1;
        }
    }
    world.server.stop().await;
    Ok(())
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

#[test]
fn nobody_gains_by_any_sequence_of_operations_what_they_did_not_have() {
    let runtime = runtime();
    let template = runtime.block_on(Template::new());
    let done = Mutex::new(BTreeMap::new());
    let config = Config { cases: CASES, max_shrink_iters: 200, ..Config::with_source_file(file!()) };
    let outcome =
        TestRunner::new(config).run(&vec(any_step(), STEPS), |steps| runtime.block_on(live(&template, &steps, &done)));
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let done = done.into_inner().expect("a count");
    println!("{done:?}");
    for (what, least) in
        [(What::Create, 20), (What::SetPassword, 3), (What::SignIn, 1), (What::AddMember, 2), (What::RotateItself, 2)]
    {
        let count = done.get(&what).copied().unwrap_or_default();
        assert!(count >= least, "the steps are not refused one and all: {done:?}");
    }
}
