//! A gate with four buckets, and callers with permissions on some of them.

use std::collections::BTreeMap;

use jeton_gate::{
    Allowed, Answer, Binding, Body, Caller, CanonicalRequest, Decision, Directory, FluxText, Gate, Head, Kind,
    Malformed, Observed, Reason, Refusal, Settings, Step, Verdict,
};
use jeton_model::{
    Action, Bucket, BucketId, Id, OrgId, Permission, ResourceType, Timestamp,
    bucket::{BucketKind, Retention},
    grant,
};

/// The organization of the gate.
pub fn org() -> OrgId {
    OrgId(Id::new(0xacce).unwrap())
}

/// The id of bucket `a` is 0xa, and so on.
pub fn bucket(name: &str) -> BucketId {
    BucketId(
        Id::new(match name {
            "a" => 0xa,
            "b" => 0xb,
            "a/week" => 0xa1,
            ".*" => 0xd,
            _ => panic!("there is no bucket {name}"),
        })
        .unwrap(),
    )
}

const BUCKETS: [&str; 4] = ["a", "b", "a/week", ".*"];

/// Returns the directory of a gate of a kind.
pub fn directory(kind: Kind) -> Directory {
    match kind {
        Kind::Influxdb2 => Directory::of_buckets(org(), "acme", &BUCKETS.map(|name| model(name, name)), &[]),
        Kind::Influxdb1 => {
            let defaults = BTreeMap::from([("a".to_owned(), "autogen".to_owned())]);
            Directory::of_bindings(org(), "acme", bindings(true), defaults)
        }
        Kind::Influxdb3 | Kind::Victoriametrics => {
            Directory::of_bindings(org(), "acme", bindings(false), BTreeMap::new())
        }
    }
}

fn bindings(splits: bool) -> Vec<Binding> {
    let binding = |name: &str| {
        let parts = name.split_once('/').filter(|_| splits);
        let (database, policy) = parts.map_or((name, None), |(database, policy)| (database, Some(policy.to_owned())));
        Binding { bucket: bucket(name), name: name.into(), database: database.into(), policy, suspended: false }
    };
    BUCKETS.map(binding).into()
}

/// Returns a bucket of a name with the id of another.
pub fn model(name: &str, id: &str) -> Bucket {
    Bucket {
        id: bucket(id),
        org: org(),
        kind: BucketKind::User,
        name: name.into(),
        description: String::new(),
        retention_policy: String::new(),
        retention: Retention::FOREVER,
        created_at: Timestamp::from_micros(0),
        updated_at: Timestamp::from_micros(0),
    }
}

/// Returns permissions such as `read a`, or those of a set: `operator`, `none`, `read *` on every bucket of the
/// organization.
pub fn permissions(names: &[&str]) -> Vec<Permission> {
    names.iter().flat_map(|name| named(name)).collect()
}

fn named(name: &str) -> Vec<Permission> {
    let (action, name) = match name {
        "operator" => return grant::operator(),
        "none" => return vec![Permission::in_org(Action::Read, ResourceType::Telegrafs, org())],
        _ => name.split_once(' ').unwrap(),
    };
    let action: Action = action.parse().unwrap();
    match name {
        "*" => vec![Permission::in_org(action, ResourceType::Buckets, org())],
        name => vec![Permission::on_in(action, ResourceType::Buckets, bucket(name), org())],
    }
}

/// A request as a client writes it.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Returns the request of a line such as `GET /query?db=a&q=…`, whose spaces in parameters are escaped here.
pub fn request(line: &str) -> Request {
    let (method, target) = line.split_once(' ').unwrap();
    Request { method: method.into(), target: escaped(target), headers: Vec::new(), body: Vec::new() }
}

fn escaped(text: &str) -> String {
    text.replace(' ', "%20").replace('"', "%22").replace(';', "%3B")
}

impl Request {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn body(mut self, content_type: &str, body: &str) -> Self {
        if !content_type.is_empty() {
            self.headers.push(("Content-Type".into(), content_type.into()));
        }
        self.body = body.as_bytes().to_vec();
        self
    }

    pub fn form(self, body: &str) -> Self {
        self.body("application/x-www-form-urlencoded", &escaped(body))
    }

    pub fn canonical(&self) -> Result<CanonicalRequest, Malformed> {
        let length = self.body.len().to_string();
        let mut headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        if !self.body.is_empty() {
            headers.push(("content-length", length.as_bytes()));
        }
        CanonicalRequest::parse(&Head { method: &self.method, target: &self.target, headers: &headers })
    }

    pub fn json(self, body: &str) -> Self {
        self.body("application/json", body)
    }
}

