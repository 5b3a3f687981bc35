//! The gates of a configuration file, with stored bindings.

use std::{collections::BTreeMap, fs, net::SocketAddr};

use jeton::config::ConfigFile;
use jeton_model::binding::{ExistingData, GateIdentity, GateKind};
use jeton_service::{Clock, gates::NewBinding};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::{
    home::{Home, on_each_database},
    support::server::{Answer, First, Server, answer, client, permission_on, text, with_token},
};

use super::played::{Played, WITHIN, listen_apart};

/// A server whose gates are those of its configuration file.
pub(super) struct Scene<'h> {
    home: &'h Home,
    pub(super) server: Server,
    pub(super) first: First,
}

impl<'h> Scene<'h> {
    pub(super) async fn new(home: &'h Home, sections: &str) -> Self {
        Self::with(home, sections, &[]).await
    }

    /// Starts a server with flags.
    pub(super) async fn with(home: &'h Home, sections: &str, flags: &[&str]) -> Self {
        Self::at(home, sections, flags, Clock::System).await
    }

    /// Starts a server with flags and a clock.
    pub(super) async fn at(home: &'h Home, sections: &str, flags: &[&str], clock: Clock) -> Self {
        write(home, sections);
        let server = serve(home, flags, clock).await;
        let first = server.set_up().await;
        Self { home, server, first }
    }

    /// Stops the server, and starts it again with the same file.
    pub(super) async fn restarted(self) -> Self {
        let Self { home, server, first } = self;
        server.stop().await;
        Self { home, server: serve(home, &[], Clock::System).await, first }
    }

    /// Replaces the file of the running server.
    pub(super) fn rewrite(&self, sections: &str) {
        write(self.home, sections);
    }

    /// Returns the address of a gate.
    pub(super) async fn address(&self, gate: &str) -> SocketAddr {
        let mut addresses = self.server.gate_addresses();
        let found = addresses.wait_for(|all| all.contains_key(gate));
        tokio::time::timeout(WITHIN, found).await.expect("the gate listens").unwrap()[gate]
    }

    /// Waits until the gates are these, each on its address.
    async fn listen_on(&self, gates: &[(&str, SocketAddr)]) {
        let expected: BTreeMap<String, SocketAddr> = gates.iter().map(|(name, at)| ((*name).to_owned(), *at)).collect();
        let mut addresses = self.server.gate_addresses();
        let same = addresses.wait_for(|all| *all == expected);
        drop(tokio::time::timeout(WITHIN, same).await.expect("the gates listen").unwrap());
    }

    /// Binds the bucket of the set-up to the database `a` of the gate `plant`.
    pub(super) async fn bind(&self, upstream: SocketAddr) {
        self.bind_to(&format!("http://{upstream}")).await;
    }

    /// Binds the bucket of the set-up to the database `a` of the gate `plant` before an upstream.
    pub(super) async fn bind_to(&self, upstream: &str) {
        let operator = self.server.caller(&self.first.token).await;
        let gate = GateIdentity {
            name: "plant".into(),
            kind: GateKind::Victoriametrics,
            org: self.first.org.parse().unwrap(),
            upstream: upstream.parse().unwrap(),
        };
        let bucket = self.first.bucket.parse().unwrap();
        let new = NewBinding { bucket, database: "a".into(), policy: None, existing: ExistingData::Unknown };
        self.server.service.bind_bucket(&operator, &gate, new).await.unwrap();
    }

    pub(super) async fn writer(&self) -> String {
        self.token("write").await
    }

    /// Creates a token for the bucket of the set-up.
    pub(super) async fn token(&self, action: &str) -> String {
        let permission = permission_on(action, "buckets", &self.first.bucket, &self.first.org);
        let created: Value =
            self.server.token(&self.first.token, &self.first.org, json!([permission])).await.expect(201);
        text(&created["token"])
    }
}

/// Starts a server with the file, flags and a clock.
async fn serve(home: &Home, flags: &[&str], clock: Clock) -> Server {
    let mut config = home.config(flags);
    config.file = Some(ConfigFile::read(&home.path().join("jeton.toml")).unwrap());
    Server::start_as(home, config, clock).await.unwrap()
}

/// Writes the file, with a section for each gate.
fn write(home: &Home, sections: &str) {
    let path = home.path().join("jeton.toml");
    let new = home.path().join("jeton.toml.new");
    fs::write(&new, sections).unwrap();
    fs::rename(new, path).unwrap();
}

pub(super) fn section(upstream: SocketAddr, databases: &str) -> String {
    listening("plant", "127.0.0.1:0".parse().unwrap(), upstream, databases)
}

fn listening(name: &str, listen: SocketAddr, upstream: SocketAddr, databases: &str) -> String {
    format!(
        "[[gate]]\nname = \"{name}\"\nkind = \"victoriametrics\"\nlisten = \"{listen}\"\nupstream = \"http://{upstream}\"\n\
         org = \"acme\"\ndatabases = [\"{databases}\"]\n"
    )
}

/// Returns an address on which nobody listens.
fn free_address() -> SocketAddr {
    listen_apart().local_addr().unwrap()
}

pub(super) fn written(address: SocketAddr, token: &str) -> RequestBuilder {
    with_token(client().post(format!("http://{address}/write?db=a")), token).body("m v=1")
}

/// Writes to the database `a` through a gate, before which the database accepts it.
pub(super) async fn write_through(address: SocketAddr, token: &str, database: &mut Played) -> Answer {
    let accept = async { database.next().await.answer("204 No Content", "", "").await };
    let (written, ()) = tokio::join!(answer(written(address, token)), accept);
    written
}

