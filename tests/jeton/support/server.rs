//! A server in the test's own process, and a client of it.

use std::{fs, net::SocketAddr, sync::Once, time::Duration};

use jeton::{
    config::{Config, Storage},
    server::{self, Running, StartError, data_dir::ReadOnly, gates::Addresses, given_key::given_key},
};
use jeton_model::Timestamp;
use jeton_service::{Caller, Client, Clock, Service, audit::verify::check};

use crate::home::Home;
use reqwest::{Certificate, Method, RequestBuilder, header::HeaderMap, redirect::Policy};
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};

use super::certificates::fixture;

pub const NAME: &str = "alice";
pub const PASSWORD: &str = "password1";
pub const ORG: &str = "acme";
pub const BUCKET: &str = "iot";

/// A server that runs until it is stopped or dropped.
pub struct Server {
    pub address: SocketAddr,
    pub service: Service,
    pub clock: Clock,
    storage: Storage,
    http: reqwest::Client,
    running: Running,
    stop: oneshot::Sender<()>,
}

impl Server {
    pub async fn start(home: &Home) -> Self {
        Self::start_with(home, Clock::System, &[]).await
    }

    /// Starts a server with a stopped clock, which the test advances.
    pub async fn start_at_rest(home: &Home) -> Self {
        let clock = Clock::manual(Timestamp::from_micros(1_800_000_000_000_000));
        Self::start_with(home, clock, &[]).await
    }

    pub async fn start_with(home: &Home, clock: Clock, flags: &[&str]) -> Self {
        let started = Self::try_start(home, clock, flags).await;
        started.expect("a server")
    }

    pub async fn try_start(home: &Home, clock: Clock, flags: &[&str]) -> Result<Self, StartError> {
        Self::start_as(home, home.config(flags), clock).await
    }

    /// Starts a server with a configuration, such as one with gates.
    pub async fn start_as(home: &Home, config: Config, clock: Clock) -> Result<Self, StartError> {
        log_for_failures();
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async { drop(stopped.await) };
        let storage = config.storage.clone();
        let running = server::start(config, clock.clone(), until).await?;
        home.serves(&running.service);
        let (address, service) = (running.address, running.service.clone());
        let http = if running.is_encrypted { encrypted_client() } else { client() };
        Ok(Self { address, service, clock, storage, http, running, stop })
    }

    /// Stops it gracefully, as SIGTERM does, and waits.
    pub async fn stop(self) {
        drop(self.stop);
        self.running.stopped().await.expect("a quiet stop");
    }

    /// Returns the address of the listener for the metrics, if they have their own.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.running.metrics_address
    }

    /// Returns the address of the listener that redirects to https, if there is one.
    pub fn redirect_address(&self) -> Option<SocketAddr> {
        self.running.redirect_address
    }

    /// Returns the addresses of the gates, as they are after each reload.
    pub fn gate_addresses(&self) -> watch::Receiver<Addresses> {
        self.running.gate_addresses()
    }

    /// Verifies the whole audit log, as `jeton audit verify` does beside a running server. Returns the number of the
    /// last entry in order, and whether there is no fault.
    pub async fn check_audit_log(&self) -> (i64, bool) {
        let Storage { data, database_url, audit_key, audit_key_file } = &self.storage;
        let given = given_key(audit_key.as_ref(), audit_key_file.as_ref()).expect("a key");
        let opened = ReadOnly::open(data, database_url.as_ref(), given.as_ref()).await;
        let ReadOnly { store, audit_key } = opened.expect("the data");
        let checked = check(&store, &audit_key, &[]).await.expect("a log");
        store.close().await;
        (checked.last.seq, checked.fault.is_none())
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method: Method = method.parse().expect("a method");
        let scheme = if self.running.is_encrypted { "https" } else { "http" };
        self.http.request(method, format!("{scheme}://{}{path}", self.address))
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        answer(with_token(self.request("GET", path), token)).await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        answer(with_token(self.request("POST", path), token).json(&body)).await
    }

    pub async fn patch(&self, path: &str, token: &str, body: Value) -> Answer {
        answer(with_token(self.request("PATCH", path), token).json(&body)).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> Answer {
        answer(with_token(self.request("DELETE", path), token)).await
    }

    /// Signs in through the API; a successful response sets the cookie.
    pub async fn sign_in(&self, name: &str, password: &str) -> Answer {
        let request = self.request("POST", "/api/v2/signin");
        answer(request.basic_auth(name, Some(password))).await
    }

    /// `GET /api/v2/me` with a session's cookie.
    pub async fn me(&self, cookie: &str) -> Answer {
        answer(self.request("GET", "/api/v2/me").header("cookie", cookie)).await
    }

    /// Sets up the first user, organization and bucket.
    pub async fn set_up(&self) -> First {
        let done = self.post("/api/v2/setup", "", set_up_body()).await.expect(201);
        First {
            token: text(&done["auth"]["token"]),
            authorization: text(&done["auth"]["id"]),
            user: text(&done["user"]["id"]),
            org: text(&done["org"]["id"]),
            bucket: text(&done["bucket"]["id"]),
        }
    }

    /// Returns the caller with this token, for operations of the service.
    pub async fn caller(&self, token: &str) -> Caller {
        let caller = self.service.caller_by_token(token, Client::default()).await;
        caller.expect("a live token")
    }

    /// Creates a token; returns the API's response.
    pub async fn token(&self, creator: &str, org: &str, permissions: Value) -> Answer {
        let body = json!({"orgID": org, "permissions": permissions});
        self.post("/api/v2/authorizations", creator, body).await
    }

    pub async fn user(&self, token: &str, name: &str) -> String {
        let answer = self.post("/api/v2/users", token, json!({"name": name})).await;
        text(&answer.expect(201)["id"])
    }

    /// Creates a user who can sign in with [`PASSWORD`].
    pub async fn user_with_password(&self, token: &str, name: &str) -> String {
        let user = self.user(token, name).await;
        let path = format!("/api/v2/users/{user}/password");
        self.post(&path, token, json!({"password": PASSWORD})).await.expect(204);
        user
    }

    pub async fn org(&self, token: &str, name: &str) -> String {
        let answer = self.post("/api/v2/orgs", token, json!({"name": name})).await;
        text(&answer.expect(201)["id"])
    }

    pub async fn bucket(&self, token: &str, org: &str, name: &str) -> String {
        let body = json!({"orgID": org, "name": name});
        text(&self.post("/api/v2/buckets", token, body).await.expect(201)["id"])
    }
}

