//! The dialog that renames a configuration.

use leptos::prelude::*;

use jeton_model::telegraf::TelegrafFacts;

use crate::{
    components::{
        Dialog, DialogHead, Field, Form,
        field::at_field,
        form::{refusal, typed, typed_fields},
        text::Alert,
    },
    forms::telegrafs::TelegrafNameForm,
    routes::Telegrafs,
};

use super::{create::Description, delete::WithFacts, state::TelegrafState};

/// The route of the dialog.
#[component]
pub fn RenameRoute() -> impl IntoView {
    view! { <WithFacts render=|facts, state| view! { <RenameDialog facts state/> }/> }
}

/// The form with name and description. The text stays unchanged.
#[component]
fn RenameDialog(facts: TelegrafFacts, state: TelegrafState) -> impl IntoView {
    let id = facts.row.id;
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = state.on_done("The configuration was not renamed", refused, Some(Telegrafs::Show(id)));
    let close = Signal::derive(move || state.address(Telegrafs::Show(id)));
    let was_sent = !typed_fields().0.is_empty();
    let (name, description) = if was_sent {
        (typed(TelegrafNameForm::NAME), typed(TelegrafNameForm::DESCRIPTION))
    } else {
        (facts.row.name, facts.description)
    };
    let above = move || {
        let fields = [TelegrafNameForm::NAME, TelegrafNameForm::DESCRIPTION];
        let error = refused.get().filter(|error| !error.about().is_some_and(|about| fields.contains(&about)));
        error.map(|error| view! { <Alert danger=true live=true><b>"The configuration was not renamed."</b>" "{error.sentence()}</Alert> })
    };
    view! {
        <Dialog class="narrow" close>
            <DialogHead title="Rename configuration" close/>
            <Form action=Signal::derive(move || state.address(Telegrafs::Rename(id))) busy on_answer>
                <div class="dialog-body">
                    {above}
                    <Field
                        id=TelegrafNameForm::NAME label="Name" autofocus=true value=RwSignal::new(name)
                        error=at_field(refused, TelegrafNameForm::NAME)
                    />
                    <Description value=description error=at_field(refused, TelegrafNameForm::DESCRIPTION)/>
                </div>
                <footer class="dialog-foot">
                    <a class="button" href=close data-noscroll>"Cancel"</a>
                    <button class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="rename-telegraf--save">
                        {move || if busy.get() { "Renaming" } else { "Rename" }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}
