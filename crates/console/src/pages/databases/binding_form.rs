//! The dialogs about bindings: the route, which loads the gate, and the form.

use leptos::prelude::*;

use jeton_model::console::databases::{GateDetails, GateKey};

use crate::{
    components::{DialogHead, Form, form::NotDone},
    error::ConsoleError,
    routes::Databases,
};

use super::{DatabasesState, Refused, gate_resource};

/// A dialog about the bindings of the gate in the URL, rendered once the gate is loaded.
#[component]
pub fn BindingRoute(
    /// Returns whether the caller may use the dialog.
    allows: fn(&GateDetails) -> bool,
    /// The error in place of the dialog if the caller may not use it.
    denial: &'static str,
    /// Renders the dialog.
    render: fn(GateDetails, DatabasesState) -> AnyView,
) -> impl IntoView {
    let state = DatabasesState::current();
    let found = gate_resource(state, RwSignal::new(0));
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(details) if allows(&details) => render(details, state),
                    Ok(_) => view! { <Refused error=ConsoleError::message(denial) state/> }.into_any(),
                    Err(error) => view! { <Refused error state/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The submit button of a form.
#[derive(Clone, Copy)]
pub struct Submit {
    /// The classes of the button.
    pub class: &'static str,
    /// The text, and the text while the form is pending.
    pub text: (&'static str, &'static str),
    /// The id in browser tests.
    pub testid: &'static str,
}

/// The title and the form of a dialog; a dialog that is closed leads back to the gate.
#[component]
pub fn BindingForm(
    /// The route of the dialog, to which the form posts.
    page: Databases,
    /// The gate.
    gate: GateKey,
    /// The title of the dialog.
    title: String,
    /// The title of the notification about a failure.
    failed: &'static str,
    /// The error of the form.
    refused: RwSignal<Option<ConsoleError>>,
    /// The submit button.
    submit: Submit,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let state = DatabasesState::current();
    let busy = RwSignal::new(false);
    let on_answer = state.on_done(failed, refused);
    let close = Signal::derive(move || state.address(Databases::Show(gate)));
    let Submit { class, text, testid } = submit;
    view! {
        <DialogHead title close/>
        <Form action=Signal::derive(move || state.address(page)) busy on_answer>
            <div class="dialog-body">
                <NotDone what=failed refused/>
                {children()}
            </div>
            <footer class="dialog-foot">
                <a class="button" href=close data-noscroll>"Cancel"</a>
                <button class=class aria-busy=move || busy.get().then_some("true") data-testid=testid>
                    {move || if busy.get() { text.1 } else { text.0 }}
                </button>
            </footer>
        </Form>
    }
}
