//! Violations of an organization's rules.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{duration::length, supplied_token::SuppliedTokens};

/// A rule of an organization that a token breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RuleViolation {
    /// Tokens must have an expiry, and this one has none.
    ExpiryRequired,
    /// The longest life that is allowed, in seconds.
    LongestLife(i64),
    /// Tokens must have a description, and this one's is blank.
    DescriptionRequired,
    /// Only operators may create tokens that reach every organization.
    OperatorsOnly,
    /// The callers who may supply the value or the hash of a token.
    Supplied(SuppliedTokens),
}

impl RuleViolation {
    /// Describes the violation by an existing token: "it never expires".
    pub fn of_token(self) -> String {
        match self {
            Self::ExpiryRequired => "it never expires".into(),
            Self::LongestLife(longest) => format!("its lifetime exceeds {}", length(longest)),
            Self::DescriptionRequired => "it has no description".into(),
            Self::OperatorsOnly => "it reaches every organization".into(),
            Self::Supplied(_) => "its creator supplied it".into(),
        }
    }
}

/// Describes the rule, for the denial of a request.
impl fmt::Display for RuleViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the organization's rules ")?;
        match self {
            Self::ExpiryRequired => f.write_str("require an expiry"),
            Self::LongestLife(longest) => write!(f, "limit a token's lifetime to {}", length(*longest)),
            Self::DescriptionRequired => f.write_str("require a description"),
            Self::OperatorsOnly => f.write_str("let only operators create tokens for all organizations"),
            Self::Supplied(SuppliedTokens::Nobody) => f.write_str("let nobody supply the value or hash of a token"),
            Self::Supplied(_) => f.write_str("let only operators supply the value or hash of a token"),
        }
    }
}
