//! The request that goes to the database. It is built from parsed values alone.

use jeton_model::{BucketId, OrgId};

use crate::{
    content_type,
    request::{CanonicalRequest, Method, escape},
};

/// A request for the database, without the credential of the gate, which the proxy adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamRequest {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(&'static str, String)>,
    body: Body,
}

/// The body of a request for the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// None.
    Empty,
    /// Bytes built from parsed values.
    Built(Vec<u8>),
    /// The received bytes, which decide nothing.
    Streamed,
}

/// The part of an upstream request that depends on the resolved buckets, added once the request is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Nothing.
    None,
    /// `orgID` of the gate (InfluxDB 2).
    Org,
    /// `orgID` of the gate and `bucket` with the id of the one bucket (InfluxDB 2).
    Bucket,
    /// `extra_label` of the one bucket (VictoriaMetrics, writes).
    Label,
    /// A filter for the buckets that the caller may read (VictoriaMetrics, reads).
    Filters,
}

/// The resolved buckets that a scope is made of.
pub(crate) struct Resolved<'a> {
    pub(crate) org: OrgId,
    /// Ids and databases of the demanded buckets, or of those that the caller may read.
    pub(crate) buckets: &'a [(BucketId, String)],
}

impl UpstreamRequest {
    /// Begins a request with the headers that a received one passes on.
    pub(crate) fn new(received: &CanonicalRequest, method: Method, path: impl Into<String>) -> Self {
        let headers = received.forwarded().to_vec();
        Self { method, path: path.into(), query: Vec::new(), headers, body: Body::Empty }
    }

    /// Begins a request that no received one caused.
    pub(crate) fn own(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), query: Vec::new(), headers: Vec::new(), body: Body::Empty }
    }

    /// Sets the parameters of the query string.
    pub(crate) fn query(mut self, query: Vec<(String, String)>) -> Self {
        self.query = query;
        self
    }

    /// Sets a body that was built from parsed values.
    pub(crate) fn built(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.headers.push(("content-type", content_type.to_owned()));
        self.body = Body::Built(body.into());
        self
    }

    /// Sets a form as body.
    pub(crate) fn form(self, pairs: &[(String, String)]) -> Self {
        self.built(content_type::FORM, escape::pairs(pairs))
    }

    /// Streams the received body, if there is one, under a content type of the gate.
    pub(crate) fn streamed(mut self, received: &CanonicalRequest, content_type: &str) -> Self {
        if !received.content().has_body() {
            return self;
        }
        self.headers.push(("content-type", content_type.to_owned()));
        if let Some(encoding) = received.content().encoding() {
            self.headers.push(("content-encoding", encoding.to_owned()));
        }
        self.body = Body::Streamed;
        self
    }

    /// Adds what depends on the resolved buckets. Returns `None` if there are not as many buckets as the scope needs:
    /// such a request must not be sent.
    pub(crate) fn scoped(mut self, scope: Scope, resolved: &Resolved<'_>) -> Option<Self> {
        match (scope, resolved.buckets) {
            (Scope::None, _) => {}
            (Scope::Org, _) => self.add("orgID", resolved.org.to_string()),
            (Scope::Bucket, [(id, _)]) => {
                self.add("orgID", resolved.org.to_string());
                self.add("bucket", id.to_string());
            }
            (Scope::Label | Scope::Filters, [(_, database)]) => self.add("extra_label", format!("db={database}")),
            (Scope::Filters, [_, ..]) => {
                for (_, database) in resolved.buckets {
                    self.add("extra_filters[]", format!("{{db={}}}", quoted(database)));
                }
            }
            (Scope::Bucket | Scope::Label | Scope::Filters, _) => return None,
        }
        Some(self)
    }

    fn add(&mut self, name: &str, value: String) {
        self.query.push((name.to_owned(), value));
    }

    /// Returns the method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Returns the request target: path and query string, encoded in one way.
    pub fn target(&self) -> String {
        escape::target(&self.path, &self.query)
    }

    /// Returns the encoded query string, without a question mark.
    pub fn args(&self) -> String {
        escape::pairs(&self.query)
    }

    /// Returns the decoded path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the decoded parameters of the query string.
    pub fn parameters(&self) -> &[(String, String)] {
        &self.query
    }

    /// Returns the headers, with lower-case names. The proxy adds those of framing, `Host` and its credential.
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    /// Returns the body.
    pub fn body(&self) -> &Body {
        &self.body
    }
}

/// Quotes a label value as MetricsQL does. It is never a regular expression.
fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for letter in value.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            '\n' => text.push_str("\\n"),
            _ => text.push(letter),
        }
    }
    text.push('"');
    text
}