/// The first user, organization, bucket and token.
pub struct First {
    pub token: String,
    pub authorization: String,
    pub user: String,
    pub org: String,
    pub bucket: String,
}

pub fn set_up_body() -> Value {
    json!({"username": NAME, "password": PASSWORD, "org": ORG, "bucket": BUCKET})
}

pub fn permission(action: &str, kind: &str) -> Value {
    json!({"action": action, "resource": {"type": kind}})
}

pub fn permission_in(action: &str, kind: &str, org: &str) -> Value {
    json!({"action": action, "resource": {"type": kind, "orgID": org}})
}

pub fn permission_on(action: &str, kind: &str, id: &str, org: &str) -> Value {
    json!({"action": action, "resource": {"type": kind, "id": id, "orgID": org}})
}

/// Logs the server's warnings, which are printed with a failed test: a response of 500 says no more than "check server
/// logs".
fn log_for_failures() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_test_writer().init());
}

/// Returns a client without TLS: reading the certificates that the machine trusts takes longer than many a test.
pub fn client() -> reqwest::Client {
    client_that_trusts(&[])
}

/// Returns a client of a server with a certificate of the tests.
pub fn encrypted_client() -> reqwest::Client {
    client_that_trusts(&["first.crt", "second.crt"])
}

fn client_that_trusts(certificates: &[&str]) -> reqwest::Client {
    jeton_client::http::use_ring();
    let read = |name: &&str| Certificate::from_pem(&fs::read(fixture(name)).expect("a file")).expect("a certificate");
    let certificates: Vec<Certificate> = certificates.iter().map(read).collect();
    let builder = reqwest::Client::builder().no_proxy().redirect(Policy::none()).tls_certs_only(certificates);
    let built = builder.timeout(Duration::from_secs(30)).build();
    built.expect("a client")
}

pub fn with_token(request: RequestBuilder, token: &str) -> RequestBuilder {
    if token.is_empty() {
        return request;
    }
    request.header("authorization", format!("Token {token}"))
}

/// A response.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.expect("a whole answer");
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Answer { status, headers, body }
}

impl Answer {
    /// Checks the status and returns the body, parsed as JSON; null if there is none.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Checks the status and returns the error's message.
    #[track_caller]
    pub fn refused(self, status: u16) -> String {
        text(&self.expect(status)["message"])
    }

    /// Returns a header; empty if it is missing.
    pub fn header(&self, name: &str) -> String {
        let value = self.headers.get(name);
        value.map_or_else(String::new, |value| value.to_str().expect("a header of text").into())
    }

    /// Returns the cookie that a sign-in sets, as a browser sends it back.
    #[track_caller]
    pub fn cookie(&self) -> String {
        assert_eq!(self.status, 204, "{}", self.body);
        let header = self.header("set-cookie");
        header.split(';').next().unwrap_or_default().into()
    }
}

#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}")).into()
}

/// Returns one member of each item.
pub fn members(items: &Value, name: &str) -> Vec<String> {
    let items = items.as_array().expect("a list");
    items.iter().map(|item| text(&item[name])).collect()
}
