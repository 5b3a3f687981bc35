//! The dialog that confirms an action on every token with a reason for attention.

use leptos::prelude::*;

use jeton_model::{attention::Attention, console::attention_filter::AttentionFilter, tally::Tally};

use crate::{
    components::{Dialog, Form, text::Alert},
    error::ConsoleError,
    forms::tokens::SelectedForm,
    routes::Tokens,
};

use super::{
    attention::Remedy,
    bulk_bar::{ListFields, on_changed},
    bulk_delete::Refused,
    state::TokensState,
};

/// The dialog about the tokens that the list is filtered by.
#[component]
pub fn RemedyRoute() -> impl IntoView {
    let state = TokensState::current();
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let total = state.list.await.map(|page| page.total);
                match (total, Question::of(state.query.get_untracked().attention)) {
                    (Err(error), _) => view! { <Refused error state/> }.into_any(),
                    (Ok(total), _) if total.is_none() => {
                        view! { <Refused error=ConsoleError::NothingSelected state/> }.into_any()
                    }
                    (_, None) => view! { <Refused error=ConsoleError::NothingSelected state/> }.into_any(),
                    (Ok(total), Some(question)) => view! { <Ask question total state/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The question of the dialog.
#[derive(Clone, Copy)]
struct Question {
    verb: &'static str,
    doing: &'static str,
    /// The action, as the form's value.
    does: &'static str,
    /// An adjective for the tokens.
    which: &'static str,
    consequence: &'static str,
}

impl Question {
    /// Returns the question about a filter; `None` if there is no bulk action for it.
    fn of(filter: Option<AttentionFilter>) -> Option<Self> {
        let AttentionFilter::Only(kind) = filter? else { return None };
        let which = match kind {
            Attention::Expired => "expired ",
            Attention::Orphaned => "orphaned ",
            Attention::Unused | Attention::NeverUsed => "unused ",
            _ => "",
        };
        match Remedy::of(kind) {
            Remedy::DeactivateAll => Some(Self {
                verb: "Deactivate",
                doing: "Deactivating",
                does: "deactivate",
                which,
                consequence: "Programs that use one of them are refused at once. You can activate them again.",
            }),
            Remedy::DeleteAll => Some(Self {
                verb: "Delete",
                doing: "Deleting",
                does: "delete",
                which,
                consequence: "They are already refused. Deleting their records cannot be undone.",
            }),
            Remedy::Each | Remedy::Owners | Remedy::Rules => None,
        }
    }
}

/// The form. It submits the confirmed number: if more tokens match by then, nothing is changed.
#[component]
fn Ask(question: Question, total: Tally, state: TokensState) -> impl IntoView {
    let Question { verb, doing, does, which, consequence } = question;
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None));
    let close = Signal::derive(move || state.address(Tokens::List));
    let on_answer = on_changed(state, refused);
    let last = format!("{verb} {}", total.of(&format!("{which}API token")));
    let class = if does == "delete" { "button destroy" } else { "button primary" };
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head" data-testid="overlay--header"><h2 id="dialog-title">{format!("{last}?")}</h2></header>
            <Form action=Signal::derive(move || state.address(Tokens::Selected)) busy on_answer>
                <ListFields state/>
                <input type="hidden" name=SelectedForm::ALL value="yes"/>
                <input type="hidden" name=SelectedForm::EXPECTED value=total.known().to_string()/>
                <input type="hidden" name=SelectedForm::SURE value="yes"/>
                <div class="dialog-body">
                    {move || refused.get().map(|error| view! { <Alert danger=true live=true>{error.sentence()}</Alert> })}
                    <p id="dialog-text">{consequence}</p>
                </div>
                <footer class="dialog-foot">
                    <a class="button" href=close data-noscroll autofocus>"Cancel"</a>
                    <button
                        class=class name=SelectedForm::DO value=does aria-busy=move || busy.get().then_some("true") data-testid="remedy--confirm"
                    >
                        {move || if busy.get() { doing.to_owned() } else { last.clone() }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}
