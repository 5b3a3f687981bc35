//! The details of an entry of the audit log, value by value.

use serde_json::{Map, Value};

/// A value before and after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name in words: "Description".
    pub what: String,
    /// `None` if the entry records no earlier value.
    pub before: Option<String>,
    /// `None` if there was no value afterwards.
    pub after: Option<String>,
}

/// Returns the values in an entry's detail. Of values before and after a change, only those that differ.
pub fn facts(detail: &Value) -> Vec<Fact> {
    let Value::Object(members) = detail else { return Vec::new() };
    let side = |name: &str| members.get(name).and_then(Value::as_object);
    let (before, after) = (side("before"), side("after"));
    let plain =
        members.iter().filter(|(name, value)| !(matches!(name.as_str(), "before" | "after") && value.is_object()));
    let mut facts: Vec<Fact> =
        plain.map(|(name, value)| Fact { what: words(name), before: None, after: text(value) }).collect();
    let mut changed = differences(before, after);
    changed.append(&mut facts);
    changed
}

fn differences(before: Option<&Map<String, Value>>, after: Option<&Map<String, Value>>) -> Vec<Fact> {
    let nothing = Map::new();
    let (before, after) = (before.unwrap_or(&nothing), after.unwrap_or(&nothing));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let differing = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let value = |side: &Map<String, Value>, name: &str| side.get(name).and_then(text).unwrap_or_else(|| "–".into());
    differing
        .map(|name| Fact { what: words(name), before: Some(value(before, name)), after: Some(value(after, name)) })
        .collect()
}

/// Formats a member's name in words: "Retention seconds" for "retentionSeconds".
fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if words.is_empty() {
            words.push(letter.to_ascii_uppercase());
        } else if letter.is_ascii_uppercase() {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(true) => Some("yes".into()),
        Value::Bool(false) => Some("no".into()),
        Value::Array(items) => Some(items.iter().filter_map(text).collect::<Vec<_>>().join(", ")),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_change_only_what_differs_is_told() {
        let detail = json!({"before": {"name": "a", "description": ""}, "after": {"name": "a", "description": "new"}, "user": "x"});
        let expected = [
            Fact { what: "Description".into(), before: Some("–".into()), after: Some("new".into()) },
            Fact { what: "User".into(), before: None, after: Some("x".into()) },
        ];
        assert_eq!(facts(&detail), expected);
    }

    #[test]
    fn values_are_told_in_words() {
        let detail = json!({"retentionSeconds": 3600, "default": true, "permissions": ["a", "b"], "gone": null});
        let listed: Vec<_> = facts(&detail).into_iter().map(|fact| (fact.what, fact.after)).collect();
        let some = |text: &str| Some(text.to_owned());
        let expected = [
            ("Default".to_owned(), some("yes")),
            ("Gone".to_owned(), None),
            ("Permissions".to_owned(), some("a, b")),
            ("Retention seconds".to_owned(), some("3600")),
        ];
        assert_eq!(listed, expected);
    }
}
