//! InfluxDB 2 behind the gate, replayed from recorded exchanges of influxd 2.9.1.

mod adoption;
mod attacks;
mod observe;
mod own_api;
mod player;
mod recorded;
pub(super) mod recording;
mod shadows;
mod v1_credentials;
mod vanished;

use std::{collections::BTreeMap, fs, net::SocketAddr};

use jeton::config::ConfigFile;
use jeton_service::Clock;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::{task::yield_now, time::timeout};

use crate::{
    home::Home,
    support::server::{Answer, NAME, PASSWORD, Server, answer, client, permission_in, permission_on, text, with_token},
};

use super::played::WITHIN;
use player::{CREDENTIAL, Player, Seen};
use recording::{Names, Step};

/// A gate before a player, with the organization, the buckets and the tokens of the recordings.
struct Scene {
    server: Server,
    player: Player,
    names: Names,
    address: SocketAddr,
    http: reqwest::Client,
}

impl Scene {
    async fn new(home: &Home) -> Self {
        Self::with(home, |_| {}).await
    }

    /// Starts a gate before a player that is changed before.
    async fn with(home: &Home, change: impl FnOnce(&Player)) -> Self {
        Self::guarding(home, "*", change).await
    }

    /// Starts a gate of the buckets that a pattern matches, before a player that is changed before.
    async fn guarding(home: &Home, pattern: &str, change: impl FnOnce(&Player)) -> Self {
        Self::running(home, &format!("databases = [\"{pattern}\"]\n"), change).await
    }

    /// Starts a gate with these lines in its section, before a player that is changed before.
    async fn running(home: &Home, lines: &str, change: impl FnOnce(&Player)) -> Self {
        let names = set_up(home).await;
        let player = Player::start(&names).await;
        player.state().buckets.extend(buckets(&names));
        change(&player);
        let server = start(home, player.address, lines).await;
        let address = gate_address(&server).await;
        Self { server, player, names, address, http: client() }
    }

    /// Waits until the gate has read the list of the buckets: a success says that the database is healthy.
    async fn compared(&self) {
        let last_page = |seen: &Seen| seen.path == "/api/v2/buckets" && seen.query.contains("offset=100");
        let read = async {
            while !self.player.state().seen.iter().any(last_page) {
                yield_now().await;
            }
        };
        timeout(WITHIN, read).await.expect("the gate compares itself with its database");
    }

    fn request(&self, method: &str, target: &str) -> RequestBuilder {
        self.http.request(method.parse().unwrap(), format!("http://{}{target}", self.address))
    }

    /// Sends a recorded request through the gate.
    async fn send(&self, step: &Step) -> Answer {
        let mut request = self.request(&step.method, &step.target).body(step.body.clone());
        for (name, value) in &step.headers {
            request = request.header(name, value);
        }
        if let Some((user, password)) = &step.basic {
            request = request.basic_auth(user, Some(password));
        }
        answer(request).await
    }

    async fn get(&self, target: &str, token: &str) -> Answer {
        answer(with_token(self.request("GET", target), self.names.of(token))).await
    }

    async fn flux(&self, text: &str, token: &str) -> Answer {
        let request = self.request("POST", "/api/v2/query?org=my-org").json(&json!({ "query": text }));
        answer(with_token(request, self.names.of(token))).await
    }

    async fn write(&self, target: &str, token: &str) -> Answer {
        answer(with_token(self.request("POST", target), self.names.of(token)).body("m v=1")).await
    }
}

/// A query of the bucket `b1` that was recorded.
const SELECT: &str = "/query?db=b1&q=SELECT+*+FROM+weather";
/// The same in Flux.
const FLUX: &str = "from(bucket: \"b1\") |> range(start: 0) |> filter(fn: (r) => r._measurement == \"weather\")";

/// Sets up a server without a gate, and stops it; returns the ids and tokens.
async fn set_up(home: &Home) -> Names {
    let server = Server::start(home).await;
    let body = json!({"username": NAME, "password": PASSWORD, "org": "my-org", "bucket": "b1"});
    let done = server.post("/api/v2/setup", "", body).await.expect(201);
    let (operator, org, first) = (text(&done["auth"]["token"]), text(&done["org"]["id"]), text(&done["bucket"]["id"]));
    let second = server.bucket(&operator, &org, "b2").await;
    let other = server.org(&operator, "org2").await;
    let foreign = server.bucket(&operator, &other, "foreign").await;
    let on = |action: &str, bucket: &str| permission_on(action, "buckets", bucket, &org);
    let tokens = [
        ("V_w1", json!([on("write", &first)])),
        ("V_r1", json!([on("read", &first)])),
        ("V_same", json!([on("read", &first)])),
        ("V_rw1", json!([on("read", &first), on("write", &first)])),
        ("V_r1w2", json!([on("read", &first), on("write", &second)])),
        ("V_none", json!([permission_in("read", "telegrafs", &org)])),
        ("V_all", json!([permission_in("read", "buckets", &org), permission_in("write", "buckets", &org)])),
    ];
    let mut names = BTreeMap::new();
    for (name, permissions) in tokens {
        let created: Value = server.token(&operator, &org, permissions).await.expect(201);
        names.insert(name.to_owned(), text(&created["token"]));
        names.insert(name.replace("V_", "N_"), text(&created["id"]));
    }
    for (name, value) in [("O", org), ("P", other), ("B", first), ("B2", second), ("X", foreign), ("OP", operator)] {
        names.insert(name.to_owned(), value);
    }
    server.stop().await;
    Names(names)
}

/// Returns the buckets of the organization, in influxd's JSON.
fn buckets(names: &Names) -> [Value; 3] {
    let org = names.of("O");
    [(names.of("B"), "b1", "user"), (names.of("B2"), "b2", "user"), ("0000000000000b00", "_tasks", "system")]
        .map(|(id, name, kind)| json!({"id": id, "orgID": org, "name": name, "type": kind}))
}

/// Starts a server with a gate before the player.
async fn start(home: &Home, upstream: SocketAddr, lines: &str) -> Server {
    start_with(home, upstream, lines, &[]).await
}

/// Starts a server with a gate before the player, and with flags.
async fn start_with(home: &Home, upstream: SocketAddr, lines: &str, flags: &[&str]) -> Server {
    let credential = home.path().join("plant.token");
    fs::write(&credential, CREDENTIAL).unwrap();
    let file = home.path().join("jeton.toml");
    let section = format!(
        "[[gate]]\nname = \"plant\"\nkind = \"influxdb2\"\nlisten = \"127.0.0.1:0\"\nupstream = \"http://{upstream}\"\n\
         credential-file = \"{}\"\norg = \"my-org\"\n{lines}",
        credential.display()
    );
    fs::write(&file, section).unwrap();
    // A forwarded header of the gate's client is ignored on every path, although the peer address is that of a trusted
    // proxy.
    let mut config = home.config(&[&["--trusted-proxies=127.0.0.0/8"][..], flags].concat());
    config.file = Some(ConfigFile::read(&file).unwrap());
    Server::start_as(home, config, Clock::System).await.unwrap()
}

async fn gate_address(server: &Server) -> SocketAddr {
    let mut addresses = server.gate_addresses();
    let found = addresses.wait_for(|all| all.contains_key("plant"));
    timeout(WITHIN, found).await.expect("the gate listens").unwrap()["plant"]
}
