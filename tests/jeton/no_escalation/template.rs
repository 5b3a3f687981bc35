//! Where every sequence begins: people with sessions, and tokens of every sort that something could be gained with.

use std::fs;

use jeton::{
    model::{AuthorizationId, Timestamp},
    service::Clock,
};
use serde_json::{Value, json};

use super::{Picture, World};
use crate::{
    home::Home,
    server::{First, NAME, PASSWORD, Server, permission, permission_in, text},
};

const START: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

/// A server that was filled and stopped: each case begins with a copy of it.
pub struct Template {
    home: Home,
    sessions: Vec<String>,
    tokens: Vec<Held>,
}

/// A token, in the hands of whoever made it.
#[derive(Clone)]
pub struct Held {
    pub id: AuthorizationId,
    pub token: String,
}

impl Held {
    fn of(made: &Value) -> Self {
        Self { id: text(&made["id"]).parse().expect("an id"), token: text(&made["token"]) }
    }
}

impl Template {
    /// Alice, the operator; Bob, who owns one organization and is a member of another; Carol, who is a member; Dave, who
    /// is nobody yet. All have a session, and all but Alice a token of their own; other tokens may change all of these.
    pub async fn new() -> Self {
        let home = Home::sqlite();
        let server = Server::start_with(&home, Clock::manual(START), &[]).await;
        let first = server.set_up().await;
        let second = server.org(&first.token, "second").await;
        server.bucket(&first.token, &second, "there").await;
        let mut sessions = vec![server.sign_in(NAME, PASSWORD).await.cookie()];
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
            for body in tokens_of(&first, &user) {
                tokens.push(Held::of(&server.post("/api/v2/authorizations", &first.token, body).await.expect(201)));
            }
        }
        server.stop().await;
        let sessions =
            sessions.iter().filter_map(|cookie| cookie.split_once('=')).map(|(_, key)| key.to_owned()).collect();
        Self { home, sessions, tokens }
    }

    pub async fn world(&self) -> World {
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

/// Four of each user: one that does a good deal and hands it on; one that does the same, for a while, from some places;
/// one that does it once it is switched on; and one that can't do any of it, but may see and change every token, for a
/// while too. What the last makes of the others would be more than it holds.
fn tokens_of(first: &First, user: &str) -> Vec<Value> {
    let both = |of: &dyn Fn(&str) -> Value| ["read", "write"].map(of).to_vec();
    let own = both(&|action| json!({"action": action, "resource": {"type": "users", "id": user}}));
    let in_org = |kind| both(&|action| permission_in(action, kind, &first.org));
    let much = [in_org("authorizations"), in_org("buckets"), in_org("tasks"), own].concat();
    let warden = [in_org("authorizations"), both(&|action| permission(action, "users"))].concat();
    let soon = START.plus_seconds(3000).to_string();
    let bodies = [
        json!({"permissions": much}),
        json!({"permissions": much, "expiresAt": soon, "allowedNetworks": ["10.0.0.0/8"]}),
        json!({"permissions": much, "status": "inactive"}),
        json!({"permissions": warden, "expiresAt": soon, "allowedNetworks": ["10.1.0.0/16"]}),
    ];
    let whole = |mut body: Value| {
        body["orgID"] = json!(first.org);
        body["userID"] = json!(user);
        body
    };
    bodies.map(whole).to_vec()
}
