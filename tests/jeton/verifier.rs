//! Tokens are answered from memory, and memory says what the database says: after every change at once, and within a
//! second after a change on another node.

use std::time::{Duration, Instant};

use jeton_service::{Client, Error};
use serde_json::{Value, json};

use crate::{
    concurrency::node,
    home::{Home, on_each_database},
    support::server::{Answer, First, Server, answer, permission_in, text, with_token},
};

/// Longest time after which a revocation on one node holds on another, and an unreachable database is noticed.
const HOLDS_WITHIN: Duration = Duration::from_secs(1);
/// Number of steps of each sequence.
const STEPS: usize = 60;

/// Waits until a token is not accepted any more: a second later, no request that begins is. One that began before may be
/// answered at any time.
pub async fn is_soon_refused(server: &Server, token: &str) {
    let revoked = Instant::now();
    loop {
        let begun = revoked.elapsed();
        if server.get("/api/v2/buckets", token).await.status != 200 {
            return;
        }
        assert!(begun < HOLDS_WITHIN, "a token that was revoked on another node still works");
    }
}

/// A generator of numbers that a seed determines.
struct Dice(u64);

impl Dice {
    /// Returns a number below `limit`.
    fn roll(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())].clone()
    }
}

/// A server, and everything that was ever created on it.
struct World {
    server: Server,
    first: First,
    orgs: Vec<String>,
    users: Vec<String>,
    /// Tokens, with the paths of their records. The first is the operator's, whom no step changes.
    tokens: Vec<(String, String)>,
}

impl World {
    async fn new(home: &Home) -> Self {
        let server = Server::start_at_rest(home).await;
        let first = server.set_up().await;
        let (mut orgs, mut users) = (Vec::new(), Vec::new());
        for name in ["north", "south"] {
            orgs.push(server.org(&first.token, name).await);
            users.push(server.user(&first.token, name).await);
        }
        let tokens = vec![(first.token.clone(), format!("/api/v2/authorizations/{}", first.authorization))];
        Self { server, first, orgs, users, tokens }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.server.post(path, &self.first.token, body).await
    }

    async fn patch(&self, path: &str, body: Value) -> Answer {
        self.server.patch(path, &self.first.token, body).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.server.delete(path, &self.first.token).await
    }

    fn keep(&mut self, created: Answer) -> Answer {
        if created.status == 201 {
            let body: Value = serde_json::from_str(&created.body).expect("JSON");
            self.tokens.push((text(&body["token"]), format!("/api/v2/authorizations/{}", text(&body["id"]))));
        }
        created
    }

    /// Creates a token of any user in any organization: one in three expires, one in three has networks.
    async fn create(&mut self, dice: &mut Dice) -> Answer {
        let (org, user) = (dice.pick(&self.orgs), dice.pick(&self.users));
        let mut body = json!({"orgID": org, "userID": user, "permissions": [permission_in("read", "buckets", &org)]});
        match dice.roll(3) {
            0 => body["expiresAt"] = json!(self.server.clock.now().plus_seconds(120).to_string()),
            1 => body["allowedNetworks"] = json!(["192.0.2.0/24"]),
            _ => {}
        }
        let created = self.post("/api/v2/authorizations", body).await;
        self.keep(created)
    }

    /// Makes any change, which may be refused: much of what is picked was deleted before.
    async fn step(&mut self, dice: &mut Dice) -> (&'static str, Answer) {
        let path = self.tokens.get(1 + dice.roll(self.tokens.len())).map(|(_, path)| path.clone());
        let Some(path) = path else { return ("create", self.create(dice).await) };
        let user = format!("/api/v2/users/{}", dice.pick(&self.users));
        match dice.roll(12) {
            0 | 1 => ("create", self.create(dice).await),
            2 => ("deactivate", self.patch(&path, json!({"status": "inactive"})).await),
            3 => ("activate", self.patch(&path, json!({"status": "active"})).await),
            4 => {
                let overlap = dice.pick(&["0", "1h"]);
                let rotated = self.post(&format!("{path}/rotate"), json!({"overlap": overlap})).await;
                ("rotate", self.keep(rotated))
            }
            5 => ("delete", self.delete(&path).await),
            6 => ("limit networks", self.patch(&path, json!({"allowedNetworks": ["198.51.100.7/32"]})).await),
            7 => ("deactivate user", self.patch(&user, json!({"status": "inactive"})).await),
            8 => ("activate user", self.patch(&user, json!({"status": "active"})).await),
            9 => ("rename user", self.patch(&user, json!({"name": format!("name {}", dice.roll(1000))})).await),
            10 => {
                self.server.clock.advance(90);
                ("let time pass", self.server.get("/api/v2/me", &self.first.token).await)
            }
            _ => self.delete_owner_or_org(dice, &user).await,
        }
    }

    /// Deletes a user or an organization, and creates another: the user with the same id.
    async fn delete_owner_or_org(&mut self, dice: &mut Dice, user: &str) -> (&'static str, Answer) {
        let name = format!("another {}", dice.roll(1_000_000));
        if dice.roll(2) == 0 {
            self.delete(user).await;
            let id = user.rsplit('/').next().unwrap_or_default();
            return ("delete user", self.post("/api/v2/users", json!({"id": id, "name": name})).await);
        }
        let org = dice.pick(&self.orgs);
        let deleted = self.delete(&format!("/api/v2/orgs/{org}")).await;
        self.orgs.push(self.server.org(&self.first.token, &name).await);
        ("delete organization", deleted)
    }

