//! The dialog that confirms the deletion of the selected tokens.

use leptos::prelude::*;

use jeton_model::wording;

use crate::{
    components::{
        Dialog, DialogHead, Form,
        form::{answer, typed_fields},
        text::Alert,
    },
    error::ConsoleError,
    forms::{outcome::Outcome, tokens::SelectedForm},
    routes::Tokens,
};

use super::{
    bulk_bar::{ListFields, on_changed},
    state::TokensState,
};

/// The affected tokens as form fields, and their number.
#[derive(Clone)]
struct Meant {
    count: u64,
    fields: Vec<(String, String)>,
}

impl Meant {
    /// Returns the submitted tokens of a form without JavaScript, or else the selected ones.
    fn current(state: TokensState) -> Self {
        if let Some(Ok(Outcome::ConfirmationNeeded { count })) = answer().map(|answer| answer.result) {
            let names = [SelectedForm::ID, SelectedForm::ALL];
            let sent = typed_fields().0.into_iter().filter(|(name, _)| names.contains(&name.as_str()));
            let expected = (SelectedForm::EXPECTED.to_owned(), count.to_string());
            return Self { count, fields: sent.chain([expected]).collect() };
        }
        let selection = state.selection;
        let field = |name: &str, value: String| (name.to_owned(), value);
        let fields = match selection.all.get_untracked() {
            Some(all) => {
                vec![field(SelectedForm::ALL, "yes".into()), field(SelectedForm::EXPECTED, all.to_string())]
            }
            None => selection.picked().into_iter().map(|id| field(SelectedForm::ID, id.to_string())).collect(),
        };
        Self { count: untrack(|| selection.count()), fields }
    }
}

/// The route of the dialog. Displays a message if nothing is selected, and the error of a form submitted without
/// JavaScript.
#[component]
pub fn SelectedRoute() -> impl IntoView {
    let state = TokensState::current();
    let meant = Meant::current(state);
    let refused = answer().and_then(|answer| answer.result.err());
    match (refused, meant.count) {
        (Some(error), _) => view! { <Refused error state/> }.into_any(),
        (None, 0) => view! { <Refused error=ConsoleError::NothingSelected state/> }.into_any(),
        (None, _) => view! { <DeleteMany meant state/> }.into_any(),
    }
}

/// The error in place of the dialog.
#[component]
pub fn Refused(error: ConsoleError, state: TokensState) -> impl IntoView {
    let close = Signal::derive(move || state.address(Tokens::List));
    view! {
        <Dialog class="narrow" close>
            <DialogHead title="Nothing was changed" close/>
            <div class="dialog-body"><Alert danger=true live=true>{error.sentence()}</Alert></div>
            <footer class="dialog-foot"><a class="button" href=close data-noscroll autofocus>"Back to the list"</a></footer>
        </Dialog>
    }
}

/// The dialog: states how many tokens stop working, and offers deactivation, which can be undone.
#[component]
fn DeleteMany(meant: Meant, state: TokensState) -> impl IntoView {
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None);
    let close = Signal::derive(move || state.address(Tokens::List));
    let on_answer = on_changed(state, refused);
    let tokens = wording::count(meant.count, "API token");
    let (title, last) = (format!("Delete {tokens}?"), format!("Delete {tokens}"));
    let them = if meant.count == 1 { "it" } else { "them" };
    let hidden = meant.fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head" data-testid="overlay--header"><h2 id="dialog-title">{title}</h2></header>
            <Form action=Signal::derive(move || state.address(Tokens::Selected)) busy on_answer>
                <ListFields state/>
                {hidden.collect_view()}
                <input type="hidden" name=SelectedForm::SURE value="yes"/>
                <div class="dialog-body">
                    {move || refused.get().map(|error| view! { <Alert danger=true live=true>{error.sentence()}</Alert> })}
                    <p id="dialog-text">
                        "Programs that use "{them}" are refused at once. This cannot be undone. Deactivating "{them}" can be undone."
                    </p>
                </div>
                <footer class="dialog-foot">
                    <button class="button start" name=SelectedForm::DO value="deactivate">"Deactivate instead"</button>
                    <a class="button" href=close data-noscroll autofocus>"Cancel"</a>
                    <button
                        class="button destroy" name=SelectedForm::DO value="delete" aria-busy=move || busy.get().then_some("true")
                        data-testid="selected--confirm-delete"
                    >
                        {move || if busy.get() { "Deleting".to_owned() } else { last.clone() }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}
