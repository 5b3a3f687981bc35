//! The dialog that ends the binding of a bucket.

use leptos::prelude::*;

use jeton_model::console::databases::{BoundRow, GateDetails};

use crate::{
    components::{
        Dialog, DialogHead, Form, Icon, Picture,
        field::{Hint, at_field},
        form::{refusal, typed_fields},
        text::Alert,
    },
    error::ConsoleError,
    forms::databases::BoundForm,
    routes::Databases,
};

use super::{DatabasesState, Refused, asked_for, gate_resource};

/// The route of the dialog.
#[component]
pub fn UnbindRoute() -> impl IntoView {
    let state = DatabasesState::current();
    let found = gate_resource(state, RwSignal::new(0));
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(details) if details.may_bind && !details.bindings.is_empty() => {
                        view! { <UnbindDialog details state/> }.into_any()
                    }
                    Ok(_) => view! {
                        <Refused error=ConsoleError::message("There is no binding here that you may end.") state/>
                    }
                    .into_any(),
                    Err(error) => view! { <Refused error state/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The form.
#[component]
fn UnbindDialog(details: GateDetails, state: DatabasesState) -> impl IntoView {
    let key = details.gate.key;
    let failed = "The binding was not ended";
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = state.on_done(failed, refused);
    let close = Signal::derive(move || state.address(Databases::Show(key)));
    let elsewhere = move || refused.get().filter(|error| error.fields().is_empty());
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <DialogHead title=format!("End a binding at {key}") close/>
            <Form action=Signal::derive(move || state.address(Databases::Unbind(key))) busy on_answer>
                <div class="dialog-body">
                    {move || elsewhere().map(|error| view! {
                        <Alert danger=true live=true><b>{failed}"."</b>" "{error.sentence()}</Alert>
                    })}
                    <p id="dialog-text">
                        "Programs that use the bucket through this gate are refused at once. The database keeps its data, and the bucket its tokens."
                    </p>
                    <BoundField bindings=details.bindings refused/>
                </div>
                <footer class="dialog-foot">
                    <a class="button" href=close data-noscroll>"Cancel"</a>
                    <button class="button destroy" aria-busy=move || busy.get().then_some("true") data-testid="unbind-bucket-submit">
                        {move || if busy.get() { "Ending" } else { "End binding" }}
                    </button>
                </footer>
            </Form>
        </Dialog>
    }
}

/// The choice of the bucket.
#[component]
fn BoundField(bindings: Vec<BoundRow>, refused: RwSignal<Option<ConsoleError>>) -> impl IntoView {
    let error = at_field(refused, BoundForm::BUCKET);
    let chosen = typed_fields().get(BoundForm::BUCKET).map_or_else(|| asked_for(BoundForm::BUCKET), str::to_owned);
    let option = move |row: BoundRow| {
        let value = row.bucket.to_string();
        let selected = value == chosen;
        view! { <option value=value selected=selected>{format!("{} ({})", row.name, row.place)}</option> }
    };
    view! {
        <div class="field">
            <label for="bucket">"Bucket"</label>
            <span class="select-box">
                <select
                    class="input" id="bucket" name=BoundForm::BUCKET autofocus aria-describedby="bucket-hint"
                    aria-invalid=move || error.get().map(|_| "true") data-testid="unbind-bucket-choice"
                >
                    {bindings.into_iter().map(option).collect_view()}
                </select>
                <Icon picture=Picture::ChevronDown/>
            </span>
            <Hint id="bucket" hint="" error/>
        </div>
    }
}
