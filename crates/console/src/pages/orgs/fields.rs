//! The name and the description of an organization.

use leptos::prelude::*;

use crate::components::{
    field::{FieldError, Hint},
    unsaved::ChangedMark,
};

/// The saved or typed values of the name and the description.
#[derive(Clone, Copy)]
pub struct Texts {
    /// The name.
    pub name: RwSignal<String>,
    /// The description.
    pub description: RwSignal<String>,
}

impl Texts {
    /// Sets both values.
    pub fn set(self, name: String, description: String) {
        self.name.set(name);
        self.description.set(description);
    }
}

/// A text field; the browser's form reset restores the saved value.
#[component]
pub fn TextSetting(
    /// The id and the name of the input.
    id: &'static str,
    /// The label above the input.
    label: &'static str,
    /// True if the field must not be empty.
    #[prop(optional)]
    required: bool,
    /// The saved value.
    saved: RwSignal<String>,
    /// The typed value.
    given: RwSignal<String>,
    /// True if the typed value differs from the saved one.
    changed: Memo<bool>,
    /// The error message of the field.
    error: FieldError,
) -> impl IntoView {
    // A reset restores the `value` attribute: the saved value, or, without JavaScript, the submitted one.
    let typed = Some(given.get_untracked()).filter(|_| changed.get_untracked());
    let initial = move || typed.clone().unwrap_or_else(|| saved.get());
    view! {
        <div class="field">
            <label for=id>{label}<ChangedMark changed/></label>
            <input
                class="input" id=id name=id value=initial prop:value=given required=required autocomplete="off" spellcheck="false"
                aria-describedby=format!("{id}-hint") aria-invalid=move || error.get().map(|_| "true")
                on:input:target=move |event| given.set(event.target().value())
            />
            <Hint id hint="" error/>
        </div>
    }
}
