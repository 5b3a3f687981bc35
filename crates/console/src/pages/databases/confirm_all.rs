//! The dialog that confirms all suspended buckets of a gate.

use leptos::prelude::*;

use jeton_model::{console::databases::GateDetails, wording};

use crate::{
    components::{
        Dialog, Form,
        form::{NotDone, refusal},
    },
    forms::databases::ConfirmAllForm,
    routes::Databases,
};

use super::{DatabasesState, binding_form::BindingRoute};

const FAILED: &str = "The buckets were not confirmed";
/// The effect on buckets that are bound to databases.
const BOUND: &str = "This confirms each suspended bucket whose database is there again. Look at the databases before: \
                     the tokens of these buckets then have access to what the databases hold now.";
/// The effect on buckets of InfluxDB 2.
const UPSTREAM: &str = "This confirms each suspended bucket that InfluxDB has again. Look at InfluxDB before: the tokens \
                        of these buckets then have access to what it holds now, and each bucket has the name that it \
                        has there.";

/// The route of the dialog.
#[component]
pub fn ConfirmAllRoute() -> impl IntoView {
    view! {
        <BindingRoute
            allows=|details| { details.is_operator && suspended(details) != 0 }
            denial="There is no suspended bucket here that you may confirm."
            render=|details, state| view! { <ConfirmAllDialog details state/> }.into_any()
        />
    }
}

/// The dialog.
#[component]
fn ConfirmAllDialog(details: GateDetails, state: DatabasesState) -> impl IntoView {
    let key = details.gate.key;
    let number = suspended(&details);
    let refused = RwSignal::new(refusal());
    let busy = RwSignal::new(false);
    let on_answer = state.on_done(FAILED, refused);
    let close = Signal::derive(move || state.address(Databases::Show(key)));
    let last_suspended = details.last_suspended.map_or(0, |at| at.micros());
    let verb = if number == 1 { " is suspended." } else { " are suspended." };
    let effect = if details.gate.kind.has_bindings() { BOUND } else { UPSTREAM };
    view! {
        <Dialog class="narrow" close role="alertdialog" described_by="dialog-text">
            <header class="dialog-head" data-testid="overlay--header">
                <h2 id="dialog-title">{format!("Confirm all suspended buckets of {key}?")}</h2>
            </header>
            <div class="dialog-body">
                <NotDone what=FAILED refused/>
                <div id="dialog-text" class="bucket-losses">
                    <p><b>{wording::count(number, "bucket")}</b>{verb}</p>
                    <p>{effect}</p>
                    <p>"A bucket whose database is missing stays suspended."</p>
                </div>
            </div>
            <footer class="dialog-foot">
                <a class="button" href=close data-noscroll autofocus>"Cancel"</a>
                <Form action=Signal::derive(move || state.address(Databases::ConfirmAll(key))) busy on_answer>
                    <input type="hidden" name=ConfirmAllForm::UPSTREAM value=details.gate.upstream/>
                    <input type="hidden" name=ConfirmAllForm::LAST_SUSPENDED value=last_suspended.to_string()/>
                    <button class="button primary" aria-busy=move || busy.get().then_some("true") data-testid="confirm-all-submit">
                        {move || if busy.get() { "Confirming" } else { "Confirm all" }}
                    </button>
                </Form>
            </footer>
        </Dialog>
    }
}

/// Returns the number of suspended buckets.
fn suspended(details: &GateDetails) -> u64 {
    details.bindings.iter().filter(|row| row.suspended).count() as u64
}
