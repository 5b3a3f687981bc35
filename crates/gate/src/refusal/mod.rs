//! Refusals: the reasons, and the answers in the shape of the database's own errors.

mod proxy_only;
mod remedy;
mod shape;

pub use proxy_only::ProxyOnly;
pub use shape::{Shape, Surface};

use jeton_model::{Action, binding::Lacking};

use crate::{answer::Answer, demand::OperatorOnly, request::Malformed};

/// The reason why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The request could be read in two ways, or in none.
    Malformed(Malformed),
    /// The method is not one of those of the path.
    Method,
    /// The body has a content type or an encoding that is not accepted.
    Media,
    /// The body exceeds the limit.
    TooLarge,
    /// No credential, or one that does not work.
    Unauthenticated,
    /// The token is another organization's.
    ForeignOrg,
    /// The request names an organization that is not the gate's.
    UnknownOrg(String),
    /// The request names a database or bucket without a binding; empty if it names none.
    UnknownDatabase(String),
    /// The caller lacks a permission on a database.
    Missing(Action, String),
    /// The caller may read no bucket of the gate.
    NothingReadable,
    /// The caller may write no bucket of the gate, or several, and the request names none.
    NotOneWritable,
    /// Only an operator may.
    Operator(OperatorOnly),
    /// The request is allowed to nobody.
    Never,
    /// A Flux text that is not sent.
    Flux(FluxReason),
    /// gRPC is not supported.
    Grpc,
    /// A reverse proxy asks about a request that only the gate as a proxy can decide or rebuild.
    ProxyOnly(ProxyOnly),
    /// The database vanished or changed upstream, and waits for an operator.
    Suspended(String),
    /// The gate cannot decide at the moment.
    Unavailable,
    /// The body that decides did not arrive in time.
    Late,
    /// The token has as many queries running as the gate permits.
    TooManyQueries,
    /// The database cannot be reached, or it does not accept the gate.
    Unreachable,
    /// The database ended the connection without an answer, or with one that is none.
    NoAnswer,
}

/// The reason why a Flux text is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FluxReason {
    /// The text cannot be compiled.
    Syntax,
    /// A package that is not in the list of allowed imports.
    Import(String),
    /// A property that leads to another server, organization or credential.
    Key(String),
    /// A `bucketID` that is not a literal.
    ComputedBucketId,
    /// A part of the syntax that is not known to be harmless.
    Unreadable(String),
}

/// A refusal with the shape in which the database would answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reason.
    pub reason: Reason,
    /// The missing permission or organization, if the request is refused for that.
    pub lacking: Option<Lacking>,
    /// The shape of the answer.
    pub shape: Shape,
}

impl Refusal {
    /// Returns the refusal for a reason other than what a token lacks.
    pub(crate) fn new(reason: Reason, shape: Shape) -> Self {
        Self { reason, lacking: None, shape }
    }

    /// Returns the answer in the shape of the database.
    pub fn answer(&self) -> Answer {
        let answer = self.shape.render(&self.reason);
        if matches!(answer.status, 429 | 503) { answer.with("retry-after", "1") } else { answer }
    }
}

impl Refusal {
    /// Returns the answer to a reverse proxy that asks about the request: 401, 403 or 503, with a body in the shape of the
    /// database.
    pub fn answer_to_proxy(&self) -> Answer {
        let shape = Shape { surface: Surface::Other, ..self.shape };
        let status = match self.reason.status() {
            401 => 401,
            500.. if self.reason != Reason::Grpc => 503,
            _ => 403,
        };
        Answer { status, ..Self { shape, ..self.clone() }.answer() }
    }
}

impl From<Malformed> for Reason {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl Reason {
    /// Returns the HTTP status where the database has no status of its own for the reason.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::NotOneWritable => 400,
            Self::Flux(FluxReason::Syntax | FluxReason::Unreadable(_)) => 400,
            Self::Unauthenticated => 401,
            Self::UnknownOrg(_) | Self::UnknownDatabase(_) => 404,
            Self::Method => 405,
            Self::Late => 408,
            Self::TooLarge => 413,
            Self::Media => 415,
            Self::TooManyQueries => 429,
            Self::Grpc => 501,
            Self::NoAnswer => 502,
            Self::Suspended(_) | Self::Unavailable | Self::Unreachable => 503,
            Self::ForeignOrg | Self::Missing(..) | Self::NothingReadable | Self::Operator(_) | Self::Never => 403,
            Self::Flux(_) | Self::ProxyOnly(_) => 403,
        }
    }

    /// Returns the message for the client: the reason and the remedy.
    pub fn message(&self) -> String {
        match self {
            Self::Malformed(malformed) => malformed.message(),
            Self::Method => "this path does not support the method".into(),
            Self::Media => "this content type or encoding is not accepted here".into(),
            Self::TooLarge => "the body is too large".into(),
            Self::Unauthenticated => "unauthorized access".into(),
            Self::ForeignOrg => "the token belongs to another organization".into(),
            Self::UnknownOrg(name) => format!("organization name \"{name}\" not found"),
            Self::UnknownDatabase(name) if name.is_empty() => "bucket not found".into(),
            Self::UnknownDatabase(name) => format!("database not found: {name}"),
            Self::Missing(action, name) => format!("the token has no permission to {action} {name}"),
            Self::NothingReadable => "the token has no permission to read a bucket of this database".into(),
            Self::NotOneWritable => "name the bucket with ?db=, because the token writes none or several".into(),
            Self::Operator(reason) => reason.message().into(),
            Self::Never => "this request is never sent, because it would create or change admin tokens".into(),
            Self::Flux(reason) => reason.message(),
            Self::Grpc => "gRPC is not supported; use HTTP".into(),
            Self::ProxyOnly(reason) => reason.message(),
            Self::Suspended(name) => format!("{name} is suspended until an operator confirms a change of the database"),
            Self::Unavailable => "the gate cannot decide at the moment; try again".into(),
            Self::Late => "the body did not arrive in time; send it within 10 seconds".into(),
            Self::TooManyQueries => "the token has too many running queries; try again when one has ended".into(),
            Self::Unreachable => "the database does not answer the gate at the moment; try again".into(),
            Self::NoAnswer => "the database ended the connection without an answer; it may have done its work".into(),
        }
    }
}

impl FluxReason {
    fn message(&self) -> String {
        match self {
            Self::Syntax => "compilation failed: the query has a syntax error".into(),
            Self::Import(path) => format!("the package {path:?} is not allowed; see flux-imports of the gate"),
            Self::Key(key) => format!("the property {key} is not allowed in queries"),
            Self::ComputedBucketId => "bucketID must be a string literal; use bucket: with the name".into(),
            Self::Unreadable(what) => format!("the query cannot be checked: {what}"),
        }
    }
}
