//! Comparison of responses with recordings.

use std::collections::HashMap;

use serde_json::Value;

/// Captured values by name.
pub type Captured = HashMap<String, String>;

/// Replaces `{{names}}` by captured values; unknown names stay.
pub fn fill(text: &str, captured: &Captured) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        match captured.get(name) {
            Some(value) => filled.push_str(value),
            None => filled.push_str(&format!("{{{{{name}}}}}")),
        }
        rest = behind;
    }
    filled + rest
}

/// A comparison of a response with a recording.
pub struct Comparison<'a> {
    pub captured: &'a Captured,
    /// True if lists may come in any order.
    pub unordered: bool,
    pub differences: Vec<String>,
}

impl Comparison<'_> {
    pub fn value(&mut self, path: &str, want: &Value, got: &Value) {
        match want {
            Value::String(want) => self.text(path, want, got),
            Value::Object(want) => {
                for (name, want) in want {
                    let below = format!("{path}.{name}");
                    match got.get(name) {
                        Some(got) => self.value(&below, want, got),
                        None => self.differ(&below, want, "nothing"),
                    }
                }
                if !got.is_object() {
                    self.differ(path, "an object", got);
                }
            }
            Value::Array(want) => self.list(path, want, got),
            _ if want == got => {}
            _ => self.differ(path, want, got),
        }
    }

    fn text(&mut self, path: &str, want: &str, got: &Value) {
        let want = fill(want, self.captured);
        let agrees = want == "{{any}}" || got.as_str().is_some_and(|got| matches(&want, got));
        if !agrees {
            self.differ(path, format!("{want:?}"), got);
        }
    }

    fn list(&mut self, path: &str, want: &[Value], got: &Value) {
        let Some(got) = got.as_array().filter(|got| got.len() == want.len()) else {
            return self.differ(path, format!("{} items", want.len()), got);
        };
        if self.unordered {
            return self.any_order(path, want, got.iter().collect());
        }
        for (index, (want, got)) in want.iter().zip(got).enumerate() {
            self.value(&format!("{path}[{index}]"), want, got);
        }
    }

    fn any_order(&mut self, path: &str, want: &[Value], mut left: Vec<&Value>) {
        for want in want {
            match left.iter().position(|got| self.agrees(want, got)) {
                Some(found) => drop(left.remove(found)),
                None => self.differ(path, want, "no item like it"),
            }
        }
    }

    fn agrees(&self, want: &Value, got: &Value) -> bool {
        let mut inner = Comparison { captured: self.captured, unordered: true, differences: Vec::new() };
        inner.value("", want, got);
        inner.differences.is_empty()
    }

    pub fn differ(&mut self, path: &str, want: impl std::fmt::Display, got: impl std::fmt::Display) {
        self.differences.push(format!("{path}: want {want}, got {got}"));
    }
}

/// Returns whether a text matches a pattern with placeholders.
fn matches(pattern: &str, text: &str) -> bool {
    let holes =
        [("{{id}}", is_id as fn(&str) -> bool), ("{{time}}", is_time), ("{{token}}", is_token), ("{{any}}", |_| true)];
    let first =
        holes.iter().filter_map(|(hole, fits)| Some((pattern.find(hole)?, *hole, fits))).min_by_key(|found| found.0);
    let Some((at, hole, fits)) = first else { return pattern == text };
    let (before, after) = (&pattern[..at], &pattern[at + hole.len()..]);
    let Some(rest) = text.strip_prefix(before) else { return false };
    let mut ends = (0..=rest.len()).filter(|end| rest.is_char_boundary(*end));
    ends.any(|end| fits(&rest[..end]) && matches(after, &rest[end..]))
}

fn is_id(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

/// Returns whether a text is a time in RFC 3339: digits, optionally a fraction, a zone.
fn is_time(text: &str) -> bool {
    let Some((moment, rest)) = text.split_at_checked(19) else { return false };
    let shape: String = moment.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    let zone = match rest.strip_prefix('.') {
        Some(fraction) if fraction.starts_with(|letter: char| letter.is_ascii_digit()) => {
            fraction.trim_start_matches(|letter: char| letter.is_ascii_digit())
        }
        Some(_) => return false,
        None => rest,
    };
    let shifted: String = zone.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    shape == "0000-00-00T00:00:00" && matches!(shifted.as_str(), "Z" | "+00:00" | "-00:00")
}

#[test]
fn a_comparison_finds_what_differs() {
    let captured = Captured::from([("A".into(), "x".into())]);
    let differences = |want: Value, got: Value, unordered| {
        let mut comparison = Comparison { captured: &captured, unordered, differences: Vec::new() };
        comparison.value("$", &want, &got);
        comparison.differences.len()
    };
    use serde_json::json;
    let time = "2026-05-01T10:00:00.5Z";
    assert_eq!(differences(json!({"a": "{{A}}", "t": "{{time}}"}), json!({"a": "x", "t": time, "more": 1}), false), 0);
    assert_eq!(differences(json!({"a": "{{A}}"}), json!({"a": "y"}), false), 1);
    assert_eq!(differences(json!({"a": 1}), json!({}), false), 1);
    assert_eq!(differences(json!([1, 2]), json!([2, 1]), true), 0);
    assert_eq!(differences(json!([1, 2]), json!([2, 1]), false), 2);
    assert_eq!(differences(json!([1, 2]), json!([1]), true), 1);
    assert_eq!(differences(json!("/u/{{id}}/x"), json!("/u/0123456789abcdef/x"), false), 0);
    assert_eq!(differences(json!("/u/{{id}}/x"), json!("/u/0123456789abcdeg/x"), false), 1);
    assert_eq!(differences(json!("{{time}}"), json!("yesterday"), false), 1);
    assert_eq!(differences(json!("{{token}}"), json!(""), false), 1);
    assert_eq!(differences(json!(1), json!("1"), false), 1);
}
