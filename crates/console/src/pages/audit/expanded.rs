//! The expanded entries. They are part of the URL, so that a reload or a shared link expands them again.

use std::{collections::BTreeSet, fmt};

/// Maximum number of expanded entries in the URL, and of entries on a page.
const MOST: usize = 25;

/// The expanded entries, by their sequence numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Open(BTreeSet<i64>);

impl Open {
    /// The query parameter.
    pub const PARAMETER: &str = "open";

    /// Parses the parameter's value; ignores what is no sequence number.
    pub fn parse(text: &str) -> Self {
        Self(text.split('.').filter_map(|seq| seq.parse().ok()).filter(|seq| *seq > 0).take(MOST).collect())
    }

    /// Returns whether the entry with this sequence number is expanded.
    pub fn holds(&self, seq: i64) -> bool {
        self.0.contains(&seq)
    }

    /// Returns the set with an entry expanded or collapsed.
    pub fn with(mut self, seq: i64, open: bool) -> Self {
        if open && self.0.len() < MOST {
            self.0.insert(seq);
        } else if !open {
            self.0.remove(&seq);
        }
        self
    }

    /// Returns the parameter and its value; `None` if no entry is expanded.
    pub fn parameter(&self) -> Option<(&'static str, String)> {
        (!self.0.is_empty()).then(|| (Self::PARAMETER, self.to_string()))
    }
}

/// Formats the parameter's value: "48190.48211".
impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, seq) in self.0.iter().enumerate() {
            write!(f, "{}{seq}", if index == 0 { "" } else { "." })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_entries_are_read_as_they_are_written() {
        let open = Open::default().with(7, true).with(3, true);
        assert_eq!(open.parameter(), Some(("open", "3.7".into())));
        assert_eq!(Open::parse("3.7"), open);
        assert_eq!(open.with(7, false).with(3, false).parameter(), None);
    }

    #[test]
    fn what_names_no_entry_is_left_out() {
        assert_eq!(Open::parse(""), Open::default());
        assert_eq!(Open::parse("x.-1.0. 5.6"), Open::default().with(6, true));
        let many: Vec<String> = (1..100).map(|seq| seq.to_string()).collect();
        assert_eq!(Open::parse(&many.join(".")).to_string().split('.').count(), MOST);
    }
}
