//! The dialog that ends the binding of a bucket.

use leptos::prelude::*;

use jeton_model::console::databases::{BoundRow, GateDetails};

use crate::{
    components::{
        Dialog, Icon, Picture,
        field::{Hint, at_field},
        form::{refusal, typed_fields},
    },
    error::ConsoleError,
    forms::databases::BoundForm,
    routes::Databases,
};

use super::{
    DatabasesState, asked_for,
    binding_form::{BindingForm, BindingRoute, Submit},
};

const SUBMIT: Submit =
    Submit { class: "button destroy", text: ("End binding", "Ending"), testid: "unbind-bucket-submit" };

/// The route of the dialog.
#[component]
pub fn UnbindRoute() -> impl IntoView {
    view! {
        <BindingRoute
            allows=|details| details.may_bind && !details.bindings.is_empty()
            denial="There is no binding here that you may end."
            render=|details, state| view! { <UnbindDialog details state/> }.into_any()
        />
    }
}

/// The dialog.
#[component]
fn UnbindDialog(details: GateDetails, state: DatabasesState) -> impl IntoView {
    let key = details.gate.key;
    let refused = RwSignal::new(refusal());
    let close = Signal::derive(move || state.address(Databases::Show(key)));
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <BindingForm
                page=Databases::Unbind(key) gate=key title=format!("End a binding at {key}") failed="The binding was not ended"
                refused submit=SUBMIT
            >
                <p id="dialog-text">
                    "Programs that use the bucket through this gate are refused at once. The database keeps its data, and the bucket its tokens."
                </p>
                <BoundField bindings=details.bindings refused/>
            </BindingForm>
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
