//! The menu of a token's row.

use leptos::prelude::*;

use jeton_model::Status;

use crate::{
    components::{Form, Icon, Menu, Notices, Picture, copy::copy},
    forms::tokens::TokenForm,
    hydrate::hydrated::Hydrated,
    routes::Tokens,
};

use super::{
    row_update::{RowContext, on_update},
    state::TokensState,
};

/// The menu. It is rendered after hydration, and its items when it is first pointed at, which halves the size of the
/// page. Without JavaScript the row's name links to the details, which offer the same actions.
#[component]
pub fn RowMenu(facts: RowContext, state: TokensState) -> impl IntoView {
    let hydrated = Hydrated::current();
    let menu = move || {
        view! {
            <Menu
                class="end" lazy=true button="icon-button dots" label=format!("More actions for {}", facts.name.get_untracked())
                button_testid="context-menu-token" face=|| ()
            >
                <Items facts state/>
            </Menu>
        }
    };
    move || hydrated.get().then(menu)
}

/// The menu items; actions that the caller may not do are left out.
#[component]
fn Items(facts: RowContext, state: TokensState) -> impl IntoView {
    let RowContext { id, name, status, ended, clonable, may_change, .. } = facts;
    let notices = Notices::current();
    let copy_id = move |_| {
        copy(id.to_string(), move |done| {
            if done {
                notices.success("The ID was copied", id.to_string());
            } else {
                notices.failure("The browser blocked the clipboard", format!("Copy the ID from here: {id}"));
            }
        });
    };
    let on_answer = on_update(id, name.get_untracked(), state, || {});
    let toggle = move || match status.get() {
        Status::Active => view! { <Icon picture=Picture::Pause/>"Deactivate" }.into_any(),
        Status::Inactive => view! { <Icon picture=Picture::Play/>"Activate" }.into_any(),
    };
    view! {
        {clonable.then(|| view! {
            <li>
                <a class="menu-item" href=move || state.address(Tokens::Clone(id)) data-noscroll data-testid="context-clone-token">
                    <Icon picture=Picture::Clone/>"Clone"
                </a>
            </li>
        })}
        {(may_change && !ended).then(|| view! {
            <li>
                <a class="menu-item" href=move || state.address(Tokens::Rotate(id)) data-noscroll data-testid="context-rotate-token">
                    <Icon picture=Picture::Rotate/>"Rotate"
                </a>
            </li>
        })}
        <li class="needs-script">
            <button class="menu-item" type="button" data-testid="context-copy-id" on:click=copy_id><Icon picture=Picture::Copy/>"Copy ID"</button>
        </li>
        {may_change.then(|| view! {
            <li class="needs-script phone-only">
                <button class="menu-item" type="button" on:click=move |_| state.selection.set(&[id], true)>
                    <Icon picture=Picture::Check/>"Select"
                </button>
            </li>
        })}
        {(may_change && !ended).then(|| view! {
            <li>
                <Form action=Signal::derive(move || state.address(Tokens::Details(id))) on_answer>
                    <button
                        class="menu-item" name=TokenForm::STATUS value=move || status.get().toggled().name() data-testid="context-status-token"
                    >
                        {toggle}
                    </button>
                </Form>
            </li>
        })}
        {may_change.then(|| view! {
            <li class="menu-line">
                <a
                    class="menu-item danger" href=move || state.address(Tokens::Delete(id)) data-noscroll
                    data-testid="context-delete-menu--button"
                >
                    <Icon picture=Picture::Trash/>"Delete"
                </a>
            </li>
        })}
    }
}
