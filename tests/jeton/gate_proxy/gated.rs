//! A gate before a database, with the buckets `a` and `b`, which are the databases `a` and `b`.

use std::{
    collections::BTreeMap,
    future::pending,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use jeton_gate::{Binding, Directory, Kind, Settings};
use jeton_model::BucketId;
use jeton_proxy::{
    Auth, Directories, DirectoryFuture, Encryption, GateConfig, Limits, Mode, ProxyGate, ServerContext, serve,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{
    home::Home,
    support::server::{Answer, First, ORG, Server, answer, client, permission_on, text, with_token},
};

use super::played::{Played, WITHIN};

/// A gate that runs until it is stopped or dropped.
pub struct Gated {
    pub server: Server,
    pub first: First,
    pub gate: ProxyGate,
    pub address: SocketAddr,
    http: reqwest::Client,
    buckets: BTreeMap<&'static str, String>,
    bindings: Arc<Bindings>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Starts a gate of VictoriaMetrics before a database that the test plays, with a changed configuration. The data are
/// kept until the first value is dropped.
pub async fn before_played(change: impl FnOnce(&mut GateConfig)) -> (Home, Played, Gated) {
    let (home, database) = (Home::sqlite(), Played::start().await);
    let gated = Gated::with(&home, Kind::Victoriametrics, database.address, change).await;
    (home, database, gated)
}

/// The password of 1.x credentials.
pub const V1_PASSWORD: &str = "password-of-1.x";

/// Creates a 1.x credential with further members and [`V1_PASSWORD`]; returns the path of its record.
pub async fn v1_credential(server: &Server, operator: &str, username: &str, mut members: Value) -> String {
    members["token"] = json!(username);
    let created = server.post("/private/legacy/authorizations", operator, members).await.expect(201);
    let path = format!("/private/legacy/authorizations/{}", text(&created["id"]));
    set_v1_password(server, operator, &path, V1_PASSWORD).await;
    path
}

/// Sets the password of the 1.x credential with this path.
pub async fn set_v1_password(server: &Server, operator: &str, path: &str, password: &str) {
    server.post(&format!("{path}/password"), operator, json!({"password": password})).await.expect(204);
}

/// A token, with the id of its authorization.
pub struct Token {
    pub secret: String,
    pub id: String,
}

/// The bindings, as they are until a test changes them.
struct Bindings {
    directory: Mutex<Arc<Directory>>,
    hangs: AtomicBool,
}

impl Directories for Bindings {
    fn directory(&self) -> DirectoryFuture<'_> {
        Box::pin(async {
            if self.hangs.load(Ordering::SeqCst) {
                pending::<()>().await;
            }
            Ok(self.directory.lock().unwrap().clone())
        })
    }
}

impl Gated {
    pub async fn new(home: &Home, kind: Kind, upstream: SocketAddr) -> Self {
        Self::with(home, kind, upstream, |_| {}).await
    }

    /// Starts a gate whose configuration is changed before.
    pub async fn with(home: &Home, kind: Kind, upstream: SocketAddr, change: impl FnOnce(&mut GateConfig)) -> Self {
        Self::on(Server::start(home).await, kind, upstream, change).await
    }

    /// Starts a gate of a server.
    pub async fn on(server: Server, kind: Kind, upstream: SocketAddr, change: impl FnOnce(&mut GateConfig)) -> Self {
        Self::with_buckets(server, kind, upstream, &["a", "b"], change).await
    }

    /// Starts a gate with other buckets, which are the databases of these names.
    pub async fn with_buckets(
        server: Server,
        kind: Kind,
        upstream: SocketAddr,
        names: &[&'static str],
        change: impl FnOnce(&mut GateConfig),
    ) -> Self {
        Self::begin(server, kind, upstream, names, None, change).await
    }

    /// Starts a gate of VictoriaMetrics with TLS.
    pub async fn encrypted(
        home: &Home,
        upstream: SocketAddr,
        encryption: Arc<dyn Encryption>,
        change: impl FnOnce(&mut GateConfig),
    ) -> Self {
        let (server, names) = (Server::start(home).await, &["a", "b"]);
        Self::begin(server, Kind::Victoriametrics, upstream, names, Some(encryption), change).await
    }

    async fn begin(
        server: Server,
        kind: Kind,
        upstream: SocketAddr,
        names: &[&'static str],
        encryption: Option<Arc<dyn Encryption>>,
        change: impl FnOnce(&mut GateConfig),
    ) -> Self {
        let first = server.set_up().await;
        let mut buckets = BTreeMap::new();
        for &name in names {
            buckets.insert(name, server.bucket(&first.token, &first.org, name).await);
        }
        let mut config = config(kind, upstream);
        change(&mut config);
        let bindings = Arc::new(directory(&first, &buckets));
        let bindings = Arc::new(Bindings { directory: Mutex::new(bindings), hangs: AtomicBool::new(false) });
        let service = server.service.clone();
        let context =
            ServerContext { service, directories: bindings.clone(), instance: None, encryption, influxdb2: None };
        let gate = ProxyGate::within(&config, context, None).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(serve(listener, gate.clone(), async { drop(stopped.await) }, WITHIN));
        Self { server, first, gate, address, http: client(), buckets, bindings, stop, task }
    }

    /// Suspends a bucket.
    pub fn suspend(&self, bucket: &str) {
        let bucket: BucketId = self.buckets[bucket].parse().unwrap();
        let mut directory = self.bindings.directory.lock().unwrap();
        *directory = Arc::new(Directory::clone(&directory).suspended(&[bucket]));
    }

    /// Leaves the gate without the binding of a bucket.
    pub fn unbind(&self, bucket: &str) {
        let mut left = self.buckets.clone();
        left.remove(bucket);
        *self.bindings.directory.lock().unwrap() = Arc::new(directory(&self.first, &left));
    }

    /// Makes the bindings unreadable: requests for them get no answer.
    pub fn hang(&self) {
        self.bindings.hangs.store(true, Ordering::SeqCst);
    }

    /// Stops the gate gracefully; the task ends when the running exchanges have.
    pub fn stop(self) -> JoinHandle<()> {
        drop(self.stop);
        self.task
    }

    /// Creates a token with permissions such as `write a`.
    pub async fn token(&self, permissions: &[&str]) -> Token {
        let named: Vec<Value> = permissions.iter().map(|name| self.permission(name)).collect();
        let created = self.server.token(&self.first.token, &self.first.org, json!(named)).await.expect(201);
        Token { secret: text(&created["token"]), id: text(&created["id"]) }
    }

    /// Creates a 1.x credential with permissions such as `write a`, further members and [`V1_PASSWORD`]; returns the path
    /// of its record.
    pub async fn v1(&self, username: &str, permissions: &[&str], mut members: Value) -> String {
        let named: Vec<Value> = permissions.iter().map(|name| self.permission(name)).collect();
        members["orgID"] = json!(self.first.org);
        members["permissions"] = json!(named);
        v1_credential(&self.server, &self.first.token, username, members).await
    }

    pub async fn set_v1_password(&self, path: &str, password: &str) {
        set_v1_password(&self.server, &self.first.token, path, password).await;
    }

    /// Returns the id of a bucket.
    pub fn bucket(&self, name: &str) -> &str {
        &self.buckets[name]
    }

    fn permission(&self, name: &str) -> Value {
        let (action, bucket) = name.split_once(' ').unwrap();
        permission_on(action, "buckets", &self.buckets[bucket], &self.first.org)
    }

    pub async fn revoke(&self, token: &Token) {
        self.server.delete(&format!("/api/v2/authorizations/{}", token.id), &self.first.token).await.expect(204);
    }

    /// Returns a request of the gate, such as `GET /api/v1/labels`.
    pub fn request(&self, line: &str, token: &str) -> RequestBuilder {
        let (method, target) = line.split_once(' ').unwrap();
        let method: Method = method.parse().unwrap();
        with_token(self.http.request(method, format!("http://{}{target}", self.address)), token)
    }

    pub async fn get(&self, target: &str, token: &str) -> Answer {
        answer(self.request(&format!("GET {target}"), token)).await
    }

    pub async fn post(&self, target: &str, token: &str, body: &str) -> Answer {
        answer(self.request(&format!("POST {target}"), token).body(body.to_owned())).await
    }

    pub async fn form(&self, target: &str, token: &str, body: &str) -> Answer {
        let request = self.request(&format!("POST {target}"), token);
        answer(request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned())).await
    }
}

fn config(kind: Kind, upstream: SocketAddr) -> GateConfig {
    GateConfig {
        name: "plant".into(),
        kind,
        listen: None,
        forward_auth_key: None,
        upstream: format!("http://{upstream}"),
        upstream_ca: None,
        credential: None,
        shared_secret: None,
        mode: Mode::Enforce,
        auth: Auth::Classify,
        settings: Settings::default(),
        limits: Limits::default(),
    }
}

fn directory(first: &First, buckets: &BTreeMap<&'static str, String>) -> Directory {
    let binding = |(name, id): (&&'static str, &String)| Binding {
        bucket: id.parse().unwrap(),
        name: (*name).into(),
        database: (*name).into(),
        policy: None,
        suspended: false,
    };
    Directory::of_bindings(first.org.parse().unwrap(), ORG, buckets.iter().map(binding).collect(), BTreeMap::new())
}
