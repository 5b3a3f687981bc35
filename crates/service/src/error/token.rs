//! Errors of existing authorizations.

use jeton_model::{Code, rule_violation::RuleViolation};

/// The reason why an authorization is not found or not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The authorization does not exist.
    #[error("authorization not found")]
    NotFound,
    /// The cursor `after` of a list names no authorization.
    #[error(
        "after names no authorization: it was deleted, so the page after it is not known; sort by createdAt, or begin again"
    )]
    CursorNotFound,
    /// A change sets an unknown status.
    #[error("encodeAuthorization: unknown authorization status")]
    Status,
    /// A change of a 1.x authorization sets an unknown status.
    #[error("unknown authorization status")]
    V1Status,
    /// A bulk action has no target.
    #[error("no token is selected; select at least one")]
    NothingSelected,
    /// A bulk action has more than `limit` targets.
    #[error("at most {limit} tokens can be changed at once; narrow the filter and repeat")]
    TooManySelected {
        /// Maximum number of tokens that are changed at once.
        limit: u64,
    },
    /// More tokens match now than the user confirmed.
    #[error("{now} tokens now match, more than you confirmed; review the list and try again")]
    MoreMatch {
        /// Number of tokens that match now.
        now: u64,
    },
    /// The expiry is in the past.
    #[error("expiresAt must be in the future")]
    ExpiryPast,
    /// The authorization has expired.
    #[error("the authorization has expired and cannot be reactivated; clone it to get a new token")]
    Expired,
    /// The token was reported as leaked: it can't be activated or rotated.
    #[error("this token was reported as leaked and stays inactive; create a new token instead")]
    Leaked,
    /// The token would break a rule of its organization.
    #[error("{0}")]
    RuleBroken(RuleViolation),
    /// The caller may not change some of the token's descendants.
    #[error(
        "you may not change {number} of the tokens created with this one, so none was deactivated; ask an operator"
    )]
    DescendantsBeyond {
        /// Number of descendants that the caller may not change.
        number: u64,
    },
}

impl TokenError {
    /// Returns the code that clients see.
    pub const fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::CursorNotFound | Self::Status | Self::V1Status => Code::Invalid,
            Self::NothingSelected
            | Self::TooManySelected { .. }
            | Self::MoreMatch { .. }
            | Self::ExpiryPast
            | Self::Expired
            | Self::Leaked
            | Self::RuleBroken(..) => Code::Unprocessable,
            Self::DescendantsBeyond { .. } => Code::Forbidden,
        }
    }
}
