//! Over any sequence of operations by anyone, nobody ends up with a token that may do or see what they could not before,
//! and no token makes one that outlives it or is accepted from where it is not.

mod operations;
mod picture;

use std::{collections::BTreeMap, fs, sync::Mutex};

use jeton::{
    model::{AuthorizationId, BucketId, OrgId, Timestamp, UserId},
    service::{Caller, Client, Clock},
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::{
    home::Home,
    server::{PASSWORD, Server, permission_in, text},
};
use operations::{Step, What, any_step};
use picture::{Picture, Record};

const CASES: u32 = 16;
const STEPS: usize = 40;
/// Where every caller is.
const ADDRESS: &str = "10.1.2.3";
const START: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

/// A server that was filled and stopped: each case begins with a copy of it.
struct Template {
    home: Home,
    sessions: Vec<String>,
    tokens: Vec<Held>,
}

/// A token, in the hands of whoever made it.
#[derive(Clone)]
struct Held {
    id: AuthorizationId,
    token: String,
}

impl Held {
    fn of(made: &Value) -> Self {
        Self { id: text(&made["id"]).parse().expect("an id"), token: text(&made["token"]) }
    }
}

impl Template {
    /// Alice, the operator; Bob, who owns one organization and is a member of another; Carol, who is a member; Dave, who
    /// is nobody yet. All have a session, and some have tokens.
    async fn new() -> Self {
        let home = Home::sqlite();
        let server = Server::start_with(&home, Clock::manual(START), &[]).await;
        let first = server.set_up().await;
        let second = server.org(&first.token, "second").await;
        server.bucket(&first.token, &second, "there").await;
        let mut sessions = vec![server.sign_in(crate::server::NAME, PASSWORD).await.cookie()];
        let mut tokens = vec![Held { id: first.authorization.parse().expect("an id"), token: first.token.clone() }];
        let belongs = [
            ("bob", vec![("owners", &first.org), ("members", &second)]),
            ("carol", vec![("members", &first.org)]),
            ("dave", vec![]),
        ];
        for (name, places) in belongs {
            let user = server.user(&first.token, name).await;
            let path = format!("/api/v2/users/{user}/password");
            server.post(&path, &first.token, json!({"password": PASSWORD})).await.expect(204);
            for (role, org) in places {
                let path = format!("/api/v2/orgs/{org}/{role}");
                server.post(&path, &first.token, json!({"id": user})).await.expect(201);
            }
            sessions.push(server.sign_in(name, PASSWORD).await.cookie());
            let kinds = ["authorizations", "buckets", "tasks"];
            let permissions = kinds.map(|kind| ["read", "write"].map(|action| permission_in(action, kind, &first.org)));
            let on_self =
                ["read", "write"].map(|action| json!({"action": action, "resource": {"type": "users", "id": user}}));
            let permissions = [permissions.concat(), on_self.to_vec()].concat();
            let body = json!({"orgID": first.org, "userID": user, "permissions": permissions});
            tokens.push(Held::of(&server.post("/api/v2/authorizations", &first.token, body).await.expect(201)));
        }
        server.stop().await;
        let sessions =
            sessions.iter().filter_map(|cookie| cookie.split_once('=')).map(|(_, key)| key.to_owned()).collect();
        Self { home, sessions, tokens }
    }

    async fn world(&self) -> World {
        let home = Home::sqlite();
        for file in fs::read_dir(self.home.path()).expect("the template") {
            let file = file.expect("a file");
            fs::copy(file.path(), home.path().join(file.file_name())).expect("a copy");
        }
        let server = Server::start_with(&home, Clock::manual(START), &[]).await;
        let root = server.caller(&self.tokens[0].token).await;
        let picture = Picture::of(&server.service, &root).await;
        let (sessions, tokens) = (self.sessions.clone(), self.tokens.clone());
        World { server, root, sessions, tokens, picture, names: 0, _home: home }
    }
}

/// A server, everyone's credentials, and what there was after the last step.
struct World {
    server: Server,
    /// Looks on. Nothing is ever done to this user and token.
    root: Caller,
    sessions: Vec<String>,
    /// The first is the onlooker's.
    tokens: Vec<Held>,
    picture: Picture,
    names: usize,
    _home: Home,
}

/// How the world is asked: everything there is, for steps to pick from.
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

    /// Authorizations of tokens, but for the root's own.
    fn authorizations(&self) -> Vec<AuthorizationId> {
        let is_fair = |(id, one): &(&AuthorizationId, &Record)| !one.is_v1 && **id != self.tokens[0].id;
        self.picture.tokens.iter().filter(is_fair).map(|(id, _)| *id).collect()
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("name {}", self.names)
    }

    /// One of all who have a credential; `None` if it works no more.
    async fn caller(&self, at: usize) -> Option<Caller> {
        let client = Client { address: ADDRESS.parse().ok(), agent: None };
        let service = &self.server.service;
        let caller = match self.sessions.get(at) {
            Some(key) => service.caller_by_session(key, client).await,
            None => service.caller_by_token(&self.tokens.get(at - self.sessions.len())?.token, client).await,
        };
        caller.ok()
    }
}

/// Does the steps, and looks after each whether anyone gained what they should not have.
async fn live(template: &Template, steps: &[Step], done: &Mutex<BTreeMap<What, usize>>) -> Result<(), TestCaseError> {
    let mut world = template.world().await;
    for step in steps {
        let at = step.who.index(world.sessions.len() + world.tokens.len());
        let Some(caller) = world.caller(at).await else { continue };
        let maker = at.checked_sub(world.sessions.len()).map(|at| world.tokens[at].id);
        let before = world.picture.clone();
        let outcome = operations::perform(&mut world, &caller, step).await;
        world.picture = Picture::of(&world.server.service, &world.root).await;
        let now = world.server.clock.now();
        let broken = before.gained(&world.picture, &caller, step.what.appoints(), now);
        prop_assert!(
            broken.is_none(),
            "{step:?}\nby {}: {outcome:?}\n{}",
            caller.user.name,
            broken.unwrap_or_default()
        );
        if let Some(maker) = maker {
            let broken = before.escaped(&world.picture, maker);
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
    let creations = done.get(&What::Create).copied().unwrap_or_default();
    assert!(creations > 20, "the steps are not refused one and all: {done:?}");
}
