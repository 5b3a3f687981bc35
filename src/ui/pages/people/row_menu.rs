//! What can be done to a user, as items of a row's menu.

use leptos::prelude::*;

use crate::{
    model::{Status, UserId, people::Person},
    ui::components::{Form, Icon, Notices, Picture, copy::copy, form::Answered},
};

/// A link to a dialog.
#[component]
pub fn LinkItem(
    #[prop(into)] href: Signal<String>,
    picture: Picture,
    testid: &'static str,
    #[prop(optional)] danger: bool,
    children: Children,
) -> impl IntoView {
    let class = if danger { "menu-item danger" } else { "menu-item" };
    view! { <li><a class=class href=href data-noscroll data-testid=testid><Icon picture/>{children()}</a></li> }
}

/// Copies the id, by which others can add this user to their organization.
#[component]
pub fn CopyIdItem(id: UserId) -> impl IntoView {
    let notices = Notices::current();
    let on_click = move |_| {
        copy(id.to_string(), move |done| {
            if done {
                notices.success("The ID was copied", id.to_string());
            } else {
                notices.failure("The browser refused the clipboard", format!("Select and copy it here: {id}"));
            }
        });
    };
    view! {
        <li class="needs-script">
            <button class="menu-item" type="button" data-testid="context-copy-id" on:click=on_click><Icon picture=Picture::Copy/>"Copy ID"</button>
        </li>
    }
}

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
    on_answer: Callback<Answered>,
) -> impl IntoView {
    let Person { user, only_operator, .. } = person;
    if user.status == Status::Active && (is_self || only_operator) {
        return view! { <LinkItem href=ask picture=Picture::Pause testid="context-status-user">"Deactivate…"</LinkItem> }.into_any();
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
