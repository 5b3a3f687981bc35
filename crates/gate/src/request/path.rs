//! Paths, decoded strictly.

use super::{Malformed, escape};

/// A decoded path without anything that programs read differently: no empty segments but a trailing one, no `.` and
/// `..`, no escaped separators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(String);

impl Path {
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let segments = text.strip_prefix('/').ok_or(Malformed::TargetForm)?;
        if text.contains([';', '\\']) {
            return Err(Malformed::TargetCharacter);
        }
        if has_escaped_separator(text) {
            return Err(Malformed::EscapedSeparator);
        }
        let count = segments.split('/').count();
        for (index, segment) in segments.split('/').enumerate() {
            let is_last = index + 1 == count;
            if matches!(segment, "." | "..") || (segment.is_empty() && !is_last) {
                return Err(Malformed::Segment);
            }
        }
        let path = escape::decode(text)?;
        if path.contains(char::is_control) { Err(Malformed::Control) } else { Ok(Self(path)) }
    }

    /// Returns the decoded path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the path is this one or lies below it.
    pub fn is_within(&self, parent: &str) -> bool {
        self.0.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

fn has_escaped_separator(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["%2f", "%2e", "%3b", "%5c"].iter().any(|escape| text.contains(escape))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_same_however_it_is_escaped() {
        assert_eq!(Path::parse("/api/v3/write%5Flp"), Path::parse("/api/v3/write_lp"));
        assert_eq!(Path::parse("/%77rite"), Path::parse("/write"));
    }

    #[test]
    fn a_path_that_programs_read_differently_is_refused() {
        let paths = [
            "//write",
            "/api//write",
            "/./write",
            "/x/../write",
            "/write/..",
            "/%2e%2e/write",
            "/x%2Fwrite",
            "/write%3bx",
            "/a%5cb",
            "/a;b",
            "/a\\b",
            "/a%00",
            "/a%0a",
            "/%",
            "/%zz",
            "/a%ff",
            "write",
            "*",
            "http://db/write",
            "",
        ];
        for path in paths {
            assert!(Path::parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn a_trailing_slash_makes_another_path() {
        assert_eq!(Path::parse("/write/").unwrap().as_str(), "/write/");
        assert!(Path::parse("/write/").unwrap().is_within("/write"));
        assert!(!Path::parse("/writer").unwrap().is_within("/write"));
    }
}
