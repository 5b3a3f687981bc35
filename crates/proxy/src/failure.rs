//! The reason for the client if the database gave no response.

use jeton_gate::{Malformed, Reason};

use crate::{counters::UpstreamFailure, gate::ProxyGate, upstream::NoResponse};

/// Returns the reason for the client, and counts a failure of the database.
pub(crate) fn reason(gate: &ProxyGate, failure: NoResponse) -> Reason {
    let failure = match failure {
        NoResponse::Failed(failure) => failure,
        NoResponse::Cut => return Malformed::Body.into(),
        NoResponse::TooLarge => return Reason::TooLarge,
    };
    gate.counters().failed(failure);
    if failure == UpstreamFailure::Delegation {
        gate.upstream().note_no_delegation();
    }
    match failure {
        UpstreamFailure::Unreachable
        | UpstreamFailure::Unauthorized
        | UpstreamFailure::Unguarded
        | UpstreamFailure::Delegation
        | UpstreamFailure::Disagrees => Reason::Unreachable,
        UpstreamFailure::NoAnswer => Reason::NoAnswer,
    }
}
