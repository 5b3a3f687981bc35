//! One token in the list.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use super::state::{Changed, TokensState};
use crate::{
    model::{AuthorizationId, Liveness, Status, Timestamp, listing::TokenRow},
    ui::{
        address::Tokens,
        answer::Outcome,
        browser,
        components::{
            Form, Icon, Menu, Notices, Picture,
            copy::copy,
            form::Answered,
            text::{Avatar, Chip, LivenessBadge, SummaryLines, Time},
        },
        pages::layout::navigator,
        words,
    },
};

/// A row; a card on a phone.
#[component]
pub fn Row(row: TokenRow, now: Timestamp, state: TokensState) -> impl IntoView {
    let id = row.id;
    let changed = Memo::new(move |_| state.change_of(id));
    let (first_description, first_status) = (row.description.clone(), row.status);
    let description =
        Memo::new(move |_| changed.get().map_or_else(|| first_description.clone(), |change| change.description));
    let status = Memo::new(move |_| changed.get().map_or(first_status, |change| change.status));
    let prefix = row.prefix.clone();
    let name = Memo::new(move |_| words::name(&description.get(), prefix.as_deref()));
    let marked = state.query.get_untracked().show == Some(id);
    let renaming = Memo::new(move |_| state.renaming() == Some(id));
    let class = move || match (status.get(), marked) {
        (Status::Inactive, true) => "inactive marked",
        (Status::Inactive, false) => "inactive",
        (Status::Active, true) => "marked",
        (Status::Active, false) => "",
    };
    let owner = row.owner.clone().unwrap_or_else(|| "deleted user".into());
    let modified = move || {
        let at = if changed.get().is_some() { now } else { row.updated_at };
        view! { <Time at text=words::ago_or_day(at, now)/> }
    };
    let ended = matches!(row.liveness, Liveness::Ended | Liveness::Expired);
    view! {
        <tr role="row" id=id.to_string() class=class data-testid=move || format!("token-card {}", description.get())>
            <td role="cell" class="cell-description">
                {move || if renaming.get() {
                    view! { <Rename id description=description.get_untracked() state/> }.into_any()
                } else {
                    view! { <Name id description name marked state/> }.into_any()
                }}
                <div class="token-prefix-line">
                    {row.prefix.clone().map(|prefix| view! { <Chip prefix/> })}
                </div>
            </td>
            <td role="cell" class="cell-permissions"><SummaryLines summary=row.summary.clone() org_name=state.frame().org.name/></td>
            <td role="cell" class="cell-owner"><span class="owner"><Avatar name=owner.clone()/><span>{owner.clone()}</span></span></td>
            <td role="cell" class="cell-created" data-label="Created"><Time at=row.created_at text=row.created_at.date()/></td>
            <td role="cell" class="cell-modified" data-label="Modified">{modified}</td>
            <td role="cell" class="cell-status">
                {if ended {
                    view! { <LivenessBadge liveness=row.liveness/> }.into_any()
                } else {
                    view! { <Switch id name status state/> }.into_any()
                }}
            </td>
            <td role="cell" class="cell-menu"><RowMenu id name status ended state/></td>
        </tr>
    }
}

#[component]
fn Name(
    id: AuthorizationId,
    description: Memo<String>,
    name: Memo<String>,
    marked: bool,
    state: TokensState,
) -> impl IntoView {
    let shown = move || match description.get() {
        text if text.is_empty() => "Describe this API Token".to_owned(),
        text => text,
    };
    view! {
        <div class="token-title">
            <a
                class="token-name" href=move || state.address(Tokens::Details(id)) data-noscroll
                data-testid=move || format!("token-name {}", description.get())
            >
                {shown}
            </a>
            {marked.then(|| view! { <span class="badge ok">"New"</span> })}
            <a
                class="icon-button small" href=move || state.address(Tokens::Rename(id)) data-noscroll
                aria-label=move || format!("Rename {}", name.get()) data-testid="resource-editable-name--button"
            >
                <Icon picture=Picture::Pencil/>
            </a>
        </div>
    }
}

/// What a form that changed a token says, and notes for the list.
pub fn on_update(
    id: AuthorizationId,
    name: String,
    state: TokensState,
    then: impl Fn() + Send + Sync + 'static,
) -> Callback<Answered> {
    let notices = Notices::current();
    Callback::new(move |answer: Answered| match answer {
        Ok(Outcome::Updated { description, status }) => {
            notices.success("API token was updated successfully", "");
            state.note_change(id, Changed { description, status });
            then();
        }
        Ok(_) => {}
        Err(error) => notices.failure(format!("Failed to update API token: \"{name}\""), words::sentence(&error)),
    })
}

