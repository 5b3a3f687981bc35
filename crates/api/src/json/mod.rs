//! Request bodies, read as influxd does (docs/influxdb-compatibility.md §1.3): the first JSON value of a body counts
//! and what follows is ignored, keys match in any case, and the last of equal keys wins. All resources share this
//! reader.

mod go_decode;
pub mod unknown_members;

use std::{fmt, time::Duration};

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, MapAccess, SeqAccess, Visitor},
};

use jeton_http::error::ApiError;

/// Maximum number of bytes of a body; enough for the longest list of permissions.
pub const MAX_BODY: usize = 2 * 1024 * 1024;

/// Maximum number of further bytes that are read and discarded, for clients that read no response before they have sent
/// everything.
const MAX_FORGOTTEN: usize = 32 * 1024 * 1024;
const FORGET_FOR: Duration = Duration::from_secs(10);

/// A JSON value that preserves the order and the repetition of its keys.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, integer or floating-point.
    Number(serde_json::Number),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object: its members in the order of the text; keys may repeat.
    Object(Vec<(String, Json)>),
}

/// Reads a body as JSON; `refuse` makes the resource's own error of a JSON error.
pub async fn read<T: DeserializeOwned>(body: Body, refuse: fn(String) -> ApiError) -> Result<T, ApiError> {
    let bytes = read_body(body).await?;
    let json = Json::parse(&bytes).map_err(refuse)?;
    T::deserialize(&json).map_err(|error| refuse(error.to_string()))
}

/// Reads a body in which `null` has a meaning in one member; also returns whether that member is present and `null`.
pub async fn read_with_null<T: DeserializeOwned>(
    body: Body,
    member: &str,
    refuse: fn(String) -> ApiError,
) -> Result<(T, bool), ApiError> {
    let bytes = read_body(body).await?;
    let json = Json::parse(&bytes).map_err(refuse)?;
    let read = T::deserialize(&json).map_err(|error| refuse(error.to_string()))?;
    Ok((read, json.member(member) == Some(&Json::Null)))
}

/// Reads a body to its end, or refuses it if it is too large.
pub async fn read_body(body: Body) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    let mut stream = body.into_data_stream();
    while let Some(part) = stream.next().await {
        // The client aborted the request: nobody reads this response.
        let part = part.map_err(|_| ApiError::Json("unexpected EOF".into()))?;
        if bytes.len() + part.len() > MAX_BODY {
            tokio::spawn(tokio::time::timeout(FORGET_FOR, forget(stream)));
            return Err(ApiError::TooLarge { what: "the request body".into(), limit: MAX_BODY });
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

async fn forget(mut rest: BodyDataStream) {
    let mut left = MAX_FORGOTTEN;
    while let Some(Ok(part)) = rest.next().await {
        match left.checked_sub(part.len()) {
            Some(fewer) => left = fewer,
            None => break,
        }
    }
}

impl Json {
    /// Parses the first value in a body. The error is the text after influxd's own prefix.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err("EOF".into());
        }
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        Self::deserialize(&mut deserializer).map_err(|error| match error.classify() {
            serde_json::error::Category::Eof => "unexpected EOF".into(),
            _ => error.to_string(),
        })
    }

    /// Returns the effective member of an object: the last one of this name, in any case.
    pub fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Returns Go's name for this kind of value.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Object(_) => "object",
        }
    }
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

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_counts() {
        assert_eq!(Json::parse(b""), Err("EOF".into()));
        assert_eq!(Json::parse(b" {\"a\""), Err("unexpected EOF".into()));
        assert_eq!(Json::parse(b"true false"), Ok(Json::Bool(true)));
        assert_eq!(Json::parse(b"{} trailing"), Ok(Json::Object(vec![])));
    }

    #[test]
    fn the_last_member_of_a_name_counts_in_any_case() {
        let json = Json::parse(br#"{"expiresAt":"x","EXPIRESAT":null}"#);
        assert_eq!(json.as_ref().map(|json| json.member("expiresAt")), Ok(Some(&Json::Null)));
        assert_eq!(json.as_ref().map(|json| json.member("status")), Ok(None));
    }

    #[test]
    fn deep_nesting_and_lone_surrogates_are_refused_not_fatal() {
        assert!(Json::parse("[".repeat(100_000).as_bytes()).is_err());
        assert!(Json::parse(br#"{"a":"\ud800"}"#).is_err());
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_not_kept() {
        let body = Body::from(vec![b' '; MAX_BODY + 1]);
        assert!(matches!(read_body(body).await, Err(ApiError::TooLarge { limit: MAX_BODY, .. })));
        assert_eq!(read_body(Body::from(vec![b' '; MAX_BODY])).await.map(|bytes| bytes.len()), Ok(MAX_BODY));
    }
}
