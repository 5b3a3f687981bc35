//! The result of a check.

use serde::Serialize;

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// The check found no problem.
    Ok,
    /// An improvement is recommended, or the check could not be made.
    Warning,
    /// The check found a problem.
    Failed,
}

/// The result of a check, with the remedy if there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// The name of the check.
    pub(super) check: &'static str,
    /// The outcome.
    pub(super) status: Status,
    /// The result, as one sentence.
    pub(super) sentence: String,
}

impl Finding {
    /// Returns a finding without a problem.
    pub(super) fn ok(check: &'static str, sentence: impl Into<String>) -> Self {
        Self { check, status: Status::Ok, sentence: sentence.into() }
    }

    /// Returns a finding with a recommendation, or of a check that could not be made.
    pub(super) fn warning(check: &'static str, sentence: impl Into<String>) -> Self {
        Self { check, status: Status::Warning, sentence: sentence.into() }
    }

    /// Returns a finding of a problem.
    pub(super) fn failed(check: &'static str, sentence: impl Into<String>) -> Self {
        Self { check, status: Status::Failed, sentence: sentence.into() }
    }

    /// Returns the line for people.
    pub(super) fn line(&self) -> String {
        let Self { check, status, sentence } = self;
        let word = match status {
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Failed => "FAILED",
        };
        format!("{word:<8} {check:<12} {sentence}\n")
    }
}
