//! Rows of organizations and users, which have an id and a name.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

use jeton_model::{Org, User};

use crate::output::Shown;

/// An organization or a user, as the API returns it.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct NamedRow(Value);

impl NamedRow {
    /// Returns a text member; empty if it is missing.
    pub fn text(&self, name: &str) -> String {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// Leaves out the link to logs, which `influx` does not print.
impl Serialize for NamedRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut value = self.0.clone();
        if let Some(links) = value.get_mut("links").and_then(Value::as_object_mut) {
            links.remove("logs");
        }
        value.serialize(serializer)
    }
}

impl Shown for NamedRow {
    fn columns() -> Vec<&'static str> {
        vec!["ID", "Name"]
    }

    fn cells(&self) -> Vec<String> {
        vec![self.text("id"), self.text("name")]
    }
}

impl From<Org> for NamedRow {
    fn from(org: Org) -> Self {
        Self(json!({"id": org.id, "name": org.name}))
    }
}

impl From<User> for NamedRow {
    fn from(user: User) -> Self {
        Self(json!({"id": user.id, "name": user.name, "status": user.status.name()}))
    }
}
