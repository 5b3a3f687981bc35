//! A mock of influxd v2 that replays recordings of a real one (`tests/wire`), for tests of clients.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::compare::{Captured, fill};

/// The operator token of the recorded server.
pub const OPERATOR: &str = "op-token";
/// A token of alice's that writes `b1` and reads tasks, in influxd's own format.
pub const WRITER: &str = "A9Ovdl8SmP-rfp8wQ2vJoPUsZoQQJ3EochD88SlJcgrcLw4HBwgUqpSHQxc9N9Drg0_aY6Lp1jutBRcKhbV7aQ==";
/// An inactive token of bob's.
pub const SWITCHED_OFF: &str = "bobs-token";

/// The ids in the recordings.
pub mod ids {
    pub const ORG: &str = "48c88459ee424a04";
    pub const ALICE: &str = "08371db1dd8c8000";
    pub const BOB: &str = "08371db1dd8c8001";
    pub const BUCKET: &str = "dd7cd2292f6e974a";
    pub const DBRP: &str = "08371db24dcc8010";
    pub const TELEGRAF: &str = "08371db24dcc8020";
    pub const OPERATOR: &str = "08371db24dcc8000";
    pub const WRITER: &str = "08371db24dcc8001";
    pub const SWITCHED_OFF: &str = "08371db24dcc8002";
    pub const CREDENTIAL: &str = "08371db24dcc8003";
}

/// The key-value store of a real influxd 2.9.1; the `.md` beside it describes it.
pub const STORE: &[u8] = include_bytes!("../../../crates/bolt/tests/data/influxd-2.9.1.kv");
/// The path of the backup that contains it.
const BACKUP: &str = "/api/v2/backup/metadata";

/// Responses by path.
type Answers = HashMap<String, Value>;

/// A server that runs until the end of the test.
pub struct Influxd {
    pub address: SocketAddr,
    answers: Arc<Mutex<Answers>>,
}

impl Influxd {
    /// Starts an influxd 2.7, whose lists contain tokens.
    pub async fn with_tokens_in_clear() -> Self {
        let influxd = Self::with_hidden_tokens().await;
        for (at, token) in [OPERATOR, WRITER, SWITCHED_OFF].into_iter().enumerate() {
            influxd.change("/api/v2/authorizations", |answer| answer["authorizations"][at]["token"] = token.into());
        }
        influxd
    }

    /// Starts an influxd 2.9, as recorded.
    pub async fn with_hidden_tokens() -> Self {
        let answers = Arc::new(Mutex::new(recorded()));
        let app = Router::new().fallback(answer).with_state(Arc::clone(&answers));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async { axum::serve(listener, app).await });
        Self { address, answers }
    }

    /// Starts an influxd 2.9 that answers its backup, too. The backup is of another server than the lists.
    pub async fn with_backup() -> Self {
        let influxd = Self::with_hidden_tokens().await;
        influxd.answers.lock().expect("answers").insert(BACKUP.into(), Value::Null);
        influxd
    }

    /// Changes a response from now on.
    pub fn change(&self, path: &str, change: impl FnOnce(&mut Value)) {
        let mut answers = self.answers.lock().expect("answers");
        change(answers.get_mut(path).unwrap_or_else(|| panic!("nothing is recorded for {path}")));
    }

    /// Removes the response of a path.
    pub fn forget(&self, path: &str) {
        self.answers.lock().expect("answers").remove(path);
    }
}

async fn answer(
    State(answers): State<Arc<Mutex<Answers>>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match token.strip_prefix("Token ") {
        Some(OPERATOR) => {}
        Some(WRITER) if uri.path() == "/api/v2/config" => {
            let message = "access to /api/v2/config requires operator permissions";
            return refusal(StatusCode::UNAUTHORIZED, "unauthorized", message);
        }
        _ => return refusal(StatusCode::UNAUTHORIZED, "unauthorized", "unauthorized access"),
    }
    let found = answers.lock().expect("answers").get(uri.path()).cloned();
    let Some(mut found) = found else {
        return refusal(StatusCode::NOT_FOUND, "not found", "path not found");
    };
    if uri.path() == BACKUP {
        return backup();
    }
    // Of the lists that are recorded whole, these three have pages.
    if let Some(list) = ["/api/v2/orgs", "/api/v2/users", "/api/v2/buckets"].iter().find(|path| **path == uri.path()) {
        let number = |name: &str, usual| query.get(name).map_or(usual, |text| text.parse().expect("a number"));
        let (limit, offset): (usize, usize) = (number("limit", 20), number("offset", 0));
        assert!((1..=100).contains(&limit), "limit must be between 1 and 100");
        let items = &mut found[list.trim_start_matches("/api/v2/")];
        let page = items.as_array().expect("a list").iter().skip(offset).take(limit).cloned().collect();
        *items = page;
    }
    Json(found).into_response()
}

/// Returns the backup as influxd writes it (`http/backup_service.go`).
fn backup() -> Response {
    let boundary = "8c3a5f0e9d7b41c2a6e8f0b1d2c3e4f5a6b7c8d9e0f1a2b3c4d5e6f708";
    let part = |name: &str, content: &[u8]| {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: attachment; name=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        [head.as_bytes(), content, b"\r\n"].concat()
    };
    let parts = [part("kv", STORE), part("sql", b"SQLite format 3"), part("buckets", b"[]")].concat();
    let body = [parts, format!("--{boundary}--\r\n").into_bytes()].concat();
    ([(CONTENT_TYPE, format!("multipart/mixed; boundary={boundary}"))], body).into_response()
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"code": code, "message": message}))).into_response()
}

