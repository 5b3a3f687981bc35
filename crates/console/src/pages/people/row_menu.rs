//! Menu items that the rows of members and of users share.

use leptos::prelude::*;

use jeton_model::{Status, console::people::Person};

use crate::{
    components::{Form, Icon, Picture, form::ActionOutcome, menu::MenuLink},
    forms::users::{UserForm, UserStatusForm},
};

/// The item that activates or deactivates a user at once, or first opens a dialog if that would lock the caller out.
#[component]
pub fn StatusItem(
    /// The user of the row.
    person: Person,
    /// True if this is the signed-in user.
    is_self: bool,
    /// The address to which the form posts.
    action: Signal<String>,
    /// The address of the dialog.
    #[prop(into)]
    ask: Signal<String>,
    /// Handles the outcome of the form.
    on_answer: Callback<ActionOutcome>,
) -> impl IntoView {
    let Person { user, only_operator, .. } = person;
    if user.status == Status::Active && (is_self || only_operator) {
        return view! { <MenuLink href=ask picture=Picture::Pause testid="context-status-user">"Deactivate…"</MenuLink> }.into_any();
    }
    let (picture, word) = match user.status {
        Status::Active => (Picture::Pause, "Deactivate"),
        Status::Inactive => (Picture::Play, "Activate"),
    };
    view! {
        <li>
            <Form action on_answer>
                <input type="hidden" name=UserForm::USER value=user.id.to_string()/>
                <button class="menu-item" name=UserStatusForm::STATUS value=user.status.toggled().name() data-testid="context-status-user">
                    <Icon picture/>{word}
                </button>
            </Form>
        </li>
    }
    .into_any()
}
