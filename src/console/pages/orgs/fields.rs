//! The texts of an organization: its name and its description.

use leptos::prelude::*;

use crate::console::components::{
    field::{FieldError, Hint},
    unsaved::ChangedMark,
};

/// The name and the description: as they are saved, or as they are typed.
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

/// One text; the browser's own reset brings back what is saved.
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
    // The attribute is what a reset leads to: what is saved, or, where no script comes, what was typed.
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
