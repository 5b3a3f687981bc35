//! The routes of the Audit Log page.

use std::fmt;

use jeton_model::audit::Format;

use super::{PageRoute, Section};

/// The page, or one of its exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audit {
    /// The page, with its filters in the query string.
    List,
    /// The list as a file.
    Export(Format),
}

impl PageRoute for Audit {
    const SECTION: Section = Section::Audit;
    const LIST: Self = Self::List;

    fn parse(rest: &[&str]) -> Option<Self> {
        Some(match rest {
            [] => Self::List,
            ["export.csv"] => Self::Export(Format::Csv),
            ["export.jsonl"] => Self::Export(Format::JsonLines),
            _ => return None,
        })
    }

    fn has_dialog(self) -> bool {
        false
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List => Ok(()),
            Self::Export(format) => write!(f, "/export.{}", format.ending()),
        }
    }
}
