//! The dialog that rotates a token: a new token with the same permissions, and the overlap of the old one.

use leptos::prelude::*;

use jeton_model::{AuthorizationId, Liveness, Timestamp, console::tokens::Details, org_rules::RulesNow};

use crate::{
    components::{
        Dialog, DialogHead, Form, Icon, Picture,
        form::{FormId, refusal},
        text::{Alert, Chip},
    },
    error::ConsoleError,
    queries::load_org_rules,
    routes::Tokens,
    state::org_state::page_resource,
};

use super::{
    all_access::{NotCreated, on_created},
    confirm::{Missing, details_resource, name_of},
    custom::address_from,
    limits::{ExpiryField, Limits},
    overlap::Overlap,
    state::TokensState,
};

/// The route of the dialog.
#[component]
pub fn RotateRoute() -> impl IntoView {
    let state = TokensState::current();
    let details = details_resource(state);
    let rules = page_resource(move || state.org.get(), load_org_rules);
    let close = Signal::derive(move || state.address(Tokens::List));
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match (details.await, rules.await) {
                    (Ok(details), rules) => match obstacle(&details) {
                        Some(sentence) => view! { <CannotRotate details sentence state/> }.into_any(),
                        None => view! { <RotateDialog details rules state/> }.into_any(),
                    },
                    (Err(error), _) => view! { <Missing error close/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Returns why a token cannot be rotated, as far as its record determines that.
fn obstacle(details: &Details) -> Option<&'static str> {
    match details.liveness {
        _ if details.replaced_by.is_some() => Some("This token was already rotated. Rotate its successor instead."),
        Liveness::Live => None,
        Liveness::Inactive => Some("An inactive token cannot be rotated. Activate it first."),
        Liveness::Leaked => Some("This token was reported as leaked and stays inactive. Generate a new one."),
        Liveness::Expired => Some("An expired token cannot be rotated. Clone it to get a new one."),
        Liveness::Ended => Some("The owner or organization of this token was deleted. Generate a new one."),
    }
}

/// The dialog for a token that cannot be rotated.
#[component]
fn CannotRotate(details: Details, sentence: &'static str, state: TokensState) -> impl IntoView {
    let close = Signal::derive(move || state.address(Tokens::List));
    let successor = details.replaced_by.map(|id: AuthorizationId| {
        view! { <a class="button" href=move || state.address(Tokens::Rotate(id)) data-noscroll>"Rotate its successor"</a> }
    });
    view! {
        <Dialog class="narrow" close>
            <DialogHead title=format!("“{}” can't be rotated", name_of(&details)) close/>
            <div class="dialog-body"><p>{sentence}</p></div>
            <footer class="dialog-foot">{successor}<a class="button" href=close data-noscroll autofocus>"Back to the list"</a></footer>
        </Dialog>
    }
}

/// The form: states what happens, and asks for the overlap and the expiry.
#[component]
fn RotateDialog(details: Details, rules: Result<RulesNow, ConsoleError>, state: TokensState) -> impl IntoView {
    let token = &details.authorization;
    let (id, now) = (token.id, details.now);
    // By default the new token gets the life of the old one.
    let life = token.expires_at.map(|end| end.seconds_since(token.created_at));
    let limits = Limits::of_new(rules, life, &token.networks);
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = on_created(state, refused);
    let close = Signal::derive(move || state.address(Tokens::List));
    let own_end = token.expires_at;
    let old = match own_end {
        Some(end) => format!("The old one would expire on {}.", end.date()),
        None => "The old one would never expire.".into(),
    };
    view! {
        <Dialog class="rotate" close>
            <DialogHead title=format!("Rotate “{}”?", name_of(&details)) close/>
            <Form action=Signal::derive(move || state.address(Tokens::Rotate(id))) busy on_answer>
                <FormId/>
                <div class="dialog-body">
                    <NotCreated refused/>
                    <WhatHappens details now/>
                    <Overlap own_end now focus=true/>
                    <div class="new-life"><ExpiryField limits refused legend="The new token expires after"/><p class="hint">{old}</p></div>
                </div>
                <footer class="dialog-foot">
                    <a
                        class="link start" href=move || address_from(state, "rotate", id.to_string()) data-noscroll
                        data-testid="rotate-token--with-changes"
                    >
                        "Rotate with changes"
                    </a>
                    <a class="button" href=close data-noscroll data-testid="rotate-token--cancel-button">"Cancel"</a>
                    <button
                        class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="rotate-token--confirm-button"
                    >
                        {move || if busy.get() { "Rotating" } else { "Rotate token" }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}

/// The steps in chronological order; the style displays those that apply to the chosen overlap.
#[component]
fn WhatHappens(details: Details, now: Timestamp) -> impl IntoView {
    let authorization = details.authorization;
    let prefix = authorization.token_prefix.clone();
    let which = move || match prefix.clone() {
        Some(prefix) => view! { <Chip prefix/> }.into_any(),
        None => "the old token".into_any(),
    };
    let last = match &authorization.last_use {
        Some(last) => format!("It was used {}.", last.at.ago(now)),
        None => "It was never used.".into(),
    };
    view! {
        <ul class="what-happens">
            <li>
                <Icon picture=Picture::Key/>
                <span><b>"You get a new token,"</b>" shown once. Description, owner, permissions and allowed networks stay the same."</span>
            </li>
            <li class="with-overlap">
                <Icon picture=Picture::Swap/><span><b>"Both tokens work"</b>" for a while: programs can switch one by one."</span>
            </li>
            <li class="with-overlap">
                <Icon picture=Picture::Ban/><span><b>"Then "{which()}" is refused."</b>" "{last.clone()}</span>
            </li>
            <li class="without-overlap">
                <Icon picture=Picture::Ban/><span><b>"The old token is refused at once."</b>" "{last}</span>
            </li>
        </ul>
        {authorization.last_use.is_some().then(|| view! {
            <div class="without-overlap"><Alert small=true>"Programs that still use it stop until they have the new one."</Alert></div>
        })}
    }
}
