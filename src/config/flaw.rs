//! A mistake in a configuration file, and where it is.

use std::ops::Range;

use toml::Spanned;

/// A mistake in the text of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// Position of the first byte.
    pub(super) at: usize,
    /// The mistake and what to write instead, in one sentence without values that may be secrets.
    pub(super) message: String,
}

impl Flaw {
    /// Returns the mistake at a part of the text.
    pub(super) fn new(span: &Range<usize>, message: impl Into<String>) -> Self {
        Self { at: span.start, message: message.into() }
    }

    /// Returns the mistake at a value.
    pub(super) fn of<T>(value: &Spanned<T>, message: impl Into<String>) -> Self {
        Self::new(&value.span(), message)
    }

    /// Returns the line and the column in this text, both from 1. Columns count characters.
    pub(super) fn position(&self, text: &str) -> (usize, usize) {
        let end = (0..=self.at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        let before = &text[..end];
        // A mistake at the end of the text is that of its last line which is not blank.
        let before = if end == text.len() { before.trim_end() } else { before };
        let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
        (1 + before.matches('\n').count(), 1 + line.chars().count())
    }
}

impl From<toml::de::Error> for Flaw {
    fn from(error: toml::de::Error) -> Self {
        Self { at: error.span().map_or(0, |span| span.start), message: error.message().to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_columns_count_characters() {
        let text = "a = 1\n\"\u{e9}\u{e9}\" = 2\n\n";
        for (at, position) in [(0, (1, 1)), (4, (1, 5)), (6, (2, 1)), (12, (2, 5)), (text.len(), (2, 9)), (999, (2, 9))]
        {
            assert_eq!(Flaw { at, message: String::new() }.position(text), position, "{at}");
        }
    }
}
