//! The decision of a gate about a request for data, in words.

use serde::{Deserialize, Serialize};

/// The decision about a request, and its grounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The demand of the request.
    pub demand: String,
    /// The decision, with its reason.
    pub decision: String,
    /// True if the request is not refused.
    pub is_allowed: bool,
    /// The permissions of the token that decide; none if another rule does.
    pub permissions: Vec<String>,
}

/// The reason why a decision cannot be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum NotExplained {
    /// The text is no request.
    #[error("give the request as 'METHOD /PATH?QUERY'")]
    NoRequest,
    /// The body decides.
    #[error("the body of this request decides, and a body cannot be given")]
    Body,
    /// The database's own parser decides.
    #[error("the syntax tree of a Flux text decides, which only the database can give")]
    Syntax,
    /// The gate does not run any more, or its bindings cannot be read.
    #[error("the gate cannot decide at the moment; the log of the server has the reason")]
    Unavailable,
}
