//! Numbers that are counted up to a limit, because an exact number of a large list costs a look at all of it.

use serde::{Deserialize, Serialize};

use crate::wording;

/// Number up to which lists are counted.
pub const COUNTED_UP_TO: u64 = 10_000;

/// Number up to which the tokens with a reason for attention are counted, each reason by itself.
pub const ATTENTION_COUNTED_UP_TO: u64 = 1000;

/// A number, or the statement that it is above a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The number, or the limit.
    #[serde(rename = "n")]
    known: u64,
    /// True if the number is above `known`.
    #[serde(rename = "m")]
    more: bool,
}

impl Tally {
    /// Returns a number that is known exactly.
    pub const fn exact(number: u64) -> Self {
        Self { known: number, more: false }
    }

    /// Returns the result of a count that ended above `limit`.
    pub const fn up_to(limit: u64, counted: u64) -> Self {
        if counted > limit { Self { known: limit, more: true } } else { Self::exact(counted) }
    }

    /// Returns the number, or the limit that it exceeds.
    pub const fn known(self) -> u64 {
        self.known
    }

    /// Returns whether the number is above [`Self::known`].
    pub const fn is_more(self) -> bool {
        self.more
    }

    /// Returns whether nothing was counted.
    pub const fn is_none(self) -> bool {
        self.known == 0 && !self.more
    }

    /// Returns the number of rows of a list whose page `page`, counted from 1, has `rows` of them: a page that is not
    /// full ends the list.
    pub const fn with_page(self, page: u64, page_size: u64, rows: u64) -> Self {
        if rows < page_size { Self::exact((page - 1).saturating_mul(page_size).saturating_add(rows)) } else { self }
    }

    /// Formats the number: "312", "more than 10,000".
    pub fn text(self) -> String {
        self.prefixed(wording::grouped(self.known))
    }

    /// Formats the number with its noun: "1 token", "more than 10,000 tokens".
    pub fn of(self, one: &str) -> String {
        self.prefixed(wording::count(self.known, one))
    }

    fn prefixed(self, text: String) -> String {
        if self.more { format!("more than {text}") } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_ended_above_its_limit_says_so() {
        assert_eq!(Tally::up_to(10, 10), Tally::exact(10));
        assert_eq!(Tally::up_to(10, 11).text(), "more than 10");
        assert_eq!(Tally::up_to(COUNTED_UP_TO, 10_001).of("token"), "more than 10,000 tokens");
        assert_eq!(Tally::exact(1).of("token"), "1 token");
        assert!(!Tally::up_to(0, 1).is_none());
        let more = Tally::up_to(100, 101);
        assert_eq!((more.with_page(11, 10, 10), more.with_page(12, 10, 3)), (more, Tally::exact(113)));
    }
}
