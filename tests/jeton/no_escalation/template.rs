//! The initial state of every sequence: users with sessions, and tokens of every sort that could be misused.

use std::{collections::BTreeSet, fs};

use jeton_model::{AuthorizationId, ResourceType, Timestamp, org_rules::OrgRules};
use jeton_service::Clock;

use crate::{
    home::Home,
    support::server::{First, NAME, PASSWORD, Server, permission, permission_in, text},
};

use super::{Picture, World};

use serde_json::{Value, json};

const START: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);
/// Seconds between the creation of everything and the first step.
// Half of the limited tokens' life is over: they may rotate themselves.
const LATER: i64 = 1600;

/// A server that was filled and stopped; each case begins with a copy of its data.
pub struct Template {
    home: Home,
    sessions: Vec<String>,
    tokens: Vec<Held>,
}

/// A token and its holder.
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
    /// Creates Alice, the operator; Bob, who owns one organization and is a member of another; Carol, who is a member;
    /// and Dave, who has no role yet. All have a session, and all but Alice a token of their own; other tokens may
    /// change all of these.
    pub async fn new() -> Self {
        let home = Home::sqlite();
        let server = Server::start_with(&home, Clock::manual(START), &[]).await;
        let first = server.set_up().await;
        let second = server.org(&first.token, "second").await;
        server.bucket(&first.token, &second, "there").await;
        // Otherwise only operators could try to supply tokens of others.
        let root = server.caller(&first.token).await;
        for (org, self_rotation) in [(&first.org, true), (&second, false)] {
            let rules = OrgRules { self_rotation, ..OrgRules::none() };
            server.service.set_org_rules(&root, org.parse().expect("an id"), rules).await.expect("rules");
        }
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
        let server = Server::start_with(&home, Clock::manual(START.plus_seconds(LATER)), &[]).await;
        let root = server.caller(&self.tokens[0].token).await;
        let picture = Picture::of(&server.service, &root).await;
        let (sessions, tokens) = (self.sessions.clone(), self.tokens.clone());
        let people = picture.users.keys().copied().collect();
        World {
            server,
            root,
            sessions,
            tokens,
            people,
            picture,
            names: 0,
            passwords: BTreeSet::new(),
            took_over: None,
            _home: home,
        }
    }
}

/// Returns each user's tokens. Some hold and delegate many permissions: one of them is limited, one inactive, one
/// expired, one bound to other networks. Others may see or change tokens, but do little else: what they make of the
/// former would exceed what they hold.
fn tokens_of(first: &First, user: &str) -> Vec<Value> {
    let both = |of: &dyn Fn(&str) -> Value| ["read", "write"].map(of).to_vec();
    let own = both(&|action| json!({"action": action, "resource": {"type": "users", "id": user}}));
    let in_org = |kind| both(&|action| permission_in(action, kind, &first.org));
    let much = [in_org("authorizations"), in_org("buckets"), in_org("tasks"), own].concat();
    let more = [much.clone(), in_org("telegrafs")].concat();
    let users = both(&|action| permission(action, "users"));
    let warden = [in_org("authorizations"), users.clone()].concat();
    let clerk = [in_org("authorizations"), in_org("buckets"), vec![permission("read", "users")]].concat();
    let watcher =
        [users.clone(), in_org("buckets"), vec![permission_in("read", "authorizations", &first.org)]].concat();
    // Permissions over an organization's members and over everything in it.
    let in_org_itself = |action: &str| json!({"action": action, "resource": {"type": "orgs", "id": first.org}});
    let steward = [both(&in_org_itself), users.clone(), in_org("authorizations"), in_org("buckets")].concat();
    let everything = [
        both(&|action| permission(action, "orgs")),
        ResourceType::grantable().flat_map(|kind| both(&|action| permission(action, kind.name()))).collect(),
    ]
    .concat();
    let soon = START.plus_seconds(3000).to_string();
    let bodies = [
        json!({"permissions": much}),
        json!({"permissions": much, "expiresAt": soon, "allowedNetworks": ["10.0.0.0/8"]}),
        json!({"permissions": much, "status": "inactive"}),
        json!({"permissions": more, "expiresAt": START.plus_seconds(1).to_string()}),
        json!({"permissions": more, "allowedNetworks": ["192.0.2.0/24"]}),
        json!({"permissions": warden, "expiresAt": soon, "allowedNetworks": ["10.1.0.0/16"]}),
        json!({"permissions": clerk}),
        json!({"permissions": watcher}),
        json!({"permissions": steward}),
        json!({"permissions": steward, "expiresAt": soon}),
        json!({"permissions": everything, "allowedNetworks": ["10.0.0.0/8"]}),
        json!({"permissions": [permission_in("read", "tasks", &first.org)], "expiresAt": soon}),
    ];
    let whole = |mut body: Value| {
        body["orgID"] = json!(first.org);
        body["userID"] = json!(user);
        body
    };
    bodies.map(whole).to_vec()
}
