//! Members that an endpoint of Jeton's own does not know. InfluxDB's endpoints ignore them, as influxd does.

use jeton_http::error::ApiError;

use super::Json;

/// Maximum number of members that an error names.
const NAMED: usize = 5;
/// Maximum number of characters of a name in an error.
const LONGEST: usize = 64;

/// Returns the members of an object that are none of `known`, which match in any case, each with `place` in front.
pub fn unknown_members(object: &Json, known: &[&str], place: &str) -> Vec<String> {
    let Json::Object(members) = object else { return Vec::new() };
    let is_known = |name: &str| known.iter().any(|one| one.eq_ignore_ascii_case(name));
    let unknown = members.iter().map(|(name, _)| name).filter(|name| !is_known(name));
    unknown.map(|name| format!("{place}{}", name.chars().take(LONGEST).collect::<String>())).collect()
}

/// Refuses a body with unknown members: they could have been meant to restrict what the request does.
pub fn refuse_unknown(unknown: &[String], known: &[&str]) -> Result<(), ApiError> {
    if unknown.is_empty() {
        return Ok(());
    }
    let some: Vec<String> = unknown.iter().take(NAMED).map(|name| format!("{name:?}")).collect();
    let more = if unknown.len() > NAMED { " and others" } else { "" };
    Err(ApiError::Json(format!("unknown members {}{more}; known are {}", some.join(", "), known.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(text: &str) -> Vec<String> {
        unknown_members(&Json::parse(text.as_bytes()).unwrap(), &["overlap", "expiresAt"], "a.")
    }

    #[test]
    fn members_match_in_any_case() {
        assert!(unknown(r#"{"overlap": 1, "EXPIRESAT": 2}"#).is_empty());
        assert_eq!(unknown(r#"{"overlap": 1, "expires_at": 2, "": 3}"#), ["a.expires_at", "a."]);
        assert!(unknown("[1]").is_empty(), "what is no object is refused elsewhere");
    }

    #[test]
    fn an_error_names_a_few_members_in_short() {
        assert_eq!(refuse_unknown(&[], &["a"]), Ok(()));
        let long = unknown(&format!(r#"{{"{}": 1}}"#, "x".repeat(5000)));
        assert_eq!(long[0].len(), 2 + LONGEST);
        let names: Vec<String> = (0..7).map(|number| format!("x{number}\n")).collect();
        let refused = refuse_unknown(&names, &["a", "b"]).expect_err("unknown members").to_string();
        let expected = r#"unknown members "x0\n", "x1\n", "x2\n", "x3\n", "x4\n" and others; known are a, b"#;
        assert_eq!(refused, expected);
    }
}
