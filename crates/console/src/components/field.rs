//! Form fields: label above, hint or error below.

use leptos::prelude::*;

use crate::error::ConsoleError;

use super::{Icon, Picture, form::typed};

/// The error message of a field, if any.
pub type FieldError = Signal<Option<String>>;

/// A text field.
#[component]
pub fn Field(
    /// The id and the name of the input.
    id: &'static str,
    /// The label above the input.
    label: &'static str,
    /// The hint below the input.
    #[prop(optional)]
    hint: &'static str,
    /// Further classes of the field.
    #[prop(optional)]
    class: &'static str,
    /// The `autocomplete` attribute; `off` by default.
    #[prop(optional)]
    autocomplete: &'static str,
    /// True if the input gets the focus.
    #[prop(optional)]
    autofocus: bool,
    /// The error message, in place of the hint.
    #[prop(into)]
    error: FieldError,
    /// The typed text.
    #[prop(optional)]
    value: RwSignal<String>,
) -> impl IntoView {
    if value.get_untracked().is_empty() {
        value.set(typed(id));
    }
    let autocomplete = if autocomplete.is_empty() { "off" } else { autocomplete };
    view! {
        <div class=format!("field {class}")>
            <label for=id>{label}</label>
            <input
                class="input" id=id name=id autocomplete=autocomplete autocapitalize="none" spellcheck="false" required autofocus=autofocus
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=format!("{id}-hint")
                value=value.get_untracked()
                on:input:target=move |event| value.set(event.target().value())
            />
            <Hint id hint error/>
        </div>
    }
}

/// A password field with a button that reveals the text.
#[component]
pub fn PasswordField(
    /// The id and the name of the input.
    id: &'static str,
    /// The label above the input.
    label: &'static str,
    /// The hint below the input.
    #[prop(into, optional)]
    hint: Signal<String>,
    /// The `autocomplete` attribute, by which password managers recognise the field.
    autocomplete: &'static str,
    /// True if the input gets the focus.
    #[prop(optional)]
    autofocus: bool,
    /// True if the field may be empty.
    #[prop(optional)]
    optional: bool,
    /// The error message, in place of the hint.
    #[prop(into)]
    error: FieldError,
    /// The typed password.
    #[prop(optional)]
    value: RwSignal<String>,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="input-box">
                <input
                    class="input" id=id name=id autocomplete=autocomplete required=!optional autofocus=autofocus
                    type=move || if shown.get() { "text" } else { "password" }
                    aria-invalid=move || error.get().map(|_| "true")
                    aria-describedby=format!("{id}-hint")
                    on:input:target=move |event| value.set(event.target().value())
                />
                <button
                    class="icon-button after needs-script" type="button"
                    aria-label=format!("Show {}", label.to_ascii_lowercase())
                    aria-pressed=move || shown.get().to_string()
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || view! { <Icon picture=if shown.get() { Picture::EyeOff } else { Picture::Eye }/> }}
                </button>
            </div>
            {move || view! { <Hint id hint=hint.get() error/> }}
        </div>
    }
}

/// The line below a field: its error, or else its hint.
#[component]
pub fn Hint(id: &'static str, #[prop(into)] hint: String, #[prop(into)] error: FieldError) -> impl IntoView {
    move || match error.get() {
        Some(sentence) => view! {
            <p class="error" id=format!("{id}-hint")><Icon picture=Picture::CircleAlert/><span>{sentence}</span></p>
        }
        .into_any(),
        None => view! { <p class="hint" id=format!("{id}-hint")>{hint.clone()}</p> }.into_any(),
    }
}

/// Returns the error message of one field.
pub fn at_field(refused: RwSignal<Option<ConsoleError>>, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || {
        let error = refused.get()?;
        error.at_field(field)
    })
}
