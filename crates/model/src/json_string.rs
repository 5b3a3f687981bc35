//! Serializes arbitrary JSON as a string in formats that aren't self-describing. For `#[serde(with = "json_string")]`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, de::DeserializeOwned, ser};

/// Serializes JSON as it is in human-readable formats, and as a string in others.
///
/// # Errors
/// Fails if the value or the serializer does.
pub fn serialize<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        return value.serialize(serializer);
    }
    serde_json::to_string(value).map_err(ser::Error::custom)?.serialize(serializer)
}

/// Reads what [`serialize`] writes.
///
/// # Errors
/// Fails if the input is not such a value.
pub fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    if deserializer.is_human_readable() {
        return T::deserialize(deserializer);
    }
    serde_json::from_str(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}
