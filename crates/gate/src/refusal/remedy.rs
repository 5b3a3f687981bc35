//! Remedies of refusals, for administrators.

use super::{FluxReason, Reason};

impl Reason {
    /// Returns the remedy of refusals for this reason, for an administrator who reads a list of them.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Malformed(_) | Self::Method | Self::Media | Self::TooLarge | Self::Late => {
                "Change the request of the client; docs/gate.md lists what is accepted."
            }
            Self::Unauthenticated => "Give the client a token that is active, not expired, and allowed at its address.",
            Self::ForeignOrg | Self::UnknownOrg(_) => "Give the client a token of the gate's organization.",
            Self::UnknownDatabase(_) => {
                "Bind a bucket to the database, correct the name, or give the client a token of the gate's organization."
            }
            Self::Missing(..) | Self::NothingReadable => {
                "Give the client a token with this permission, if it is meant to have it."
            }
            Self::NotOneWritable => "Let the client name the database, or give it a token that writes one bucket.",
            Self::Operator(_) => "Only an operator token may do this; most clients do not need it.",
            Self::Never | Self::Grpc => "No token permits this.",
            Self::Flux(FluxReason::Import(_)) => "Change the query, or add the package to flux-imports of the gate.",
            Self::Flux(_) => "Change the query.",
            Self::ProxyOnly(_) => {
                "Let the client use the gate as a proxy (listen), or change its request; see docs/gate.md."
            }
            Self::Suspended(_) => "Look at the database, then confirm the bucket.",
            Self::Unavailable => "See the log of Jeton: its own database may have failed.",
            Self::TooManyQueries => "Let the client run fewer queries at once, or raise max-queries-per-token.",
            Self::Unreachable | Self::NoAnswer => "See the health of the gate, and the log of the database.",
        }
    }
}
