//! The dialog that deletes a configuration.

use leptos::prelude::*;

use jeton_model::{telegraf::TelegrafFacts, wording};

use crate::{
    components::{Dialog, DialogHead, Form, form::refusal, text::Alert},
    error::ConsoleError,
    routes::Telegrafs,
};

use super::state::{TelegrafState, name_of};

/// A dialog about the configuration that the URL names.
#[component]
pub fn WithFacts<V: IntoView + 'static>(render: fn(TelegrafFacts, TelegrafState) -> V) -> impl IntoView {
    let state = TelegrafState::current();
    // Rendered once: reloading the page behind must not reset an open dialog.
    view! {
        <Suspense fallback=|| ()>
            {Suspend::new(async move {
                match state.facts.await.unwrap_or(Err(ConsoleError::TelegrafNotFound)) {
                    Ok(facts) if facts.may_change => render(facts, state).into_any(),
                    Ok(_) => view! { <Missing sentence="You may read this configuration, but not change it.".to_owned() state/> }.into_any(),
                    Err(error) => view! { <Missing sentence=error.sentence() state/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The error in place of a dialog.
#[component]
fn Missing(sentence: String, state: TelegrafState) -> impl IntoView {
    let close = Signal::derive(move || state.address(Telegrafs::List));
    view! {
        <Dialog class="narrow" close>
            <DialogHead title="This can't be changed" close/>
            <div class="dialog-body"><p>{sentence}</p></div>
            <footer class="dialog-foot"><a class="button" href=close data-noscroll autofocus>"Back to the list"</a></footer>
        </Dialog>
    }
}

/// The route of the dialog.
#[component]
pub fn DeleteRoute() -> impl IntoView {
    view! { <WithFacts render=|facts, state| view! { <DeleteDialog facts state/> }/> }
}

/// The dialog: states what stops and what stays.
#[component]
fn DeleteDialog(facts: TelegrafFacts, state: TelegrafState) -> impl IntoView {
    let id = facts.row.id;
    let tokens = facts.row.tokens;
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = state.on_done("The configuration was not deleted", refused, Some(Telegrafs::List));
    let close = Signal::derive(move || state.address(Telegrafs::Show(id)));
    let left = match tokens {
        0 => String::new(),
        1 => " The token for it is not deleted, but no longer has a configuration to read.".to_owned(),
        _ => format!(
            " The {} for it are not deleted, but no longer have a configuration to read.",
            wording::count(tokens, "token")
        ),
    };
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head" data-testid="overlay--header"><h2 id="dialog-title">{format!("Delete “{}”?", name_of(&facts.row))}</h2></header>
            <div class="dialog-body">
                {move || refused.get().map(|error| view! { <Alert danger=true live=true>{error.sentence()}</Alert> })}
                <p id="dialog-text">"Agents that fetch it can no longer start. This cannot be undone."{left}</p>
            </div>
            <footer class="dialog-foot">
                <a class="button" href=close data-noscroll autofocus>"Cancel"</a>
                <Form action=Signal::derive(move || state.address(Telegrafs::Delete(id))) busy on_answer>
                    <button class="button destroy" aria-busy=move || busy.get().then_some("true") data-testid="delete-telegraf--confirm">
                        {move || if busy.get() { "Deleting" } else { "Delete configuration" }}
                    </button>
                </Form>
            </footer>
        </Dialog>
    }
}
