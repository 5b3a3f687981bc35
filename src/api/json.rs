//! Reading bodies as influxd does, and writing them as it does (contract §1.3).
//!
//! influxd reads the first JSON value of a body and ignores what follows, matches keys in any case, and lets the last
//! of equal keys win. One reader does that for every resource.

use std::{fmt, io};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, SeqAccess, Visitor},
};
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::model::{Error, id::IdError};

/// At most so many bytes in a body: room for the longest list of permissions.
pub const MAX_BODY: usize = 2 * 1024 * 1024;

/// A JSON value that remembers the order and the repetition of its keys.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads the first value of a body. The error is the text that follows influxd's own prefix.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err("EOF".into());
        }
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        Self::deserialize(&mut deserializer).map_err(|error| match error.classify() {
            serde_json::error::Category::Eof => "unexpected EOF".into(),
            _ => error.to_string(),
        })
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The members of an object; `null` has none.
    pub fn object(&self) -> Result<Members<'_>, String> {
        match self {
            Self::Object(members) => Ok(Members(members)),
            Self::Null => Ok(Members(&[])),
            other => Err(wrong(other, "an object")),
        }
    }

    pub fn list(&self) -> Result<&[Self], String> {
        match self {
            Self::List(items) => Ok(items),
            other => Err(wrong(other, "an array")),
        }
    }

    pub fn text(&self) -> Result<&str, String> {
        match self {
            Self::Text(text) => Ok(text),
            other => Err(wrong(other, "a string")),
        }
    }

    /// As serde_json keeps it; the last of equal keys wins.
    pub fn to_value(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Number(number) => number.clone().into(),
            Self::Text(text) => text.clone().into(),
            Self::List(items) => items.iter().map(Self::to_value).collect(),
            Self::Object(members) => members.iter().map(|(key, value)| (key.clone(), value.to_value())).collect(),
        }
    }
}

fn wrong(found: &Json, wanted: &str) -> String {
    format!("json: cannot unmarshal {} where {wanted} is expected", found.kind())
}

/// The members of an object, found as Go finds them.
#[derive(Clone, Copy)]
pub struct Members<'a>(&'a [(String, Json)]);

impl<'a> Members<'a> {
    /// The last member of that name, in any case; none if it is `null`.
    pub fn get(&self, name: &str) -> Option<&'a Json> {
        let found = self.0.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value).filter(|value| **value != Json::Null)
    }

    pub fn text(&self, name: &str) -> Result<Option<String>, String> {
        self.get(name).map(|value| value.text().map(str::to_owned)).transpose().map_err(|error| in_field(name, &error))
    }

    /// A whole number that fits 64 bits.
    pub fn number(&self, name: &str) -> Result<Option<i64>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Number(number)) => number.as_i64().map(Some).ok_or_else(|| {
                in_field(name, &format!("json: cannot unmarshal number {number} where a whole number is expected"))
            }),
            Some(other) => Err(in_field(name, &wrong(other, "a number"))),
        }
    }

    /// An id of any kind.
    pub fn id<T: std::str::FromStr<Err = IdError>>(&self, name: &str) -> Result<Option<T>, String> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = value.text().map_err(|error| in_field(name, &error))?;
        text.parse().map(Some).map_err(|error: IdError| error.to_string())
    }

    pub fn list(&self, name: &str) -> Result<&'a [Json], String> {
        self.get(name).map_or(Ok(&[]), |value| value.list().map_err(|error| in_field(name, &error)))
    }

    pub fn object(&self, name: &str) -> Result<Members<'a>, String> {
        self.get(name).map_or(Ok(Members(&[])), |value| value.object().map_err(|error| in_field(name, &error)))
    }
}

fn in_field(name: &str, error: &str) -> String {
    format!("{error} (field {name})")
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Json, E> {
        serde_json::Number::from_f64(value).map(Json::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = entries.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}

/// Reads a body to its end, or refuses it when it is too large.
pub async fn read_body(body: Body) -> Result<Vec<u8>, Error> {
    let read = to_bytes(body, MAX_BODY).await;
    read.map(Vec::from).map_err(|_| Error::TooLarge { what: "the request body".into(), limit: MAX_BODY })
}

/// Reads a body as a JSON object; `refuse` makes the error of the resource.
pub async fn read_object<T>(
    body: Body,
    refuse: fn(String) -> Error,
    take: impl FnOnce(Members<'_>) -> Result<T, String>,
) -> Result<T, Error> {
    let bytes = read_body(body).await?;
    let json = Json::read(&bytes).map_err(refuse)?;
    json.object().and_then(take).map_err(refuse)
}

/// An answer as most of influxd writes it: indented with tabs, without a newline at the end.
pub fn indented(status: StatusCode, value: &impl Serialize) -> Response {
    let mut bytes = Vec::new();
    let formatter = Escaping(PrettyFormatter::with_indent(b"\t"));
    let written = value.serialize(&mut Serializer::with_formatter(&mut bytes, formatter));
    answer(status, written.map(|()| bytes))
}

/// An answer as the older half of influxd writes it: in one line.
pub fn compact(status: StatusCode, value: &impl Serialize) -> Response {
    answer(status, serde_json::to_vec(value))
}

fn answer(status: StatusCode, written: Result<Vec<u8>, serde_json::Error>) -> Response {
    let bytes = written.unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written");
        Vec::new()
    });
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}

/// Go escapes what HTML would read.
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

    #[test]
    fn bodies_are_read_as_go_reads_them() {
        let read = |text: &str| Json::read(text.as_bytes());
        assert_eq!(read(""), Err("EOF".into()));
        assert_eq!(read(" {\"a\""), Err("unexpected EOF".into()));
        let json = read(r#"{"Name":"a","NAME":"b","other":1} trailing"#).unwrap();
        assert_eq!(json.object().unwrap().text("name"), Ok(Some("b".into())));
        assert_eq!(read("null").unwrap().object().unwrap().text("name"), Ok(None));
    }

    #[test]
    fn bad_ids_are_refused_in_influxds_words() {
        let json = Json::read(br#"{"orgID":"","x":1}"#).unwrap();
        let id = |name| json.object().unwrap().id::<crate::model::OrgId>(name);
        assert_eq!(id("orgID"), Err("id must have a length of 16 bytes".into()));
        assert_eq!(id("missing"), Ok(None));
        assert!(id("x").is_err());
    }

    #[test]
    fn deep_nesting_and_lone_surrogates_are_refused_not_fatal() {
        assert!(Json::read("[".repeat(100_000).as_bytes()).is_err());
        assert!(Json::read(br#"{"a":"\ud800"}"#).is_err());
    }

    #[tokio::test]
    async fn answers_look_as_influxd_writes_them() {
        let response = indented(StatusCode::OK, &serde_json::json!({"a": "<&>"}));
        let bytes = to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(bytes, "{\n\t\"a\": \"\\u003c\\u0026\\u003e\"\n}");
    }
}
