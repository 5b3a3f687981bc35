//! A deserializer that behaves like Go's: members match in any case, the last of equal ones wins, unknown ones are
//! ignored, and `null` leaves a member as if it were absent (docs/influxdb-compatibility.md §1.3).

use std::fmt;

use serde::{
    Deserializer,
    de::{self, DeserializeSeed, IntoDeserializer as _, MapAccess, Visitor, value::SeqDeserializer},
    forward_to_deserialize_any,
};

use super::Json;

/// The reason why JSON does not fit the requested type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// A value of another kind, in the member of this name.
    Kind { found: String, wanted: &'static str, member: Option<&'static str> },
    /// A value of the right kind that is invalid.
    Value(String),
}

impl Misfit {
    fn kind(found: &Json, wanted: &'static str) -> Self {
        Self::Kind { found: found.kind().into(), wanted, member: None }
    }

    /// Adds the name of the member, unless a more precise one is known.
    fn within(self, name: &'static str) -> Self {
        match self {
            Self::Kind { found, wanted, member: None } => Self::Kind { found, wanted, member: Some(name) },
            other => other,
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { found, wanted, member: Some(member) } => {
                write!(f, "json: cannot unmarshal {found} into {member}, where {wanted} is expected")
            }
            Self::Kind { found, wanted, member: None } => {
                write!(f, "json: cannot unmarshal {found} where {wanted} is expected")
            }
            Self::Value(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Value(message.to_string())
    }
}

impl<'de> de::IntoDeserializer<'de, Misfit> for &'de Json {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for &'de Json {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self {
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(*value),
            Json::Number(number) => number.deserialize_any(visitor).map_err(de::Error::custom),
            Json::Text(text) => visitor.visit_str(text),
            Json::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            Json::Object(members) => {
                let entries = members.iter().map(|(key, value)| (key.as_str(), value));
                visitor.visit_map(de::value::MapDeserializer::new(entries))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if *self == Json::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self {
            Json::Object(members) => visitor.visit_map(Members::new(members, fields)),
            Json::Null => visitor.visit_map(Members::new(&[], fields)),
            other => Err(Misfit::kind(other, "an object")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self {
            Json::Text(text) => visitor.visit_str(text),
            other => Err(Misfit::kind(other, "a string")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self {
            Json::Bool(value) => visitor.visit_bool(*value),
            other => Err(Misfit::kind(other, "a bool")),
        }
    }

    /// Deserializes an integer that fits into 64 bits.
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self {
            Json::Number(number) => match number.as_i64() {
                Some(value) => visitor.visit_i64(value),
                None => Err(Misfit::Kind {
                    found: format!("number {number}"),
                    wanted: "a whole number of 64 bits",
                    member: None,
                }),
            },
            other => Err(Misfit::kind(other, "a number")),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self {
            Json::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            other => Err(Misfit::kind(other, "an array")),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct map enum
        identifier ignored_any
    }
}

/// The known members of an object that have a value, each once.
struct Members<'de> {
    known: std::vec::IntoIter<(&'static str, &'de Json)>,
    current: Option<(&'static str, &'de Json)>,
}

impl<'de> Members<'de> {
    fn new(members: &'de [(String, Json)], fields: &'static [&'static str]) -> Self {
        let last = |field: &&'static str| members.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(field));
        let found = fields.iter().filter_map(|field| last(field).map(|(_, value)| (*field, value)));
        let said: Vec<_> = found.filter(|(_, value)| **value != Json::Null).collect();
        Self { known: said.into_iter(), current: None }
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        self.current = self.known.next();
        self.current.map(|(name, _)| seed.deserialize(name.into_deserializer())).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misfit> {
        let Some((name, value)) = self.current.take() else { return Err(de::Error::custom("a value without a key")) };
        seed.deserialize(value).map_err(|misfit| misfit.within(name))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use jeton_model::OrgId;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Sample {
        #[serde(rename = "orgID")]
        org: Option<OrgId>,
        name: String,
        every_seconds: Option<i64>,
        inner: Vec<Inner>,
        anything: Option<serde_json::Value>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Inner {
        name: String,
    }

    fn read(text: &str) -> Result<Sample, String> {
        let json = Json::parse(text.as_bytes())?;
        Sample::deserialize(&json).map_err(|misfit| misfit.to_string())
    }

    #[test]
    fn members_are_found_as_go_finds_them() {
        assert_eq!(read(r#"{"Name":"a","NAME":"b","other":1} trailing"#).unwrap().name, "b");
        assert_eq!(read(r#"{"name":null,"everyseconds":7}"#).unwrap().every_seconds, Some(7));
        assert_eq!(read("null"), Ok(Sample::default()));
        assert_eq!(read(r#"{"inner":[{"NAME":"x"},null]}"#).unwrap().inner.len(), 2);
        let anything = read(r#"{"anything":{"a":[1,2.5,"x",true,null]}}"#).unwrap().anything;
        assert_eq!(anything, Some(serde_json::json!({"a": [1, 2.5, "x", true, null]})));
    }

    #[test]
    fn bad_ids_are_refused_in_influxds_words() {
        assert_eq!(read(r#"{"orgID":""}"#).unwrap_err(), "id must have a length of 16 bytes");
        assert_eq!(read(r#"{"orgid":"xxxxxxxxxxxxxxxx"}"#).unwrap_err(), "invalid ID");
        assert_eq!(
            read(r#"{"orgID":1}"#).unwrap_err(),
            "json: cannot unmarshal number into orgID, where a string is expected"
        );
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for text in
            ["7", "[]", "\"x\"", r#"{"name":{}}"#, r#"{"inner":{}}"#, r#"{"inner":[1]}"#, r#"{"everySeconds":1.5}"#]
        {
            assert!(read(text).unwrap_err().starts_with("json: cannot unmarshal"), "{text}");
        }
        assert!(read(r#"{"everySeconds":9223372036854775808}"#).is_err());
    }
}