    /// The service's answer to each token, from each of three addresses.
    async fn answers(&self) -> Vec<String> {
        let mut answers = Vec::new();
        for (token, _) in &self.tokens {
            for address in ["192.0.2.1", "198.51.100.7", "203.0.113.1"] {
                let client = Client { address: address.parse().ok(), ..Client::default() };
                answers.push(format!("{:?}", self.server.service.caller_by_token(token, client).await));
            }
        }
        answers
    }
}

#[tokio::test]
async fn after_every_change_memory_says_what_the_database_says() {
    on_each_database(async |home| {
        let mut world = World::new(&home).await;
        let mut dice = Dice(20);
        let (mut changed, mut before) = (0, world.answers().await);
        for number in 0..STEPS {
            let (what, done) = world.step(&mut dice).await;
            assert!(done.status < 500, "step {number}: {what}: {}", done.body);
            let from_memory = world.answers().await;
            world.server.service.forget_tokens();
            let from_database = world.answers().await;
            assert_eq!(from_memory, from_database, "step {number}: {what}: {}", done.body);
            changed += usize::from(from_database != before);
            before = from_database;
        }
        assert!(changed > STEPS / 4, "the steps changed something: {changed}");
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_unknown_works_as_soon_as_it_is_created() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let value = "Wind-turbine_8/secret=from+our~vault!";
        for _ in 0..3 {
            assert_eq!(server.get("/api/v2/buckets", value).await.status, 401);
        }
        let permissions = json!([permission_in("read", "buckets", &first.org)]);
        let body = json!({"orgID": first.org, "permissions": permissions, "tokenValue": value});
        server.post("/api/v2/authorizations", &first.token, body).await.expect(201);
        assert_eq!(server.get("/api/v2/buckets", value).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn an_introspection_knows_the_new_name_of_an_organization() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        let org = async || {
            let request = with_token(server.request("POST", "/api/v2/tokens/introspect"), &first.token);
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            text(&answer(request.body(format!("token={}", first.token))).await.expect(200)["org"])
        };
        assert_eq!((org().await.as_str(), org().await.as_str()), ("acme", "acme"));
        server.patch(&format!("/api/v2/orgs/{}", first.org), &first.token, json!({"name": "plant"})).await.expect(200);
        assert_eq!(org().await, "plant");
    })
    .await;
}

#[tokio::test]
async fn without_its_database_a_server_soon_accepts_no_token_from_memory() {
    on_each_database(async |home| {
        let server = Server::start(&home).await;
        let first = server.set_up().await;
        server.get("/api/v2/buckets", &first.token).await.expect(200);
        server.service.close().await;
        let gone = Instant::now();
        let error = loop {
            let begun = gone.elapsed();
            match server.service.caller_by_token(&first.token, Client::default()).await {
                Ok(_) => assert!(begun < HOLDS_WITHIN, "a token is accepted without a database"),
                Err(error) => break error,
            }
        };
        assert!(
            matches!(error, Error::Busy | Error::Unavailable | Error::Internal),
            "{error:?}: a failure of the server's own"
        );
    })
    .await;
}

/// Two nodes of one database. The first has the tokens in memory, the other revokes.
struct Nodes {
    one: Server,
    other: Server,
    first: First,
}

impl Nodes {
    async fn start(home: &Home) -> Self {
        let (one, other) = (node(home).await, node(home).await);
        let first = one.set_up().await;
        Self { one, other, first }
    }

    /// Creates a token in an organization and uses it on the first node; returns it and the path of its record.
    async fn token(&self, org: &str, user: &str) -> (String, String) {
        let body = json!({"orgID": org, "userID": user, "permissions": [permission_in("read", "buckets", org)]});
        let made = self.one.post("/api/v2/authorizations", &self.first.token, body).await.expect(201);
        let token = text(&made["token"]);
        self.one.get("/api/v2/buckets", &token).await.expect(200);
        (token, format!("/api/v2/authorizations/{}", text(&made["id"])))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_revoked_on_one_node_is_soon_refused_on_the_other() {
    let Some(home) = Home::postgres().await else { return };
    let nodes = Nodes::start(&home).await;
    let (one, other, root) = (&nodes.one, &nodes.other, &nodes.first.token);
    for round in 0..3 {
        let user = one.user(root, &format!("user {round}")).await;
        let org = one.org(root, &format!("org {round}")).await;
        let (deleted, path) = nodes.token(&nodes.first.org, &user).await;
        let (rotated, old) = nodes.token(&nodes.first.org, &user).await;
        let (of_org, _) = nodes.token(&org, &user).await;
        let (of_user, _) = nodes.token(&nodes.first.org, &user).await;
        other.delete(&path, root).await.expect(204);
        is_soon_refused(one, &deleted).await;
        other.post(&format!("{old}/rotate"), root, json!({"overlap": "0"})).await.expect(201);
        is_soon_refused(one, &rotated).await;
        other.delete(&format!("/api/v2/orgs/{org}"), root).await.expect(204);
        is_soon_refused(one, &of_org).await;
        other.patch(&format!("/api/v2/users/{user}"), root, json!({"status": "inactive"})).await.expect(200);
        is_soon_refused(one, &of_user).await;
    }
}
