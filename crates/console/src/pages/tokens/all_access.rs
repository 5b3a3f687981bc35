//! The dialog that generates an All Access API Token.

use leptos::prelude::*;

use jeton_model::Networks;

use crate::{
    components::{
        Dialog, DialogHead, Form, Icon, Notices, Picture,
        field::{Hint, at_field},
        form::{ActionOutcome, FormId, refusal, typed},
        text::Alert,
    },
    error::ConsoleError,
    forms::{outcome::Outcome, tokens::NewTokenForm},
    queries::load_org_rules,
    routes::Tokens,
    state::org_state::page_resource,
};

use super::{
    limits::{ExpiryField, Limits, NetworksField},
    state::{CreatedBy, TokensState},
};

/// Handles the outcome of a form that creates a token.
pub fn on_created(state: TokensState, refused: RwSignal<Option<ConsoleError>>) -> Callback<ActionOutcome> {
    let notices = Notices::current();
    Callback::new(move |answer: ActionOutcome| {
        let (token, how) = match answer {
            Ok(Outcome::Created(token)) => (token, CreatedBy::Created),
            Ok(Outcome::Cloned(token)) => (token, CreatedBy::Cloned),
            Ok(Outcome::Rotated { token, old }) => (token, CreatedBy::Rotated { old }),
            Ok(_) => return,
            Err(error) => {
                notices.failure(format!("Failed to create API tokens: {}", error.sentence()), "");
                refused.set(Some(error));
                return;
            }
        };
        notices.success("API token was created successfully", "");
        state.reload();
        state.created.set(Some((token, how)));
    })
}

/// The error above the fields.
#[component]
pub fn NotCreated(refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    move || {
        refused.get().map(|error| view! { <Alert danger=true live=true><b>"Failed to create API tokens:"</b>" "{error.sentence()}</Alert> })
    }
}

/// The dialog, rendered once the organization's rules are loaded.
#[component]
pub fn AllAccessRoute() -> impl IntoView {
    let state = TokensState::current();
    let rules = page_resource(move || state.org.get(), load_org_rules);
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let limits = Limits::of_new(rules.await, None, &Networks::default());
                view! { <AllAccessDialog limits state/> }
            })}
        </Suspense>
    }
}

/// The form: an optional description, and the limits. The token gets every permission in the organization.
#[component]
fn AllAccessDialog(limits: Limits, state: TokensState) -> impl IntoView {
    let frame = state.frame();
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = on_created(state, refused);
    let error = at_field(refused, NewTokenForm::DESCRIPTION);
    let close = Signal::derive(move || state.address(Tokens::List));
    let org = frame.org.name;
    view! {
        <Dialog close>
            <DialogHead title="Generate All Access API Token" close/>
            <Form action=Signal::derive(move || state.address(Tokens::AllAccess)) busy on_answer>
                <FormId/>
                <div class="dialog-body">
                    <NotCreated refused/>
                    <Alert>"This token will be able to create, update, delete, read, and write to anything in this organization"</Alert>
                    <div class="field">
                        <label for="description">"Description"</label>
                        <input
                            class="input" id="description" name=NewTokenForm::DESCRIPTION value=typed(NewTokenForm::DESCRIPTION)
                            placeholder="Describe this new API token" aria-describedby="description-hint"
                            aria-invalid=move || error.get().map(|_| "true") autofocus autocomplete="off" data-testid="all-access-token-input"
                        />
                        <Hint id="description" hint="Name the program that uses it, so that others know what stops when it is deleted." error/>
                    </div>
                    <ExpiryField limits refused/>
                    <NetworksField limits refused/>
                    <hr/>
                    <ul class="can-list">
                        <li>
                            <Icon picture=Picture::Check/>
                            <span><b>"Included:"</b>" everything in "{org.clone()}", also what is added later, and your own user."</span>
                        </li>
                        <li class="not">
                            <Icon picture=Picture::Close/>
                            <span><b>"Not included:"</b>" changing "{org}" itself (it can read it), other organizations."</span>
                        </li>
                    </ul>
                </div>
                <footer class="dialog-foot">
                    <a class="link start" href=move || state.address(Tokens::Custom) data-noscroll>"Use a Custom API Token instead"</a>
                    <a class="button" href=close data-noscroll data-testid="button--cancel">"Cancel"</a>
                    <button class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="button--save">
                        {move || if busy.get() { "Saving" } else { "Save" }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}
