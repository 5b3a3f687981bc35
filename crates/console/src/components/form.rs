//! Forms with progressive enhancement: they work with and without JavaScript.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    error::ConsoleError,
    forms::{
        outcome::{FormFields, FormResponse, Outcome},
        submit::submit,
    },
    hydrate::browser,
    routes::{address_of, below_base, with_parameters},
};

use super::text::Alert;

/// The result of a form's action.
pub type ActionOutcome = Result<Outcome, ConsoleError>;

/// A form that posts to `action`. Without JavaScript the browser submits it and the response is a page; with JavaScript
/// the same fields go to the same action through a server function, and the outcome goes to `on_answer`. A pending form
/// ignores further submissions.
#[component]
pub fn Form(
    /// The address that the form posts to.
    #[prop(into)]
    action: Signal<String>,
    /// The classes of the form.
    #[prop(into, optional)]
    class: Option<&'static str>,
    /// The form's id, if it has fields outside of its element.
    #[prop(into, optional)]
    id: Option<&'static str>,
    /// True while the form is pending.
    #[prop(optional)]
    busy: RwSignal<bool>,
    /// Handles the outcome of a submission with JavaScript.
    on_answer: Callback<ActionOutcome>,
    /// The fields and the buttons.
    children: Children,
) -> impl IntoView {
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        send(action.get_untracked(), browser::fields(&event), busy, on_answer);
    };
    view! { <form method="post" action=action id=id class=class on:submit=on_submit>{children()}</form> }
}

/// Sends fields to an address through the server function, as a hydrated form does.
pub fn send(address: String, fields: FormFields, busy: RwSignal<bool>, on_answer: Callback<ActionOutcome>) {
    busy.set(true);
    // The server's routes are below the base path.
    let path = below_base(&address).unwrap_or_default().to_owned();
    spawn_local(async move {
        let answer = submit(path, fields).await;
        let _ = busy.try_set(false);
        if matches!(answer, Err(ConsoleError::Unauthenticated)) && !is_sign_in() {
            to_sign_in();
        }
        on_answer.try_run(answer);
    });
}

fn is_sign_in() -> bool {
    window().location().pathname().is_ok_and(|path| path == address_of("/sign-in"))
}

/// Redirects to the sign-in page, from where a user whose session has ended returns to this page.
pub fn to_sign_in() {
    browser::go(&with_parameters(address_of("/sign-in"), &[("to", browser::here())]));
}

/// Returns the response to this page's form, if it was submitted without JavaScript.
pub fn answer() -> Option<FormResponse> {
    use_context::<FormResponse>()
}

/// Returns the error of this page's form, if it was submitted without JavaScript.
pub fn refusal() -> Option<ConsoleError> {
    answer().and_then(|answer| answer.result.err())
}

/// Returns the error message of this page's form, if it was submitted without JavaScript.
pub fn refused_sentence() -> Option<String> {
    let error = refusal()?;
    let at_a_field = error.fields().first().map(|(_, message)| message.clone());
    Some(at_a_field.unwrap_or_else(|| error.sentence()))
}

/// Returns the submitted value of a field of this page's form, if it was submitted without JavaScript.
pub fn typed(name: &str) -> String {
    typed_fields().get(name).unwrap_or_default().to_owned()
}

/// Returns all submitted values of this page's form.
pub fn typed_fields() -> FormFields {
    answer().map(|answer| answer.fields).unwrap_or_default()
}

/// The error above the fields, unless it belongs to one of them.
#[component]
pub fn NotDone(
    /// The clause before the error, as in "The bucket was not created".
    what: &'static str,
    /// The error of the form.
    refused: RwSignal<Option<ConsoleError>>,
) -> impl IntoView {
    move || {
        let error = refused.get().filter(|error| error.fields().is_empty())?;
        Some(view! { <Alert danger=true live=true><b>{what}"."</b>" "{error.sentence()}</Alert> })
    }
}

/// The hidden field with the form's idempotency key: a repeated submission has no further effect.
#[component]
pub fn FormId() -> impl IntoView {
    let id = RwSignal::new(String::new());
    Effect::new(move || id.set(browser::form_id()));
    let first = initial_form_id();
    let value = move || if id.get().is_empty() { first.clone() } else { id.get() };
    view! { <input type="hidden" name=FormFields::FORM_ID value=value/> }
}

#[cfg(feature = "ssr")]
fn initial_form_id() -> String {
    jeton_service::random::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(not(feature = "ssr"))]
fn initial_form_id() -> String {
    String::new()
}
