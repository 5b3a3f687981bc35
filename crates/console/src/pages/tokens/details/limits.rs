//! The limits of the token: expiry, networks, and the organization's rules.

use leptos::prelude::*;

use jeton_model::{Liveness, console::tokens::Details, rule_violation::RuleViolation};

use crate::{
    components::{
        Icon, Picture,
        text::{Expires, Time},
    },
    pages::tokens::state::TokensState,
    routes::Tokens,
};

/// The limits; while the token can be used, with a link to change the first two.
#[component]
pub fn LimitFacts(details: Details, state: TokensState) -> impl IntoView {
    let Details { authorization, liveness, now, out_of_line, .. } = details;
    let id = authorization.id;
    let alive = matches!(liveness, Liveness::Live | Liveness::Inactive);
    let change = move |what: &'static str| {
        alive.then(|| {
            view! {
                <a class="link" href=move || state.address(Tokens::Limits(id)) data-noscroll aria-label=format!("Change {what}")>"Change"</a>
            }
        })
    };
    let expires = match authorization.expires_at {
        Some(end) => view! { <Time at=end text=end.minute()/><Expires end now/> }.into_any(),
        None => view! { <span class="quiet">"never"</span> }.into_any(),
    };
    let networks = authorization.networks.texts();
    let networks = if networks.is_empty() {
        view! { <span class="quiet">"any"</span> }.into_any()
    } else {
        networks.into_iter().map(|network| view! { <code class="badge">{network}</code> }).collect_view().into_any()
    };
    let broken: Vec<String> = out_of_line.into_iter().map(RuleViolation::of_token).collect();
    view! {
        <dt>"Expires"</dt>
        <dd data-testid="fact-expires">{expires}{change("the expiry")}</dd>
        <dt>"Allowed networks"</dt>
        <dd data-testid="fact-networks">{networks}{change("the networks")}</dd>
        {(!broken.is_empty()).then(|| view! {
            <dt>"Rules"</dt>
            <dd class="out-of-line" data-testid="out-of-line">
                <Icon picture=Picture::Warning/>
                <span>{format!("Breaks the organization’s rules: {}. It keeps working.", broken.join(", "))}</span>
            </dd>
        })}
    }
}
