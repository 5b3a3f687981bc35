//! The explanation of a decision of a running gate.

use jeton_gate::Caller;
use jeton_model::binding::{Explanation, NotExplained};
use jeton_service::gates::LiveToken;

use crate::{decide::directory, directories::Unavailable, gate::ProxyGate};

impl ProxyGate {
    /// Explains the decision about a request without headers and body, with the settings and bindings that the gate has
    /// now. Nothing is sent, counted or recorded. `token`: that of the request, if it carries one that works.
    ///
    /// # Errors
    /// Those of [`jeton_gate::Gate::explain`]; the bindings may not be readable at the moment.
    pub async fn explain(&self, request: &str, token: Option<&LiveToken>) -> Result<Explanation, NotExplained> {
        let directory = directory(self).await.map_err(|Unavailable| NotExplained::Unavailable)?;
        let caller = match token {
            Some(token) => Caller::Token { org: token.org, permissions: &token.permissions },
            None => Caller::Anonymous,
        };
        let explained = self.rules().explain(request, &caller, &directory)?;
        Ok(if self.observes() { in_observe_mode(explained) } else { explained })
    }
}

/// Adds to a refusal that it is none of a gate that observes, as far as its rules let the request go on.
fn in_observe_mode(mut explained: Explanation) -> Explanation {
    if !explained.is_allowed {
        explained.decision.push_str("; the gate observes, so that the request may go on all the same");
    }
    explained
}