/// A gate of a kind with its settings, and the syntax trees that the database would answer.
pub struct Setup {
    pub gate: Gate,
    pub directory: Directory,
    /// Returns status and body of `query/ast` for a text.
    pub syntax: fn(&str) -> (u16, String),
}

pub fn setup(kind: Kind) -> Setup {
    with(kind, Settings::default())
}

pub fn with(kind: Kind, settings: Settings) -> Setup {
    Setup { gate: Gate::new(kind, settings), directory: directory(kind), syntax: |_| (503, String::new()) }
}

impl Setup {
    /// Returns the secret that counts for the request.
    pub fn secret(&self, request: &Request) -> Option<String> {
        let canonical = request.canonical().ok()?;
        self.gate.credential(&canonical).map(|credential| credential.secret().to_owned())
    }

    /// Returns the user name and the password that count for the request.
    pub fn login(&self, request: &Request) -> Option<(String, String)> {
        let canonical = request.canonical().ok()?;
        self.gate.v1_credential(&canonical).map(|(user, password)| (user.to_owned(), password.to_owned()))
    }

    /// Decides as a proxy would: by the head, then the body, then the syntax tree.
    pub fn decide(&self, request: &Request, caller: &Caller<'_>) -> Decision {
        self.steps(request, caller).unwrap_or_else(Decision::Refuse)
    }

    /// Decides for a token with the permissions of these names.
    pub fn decide_for(&self, request: &Request, names: &[&str]) -> Decision {
        self.decide(request, &Caller::Token { org: org(), permissions: &permissions(names) })
    }

    pub fn allow(&self, request: &Request, names: &[&str]) -> Allowed {
        match self.decide_for(request, names) {
            Decision::Allow(allowed) => allowed,
            other => panic!("{names:?} may {request:?}: {other:?}"),
        }
    }

    pub fn refuse(&self, request: &Request, names: &[&str]) -> Reason {
        self.refusal(request, names).reason
    }

    pub fn refusal(&self, request: &Request, names: &[&str]) -> Refusal {
        match self.decide_for(request, names) {
            Decision::Refuse(refusal) => refusal,
            other => panic!("{names:?} may not {request:?}: {other:?}"),
        }
    }

    pub fn answer(&self, request: &Request, names: &[&str]) -> Answer {
        match self.decide_for(request, names) {
            Decision::Answer(answer) => answer,
            other => panic!("Jeton answers {request:?}: {other:?}"),
        }
    }

    fn steps(&self, request: &Request, caller: &Caller<'_>) -> Result<Decision, Refusal> {
        let canonical = request.canonical().map_err(|malformed| self.gate.malformed(malformed))?;
        let mut step = self.gate.classify(&canonical)?;
        loop {
            step = match step {
                Step::Plan(plan) => return Ok(plan.decide(caller, &self.directory)),
                Step::Body(body) => body.admit(caller, &self.directory)?.read(&request.body)?,
                Step::Syntax(syntax) => Step::Plan(self.finish(syntax)?),
            };
        }
    }

    /// Decides in observe mode for a token with the permissions of these names.
    pub fn observe(&self, request: &Request, names: &[&str]) -> Observed {
        self.observe_for(request, &Caller::Token { org: org(), permissions: &permissions(names) })
    }

    /// Decides in observe mode, as a proxy would.
    pub fn observe_for(&self, request: &Request, caller: &Caller<'_>) -> Observed {
        self.observed(request, caller).unwrap_or_else(|refusal| Observed::Decided(Decision::Refuse(refusal)))
    }

    fn observed(&self, request: &Request, caller: &Caller<'_>) -> Result<Observed, Refusal> {
        let canonical = request.canonical().map_err(|malformed| self.gate.malformed(malformed))?;
        let mut step = self.gate.classify(&canonical)?;
        loop {
            step = match step {
                Step::Plan(plan) => return Ok(plan.observe(caller, &self.directory)),
                Step::Body(body) => body.admit_observed(caller, &self.directory)?.read(&request.body)?,
                Step::Syntax(syntax) => Step::Plan(self.finish(syntax)?),
            };
        }
    }

    fn finish(&self, syntax: jeton_gate::NeedsSyntax) -> Result<jeton_gate::Plan, Refusal> {
        let text: FluxText = syntax.text().clone();
        let (status, answer) = (self.syntax)(text.as_str());
        let verdict = Verdict::of(&text, self.gate.settings(), status, answer.as_bytes());
        let verdict = verdict.ok_or_else(|| syntax.unavailable())?;
        syntax.finish(&verdict)
    }
}

/// Returns a built body as text.
pub fn built(allowed: &Allowed) -> String {
    match allowed.request.body() {
        Body::Built(bytes) => String::from_utf8(bytes.clone()).unwrap(),
        other => panic!("the body is built: {other:?}"),
    }
}
