//! Filters of lists by reasons for attention, and the counts of each.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{attention::Attention, tally::Tally};

/// A filter of a list by reasons for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AttentionFilter {
    /// Every token with a pressing reason.
    Any,
    /// Every token with this reason, pressing or not.
    Only(Attention),
}

impl AttentionFilter {
    /// Returns every filter, the widest first.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Any].into_iter().chain(Attention::ALL.map(Self::Only))
    }

    /// Returns the name in URLs and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Only(kind) => kind.name(),
        }
    }

    /// Returns the title that the console shows.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Any => "Needed",
            Self::Only(kind) => kind.title(),
        }
    }

    /// Returns the reasons of which any is enough.
    pub fn kinds(self) -> impl Iterator<Item = Attention> {
        Attention::ALL.into_iter().filter(move |kind| match self {
            Self::Any => kind.is_pressing(),
            Self::Only(only) => *kind == only,
        })
    }
}

impl FromStr for AttentionFilter {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == Self::Any.name() { Ok(Self::Any) } else { text.parse().map(Self::Only) }
    }
}

/// Numbers of an organization's tokens by reason, whoever may read them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttentionCounts {
    /// Number of tokens with a pressing reason; each counts once.
    #[serde(rename = "p")]
    pressing: Tally,
    /// Only reasons with a number above zero.
    #[serde(rename = "k")]
    kinds: Vec<(Attention, Tally)>,
}

impl AttentionCounts {
    /// Returns the counts; `kinds` has the number for each reason.
    pub fn new(pressing: Tally, kinds: impl IntoIterator<Item = (Attention, Tally)>) -> Self {
        Self { pressing, kinds: kinds.into_iter().filter(|(_, count)| !count.is_none()).collect() }
    }

    /// Returns the number for a filter; for [`AttentionFilter::Any`] each token counts once.
    pub fn of(&self, filter: AttentionFilter) -> Tally {
        match filter {
            AttentionFilter::Any => self.pressing,
            AttentionFilter::Only(kind) => {
                self.kinds().find(|(one, _)| *one == kind).map(|(_, count)| count).unwrap_or_default()
            }
        }
    }

    /// Returns the reasons that occur, the most pressing first, with their numbers.
    pub fn kinds(&self) -> impl Iterator<Item = (Attention, Tally)> {
        self.kinds.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_as_they_are_written() {
        for filter in AttentionFilter::all() {
            assert_eq!(filter.name().parse(), Ok(filter));
        }
        assert_eq!("everything".parse::<AttentionFilter>(), Err(()));
        assert_eq!(AttentionFilter::Any.kinds().count(), 7);
        let [two, none] = [2, 0].map(Tally::exact);
        let counts = AttentionCounts::new(two, [(Attention::Unused, two), (Attention::Operator, none)]);
        assert_eq!(counts.of(AttentionFilter::Only(Attention::Unused)), two);
        assert_eq!(counts.of(AttentionFilter::Only(Attention::Operator)), none);
        assert_eq!(counts.kinds().count(), 1);
    }
}
