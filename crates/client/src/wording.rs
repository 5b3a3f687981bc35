//! Permissions in words, for a terminal.

use std::collections::{HashMap, hash_map::Entry};

use serde_json::Value;

use jeton_model::{
    Id, Permission, ResourceType,
    describe::{Named, Sentence},
};

use crate::http::Client;

/// Returns a sentence of the model as plain text.
pub fn plain(sentence: &Sentence) -> String {
    let Sentence { before, name, after } = sentence;
    match name {
        Some(name) => format!("{before} {name}{after}"),
        None => format!("{before}{after}"),
    }
}

/// Returns a text, or a placeholder if it is empty.
pub fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// Returns the permissions with the names of single buckets, as far as the caller may read them.
pub async fn named(client: &Client, permissions: &[Permission]) -> Vec<Named> {
    let mut known: HashMap<Id, Option<String>> = HashMap::new();
    let mut all = Vec::new();
    for permission in permissions {
        let mut named = Named::bare(*permission);
        if let (ResourceType::Buckets, Some(id)) = (permission.resource.kind, permission.resource.id) {
            if let Entry::Vacant(unknown) = known.entry(id) {
                let found = client.get(format!("/api/v2/buckets/{id}")).read::<Value>().await.ok();
                let name = found.as_ref().and_then(|bucket| bucket.get("name")).and_then(Value::as_str);
                unknown.insert(name.map(Into::into));
            }
            named.name = known.get(&id).cloned().flatten();
            named.system = named.name.as_ref().is_some_and(|name| name.starts_with('_'));
        }
        all.push(named);
    }
    all
}

/// Returns a text on one line, without control characters for a terminal.
pub fn line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
