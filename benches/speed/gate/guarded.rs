//! Jeton with a gate, in a process of its own.

use std::{fs, net::SocketAddr};

use jeton_model::binding::{ExistingData, GateIdentity, GateKind};
use jeton_service::{Client, gates::NewBinding};

use crate::common::{
    Result,
    data::{Data, Database},
    load::{Connection, Request},
    process::{Process, free_address},
    server::{First, Jeton, text},
};

/// The name of the gate, as in the shipped configurations.
const GATE: &str = "plant";
/// The key of forward auth.
pub const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef";
/// The rows of a write.
const ROWS: usize = 10;

/// A running Jeton with a gate, and a token that reads and writes one bucket.
pub struct Guarded {
    pub process: Process,
    /// The address of the gate.
    pub gate: SocketAddr,
    pub token: String,
    _data: Data,
}

impl Guarded {
    /// Starts it before a database.
    pub async fn start(database: Database, upstream: SocketAddr) -> Result<Self> {
        let (data, gate) = (Data::new(database).await?, free_address()?);
        let token = prepare(&data, upstream).await?;
        let (file, key) = (data.path().join("jeton.toml"), data.path().join("gate.key"));
        fs::write(&key, KEY)?;
        let section = format!(
            "[[gate]]\nname = \"{GATE}\"\nkind = \"victoriametrics\"\nlisten = \"{gate}\"\n\
             upstream = \"http://{upstream}\"\norg = \"acme\"\ndatabases = [\"*\"]\nmax-queries-per-token = 2000\n\
             forward-auth-key-file = \"{}\"\n",
            key.display()
        );
        fs::write(&file, section)?;
        let mut flags = data.flags();
        flags.extend([format!("--config={}", file.display()), "--trusted-proxies=127.0.0.1".to_owned()]);
        let process = Process::jeton(&flags, &data.path().join("log"))?;
        Ok(Self { process, gate, token, _data: data })
    }

    /// Returns a write of some rows.
    pub fn write(&self) -> Request {
        let authorization = self.authorization();
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", "text/plain")];
        let rows = "temp,host=gateway-17,room=hall value=21.5,humidity=40 1700000000000000000\n".repeat(ROWS);
        Request::post("/write?db=plant", &headers, &rows, 204)
    }

    /// Returns a read.
    pub fn read(&self, target: &str) -> Request {
        Request::get(target, &[("Authorization", &self.authorization())], 200)
    }

    /// Stops it.
    pub fn stop(self) -> Result<()> {
        if self.process.end("-TERM")? { Ok(()) } else { Err("Jeton with a gate did not stop well".into()) }
    }

    fn authorization(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

/// Sets up the data, and binds the bucket to the database `plant`; returns the token.
async fn prepare(data: &Data, upstream: SocketAddr) -> Result<String> {
    let jeton = Jeton::start(data).await?;
    let first = First::set_up(jeton.address).await?;
    let operator = jeton.service.caller_by_token(&first.token, Client::default()).await?;
    let gate = GateIdentity {
        name: GATE.into(),
        kind: GateKind::Victoriametrics,
        org: first.org.parse()?,
        upstream: format!("http://{upstream}").parse()?,
    };
    let bucket = first.bucket.parse()?;
    let new = NewBinding { bucket, database: "plant".into(), policy: None, existing: ExistingData::Unknown };
    jeton.service.bind_bucket(&operator, &gate, new).await?;
    let created = Connection::to(jeton.address).await?.send(&first.creation(&first.usual())).await?.json()?;
    jeton.stop().await?;
    text(&created["token"])
}