/// Edits the description in place: Enter and leaving the field save, Esc restores.
#[component]
fn Rename(id: AuthorizationId, description: String, state: TokensState) -> impl IntoView {
    let navigate = navigator();
    let form = NodeRef::<html::Div>::new();
    let close = move || navigate(&state.list_now());
    let before = description.clone();
    let value = RwSignal::new(description.clone());
    let on_answer = on_update(id, description.clone(), state, close.clone());
    let on_key = {
        let close = close.clone();
        move |event: ev::KeyboardEvent| {
            if event.key() == "Escape" {
                event.prevent_default();
                close();
            }
        }
    };
    let on_leave = move |event: ev::FocusEvent| {
        let Some(div) = form.get_untracked() else { return };
        // Only what is left in the form counts: the pencil loses the focus too, as the form takes its place.
        let from = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if from.and_then(|from| from.closest("form").ok().flatten()).is_none() {
            return;
        }
        let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if div.contains(to.as_ref()) {
            return;
        }
        if value.get_untracked().trim() == before.trim() {
            close();
        } else if let Some(form) =
            div.query_selector("form").ok().flatten().and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok())
        {
            drop(form.request_submit());
        }
    };
    let input = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            drop(input.focus());
            input.select();
            on_cleanup(move || give_focus_back(id));
        }
    });
    view! {
        <div node_ref=form on:keydown=on_key on:focusout=on_leave>
            <Form action=Signal::derive(move || state.address(Tokens::Rename(id))) class="rename" on_answer>
                <input
                    class="input" name="description" value=description.clone() placeholder="Enter a new name"
                    aria-label=format!("New description of {description}") maxlength="1024" autofocus node_ref=input
                    data-testid="resource-editable-name--input" on:input:target=move |event| value.set(event.target().value())
                />
                <button class="icon-button" aria-label="Save" data-testid="resource-editable-name--save"><Icon picture=Picture::Check/></button>
                <a class="icon-button" href=move || state.address(Tokens::List) data-noscroll aria-label="Cancel"><Icon picture=Picture::Close/></a>
            </Form>
        </div>
    }
}

/// Once the field is gone, the pencil in its place has the focus, unless it went elsewhere.
fn give_focus_back(id: AuthorizationId) {
    request_animation_frame(move || {
        if browser::focused().is_none_or(|element| element.tag_name() == "BODY") {
            browser::focus(&format!("[id='{id}'] [data-testid='resource-editable-name--button']"));
        }
    });
}

/// Flips at once, and back with a notification if the server refuses.
#[component]
fn Switch(id: AuthorizationId, name: Memo<String>, status: Memo<Status>, state: TokensState) -> impl IntoView {
    let busy = RwSignal::new(false);
    let on = move || (status.get() == Status::Active) != busy.get();
    let word = move || {
        if busy.get() {
            "Saving"
        } else if on() {
            "Active"
        } else {
            "Inactive"
        }
    };
    let on_answer = on_update(id, name.get_untracked(), state, || {});
    view! {
        <Form action=Signal::derive(move || state.address(Tokens::Details(id))) busy on_answer>
            <button
                class="switch" role="switch" aria-checked=move || on().to_string() aria-label=move || format!("Active: {}", name.get())
                aria-busy=move || busy.get().then_some("true") name="status" value=move || status.get().toggled().name() data-testid="slide-toggle"
            >
                <span class="switch-track"></span><span class="switch-word" aria-hidden="true">{word}</span>
            </button>
        </Form>
    }
}

#[component]
fn RowMenu(
    id: AuthorizationId,
    name: Memo<String>,
    status: Memo<Status>,
    ended: bool,
    state: TokensState,
) -> impl IntoView {
    let notices = Notices::current();
    let copy_id = move |_| {
        copy(id.to_string(), move |done| {
            if done {
                notices.success("The ID was copied", id.to_string());
            } else {
                notices.failure("The browser refused the clipboard", format!("Select and copy it here: {id}"));
            }
        });
    };
    let on_answer = on_update(id, name.get_untracked(), state, || {});
    let toggle = move || match status.get() {
        Status::Active => view! { <Icon picture=Picture::Pause/>"Deactivate" }.into_any(),
        Status::Inactive => view! { <Icon picture=Picture::Play/>"Activate" }.into_any(),
    };
    view! {
        <Menu
            class="end" button="icon-button" label=format!("More actions for {}", name.get_untracked()) button_testid="context-menu-token"
            face=|| view! { <Icon picture=Picture::More/> }
        >
            {(!ended).then(|| view! {
                <li>
                    <a class="menu-item" href=move || state.address(Tokens::Clone(id)) data-noscroll data-testid="context-clone-token">
                        <Icon picture=Picture::Clone/>"Clone"
                    </a>
                </li>
            })}
            <li class="needs-script">
                <button class="menu-item" type="button" data-testid="context-copy-id" on:click=copy_id><Icon picture=Picture::Copy/>"Copy ID"</button>
            </li>
            {(!ended).then(|| view! {
                <li>
                    <Form action=Signal::derive(move || state.address(Tokens::Details(id))) on_answer>
                        <button class="menu-item" name="status" value=move || status.get().toggled().name() data-testid="context-status-token">{toggle}</button>
                    </Form>
                </li>
            })}
            <li class="menu-line">
                <a
                    class="menu-item danger" href=move || state.address(Tokens::Delete(id)) data-noscroll
                    data-testid="context-delete-menu--button"
                >
                    <Icon picture=Picture::Trash/>"Delete"
                </a>
            </li>
        </Menu>
    }
}
