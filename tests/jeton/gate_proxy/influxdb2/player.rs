//! A fake influxd that replays recorded answers by request and permissions, and stores authorizations.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{Router, body::to_bytes, extract::Request, http::StatusCode, response::Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::influxd::orgs_and_buckets;

use super::recording::{Names, Step, steps, trees};

/// The credential of the gate.
pub const CREDENTIAL: &str = "gate-token";

/// A running player.
pub struct Player {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
}

/// The state of the player, with the received requests.
pub struct State {
    names: Names,
    data: Vec<Step>,
    trees: BTreeMap<String, String>,
    created: u64,
    /// The organizations, in influxd's JSON.
    pub orgs: Vec<Value>,
    /// Their buckets, in influxd's JSON.
    pub buckets: Vec<Value>,
    /// The authorizations that the gate created, by id.
    pub authorizations: BTreeMap<String, Authorization>,
    /// The requests, in their order.
    pub seen: Vec<Seen>,
    /// Path prefixes of requests that are refused, with the status.
    pub refuses: Option<(&'static str, u16)>,
    /// False if requests without a credential are answered.
    pub asks: bool,
    /// True if the next authorization is created without a successful answer.
    pub loses_answer: bool,
}

/// An authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    pub description: String,
    /// Actions on ids of buckets.
    pub permissions: BTreeSet<(String, String)>,
    pub status: &'static str,
}

/// A request that the player received.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// Status, content type and body.
type Answer = (u16, String, String);

impl Player {
    pub async fn start(names: &Names) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (orgs, buckets) = orgs_and_buckets();
        let state = Arc::new(Mutex::new(State {
            names: names.clone(),
            data: steps("influxdb2-query", names, &["flux.", "influxql."]),
            trees: trees(names),
            created: 0,
            orgs,
            buckets,
            authorizations: BTreeMap::new(),
            seen: Vec::new(),
            refuses: None,
            asks: true,
            loses_answer: false,
        }));
        let player = state.clone();
        let app = Router::new().fallback(move |request: Request| answer(player.clone(), request));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, state }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Returns the requests since the last call, without the gate's own.
    pub fn data_requests(&self) -> Vec<Seen> {
        let own = |seen: &Seen| {
            seen.path.starts_with("/api/v2/authorizations")
                || ["/api/v2/query/ast", "/api/v2/buckets"].contains(&&*seen.path)
        };
        std::mem::take(&mut self.state().seen).into_iter().filter(|seen| !own(seen)).collect()
    }

    /// Returns the number of requests so far with a method and a path.
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.state().seen.iter().filter(|seen| seen.method == method && seen.path == path).count()
    }
}

async fn answer(state: Arc<Mutex<State>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().into(),
        query: parts.uri.query().unwrap_or_default().into(),
        headers: parts.headers.iter().map(header).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let (status, content_type, body) = state.lock().unwrap().answer(seen);
    let response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    response.header("content-type", content_type).body(body.into()).unwrap()
}

fn error(status: u16, message: &str) -> Answer {
    let code = match status {
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not found",
        _ => "internal error",
    };
    (status, "application/json; charset=utf-8".into(), json!({ "code": code, "message": message }).to_string())
}

fn answered(status: u16, body: &Value) -> Answer {
    (status, "application/json; charset=utf-8".into(), body.to_string())
}

fn empty(status: u16) -> Answer {
    (status, "text/plain".into(), String::new())
}

/// The sender of a request, by its credential.
enum Caller {
    Gate,
    Shadow(BTreeSet<(String, String)>),
}

impl State {
    fn answer(&mut self, seen: Seen) -> Answer {
        self.seen.push(seen.clone());
        let (method, path) = (seen.method.as_str(), seen.path.as_str());
        if !self.asks {
            return empty(200);
        }
        if ["/ping", "/health", "/ready"].contains(&path) {
            return empty(204);
        }
        let Some(caller) = self.caller(&seen) else { return error(401, "unauthorized access") };
        if let Some((_, status)) = self.refuses.filter(|(refused, _)| path.starts_with(refused)) {
            return error(status, "refused");
        }
        match (method, path, caller) {
            (_, path, Caller::Gate) if path.starts_with("/api/v2/authorizations") => self.authorization(&seen),
            ("GET", "/api/v2/orgs", Caller::Gate) => page("orgs", &self.orgs, &seen.query),
            ("GET", "/api/v2/buckets", Caller::Gate) => self.buckets(&seen.query),
            ("POST", "/api/v2/query/ast", Caller::Gate) => self.tree(&seen),
            ("POST", "/api/v2/query", Caller::Shadow(rights)) => self.recorded(&seen, &rights),
            ("GET" | "POST", "/query", Caller::Shadow(rights)) => self.recorded(&seen, &rights),
            ("POST", "/api/v2/write", Caller::Shadow(rights)) => self.write(&seen, &rights),
            (_, "/api/v2/tasks", Caller::Gate) => answered(200, &json!({ "tasks": [] })),
            (method, path, _) => error(500, &format!("not for this caller: {method} {path}")),
        }
    }

    /// Lists the buckets of an organization: none of an unknown one.
    fn buckets(&self, query: &str) -> Answer {
        let org = parameters(query).remove("orgID").unwrap();
        let here: Vec<Value> = self.buckets.iter().filter(|bucket| bucket["orgID"] == org).cloned().collect();
        page("buckets", &here, query)
    }

    fn caller(&self, seen: &Seen) -> Option<Caller> {
        let header = seen.headers.get("authorization")?;
        if header.strip_prefix("Bearer ") == Some(CREDENTIAL) {
            return Some(Caller::Gate);
        }
        let authorization = self.authorizations.get(header.strip_prefix("Token value-of-")?)?;
        (authorization.status == "active").then(|| Caller::Shadow(authorization.permissions.clone()))
    }

