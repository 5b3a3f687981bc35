//! Filters of lists by reasons for attention, and the counts of each.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::attention::Attention;

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
    pressing: u64,
    /// Only reasons with a number above zero.
    #[serde(rename = "k")]
    kinds: Vec<(Attention, u64)>,
}

impl AttentionCounts {
    /// Returns the counts; `kinds` has the number for each reason.
    pub fn new(pressing: u64, kinds: impl IntoIterator<Item = (Attention, u64)>) -> Self {
        Self { pressing, kinds: kinds.into_iter().filter(|(_, count)| *count > 0).collect() }
    }

    /// Returns the number for a filter; for [`AttentionFilter::Any`] each token counts once.
    pub fn of(&self, filter: AttentionFilter) -> u64 {
        match filter {
            AttentionFilter::Any => self.pressing,
            AttentionFilter::Only(kind) => self.kinds().find(|(one, _)| *one == kind).map_or(0, |(_, count)| count),
        }
    }

    /// Returns the reasons that occur, the most pressing first, with their numbers.
    pub fn kinds(&self) -> impl Iterator<Item = (Attention, u64)> {
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
        let counts = AttentionCounts::new(2, [(Attention::Unused, 2), (Attention::Operator, 0)]);
        assert_eq!(counts.of(AttentionFilter::Only(Attention::Unused)), 2);
        assert_eq!(counts.of(AttentionFilter::Only(Attention::Operator)), 0);
        assert_eq!(counts.kinds().count(), 1);
    }
}
