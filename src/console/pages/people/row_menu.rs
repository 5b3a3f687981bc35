//! What can be done to a user, as items of a row's menu.

use leptos::prelude::*;

use crate::{
    console::components::{Form, Icon, Picture, form::ActionOutcome, menu::MenuLink},
    model::{Status, console::people::Person},
};

/// Activates or deactivates at once; whoever would lock themselves out is asked first.
#[component]
pub fn StatusItem(
    person: Person,
    is_self: bool,
    /// The list, which takes the form.
    action: Signal<String>,
    /// The question.
    #[prop(into)]
    ask: Signal<String>,
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
                <input type="hidden" name="user" value=user.id.to_string()/>
                <button class="menu-item" name="status" value=user.status.toggled().name() data-testid="context-status-user"><Icon picture/>{word}</button>
            </Form>
        </li>
    }
    .into_any()
}
