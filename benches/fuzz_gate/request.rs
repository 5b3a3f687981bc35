//! A request in parts that are mutated, and its bytes.

use std::fmt;

use form_urlencoded::{Serializer, parse};

/// Parameters, decoded.
pub type Pairs = Vec<(String, String)>;

/// The content type of forms.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// A request. The token is no part of it.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// The path, as it is sent.
    pub path: String,
    pub query: Pairs,
    /// Bytes that are appended to the query unchanged.
    pub tail: String,
    pub headers: Pairs,
    pub body: Vec<u8>,
    pub credential: Credential,
    pub framing: Framing,
}

/// The form in which a request carries the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    Token,
    Bearer,
    Basic,
    Query,
    /// The token, and a second, different one.
    Twice,
    Unknown,
    Missing,
}

/// The declaration of the body's length in the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    Length,
    Chunked,
    /// A length beside chunks.
    Both,
    TwoLengths,
}

/// A token.
#[derive(Clone)]
pub struct Secret {
    pub token: String,
    /// The value of `Authorization` with the token as password.
    pub basic: String,
}

impl Request {
    /// Returns a request without headers and with a usual credential.
    pub fn new(method: &str, target: &str, body: &[u8]) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs(query.as_bytes()),
            tail: String::new(),
            headers: Vec::new(),
            body: body.to_vec(),
            credential: Credential::Token,
            framing: Framing::Length,
        }
    }

    /// Returns the request with another header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns whether the body is a form, as its content type says.
    pub fn is_form(&self) -> bool {
        self.headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("content-type") && value.starts_with(FORM))
    }

    /// Sets the content type.
    pub fn set_content_type(&mut self, value: &str) {
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        self.headers.push(("Content-Type".to_owned(), value.to_owned()));
    }

    /// Returns the bytes that are sent with a token.
    pub fn bytes(&self, secret: &Secret) -> Vec<u8> {
        let mut query = self.query.clone();
        if self.credential == Credential::Query {
            query.extend([("u".to_owned(), "any".to_owned()), ("p".to_owned(), secret.token.clone())]);
        }
        let mut head = format!("{} {} HTTP/1.1\r\nHost: localhost\r\n", self.method, self.target(&query));
        for line in self.lines(secret) {
            head.push_str(&line);
            head.push_str("\r\n");
        }
        head.push_str("Connection: close\r\n\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend(self.framed());
        bytes
    }

    fn target(&self, query: &[(String, String)]) -> String {
        let encoded = encoded(query) + &self.tail;
        if encoded.is_empty() { self.path.clone() } else { format!("{}?{encoded}", self.path) }
    }

    fn lines(&self, secret: &Secret) -> Vec<String> {
        let mut lines: Vec<String> = self.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let token = &secret.token;
        lines.extend(match self.credential {
            Credential::Token => vec![format!("Authorization: Token {token}")],
            Credential::Bearer => vec![format!("Authorization: Bearer {token}")],
            Credential::Basic => vec![format!("Authorization: {}", secret.basic)],
            Credential::Twice => vec!["Authorization: Token other".into(), format!("Authorization: Token {token}")],
            Credential::Unknown => vec!["Authorization: Token unknown".into()],
            Credential::Query | Credential::Missing => Vec::new(),
        });
        let length = format!("Content-Length: {}", self.body.len());
        match self.framing {
            Framing::Length if self.body.is_empty() => {}
            Framing::Length => lines.push(length),
            Framing::Chunked => lines.push("Transfer-Encoding: chunked".into()),
            Framing::Both => lines.extend([length, "Transfer-Encoding: chunked".into()]),
            Framing::TwoLengths => lines.extend([length, "Content-Length: 0".into()]),
        }
        lines
    }

    fn framed(&self) -> Vec<u8> {
        if !matches!(self.framing, Framing::Chunked | Framing::Both) {
            return self.body.clone();
        }
        let mut framed = Vec::new();
        if !self.body.is_empty() {
            framed.extend(format!("{:x}\r\n", self.body.len()).into_bytes());
            framed.extend(&self.body);
            framed.extend(b"\r\n");
        }
        framed.extend(b"0\r\n\r\n");
        framed
    }
}

/// Shows no token.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.target(&self.query))?;
        self.headers.iter().try_for_each(|(name, value)| writeln!(f, "{name}: {value}"))?;
        writeln!(f, "(credential: {:?}, framing: {:?})", self.credential, self.framing)?;
        write!(f, "{}", String::from_utf8_lossy(&self.body))
    }
}

/// Reads a query string or a form.
pub fn pairs(text: &[u8]) -> Pairs {
    parse(text).into_owned().collect()
}

/// Returns a query string or a form.
pub fn encoded(pairs: &[(String, String)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}
