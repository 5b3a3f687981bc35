//! The dialog that confirms the deactivation of a token's descendants.

use leptos::prelude::*;

use jeton_model::{
    console::{lineage::Descendants, tokens::Details},
    wording,
};

use crate::{
    components::{
        Dialog, DialogHead, Form,
        form::{ActionOutcome, refusal},
        text::Alert,
    },
    forms::tokens::DescendantsForm,
    routes::Tokens,
};

use super::{
    bulk_bar::on_changed,
    confirm::{WithLineage, name_of},
    state::TokensState,
};

/// The route of the dialog.
#[component]
pub fn DescendantsRoute() -> impl IntoView {
    view! {
        <WithLineage render=|details, descendants, state| {
            view! { <DeactivateDescendants details descendants state/> }
        }/>
    }
}

/// The dialog: states how many tokens stop working, and what stays.
#[component]
fn DeactivateDescendants(details: Details, descendants: Descendants, state: TokensState) -> impl IntoView {
    let id = details.authorization.id;
    let name = name_of(&details);
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(refusal()));
    let here = Signal::derive(move || state.address(Tokens::Descendants(id)));
    let close = Signal::derive(move || state.address(Tokens::Details(id)));
    let live = descendants.live;
    if live == 0 {
        return view! {
            <Dialog class="narrow" close>
                <DialogHead title="There is nothing to deactivate" close/>
                <div class="dialog-body"><p>{format!("Nothing that was created with “{name}” still works.")}</p></div>
                <footer class="dialog-foot"><a class="button" href=close data-noscroll autofocus>"Back to the token"</a></footer>
            </Dialog>
        }
        .into_any();
    }
    let changed = on_changed(state, refused);
    let on_answer = Callback::new(move |answer: ActionOutcome| {
        if answer.is_ok() {
            state.reload_token();
        }
        changed.run(answer);
    });
    let tokens = wording::count(live, "token");
    let (title, last) = (format!("Deactivate {tokens}?"), format!("Deactivate {tokens}"));
    let (them, were, work) = if live == 1 { ("it", "It was", "works") } else { ("them", "They were", "work") };
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head" data-testid="overlay--header"><h2 id="dialog-title">{title}</h2></header>
            <Form action=here busy on_answer>
                <input type="hidden" name=DescendantsForm::EXPECTED value=live.to_string()/>
                <div class="dialog-body">
                    {move || refused.get().map(|error| view! { <Alert danger=true live=true>{error.sentence()}</Alert> })}
                    <p id="dialog-text">
                        {format!("{were} created with “{name}”, directly or through others, and still {work}. Programs that use {them} are refused at once. ")}
                        {format!("Either all are deactivated or none. “{name}” itself does not change.")}
                    </p>
                </div>
                <footer class="dialog-foot">
                    <a class="button" href=close data-noscroll autofocus>"Cancel"</a>
                    <button
                        class="button destroy" aria-busy=move || busy.get().then_some("true") data-testid="descendants--confirm"
                    >
                        {move || if busy.get() { "Deactivating".to_owned() } else { last.clone() }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
    .into_any()
}
