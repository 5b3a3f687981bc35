//! JSON responses as influxd writes them (docs/influxdb-compatibility.md §1.3).

use std::io;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

/// Returns a response as most of influxd writes it: indented with tabs, without a final newline.
pub fn indented(status: StatusCode, value: &impl Serialize) -> Response {
    answer(status, indented_text(value))
}

/// Size of most responses in bytes, which are then written without moving them.
const SMALL: usize = 512;

/// Returns the JSON of a value in the layout of [`indented`].
pub(crate) fn indented_text(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::with_capacity(SMALL);
    let formatter = Escaping(PrettyFormatter::with_indent(b"\t"));
    value.serialize(&mut Serializer::with_formatter(&mut bytes, formatter)).map(|()| bytes)
}

/// Returns a response as the older half of influxd writes it: compact, in one line.
pub fn compact(status: StatusCode, value: &impl Serialize) -> Response {
    answer(status, serde_json::to_vec(value))
}

fn answer(status: StatusCode, bytes: Result<Vec<u8>, serde_json::Error>) -> Response {
    let bytes = bytes.unwrap_or_else(|error| {
        tracing::error!(%error, "could not serialize a response");
        Vec::new()
    });
    written(status, bytes)
}

/// Returns a response whose JSON is already serialized.
pub fn written(status: StatusCode, bytes: Vec<u8>) -> Response {
    json(status, Body::from(bytes))
}

/// Returns a JSON response with this body.
pub(crate) fn json(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}

/// A formatter that escapes `<`, `>` and `&` in strings, as Go does.
struct Escaping<'a>(PrettyFormatter<'a>);

impl Formatter for Escaping<'_> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['&', '<', '>']) {
            writer.write_all(&rest.as_bytes()[..at])?;
            write!(writer, "\\u{:04x}", rest.as_bytes()[at])?;
            rest = &rest[at + 1..];
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn answers_look_as_influxd_writes_them() {
        let response = indented(StatusCode::OK, &serde_json::json!({"a": "<&>"}));
        let bytes = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(bytes, "{\n\t\"a\": \"\\u003c\\u0026\\u003e\"\n}");
    }
}