/// Returns the recorded organizations and buckets.
pub fn orgs_and_buckets() -> (Vec<Value>, Vec<Value>) {
    let mut answers = recorded();
    let mut list = |member: &str| match answers.remove(&format!("/api/v2/{member}")) {
        Some(mut answer) => answer[member].as_array_mut().map(std::mem::take).expect("a list"),
        None => panic!("{member} are recorded"),
    };
    (list("orgs"), list("buckets"))
}

/// Returns the recorded responses of a server with alice, who set it up, and bob, who is a member.
fn recorded() -> Answers {
    let mut users = step("users", "list");
    append(&mut users["users"], step("users", "list.by-name")["users"].take());
    let mut buckets = step("buckets", "list.org");
    for (at, id) in ["dd7cd2292f6e9748", "dd7cd2292f6e9749"].into_iter().enumerate() {
        buckets["buckets"][at]["id"] = id.into();
    }
    let mut dbrps = step("dbrps", "list");
    append(&mut dbrps["content"], step("dbrps", "list.virtual")["content"].take());
    let mut authorizations = step("authorizations", "list.all");
    let list = authorizations["authorizations"].as_array_mut().expect("a list");
    list.truncate(2);
    let mut off = list[1].clone();
    for (member, value) in [
        ("id", ids::SWITCHED_OFF),
        ("status", "inactive"),
        ("userID", ids::BOB),
        ("user", "bob"),
        ("description", "Bob's agent"),
    ] {
        off[member] = value.into();
    }
    list.push(off);
    let (org, bucket, telegraf) = (ids::ORG, ids::BUCKET, ids::TELEGRAF);
    let nobody = step("buckets", "members");
    HashMap::from([
        ("/api/v2/config".into(), json!({"config": {}})),
        ("/api/v2/orgs".into(), step("orgs", "list")),
        ("/api/v2/users".into(), users),
        (format!("/api/v2/users/{}/permissions", ids::ALICE), step("authentication", "session.permissions")),
        (format!("/api/v2/users/{}/permissions", ids::BOB), step("users", "bob.permissions")),
        ("/api/v2/buckets".into(), buckets),
        ("/api/v2/dbrps".into(), dbrps),
        ("/api/v2/telegrafs".into(), step("telegrafs", "list")),
        ("/api/v2/authorizations".into(), authorizations),
        ("/private/legacy/authorizations".into(), step("v1-authorizations", "list")),
        (format!("/api/v2/orgs/{org}/owners"), step("setup", "setup.owners")),
        (format!("/api/v2/orgs/{org}/members"), step("orgs", "members.list")),
        (format!("/api/v2/buckets/{bucket}/owners"), step("buckets", "owners")),
        (format!("/api/v2/buckets/{bucket}/members"), nobody.clone()),
        (format!("/api/v2/telegrafs/{telegraf}/owners"), nobody.clone()),
        (format!("/api/v2/telegrafs/{telegraf}/members"), nobody),
    ])
}

/// Returns the recorded response of one step, with names replaced by ids and times.
fn step(file: &str, name: &str) -> Value {
    let text = match file {
        "authentication" => include_str!("../../wire/authentication.json"),
        "authorizations" => include_str!("../../wire/authorizations.json"),
        "buckets" => include_str!("../../wire/buckets.json"),
        "dbrps" => include_str!("../../wire/dbrps.json"),
        "orgs" => include_str!("../../wire/orgs.json"),
        "setup" => include_str!("../../wire/setup.json"),
        "telegrafs" => include_str!("../../wire/telegrafs.json"),
        "users" => include_str!("../../wire/users.json"),
        "v1-authorizations" => include_str!("../../wire/v1-authorizations.json"),
        other => panic!("no recording {other}"),
    };
    let recording: Value = serde_json::from_str(text).expect("a recording");
    let steps = recording["steps"].as_array().expect("steps");
    let found = steps.iter().find(|step| step["name"] == name && step["expect"]["status"] == 200);
    let found = found.unwrap_or_else(|| panic!("no step {name} in {file}"));
    let captured = Captured::from(
        [
            ("O", ids::ORG),
            ("P", ids::ORG),
            ("A", ids::ALICE),
            ("U", ids::BOB),
            ("B", ids::BUCKET),
            ("D", ids::DBRP),
            ("E", "08371db24dcc8011"),
            ("G", ids::TELEGRAF),
            ("T0", ids::OPERATOR),
            ("T1", ids::WRITER),
            ("L", ids::CREDENTIAL),
            ("id", "dd7cd2292f6e9748"),
            ("time", "2021-09-13T12:11:12.123456789+02:00"),
        ]
        .map(|(name, value)| (name.into(), value.into())),
    );
    serde_json::from_str(&fill(&found["expect"]["json"].to_string(), &captured)).expect("JSON")
}

fn append(list: &mut Value, more: Value) {
    let Value::Array(more) = more else { panic!("a list, not {more}") };
    list.as_array_mut().expect("a list").extend(more);
}
