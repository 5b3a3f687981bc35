//! The name and the description of an organization.

use leptos::prelude::*;

use crate::components::{
    field::{FieldError, Hint},
    unsaved::ChangedMark,
};

/// The saved or typed values of the name and the description.
#[derive(Clone, Copy)]
pub struct Texts {
    pub name: RwSignal<String>,
    pub description: RwSignal<String>,
}

impl Texts {
    pub fn set(self, name: String, description: String) {
        self.name.set(name);
        self.description.set(description);
    }
}

/// A text field; the browser's form reset restores the saved value.
#[component]
pub fn TextSetting(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] required: bool,
    saved: RwSignal<String>,
    given: RwSignal<String>,
    changed: Memo<bool>,
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