#[tokio::test]
async fn a_bound_database_is_written_through_the_gate_of_the_file() {
    on_each_database(async |home: Home| {
        let mut database = Played::start().await;
        let scene = Scene::new(&home, &section(database.address, "*")).await;
        let (address, token) = (scene.address("plant").await, scene.writer().await);
        assert_eq!(answer(written(address, &token)).await.status, 404, "no database is bound");
        scene.bind(database.address).await;
        assert_eq!(write_through(address, &token, &mut database).await.status, 204);
        assert!(database.is_idle());
    })
    .await;
}

#[tokio::test]
async fn a_gate_leaves_out_databases_that_its_patterns_do_not_match() {
    let home = Home::sqlite();
    let database = Played::start().await;
    let scene = Scene::new(&home, &section(database.address, "b*")).await;
    scene.bind(database.address).await;
    let (address, token) = (scene.address("plant").await, scene.writer().await);
    assert_eq!(answer(written(address, &token)).await.status, 404);
}

#[tokio::test]
async fn a_reload_starts_changes_and_stops_gates_and_drops_no_exchange() {
    let home = Home::sqlite();
    let (mut before, mut after) = (Played::start().await, Played::start().await);
    let scene = Scene::new(&home, &section(before.address, "*")).await;
    scene.bind(before.address).await;
    let (address, token) = (scene.address("plant").await, scene.writer().await);
    let running = tokio::spawn(answer(written(address, &token)));
    let asked = before.next().await;

    let second = section(after.address, "*").replace("plant", "hall");
    write(scene.home, &(section(before.address, "a*") + &second));
    let hall = scene.address("hall").await;
    assert_eq!(scene.address("plant").await, address, "a changed gate keeps its listener");
    asked.answer("204 No Content", "", "").await;
    assert_eq!(running.await.unwrap().status, 204, "an exchange outlives the change of its gate");
    assert_eq!(write_through(address, &token, &mut before).await.status, 204);
    assert_eq!(answer(written(hall, &token)).await.status, 404, "the bucket is bound to another gate");
    assert!(after.is_idle());

    write(scene.home, &second);
    let mut addresses = scene.server.gate_addresses();
    let gone = addresses.wait_for(|all| !all.contains_key("plant"));
    drop(tokio::time::timeout(WITHIN, gone).await.expect("the gate stops").unwrap());
    assert_eq!(scene.address("hall").await, hall);
}

#[tokio::test]
async fn a_gate_that_this_version_cannot_run_keeps_the_server_from_starting() {
    let home = Home::sqlite();
    let key = home.path().join("plant.key");
    fs::write(&key, "k".repeat(32)).unwrap();
    let more = format!("mode = \"observe\"\nforward-auth-key-file = \"{}\"\n", key.display());
    write(&home, &(section("127.0.0.1:9".parse().unwrap(), "*") + &more));
    let mut config = home.config(&[]);
    config.file = Some(ConfigFile::read(&home.path().join("jeton.toml")).unwrap());
    let refused = Server::start_as(&home, config, Clock::System).await.err().expect("a refusal");
    assert_eq!(refused.to_string(), "gate plant: mode = \"observe\" with forward-auth-key-file is not supported yet");
}

#[tokio::test]
async fn a_gate_that_is_renamed_keeps_its_address() {
    let home = Home::sqlite();
    let (database, listen) = (Played::start().await, free_address());
    let scene = Scene::new(&home, &listening("plant", listen, database.address, "*")).await;
    scene.listen_on(&[("plant", listen)]).await;
    write(scene.home, &listening("hall", listen, database.address, "*"));
    scene.listen_on(&[("hall", listen)]).await;
    let token = scene.writer().await;
    assert_eq!(answer(written(listen, &token)).await.status, 404, "it answers");
}

#[tokio::test]
async fn gates_swap_their_addresses() {
    let home = Home::sqlite();
    let (mut plant, hall) = (Played::start().await, Played::start().await);
    let (one, other) = (free_address(), free_address());
    let file =
        |first, second| listening("plant", first, plant.address, "*") + &listening("hall", second, hall.address, "*");
    let (before, after) = (file(one, other), file(other, one));
    let scene = Scene::new(&home, &before).await;
    scene.bind(plant.address).await;
    let token = scene.writer().await;
    assert_eq!(write_through(one, &token, &mut plant).await.status, 204);
    write(scene.home, &after);
    scene.listen_on(&[("plant", other), ("hall", one)]).await;
    assert_eq!(write_through(other, &token, &mut plant).await.status, 204);
}

#[tokio::test]
async fn a_gate_that_cannot_listen_at_a_reload_is_tried_again() {
    let home = Home::sqlite();
    let [plant, hall, yard] = [Played::start().await, Played::start().await, Played::start().await];
    let taken = listen_apart();
    let (any, listen) = ("127.0.0.1:0".parse().unwrap(), taken.local_addr().unwrap());
    let scene = Scene::new(&home, &section(plant.address, "*")).await;
    let more = listening("hall", listen, hall.address, "*") + &listening("yard", any, yard.address, "*");
    write(scene.home, &(section(plant.address, "*") + &more));
    scene.address("yard").await;
    assert!(!scene.server.gate_addresses().borrow().contains_key("hall"));
    drop(taken);
    assert_eq!(scene.address("hall").await, listen);
}
