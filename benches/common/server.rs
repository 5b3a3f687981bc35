//! A Jeton in this process, set up.

use std::net::{Ipv4Addr, SocketAddr};

use jeton::server::{self, Running};
use jeton_service::{Clock, Service};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{
    Result,
    data::Data,
    load::{Connection, Request},
};

/// A server that runs until it is stopped.
pub struct Jeton {
    /// The address.
    pub address: SocketAddr,
    /// Its service.
    pub service: Service,
    running: Running,
    stop: oneshot::Sender<()>,
}

impl Jeton {
    /// Starts a server.
    pub async fn start(data: &Data) -> Result<Self> {
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async { drop(stopped.await) };
        let running = server::start(data.config()?, Clock::System, until).await?;
        Ok(Self { address: running.address, service: running.service.clone(), running, stop })
    }

    /// Stops the server gracefully.
    pub async fn stop(self) -> Result<()> {
        drop(self.stop);
        drop(self.service);
        Ok(self.running.stopped().await?)
    }
}

/// The first user, organization and bucket of a server, and the operator token.
#[derive(Clone, Debug)]
pub struct First {
    /// The operator token.
    pub token: String,
    /// The organization.
    pub org: String,
    /// The bucket.
    pub bucket: String,
}

/// Name and password of the first user.
const SIGN_IN: &str = "username=alice&password=password1";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("Content-Type", "application/json");

impl First {
    /// Sets up a server, of Jeton or of InfluxDB.
    pub async fn set_up(address: SocketAddr) -> Result<Self> {
        let body = json!({"username": "alice", "password": "password1", "org": "acme", "bucket": "iot"});
        let request = Request::post("/api/v2/setup", &[JSON], &body.to_string(), 201);
        let done = Connection::to(address).await?.send(&request).await?.json()?;
        Ok(Self {
            token: text(&done["auth"]["token"])?,
            org: text(&done["org"]["id"])?,
            bucket: text(&done["bucket"]["id"])?,
        })
    }

    /// Returns the value of the header `Authorization`.
    pub fn authorization(&self) -> String {
        format!("Token {}", self.token)
    }

    /// Returns the check of the token.
    pub fn check(&self) -> Request {
        Request::get("/api/v2/me", &[("Authorization", &self.authorization())], 200)
    }

    /// Returns the introspection of a token.
    pub fn introspection(&self, token: &str) -> Request {
        let authorization = self.authorization();
        let headers = [("Authorization", authorization.as_str()), FORM];
        Request::post("/api/v2/tokens/introspect", &headers, &format!("token={token}"), 200)
    }

    /// Returns the creation of a token.
    pub fn creation(&self, permissions: &Value) -> Request {
        let body = json!({"orgID": self.org, "description": "gateway", "permissions": permissions});
        let authorization = self.authorization();
        let headers = [("Authorization", authorization.as_str()), JSON];
        Request::post("/api/v2/authorizations", &headers, &body.to_string(), 201)
    }

    /// Returns the use of a token with the usual permissions, whose responses must have this status.
    pub fn usage(&self, token: &str, status: u16) -> Request {
        let path = format!("/api/v2/buckets/{}", self.bucket);
        Request::get(&path, &[("Authorization", &format!("Token {token}"))], status)
    }

    /// Returns the same use, from an address that a trusted proxy reports.
    pub fn usage_from(&self, token: &str, address: Ipv4Addr, status: u16) -> Request {
        let path = format!("/api/v2/buckets/{}", self.bucket);
        let (token, address) = (format!("Token {token}"), address.to_string());
        Request::get(&path, &[("Authorization", &token), ("X-Forwarded-For", &address)], status)
    }

    /// Returns the deletion of an authorization.
    pub fn deletion(&self, id: &str) -> Request {
        let authorization = self.authorization();
        let path = format!("/api/v2/authorizations/{id}");
        Request::new("DELETE", &path, &[("Authorization", &authorization)], "", 204)
    }

    /// Returns the permissions of a usual token: it reads and writes one bucket.
    pub fn usual(&self) -> Value {
        let resource = json!({"type": "buckets", "id": self.bucket, "orgID": self.org});
        let one = |action: &str| json!({"action": action, "resource": resource});
        json!([one("read"), one("write")])
    }

    /// Signs in to the console; returns the header with the session's cookie.
    pub async fn sign_in(&self, address: SocketAddr) -> Result<String> {
        let request = Request::post("/sign-in", &[FORM], SIGN_IN, 303);
        let answer = Connection::to(address).await?.send(&request).await?;
        let cookie = answer.head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("set-cookie").then(|| value.trim())
        });
        let cookie = cookie.ok_or("signing in set no cookie")?;
        Ok(cookie.split(';').next().unwrap_or_default().to_owned())
    }

    /// Returns the request for a page of the token list.
    pub fn page(&self, cookie: &str, query: &str) -> Request {
        let path = format!("/orgs/{}/load-data/tokens{query}", self.org);
        Request::get(&path, &[("Cookie", cookie)], 200)
    }
}

/// Returns a member of JSON that must be a text.
pub fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().ok_or("a text is missing in a response")?.to_owned())
}
