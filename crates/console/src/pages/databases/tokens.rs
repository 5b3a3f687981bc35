//! The tokens and 1.x credentials that are used through a gate.

use leptos::prelude::*;

use jeton_model::{
    Timestamp,
    console::databases::{GateToken, GateV1Credential, IN_USE_DAYS},
    tally::Tally,
};

use crate::{
    components::text::Time,
    routes::{PageRoute as _, Tokens},
};

use super::DatabasesState;

/// The tokens that were used last, each as a link to its details.
#[component]
pub fn InUse(
    /// The tokens, the last used one first.
    tokens: Vec<GateToken>,
    /// Number of all tokens in use.
    total: Tally,
    /// The time at which they were read.
    now: Timestamp,
    /// The state of the page.
    state: DatabasesState,
) -> impl IntoView {
    let shown = tokens.len() as u64;
    let rest =
        (total.is_more() || total.known() > shown).then(|| format!("The last {shown} of {}.", total.of("token")));
    let row = |token: GateToken| view! { <Token token now state/> };
    let list = if tokens.is_empty() {
        view! { <p class="quiet">"None that you may see."</p> }.into_any()
    } else {
        view! { <ul class="gate-rows" data-testid="gate-tokens">{tokens.into_iter().map(row).collect_view()}</ul> }
            .into_any()
    };
    view! {
        <h3 class="section-title">"Tokens in use "<span>{format!("in the last {IN_USE_DAYS} days, as far as you may see them")}</span></h3>
        {list}
        {rest.map(|rest| view! { <p class="hint">{rest}</p> })}
    }
}

/// A token with its last use.
#[component]
fn Token(token: GateToken, now: Timestamp, state: DatabasesState) -> impl IntoView {
    let (id, title) = (token.id, token.title());
    let href = move || Tokens::Details(id).address(state.page.org.get(), &[]);
    let used = token.used_at.map(|at| view! { <Time at text=at.ago(now)/> });
    view! {
        <li>
            <a class="link gate-row-text" href=href>{title}</a>
            <span class="quiet">{used}</span>
        </li>
    }
}

/// The 1.x credentials that were used last; nothing if there are none. They have no details in the console.
#[component]
pub fn V1InUse(
    /// The credentials, the last used one first.
    credentials: Vec<GateV1Credential>,
    /// The time at which they were read.
    now: Timestamp,
) -> impl IntoView {
    if credentials.is_empty() {
        return ().into_any();
    }
    let row = |credential: GateV1Credential| {
        let GateV1Credential { username, used_at: at, .. } = credential;
        view! {
            <li>
                <code class="gate-row-text">{username}</code>
                <span class="quiet"><Time at text=at.ago(now)/></span>
            </li>
        }
    };
    view! {
        <h3 class="section-title">"1.x credentials in use "<span>"the last used ones first"</span></h3>
        <ul class="gate-rows" data-testid="gate-v1-credentials">{credentials.into_iter().map(row).collect_view()}</ul>
        <p class="hint"><code>"jeton v1 auth uses"</code>" lists the buckets that one used."</p>
    }
    .into_any()
}
