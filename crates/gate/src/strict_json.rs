//! JSON without keys that occur twice, which programs resolve differently.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::request::Malformed;

/// The members of an object, each of which occurs once, at every depth.
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// Parses one object, with white space alone around it.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Malformed> {
        match serde_json::from_slice(body) {
            Ok(Strict(Value::Object(members))) => Ok(Self(members)),
            _ => Err(Malformed::Body),
        }
    }

    /// Returns the object.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// Removes and returns a text; `null` counts as absent.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Malformed> {
        match self.any(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Malformed::Value(name)),
        }
    }

    /// Removes and returns an object; `null` counts as absent.
    pub(crate) fn object(&mut self, name: &'static str) -> Result<Option<Value>, Malformed> {
        self.any(name).map(|value| if value.is_object() { Ok(value) } else { Err(Malformed::Value(name)) }).transpose()
    }

    fn any(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// Refuses what was not removed. Names are compared exactly: Go would accept other cases, and take the last.
    pub(crate) fn finish(self) -> Result<(), Malformed> {
        let left = self.0.into_iter().find(|(_, value)| !value.is_null());
        left.map_or(Ok(()), |(name, _)| Err(Malformed::Unknown(name)))
    }
}

/// A value whose objects have no key twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated keys")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((key, Strict(value))) = members.next_entry::<String, Strict>()? {
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom("a key occurs twice"));
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_occurs_once_at_every_depth() {
        for body in [
            r#"{"db":"a","db":"b"}"#,
            r#"{"db":"a","d\u0062":"b"}"#,
            r#"{"params":{"a":1,"a":2}}"#,
            r#"{"params":[{"a":1,"a":2}]}"#,
            r#"["b","select 1"]"#,
            r#"{"db":"a"} {"db":"b"}"#,
            r#"{"db":"a"}x"#,
            "",
            "db=a",
        ] {
            assert!(Members::parse(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn names_are_exact() {
        let mut members = Members::parse(br#"{"query":"a","QUERY":"b","x":null}"#).unwrap();
        assert_eq!(members.text("query"), Ok(Some("a".into())));
        assert_eq!(members.finish(), Err(Malformed::Unknown("QUERY".into())));
    }
}
