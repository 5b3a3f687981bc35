//! The dialog that changes a token's expiry and networks.

use leptos::prelude::*;

use jeton_model::{
    Liveness,
    console::{messages, tokens::Details},
    org_rules::RulesNow,
};

use crate::{
    components::{
        Dialog, DialogHead, Form, Notices,
        form::{ActionOutcome, refusal},
        text::Alert,
    },
    error::ConsoleError,
    forms::outcome::Outcome,
    pages::{
        layout::navigator,
        tokens::{
            confirm::{Missing, details_resource},
            state::TokensState,
        },
    },
    queries::load_org_rules,
    routes::Tokens,
    state::org_state::page_resource,
};

use super::{ExpiryField, Limits, NetworksField};

/// The route of the dialog.
#[component]
pub fn LimitsRoute() -> impl IntoView {
    let state = TokensState::current();
    let details = details_resource(state);
    let rules = page_resource(move || state.org.get(), load_org_rules);
    let close = Signal::derive(move || state.address(Tokens::List));
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match (details.await, rules.await) {
                    (Ok(details), Ok(rules)) => view! { <LimitsDialog details rules state/> }.into_any(),
                    (Err(error), _) | (_, Err(error)) => view! { <Missing error close/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The form. Untouched fields stay unchanged. An expired token cannot be revived.
#[component]
fn LimitsDialog(details: Details, rules: RulesNow, state: TokensState) -> impl IntoView {
    let token = &details.authorization;
    let id = token.id;
    let name = messages::name(&token.description, token.token_prefix.as_deref());
    let limits = Limits::of_token(rules, token.created_at, token.expires_at, &token.networks);
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let back = Signal::derive(move || state.address(Tokens::Details(id)));
    let on_answer = on_changed(state, name.clone(), back, refused);
    let elsewhere = move || refused.get().filter(|error| error.fields().is_empty());
    let alive = matches!(details.liveness, Liveness::Live | Liveness::Inactive);
    view! {
        <Dialog close=back>
            <DialogHead title=format!("Change the limits of “{name}”") close=back/>
            <Form action=Signal::derive(move || state.address(Tokens::Limits(id))) busy on_answer>
                <div class="dialog-body">
                    {move || elsewhere().map(|error| view! { <Alert danger=true live=true>{error.sentence()}</Alert> })}
                    {if alive {
                        view! { <ExpiryField limits refused/> }.into_any()
                    } else {
                        view! { <p>"It no longer works, and its expiry cannot be changed. Clone it to get a new token."</p> }.into_any()
                    }}
                    <NetworksField limits refused/>
                </div>
                <footer class="dialog-foot">
                    <a class="button" href=back data-noscroll>"Cancel"</a>
                    <button class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="limits--save">
                        {move || if busy.get() { "Saving" } else { "Save changes" }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}

fn on_changed(
    state: TokensState,
    name: String,
    back: Signal<String>,
    refused: RwSignal<Option<ConsoleError>>,
) -> Callback<ActionOutcome> {
    let notices = Notices::current();
    let navigate = navigator();
    Callback::new(move |answer: ActionOutcome| match answer {
        Ok(Outcome::Updated { .. }) => {
            notices.success("API token was updated successfully", "");
            state.reload();
            navigate(&back.get_untracked());
        }
        Ok(_) => {}
        Err(error) => {
            notices.failure(format!("Failed to update API token: \"{name}\""), error.sentence());
            refused.set(Some(error));
        }
    })
}