    fn authorization(&mut self, seen: &Seen) -> Answer {
        let id = seen.path.rsplit('/').next().unwrap().to_owned();
        match (seen.method.as_str(), id.as_str()) {
            ("POST", "authorizations") => self.create(&seen.body),
            ("GET", "authorizations") => {
                let list = |(id, one): (&String, &Authorization)| json!({ "id": id, "description": one.description });
                answered(200, &json!({ "authorizations": self.authorizations.iter().map(list).collect::<Vec<_>>() }))
            }
            ("GET", id) => match self.authorizations.get(id) {
                Some(one) => answered(200, &json!({ "id": id, "status": one.status })),
                None => error(404, "authorization not found"),
            },
            ("DELETE", id) => match self.authorizations.remove(id) {
                Some(_) => empty(204),
                None => error(404, "authorization not found"),
            },
            _ => error(405, "method"),
        }
    }

    /// Creates an authorization; only permissions on named buckets of the organization are accepted.
    fn create(&mut self, body: &str) -> Answer {
        let body: Value = serde_json::from_str(body).unwrap();
        let org = self.names.of("O");
        let mut permissions = BTreeSet::new();
        for permission in body["permissions"].as_array().unwrap() {
            let (action, resource) = (&permission["action"], &permission["resource"]);
            let (Some(action), Some(id)) = (action.as_str(), resource["id"].as_str()) else {
                return error(500, "a permission without a bucket");
            };
            if resource["type"] != "buckets" || resource["orgID"] != org || body["orgID"] != org {
                return error(500, "a permission on something else");
            }
            permissions.insert((action.to_owned(), id.to_owned()));
        }
        self.created += 1;
        let id = format!("{:016x}", 0xa000 + self.created);
        let description = body["description"].as_str().unwrap().to_owned();
        self.authorizations.insert(id.clone(), Authorization { description, permissions, status: "active" });
        if std::mem::take(&mut self.loses_answer) {
            return error(500, "lost");
        }
        answered(201, &json!({ "id": id, "token": format!("value-of-{id}"), "status": "active" }))
    }

    fn tree(&self, seen: &Seen) -> Answer {
        let body: Value = serde_json::from_str(&seen.body).unwrap();
        let text = body["query"].as_str().unwrap();
        match self.trees.get(text) {
            Some(tree) if tree.starts_with("{\"code\"") => (400, "application/json".into(), tree.clone()),
            Some(tree) => (200, "application/json".into(), tree.clone()),
            None => error(500, "this text has no recorded tree"),
        }
    }

    /// Returns the recorded answer for a token with these permissions. Queries match by their text, in any dialect.
    fn recorded(&self, seen: &Seen, rights: &BTreeSet<(String, String)>) -> Answer {
        let text = text(&seen.path, &seen.query, &seen.body);
        let is_same = |step: &&Step| {
            let (path, query) = step.target.split_once('?').unwrap_or((step.target.as_str(), ""));
            let token = step.token().map(|token| self.rights(token));
            path == seen.path && token.as_ref() == Some(rights) && self::text(path, query, &step.body) == text
        };
        match self.data.iter().find(is_same) {
            Some(step) => (step.status, step.content_type.clone(), step.answer.clone()),
            None => error(500, &format!("not recorded for {rights:?}: {text:?}")),
        }
    }

    /// Returns the permissions of the token with this value.
    fn rights(&self, token: &str) -> BTreeSet<(String, String)> {
        let on = |action: &str, bucket: &str| (action.to_owned(), self.names.of(bucket).to_owned());
        let name = self.names.0.iter().find(|(name, value)| name.starts_with("V_") && *value == token);
        match name.map(|(name, _)| name.as_str()) {
            Some("V_w1") => [on("write", "B")].into(),
            Some("V_r1") => [on("read", "B")].into(),
            Some("V_rw1") => [on("read", "B"), on("write", "B")].into(),
            Some("V_r1w2") => [on("read", "B"), on("write", "B2")].into(),
            _ => BTreeSet::new(),
        }
    }

    fn write(&self, seen: &Seen, rights: &BTreeSet<(String, String)>) -> Answer {
        let parameters = parameters(&seen.query);
        let is_here = parameters.get("orgID").is_some_and(|org| org == self.names.of("O"));
        let bucket = parameters.get("bucket").cloned().unwrap_or_default();
        if is_here && rights.contains(&("write".to_owned(), bucket)) {
            empty(204)
        } else {
            error(403, "insufficient permissions for write")
        }
    }
}

/// Returns a page of a list. Without the links, which nobody reads.
fn page(member: &str, items: &[Value], query: &str) -> Answer {
    let parameters = parameters(query);
    let number = |name: &str, usual| parameters.get(name).map_or(usual, |text| text.parse::<usize>().unwrap());
    let (limit, offset) = (number("limit", 20), number("offset", 0));
    assert!((1..=100).contains(&limit), "limit must be between 1 and 100");
    let page: Vec<&Value> = items.iter().skip(offset).take(limit).collect();
    answered(200, &json!({ member: page }))
}

fn parameters(query: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Returns the database and the text of a query: Flux in JSON or as itself, InfluxQL in the URL or a form.
fn text(path: &str, query: &str, body: &str) -> (Option<String>, Option<String>) {
    if path == "/api/v2/query" {
        let json = serde_json::from_str::<Value>(body).ok();
        let text = json.and_then(|json| json["query"].as_str().map(str::to_owned));
        return (None, Some(text.unwrap_or_else(|| body.to_owned())));
    }
    let mut parameters = parameters(query);
    parameters.extend(self::parameters(body));
    (parameters.remove("db"), parameters.remove("q"))
}
