//! The recordings: their steps, tokens and buckets.

use jeton_gate::{Caller, Decision, Directory, Gate, Kind, Settings};
use jeton_model::{Action, Bucket, BucketId, Dbrp, DbrpId, Id, Permission, ResourceType};
use serde_json::Value;

use crate::support::{self, Request, Setup, org};

const B1: u64 = 0xb1;
const B2: u64 = 0xb2;

/// A recorded request with its answer.
pub struct Recorded {
    pub name: String,
    pub request: Request,
    pub status: u64,
    pub expected: String,
}

impl Recorded {
    /// Returns whether the database refused, or showed nothing.
    pub fn is_refused(&self) -> bool {
        self.status >= 400
            || self.expected.contains("\"error\"")
            || same(&self.expected, r#"{"results":[{"statement_id":0}]}"#)
    }
}

/// Returns whether two texts are equal as JSON, or as texts.
pub fn same(one: &str, other: &str) -> bool {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| text.into());
    let empty = |text: &str| text.is_empty() || text == "null";
    json(one) == json(other) || (empty(one) && empty(other))
}

pub fn gate(kind: Kind) -> Gate {
    Gate::new(kind, Settings::default())
}

pub const FILES: [(&str, Kind); 5] = [
    ("influxdb2-write", Kind::Influxdb2),
    ("influxdb2-query", Kind::Influxdb2),
    ("influxdb2-other", Kind::Influxdb2),
    ("influxdb2-escapes", Kind::Influxdb2),
    ("influxdb3", Kind::Influxdb3),
];

fn data(name: &str) -> Value {
    let path = format!("{}/tests/data/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub fn steps(file: &str) -> Vec<Recorded> {
    let is_setup = |name: &str| {
        ["setup", "bucket.", "token.", "dbrp.", "org2", "revoke", "flux.revoked"]
            .iter()
            .any(|one| name.starts_with(one))
    };
    let steps = data(file)["steps"].as_array().unwrap().clone();
    steps.iter().filter(|step| !is_setup(step["name"].as_str().unwrap())).map(recorded).collect()
}

fn recorded(step: &Value) -> Recorded {
    let mut headers = Vec::new();
    for (name, value) in step["headers"].as_object().into_iter().flatten() {
        headers.push((name.clone(), filled(value.as_str().unwrap())));
    }
    if let Some(basic) = step["basic"].as_str() {
        headers.push(("Authorization".into(), format!("Basic {}", base64(&filled(basic)))));
    }
    let body = match &step["body"] {
        Value::Null => String::new(),
        Value::String(text) => filled(text),
        json => filled(&json.to_string()),
    };
    let expect = &step["expect"];
    let expected = expect["text"].as_str().map_or_else(|| expect["json"].to_string(), str::to_owned);
    Recorded {
        name: step["name"].as_str().unwrap().into(),
        request: Request {
            method: step["method"].as_str().unwrap().into(),
            target: filled(step["path"].as_str().unwrap()),
            headers,
            body: body.into_bytes(),
        },
        status: expect["status"].as_u64().unwrap(),
        expected: filled(&expected),
    }
}

/// Fills placeholders: ids, and tokens by their own names.
fn filled(text: &str) -> String {
    let ids = [("{{O}}", org().to_string()), ("{{B}}", hex(B1)), ("{{B2}}", hex(B2)), ("{{X}}", hex(0xf))];
    let text = ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id));
    let tokens = ["w1", "r1", "rw1", "r1w2", "none"];
    let text =
        tokens.iter().fold(text, |text, name| text.replace(&format!("{{{{V_{name}}}}}"), &format!("token-{name}")));
    text.replace("{{OP}}", "op-token")
}

fn hex(value: u64) -> String {
    Id::new(value).unwrap().to_string()
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Returns the permissions of a recorded token. In the recordings of InfluxDB 3, whose tokens are all admin tokens, it
/// may read and write `a`.
fn permissions(kind: Kind, secret: &str) -> Option<Vec<Permission>> {
    let on = |action, id| Permission::on_in(action, ResourceType::Buckets, BucketId(Id::new(id).unwrap()), org());
    let (read, write) = (|id| on(Action::Read, id), |id| on(Action::Write, id));
    Some(match (kind, secret) {
        (Kind::Influxdb3, "op-token") => support::permissions(&["read a", "write a", "read a/week", "write a/week"]),
        (_, "op-token") => support::permissions(&["operator"]),
        (_, "token-w1") => vec![write(B1)],
        (_, "token-r1") => vec![read(B1)],
        (_, "token-rw1") => vec![read(B1), write(B1)],
        (_, "token-r1w2") => vec![read(B1), write(B2)],
        (_, "token-none") => support::permissions(&["none"]),
        _ => return None,
    })
}

pub fn directory(file: &str, kind: Kind) -> Directory {
    if kind == Kind::Influxdb3 {
        return support::directory(kind);
    }
    let bucket = |name: &str, id| Bucket { id: BucketId(Id::new(id).unwrap()), ..support::model(name, "a") };
    let legacy = Dbrp {
        id: DbrpId(Id::new(1).unwrap()),
        org: org(),
        bucket: BucketId(Id::new(B1).unwrap()),
        database: "legacy".into(),
        retention_policy: "autogen".into(),
        is_default: true,
        is_virtual: false,
    };
    let mappings: &[Dbrp] = if file == "influxdb2-write" { &[legacy] } else { &[] };
    Directory::of_buckets(org(), "my-org", &[bucket("b1", B1), bucket("b2", B2)], mappings)
}

/// Returns the database's own syntax tree of a recorded text.
pub fn syntax(text: &str) -> (u16, String) {
    let asts = data("influxdb2-ast")["asts"].as_object().unwrap().clone();
    let ast = asts.iter().find(|(recorded, _)| filled(recorded) == text);
    let ast = filled(&ast.unwrap_or_else(|| panic!("{text} has a recorded syntax tree")).1.to_string());
    (if ast.starts_with("{\"code\"") { 400 } else { 200 }, ast)
}

pub fn decide(file: &str, kind: Kind, step: &Recorded) -> Decision {
    let setup = Setup { gate: gate(kind), directory: directory(file, kind), syntax };
    let permissions = setup.secret(&step.request).and_then(|secret| permissions(kind, &secret));
    match &permissions {
        Some(permissions) => setup.decide(&step.request, &Caller::Token { org: org(), permissions }),
        None => setup.decide(&step.request, &Caller::Anonymous),
    }
}
