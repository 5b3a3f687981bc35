//! The question before many tokens are deleted.

use leptos::prelude::*;

use crate::{
    console::{
        components::{
            Dialog, DialogHead, Form,
            form::{answer, typed_fields},
            text::Alert,
        },
        forms::outcome::Outcome,
        routes::Tokens,
        text::messages,
    },
    model::Error,
};

use super::{
    bulk_bar::{ListFields, on_changed},
    state::TokensState,
};

/// Which tokens are meant, as fields of a form, and how many.
#[derive(Clone)]
struct Meant {
    count: u64,
    fields: Vec<(String, String)>,
}

impl Meant {
    /// What a form without script sent, or what is selected.
    fn current(state: TokensState) -> Self {
        if let Some(Ok(Outcome::Asked { count })) = answer().map(|answer| answer.result) {
            let sent = typed_fields().0.into_iter().filter(|(name, _)| name == "id" || name == "all");
            let expected = ("expected".to_owned(), count.to_string());
            return Self { count, fields: sent.chain([expected]).collect() };
        }
        let selection = state.selection;
        let fields = match selection.all.get_untracked() {
            Some(all) => vec![("all".to_owned(), "yes".to_owned()), ("expected".to_owned(), all.to_string())],
            None => selection.picked().into_iter().map(|id| ("id".to_owned(), id.to_string())).collect(),
        };
        Self { count: untrack(|| selection.count()), fields }
    }
}

/// Asks; whoever comes here with nothing selected is told so, and a form without script why it was refused.
#[component]
pub fn SelectedRoute() -> impl IntoView {
    let state = TokensState::current();
    let meant = Meant::current(state);
    let refused = answer().and_then(|answer| answer.result.err());
    match (refused, meant.count) {
        (Some(error), _) => view! { <Refused error state/> }.into_any(),
        (None, 0) => view! { <Refused error=Error::NothingSelected state/> }.into_any(),
        (None, _) => view! { <DeleteMany meant state/> }.into_any(),
    }
}

#[component]
pub fn Refused(error: Error, state: TokensState) -> impl IntoView {
    let close = Signal::derive(move || state.address(Tokens::List));
    view! {
        <Dialog class="narrow" close>
            <DialogHead title="Nothing was changed" close/>
            <div class="dialog-body"><Alert danger=true live=true>{messages::sentence(&error)}</Alert></div>
            <footer class="dialog-foot"><a class="button" href=close data-noscroll autofocus>"Back to the list"</a></footer>
        </Dialog>
    }
}

/// Says how many stop, and offers the way that can be gone back.
#[component]
fn DeleteMany(meant: Meant, state: TokensState) -> impl IntoView {
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None);
    let close = Signal::derive(move || state.address(Tokens::List));
    let on_answer = on_changed(state, refused);
    let tokens = messages::count(meant.count, "API token");
    let (title, last) = (format!("Delete {tokens}?"), format!("Delete {tokens}"));
    let them = if meant.count == 1 { "it" } else { "them" };
    let hidden = meant.fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head" data-testid="overlay--header"><h2 id="dialog-title">{title}</h2></header>
            <Form action=Signal::derive(move || state.address(Tokens::Selected)) busy on_answer>
                <ListFields state/>
                {hidden.collect_view()}
                <input type="hidden" name="sure" value="yes"/>
                <div class="dialog-body">
                    {move || refused.get().map(|error| view! { <Alert danger=true live=true>{messages::sentence(&error)}</Alert> })}
                    <p id="dialog-text">
                        "Programs that use "{them}" are refused at once. This cannot be undone. To be able to go back, deactivate "{them}"."
                    </p>
                </div>
                <footer class="dialog-foot">
                    <button class="button start" name="do" value="deactivate">"Deactivate instead"</button>
                    <a class="button" href=close data-noscroll autofocus>"Cancel"</a>
                    <button
                        class="button destroy" name="do" value="delete" aria-busy=move || busy.get().then_some("true")
                        data-testid="selected--confirm-delete"
                    >
                        {move || if busy.get() { "Deleting".to_owned() } else { last.clone() }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}
