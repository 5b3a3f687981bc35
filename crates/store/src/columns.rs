//! Encoding of ids, times and enums in columns.

use sqlx::{Row as _, any::AnyRow};

use jeton_model::{Id, Timestamp};

use crate::{Error, Result};

const TOP_BIT: u64 = 1 << 63;

/// Encodes an id as a signed number that sorts as the unsigned one does.
pub fn from_id(id: impl Into<Id>) -> i64 {
    (id.into().get() ^ TOP_BIT).cast_signed()
}

fn to_id(column: i64) -> Result<Id> {
    Id::new(column.cast_unsigned() ^ TOP_BIT).ok_or_else(|| corrupt("an id of zero"))
}

/// Returns the error for a value in a row that no version of the program writes.
pub fn corrupt(what: impl Into<String>) -> Error {
    sqlx::Error::Decode(what.into().into()).into()
}

/// Reads the columns of a row by name.
pub trait Columns {
    /// Reads an id, which is encoded by [`from_id`].
    fn id(&self, name: &str) -> Result<Id>;
    /// Reads an id; `None` for NULL.
    fn optional_id(&self, name: &str) -> Result<Option<Id>>;
    /// Reads a text.
    fn text(&self, name: &str) -> Result<String>;
    /// Reads a text; `None` for NULL.
    fn optional_text(&self, name: &str) -> Result<Option<String>>;
    /// Reads a time, in microseconds since the Unix epoch.
    fn time(&self, name: &str) -> Result<Timestamp>;
    /// Reads a time; `None` for NULL.
    fn optional_time(&self, name: &str) -> Result<Option<Timestamp>>;
    /// Reads a signed number of 64 bits.
    fn number(&self, name: &str) -> Result<i64>;
    /// Reads a number; `None` for NULL.
    fn optional_number(&self, name: &str) -> Result<Option<i64>>;
    /// Reads a text as the enum value that serializes to it.
    fn word<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T>;
}

impl Columns for AnyRow {
    fn id(&self, name: &str) -> Result<Id> {
        to_id(self.try_get(name)?)
    }

    fn optional_id(&self, name: &str) -> Result<Option<Id>> {
        self.try_get::<Option<i64>, _>(name)?.map(to_id).transpose()
    }

    fn text(&self, name: &str) -> Result<String> {
        Ok(self.try_get(name)?)
    }

    fn optional_text(&self, name: &str) -> Result<Option<String>> {
        Ok(self.try_get(name)?)
    }

    fn time(&self, name: &str) -> Result<Timestamp> {
        Ok(self.try_get(name).map(Timestamp::from_micros)?)
    }

    fn optional_time(&self, name: &str) -> Result<Option<Timestamp>> {
        Ok(self.try_get::<Option<i64>, _>(name)?.map(Timestamp::from_micros))
    }

    fn number(&self, name: &str) -> Result<i64> {
        Ok(self.try_get(name)?)
    }

    fn optional_number(&self, name: &str) -> Result<Option<i64>> {
        Ok(self.try_get(name)?)
    }

    fn word<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T> {
        let text = self.text(name)?;
        T::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(&text))
            .map_err(|error| corrupt(format!("{name}: {error}")))
    }
}
