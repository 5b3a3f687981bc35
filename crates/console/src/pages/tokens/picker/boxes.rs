//! The check boxes of the picker.

use leptos::prelude::*;

use jeton_model::{Action, ResourceType, console::selection::Pick};

use crate::{forms::tokens::CustomForm, pages::tokens::custom::form_state::CustomTokenForm};

/// Returns the element id of a box: the resource's id, with a 1 appended for writing, as in InfluxDB's console.
fn box_id(id: &str, action: Action) -> String {
    match action {
        Action::Read => id.to_owned(),
        Action::Write => format!("{id}1"),
    }
}

/// One box. If the box of its type implies it, it is ticked and disabled.
#[component]
pub fn PickBox(
    /// The permission that the box grants.
    pick: Pick,
    /// The id of the resource, or the name of its type.
    id: String,
    /// The name of the resource or type, for the accessible name.
    label: String,
    /// True if the box is displayed as partly ticked.
    #[prop(into, optional)]
    mixed: Signal<bool>,
    /// True if the caller cannot grant the permission.
    refused: bool,
    /// The state of the form.
    choosing: CustomTokenForm,
) -> impl IntoView {
    let CustomTokenForm { selection, .. } = choosing;
    let implied = move || selection.with(|selection| selection.implied(pick));
    let checked = move || implied() || selection.with(|selection| selection.holds(pick));
    let described = refused.then(|| format!("{id}-why"));
    view! {
        <label class=format!("check {}", pick.action)>
            <input
                type="checkbox" id=box_id(&id, pick.action) name=CustomForm::PERMISSION value=pick.to_string()
                aria-label=format!("{} {label}", pick.action.title()) aria-describedby=described
                checked=checked prop:checked=checked disabled=move || refused || implied()
                data-mixed=move || mixed.get().then_some("") prop:indeterminate=mixed
                on:change:target=move |event| choosing.press(pick, event.target().checked())
            />
        </label>
    }
}

/// The box that ticks a whole column of types; it never inverts them. It is no permission of its own, so it needs
/// JavaScript.
#[component]
pub fn ColumnBox(
    /// The action of the column.
    action: Action,
    /// The types that the box ticks.
    kinds: Vec<ResourceType>,
    /// The state of the form.
    choosing: CustomTokenForm,
    /// The boxes of types that the caller cannot grant.
    refused: StoredValue<Vec<Pick>>,
) -> impl IntoView {
    let CustomTokenForm { selection, .. } = choosing;
    let picks: Vec<Pick> = kinds.into_iter().map(|kind| Pick::all(action, kind)).collect();
    let picks: Vec<Pick> =
        picks.into_iter().filter(|pick| refused.with_value(|refused| !refused.contains(pick))).collect();
    let none_to_set = picks.is_empty();
    let picks = StoredValue::new(picks);
    let set = move || {
        picks
            .with_value(|picks| selection.with(|selection| picks.iter().filter(|pick| selection.holds(**pick)).count()))
    };
    let all = move || set() > 0 && set() == picks.with_value(Vec::len);
    let mixed = move || set() > 0 && !all();
    view! {
        <label class=format!("check {action}")>
            <input
                class="needs-script" type="checkbox" id=box_id("Other", action) aria-label=format!("{} All Other Resources", action.title())
                prop:checked=all disabled=none_to_set data-mixed=move || mixed().then_some("") prop:indeterminate=mixed
                on:change:target=move |event| {
                    let on = event.target().checked();
                    selection.update(|selection| picks.with_value(|picks| picks.iter().for_each(|pick| selection.set(*pick, on))));
                }
            />
        </label>
    }
}
