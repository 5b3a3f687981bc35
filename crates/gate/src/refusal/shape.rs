//! The shapes in which databases refuse. Statuses and texts are those of the recordings; where a database has none for
//! a reason, the status of the reason in the shape of its other errors.

use serde_json::json;

use super::Reason;
use crate::{answer::Answer, content_type, kind::Kind};

/// The shape of a refusal: the kind of database, and which of its surfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The kind of database.
    pub kind: Kind,
    /// The surface.
    pub surface: Surface,
}

/// A group of paths whose errors have one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// Writes.
    Write,
    /// Writes of InfluxDB 2 by DBRP mapping.
    MappedWrite,
    /// Deletion of data.
    Delete,
    /// InfluxQL by `/query`, whose errors are those of statements.
    InfluxQl,
    /// Flux.
    Flux,
    /// gRPC.
    Grpc,
    /// Everything else.
    Other,
}

impl Shape {
    pub(super) fn render(self, reason: &Reason) -> Answer {
        if self.surface == Surface::Grpc {
            return grpc(reason);
        }
        match self.kind {
            Kind::Influxdb1 => influxdb1(self.surface, reason),
            Kind::Influxdb2 => influxdb2(self.surface, reason),
            Kind::Influxdb3 => influxdb3(reason),
            Kind::Victoriametrics => victoriametrics(self.surface, reason),
        }
    }
}

fn influxdb1(surface: Surface, reason: &Reason) -> Answer {
    if let Some(answer) = statement_error(surface, reason) {
        return answer;
    }
    let message = match reason {
        Reason::Unauthenticated => "authorization failed".into(),
        Reason::UnknownDatabase(name) => format!("database not found: {name:?}"),
        _ => reason.message(),
    };
    challenge(Answer::json(reason.status(), &json!({ "error": message })).with("x-influxdb-error", ascii(&message)))
}

fn influxdb2(surface: Surface, reason: &Reason) -> Answer {
    if let Some(answer) = statement_error(surface, reason) {
        return answer;
    }
    let (status, message) = match (surface, reason) {
        (Surface::Flux, Reason::UnknownDatabase(name) | Reason::Missing(_, name)) => {
            (404, format!("failed to initialize execute state: could not find bucket {name:?}"))
        }
        (Surface::Flux, Reason::NothingReadable) => {
            (404, "failed to initialize execute state: could not find bucket".into())
        }
        (Surface::Write | Surface::MappedWrite, Reason::Missing(..)) => {
            (403, "insufficient permissions for write".into())
        }
        (Surface::MappedWrite, Reason::UnknownDatabase(_)) => (404, "no dbrp mapping found".into()),
        (Surface::Delete, Reason::Missing(..)) => (403, "insufficient permissions to delete".into()),
        (_, Reason::UnknownDatabase(name)) if !name.is_empty() => (404, format!("bucket {name:?} not found")),
        _ => (reason.status(), reason.message()),
    };
    let code = code_of(status);
    Answer::text(status, "application/json; charset=utf-8", json!({ "code": code, "message": message }).to_string())
        .with("x-platform-error-code", code)
}

fn influxdb3(reason: &Reason) -> Answer {
    let message = match reason {
        Reason::Unauthenticated => return Answer::empty(401),
        Reason::UnknownDatabase(name) => format!("query error: database not found: {name}"),
        _ => reason.message(),
    };
    Answer::json(reason.status(), &json!({ "error": message }))
}

fn victoriametrics(surface: Surface, reason: &Reason) -> Answer {
    let (status, message) = (reason.status(), reason.message());
    if surface == Surface::Write {
        return challenge(Answer::text(status, content_type::TEXT, message));
    }
    let body = json!({ "status": "error", "errorType": status.to_string(), "error": message });
    challenge(Answer::json(status, &body))
}

fn grpc(reason: &Reason) -> Answer {
    let code = match reason {
        Reason::Grpc => "12",
        Reason::Unauthenticated => "16",
        Reason::Suspended(_) | Reason::Unavailable | Reason::Unreachable | Reason::NoAnswer => "14",
        _ => "7",
    };
    let answer =
        Answer { status: 200, headers: vec![("content-type", "application/grpc".into())], body: String::new() };
    answer.with("grpc-status", code).with("grpc-message", ascii(&reason.message()))
}

/// Returns the error of a statement, with status 200, for what a database says about a database that the caller does
/// not see.
fn statement_error(surface: Surface, reason: &Reason) -> Option<Answer> {
    let message = match (surface, reason) {
        (Surface::InfluxQl, Reason::UnknownDatabase(name) | Reason::Missing(_, name)) => {
            format!("database not found: {name}")
        }
        (Surface::InfluxQl, Reason::Operator(reason)) => reason.message().into(),
        _ => return None,
    };
    Some(Answer::json(200, &json!({ "results": [{ "statement_id": 0, "error": message }] })))
}

fn challenge(answer: Answer) -> Answer {
    if answer.status == 401 { answer.with("www-authenticate", "Basic realm=\"InfluxDB\"") } else { answer }
}

/// Returns the text for a header: other than visible ASCII becomes `?`.
fn ascii(text: &str) -> String {
    text.chars().map(|letter| if matches!(letter, ' '..='~') { letter } else { '?' }).collect()
}

/// Returns the code of InfluxDB 2 for a status.
const fn code_of(status: u16) -> &'static str {
    match status {
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not found",
        405 => "method not allowed",
        413 => "request too large",
        429 => "too many requests",
        502 | 503 => "unavailable",
        _ => "invalid",
    }
}
