//! Patterns of database names, as the settings of a gate hold them.

use std::{fmt, str::FromStr};

/// A pattern of database names: `*` stands for any characters, also none; every other character for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabasePattern(String);

/// The error for a text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPattern {
    /// The text is empty.
    #[error("a pattern of database names must not be empty; * stands for every database")]
    Empty,
    /// The text exceeds the limit.
    #[error("a pattern of database names must not be longer than {} bytes", DatabasePattern::MAX_BYTES)]
    TooLong,
    /// The text contains a control character, which no name contains.
    #[error("a pattern of database names must not contain control characters")]
    Control,
}

impl DatabasePattern {
    /// Maximum length in bytes.
    pub const MAX_BYTES: usize = 255;

    /// Returns the pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether a database has a name of this pattern.
    pub fn matches(&self, name: &str) -> bool {
        // A `*` of the name is an ordinary character.
        let name: Vec<Part> = name.chars().map(Part::One).collect();
        have_a_name_in_common(&self.parts(), &name)
    }

    /// Returns whether there can be a database whose name has both patterns.
    pub fn overlaps(&self, other: &Self) -> bool {
        have_a_name_in_common(&self.parts(), &other.parts())
    }

    fn parts(&self) -> Vec<Part> {
        self.0.chars().map(|letter| if letter == '*' { Part::Any } else { Part::One(letter) }).collect()
    }
}

impl FromStr for DatabasePattern {
    type Err = NotAPattern;

    fn from_str(text: &str) -> Result<Self, NotAPattern> {
        match text {
            "" => Err(NotAPattern::Empty),
            text if text.len() > Self::MAX_BYTES => Err(NotAPattern::TooLong),
            text if text.chars().any(char::is_control) => Err(NotAPattern::Control),
            text => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for DatabasePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// This character.
    One(char),
    /// Any characters, also none.
    Any,
}

/// Returns whether a name exists that both patterns match. `row[j]`: whether the parts of `one` so far and the first
/// `j` parts of `two` have a name in common.
fn have_a_name_in_common(one: &[Part], two: &[Part]) -> bool {
    let mut row = vec![true];
    for (at, part) in two.iter().enumerate() {
        row.push(row[at] && *part == Part::Any);
    }
    for first in one {
        let mut next = vec![row[0] && *first == Part::Any];
        for (at, second) in two.iter().enumerate() {
            next.push(match (first, second) {
                (Part::One(first), Part::One(second)) => row[at] && first == second,
                // `*` takes nothing, or what the other pattern has last.
                _ => row[at + 1] || next[at],
            });
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> DatabasePattern {
        text.parse().unwrap()
    }

    #[test]
    fn an_asterisk_stands_for_any_characters_and_nothing_else_does() {
        for (text, names, others) in [
            ("*", vec!["plant", "a/b", "*", "\u{e9}"], vec![]),
            ("plant", vec!["plant"], vec!["Plant", "plant1", "plan", ""]),
            ("plant-*", vec!["plant-", "plant-1", "plant-a/week"], vec!["plant", "a-plant-1"]),
            ("*-raw", vec!["-raw", "a-raw", "a-raw-raw"], vec!["a-raw1"]),
            ("a*b*c", vec!["abc", "axbxc", "abbcc"], vec!["ab", "acb", "abcd"]),
            ("a.c?", vec!["a.c?"], vec!["abc", "a.cd"]),
        ] {
            let pattern = pattern(text);
            assert!(names.iter().all(|name| pattern.matches(name)), "{text}");
            assert!(others.iter().all(|name: &&str| !pattern.matches(name)), "{text}");
        }
    }

    #[test]
    fn patterns_overlap_if_one_name_can_have_both() {
        for (one, two, overlap) in [
            ("*", "plant", true),
            ("plant", "plant", true),
            ("plant", "hall", false),
            ("plant-*", "plant", false),
            ("plant-*", "*-raw", true),
            ("a*", "b*", false),
            ("*a", "*b", false),
            ("a*b", "*a*b*", true),
            ("ab*ba", "aba", false),
            ("ab*ba", "*b*b*", true),
        ] {
            assert_eq!(pattern(one).overlaps(&pattern(two)), overlap, "{one} {two}");
            assert_eq!(pattern(two).overlaps(&pattern(one)), overlap, "{two} {one}");
        }
    }

    #[test]
    fn a_pattern_that_no_name_can_have_is_refused() {
        assert_eq!("".parse::<DatabasePattern>(), Err(NotAPattern::Empty));
        assert_eq!("a\nb".parse::<DatabasePattern>(), Err(NotAPattern::Control));
        assert_eq!("a".repeat(256).parse::<DatabasePattern>(), Err(NotAPattern::TooLong));
        assert_eq!(pattern("plant-*").to_string(), "plant-*");
    }
}
