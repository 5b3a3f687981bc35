//! A server with the gate `plant` and its forward auth, before a fake database. The buckets `a` and `b` are the
//! databases `a` and `b`.

use std::fs;

use jeton::config::ConfigFile;
use jeton_model::binding::{ExistingData, GateIdentity, GateKind};
use jeton_service::{Clock, gates::NewBinding};
use reqwest::RequestBuilder;
use serde_json::json;
use tokio::time::timeout;

use crate::{
    gate_proxy::played::{Played, WITHIN},
    home::Home,
    support::server::{First, Server, answer, permission_on, text, with_token},
};

use super::reverse_proxy::{Program, ReverseProxy};

/// The key of reverse proxies.
pub const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
/// The header with the credential of the gate, `gate:upstream-password`.
pub const CREDENTIAL: &str = "Basic Z2F0ZTp1cHN0cmVhbS1wYXNzd29yZA==";
/// The endpoint for reverse proxies that send the query string of the answer.
pub const REWRITES: &str = "/gate/plant/auth?args=rewritten";
/// The endpoint for reverse proxies that send the client's.
pub const KEEPS: &str = "/gate/plant/auth";

pub struct Scene {
    pub server: Server,
    pub first: First,
    pub database: Played,
    b: String,
}

impl Scene {
    /// Starts a server that trusts this machine as a reverse proxy, and whose gate has a credential.
    pub async fn new(home: &Home) -> Self {
        Self::with(home, GateKind::Victoriametrics, "credential-file = \"DIRECTORY/credential\"\n", true).await
    }

    /// Starts a server. `more`: further settings of the gate.
    pub async fn with(home: &Home, kind: GateKind, more: &str, trusts: bool) -> Self {
        let database = Played::start().await;
        let upstream = format!("http://{}", database.address);
        fs::write(home.path().join("key"), KEY).unwrap();
        fs::write(home.path().join("credential"), "gate:upstream-password\n").unwrap();
        let section = format!(
            "[[gate]]\nname = \"plant\"\nkind = \"{}\"\nforward-auth-key-file = \"DIRECTORY/key\"\n\
             upstream = \"{upstream}\"\norg = \"acme\"\ndatabases = [\"*\"]\n{more}",
            name(kind)
        );
        let file = home.path().join("jeton.toml");
        fs::write(&file, section.replace("DIRECTORY", home.path().to_str().unwrap())).unwrap();
        let mut config = home.config(if trusts { &["--trusted-proxies=127.0.0.1"] } else { &[] });
        config.file = Some(ConfigFile::read(&file).unwrap());
        let server = Server::start_as(home, config, Clock::System).await.unwrap();
        let first = server.set_up().await;
        let b = server.bucket(&first.token, &first.org, "b").await;
        let scene = Self { server, first, database, b };
        for (bucket, database) in [(&scene.first.bucket, "a"), (&scene.b, "b")] {
            scene.bind(kind, &upstream, bucket, database).await;
        }
        scene
    }

    /// Starts a server whose gate is for reverse proxies that keep the query string, before an InfluxDB 1.x that asks for
    /// a credential. Further probes of the database come every 10 seconds.
    pub async fn guarded(home: &Home) -> Self {
        let more = "auth = \"classify\"\ncredential-file = \"DIRECTORY/credential\"\n";
        let mut scene = Self::with(home, GateKind::Influxdb1, more, true).await;
        scene.database.next().await.answer("401 Unauthorized", "", "").await;
        let token = scene.token(&["write a"]).await;
        let ask = || answer(scene.subrequest(KEEPS, "POST /write?db=a", &token));
        // Until the answer to the probe has arrived.
        let opened = async { while ask().await.status == 503 {} };
        timeout(WITHIN, opened).await.expect("an open gate");
        scene
    }

    async fn bind(&self, kind: GateKind, upstream: &str, bucket: &str, database: &str) {
        let operator = self.server.caller(&self.first.token).await;
        let (org, upstream) = (self.first.org.parse().unwrap(), upstream.parse().unwrap());
        let gate = GateIdentity { name: "plant".into(), kind, org, upstream };
        let (bucket, database) = (bucket.parse().unwrap(), database.into());
        let new = NewBinding { bucket, database, policy: None, existing: ExistingData::Unknown };
        self.server.service.bind_bucket(&operator, &gate, new).await.unwrap();
    }

    /// Creates a token with permissions such as `write a`.
    pub async fn token(&self, permissions: &[&str]) -> String {
        let named = permissions.iter().map(|name| {
            let (action, bucket) = name.split_once(' ').unwrap();
            let id = if bucket == "a" { &self.first.bucket } else { &self.b };
            permission_on(action, "buckets", id, &self.first.org)
        });
        let named: Vec<_> = named.collect();
        text(&self.server.token(&self.first.token, &self.first.org, json!(named)).await.expect(201)["token"])
    }

    /// Returns a reverse proxy's request about a client's request such as `GET /api/v1/labels`.
    pub fn subrequest(&self, endpoint: &str, line: &str, token: &str) -> RequestBuilder {
        let (method, target) = line.split_once(' ').unwrap();
        let subrequest = self.server.request("GET", endpoint).header("x-gate-key", KEY);
        with_token(subrequest.header("x-original-method", method).header("x-original-uri", target), token)
    }

    /// Starts a reverse proxy with its shipped configuration; `None` if it is not installed.
    pub async fn reverse_proxy(&self, program: Program) -> Option<ReverseProxy> {
        ReverseProxy::start(program, self.server.address, self.database.address).await
    }
}

/// Returns the name of a kind in the configuration file.
fn name(kind: GateKind) -> &'static str {
    match kind {
        GateKind::Influxdb1 => "influxdb1",
        GateKind::Influxdb2 => "influxdb2",
        GateKind::Influxdb3 => "influxdb3",
        GateKind::Victoriametrics => "victoriametrics",
    }
}
