//! Flux texts, decided by the syntax tree of the database's own parser, which has keys and imports decoded.

mod inspect;

use std::collections::BTreeSet;

use jeton_model::{Action, BucketId};
use serde_json::json;

use crate::{
    content_type,
    demand::{Demand, Place, Target, Targets},
    kind::Settings,
    refusal::{FluxReason, Reason},
    request::Method,
    upstream::UpstreamRequest,
};

/// A Flux text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FluxText(pub(crate) String);

impl FluxText {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the request for the syntax tree, which the database answers without running anything.
    pub fn syntax_request(&self) -> UpstreamRequest {
        let body = json!({ "query": self.0 }).to_string();
        UpstreamRequest::own(Method::Post, "/api/v2/query/ast").built(content_type::JSON, body)
    }
}

/// The verdict about one Flux text. It depends on the text and the settings alone, so that it may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    text: FluxText,
    outcome: Result<Named, FluxReason>,
}

/// Returns whether a syntax tree exceeds the parser's nesting limit. The query text causes that, so that a retry fails
/// too.
fn is_too_deep(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("recursion limit exceeded")
}

/// The buckets that a text names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Named {
    /// By id. There are no others.
    ids: BTreeSet<BucketId>,
    /// By a literal name. There may be computed ones beside them.
    names: BTreeSet<String>,
}

impl Verdict {
    /// Returns the verdict from the answer to [`FluxText::syntax_request`]; `None` if the database gave no tree, which
    /// is the gate's failure.
    pub fn of(text: &FluxText, settings: &Settings, status: u16, answer: &[u8]) -> Option<Self> {
        let outcome = match status {
            200 => match serde_json::from_slice(answer) {
                Ok(tree) => inspect::inspect(&tree, &settings.flux_imports),
                Err(error) if is_too_deep(&error) => Err(FluxReason::Unreadable("it is nested too deeply".into())),
                Err(_) => return None,
            },
            400 => Err(FluxReason::Syntax),
            _ => return None,
        };
        Some(Self { text: text.clone(), outcome })
    }

    /// Returns what the text needs. Names of buckets may be computed, so that a text without ids needs one readable
    /// bucket, and the delegated credential decides which.
    pub(crate) fn demand(&self, text: &FluxText) -> Result<Demand, Reason> {
        if self.text != *text {
            return Err(Reason::Unavailable);
        }
        let ids = self.outcome.clone().map_err(Reason::Flux)?.ids;
        let read = |id| Target { action: Action::Read, place: Place::BucketId(id) };
        Ok(Targets::of(ids.into_iter().map(read)).map_or(Demand::AnyReadable, Demand::Targets))
    }

    /// Returns the literal names of buckets, which are recorded as used.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.outcome.as_ref().map(|named| named.names.clone()).unwrap_or_default()
    }
}
