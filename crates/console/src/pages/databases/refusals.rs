//! The last refusals of a gate.

use leptos::prelude::*;

use jeton_model::{Timestamp, binding::GateRefusal, console::databases::RefusedV1Credential, wording};

use crate::{
    components::text::Time,
    routes::{PageRoute as _, Tokens},
};

use super::DatabasesState;

/// The last refusals, each with its reason and its remedy.
#[component]
pub fn Refusals(
    /// The refusals, the newest first.
    refusals: Vec<GateRefusal>,
    /// The 1.x credentials among those that were refused.
    v1_credentials: Vec<RefusedV1Credential>,
    /// The time at which they were read.
    now: Timestamp,
    /// The state of the page.
    state: DatabasesState,
) -> impl IntoView {
    let list = if refusals.is_empty() {
        view! { <p class="quiet">"None that you may see since the gate was started."</p> }.into_any()
    } else {
        let row = |refusal: GateRefusal| {
            let v1_credential = v1_credentials.iter().find(|credential| Some(credential.id) == refusal.token).cloned();
            view! { <Refusal refusal v1_credential now state/> }
        };
        view! { <ul class="gate-refusals" data-testid="gate-refusals">{refusals.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    view! {
        <h3 class="section-title">"Last refusals "<span>"without paths and queries, which may contain secrets"</span></h3>
        {list}
    }
}

/// Equal refusals of one token or 1.x credential.
#[component]
fn Refusal(
    refusal: GateRefusal,
    v1_credential: Option<RefusedV1Credential>,
    now: Timestamp,
    state: DatabasesState,
) -> impl IntoView {
    let GateRefusal { at, times, passed, token, address, status, reason, remedy, .. } = refusal;
    let passed = passed.then(|| view! { " "<span class="badge observes">"Would be refused"</span> });
    let from = address.map(|address| format!(" from {address}")).unwrap_or_default();
    let token = token.map(|id| match v1_credential {
        // A 1.x credential has no details.
        Some(RefusedV1Credential { username, .. }) => {
            let username = username.map(|username| view! { " "<code>{username}</code> });
            view! { <span>" · 1.x credential"{username}</span> }.into_any()
        }
        None => {
            let href = move || Tokens::Details(id).address(state.page.org.get(), &[]);
            view! { <span>" · "<a class="link" href=href>"Token"</a></span> }.into_any()
        }
    });
    view! {
        <li>
            <p><b>{wording::capitalized(&reason)}</b>{passed}</p>
            <p>{remedy}</p>
            <p class="hint">
                {format!("Status {status} · {}{from}, ", wording::count(times, "time"))}<Time at text=at.ago(now)/>{token}
            </p>
        </li>
    }
}
