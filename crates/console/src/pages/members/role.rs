//! The role of a member: a choice that is saved at once and can be undone.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

use jeton_model::{UserId, console::people::Member, org::Role};

use crate::{
    components::{Form, Icon, Picture, form::ActionOutcome},
    forms::{members::MemberRoleForm, users::UserForm},
    hydrate::browser,
    pages::people::callbacks::on_changed,
};

use super::MembersState;

/// A select where the caller may change the organization, else a word.
#[component]
pub fn RoleCell(member: Member, state: MembersState) -> impl IntoView {
    let may_change = Memo::new(move |_| state.list.page.frame.with(|frame| frame.may.change_org));
    move || {
        if may_change.get() {
            view! { <RoleForm member=member.clone() state/> }.into_any()
        } else {
            view! { <span>{member.role.title()}</span> }.into_any()
        }
    }
}

/// The form with the select.
#[component]
fn RoleForm(member: Member, state: MembersState) -> impl IntoView {
    let Member { person, role, only_owner } = member;
    let id = person.user.id;
    let hint = format!("role-hint-{id}");
    let described_by = only_owner.then(|| hint.clone());
    let select = NodeRef::<html::Select>::new();
    let busy = RwSignal::new(false);
    let done = on_changed(state.list, "The role was not changed", state.refused);
    let on_answer = Callback::new(move |answer: ActionOutcome| {
        if answer.is_ok() {
            state.undo.set(Some((id, role)));
        } else if let Some(select) = select.get_untracked() {
            select.set_value(role.name());
        }
        done.run(answer);
    });
    let on_change = move |event: ev::Event| {
        let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let form = element.and_then(|element| element.closest("form").ok().flatten());
        if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
            drop(form.request_submit());
        }
    };
    let option = move |of: Role| view! { <option value=of.name() selected=of == role>{of.title()}</option> };
    view! {
        <Form action=state.listing.here() class="role-form" busy on_answer>
            <input type="hidden" name=UserForm::USER value=id.to_string()/>
            <span class="select-box">
                <select
                    class="input" id=format!("role-{id}") name=MemberRoleForm::ROLE aria-label=format!("Role of {}", person.user.name) disabled=only_owner
                    aria-describedby=described_by aria-busy=move || busy.get().then_some("true")
                    prop:value=role.name() node_ref=select on:change=on_change data-testid="member-role"
                >
                    {[Role::Owner, Role::Member].map(option).collect_view()}
                </select>
                <Icon picture=Picture::ChevronDown/>
            </span>
            <button class="button small without-script" disabled=only_owner>"Save"</button>
        </Form>
        {only_owner.then(|| view! { <p class="hint" id=hint>"The only owner. Make someone else an owner first."</p> })}
        {move || undoable(state, id).map(|before| view! { <Undo id before state/> })}
    }
}

/// Returns the member's previous role, if it was changed last.
fn undoable(state: MembersState, id: UserId) -> Option<Role> {
    state.undo.get().filter(|(changed, _)| *changed == id).map(|(_, before)| before)
}

/// The button that restores the previous role.
#[component]
fn Undo(id: UserId, before: Role, state: MembersState) -> impl IntoView {
    let done = on_changed(state.list, "The role was not changed", state.refused);
    let on_answer = Callback::new(move |answer: ActionOutcome| {
        if answer.is_ok() {
            state.undo.set(None);
            // The button disappears; the focus moves to its select.
            browser::focus(&format!("[id='role-{id}']"));
        }
        done.run(answer);
    });
    view! {
        <Form action=state.listing.here() on_answer>
            <input type="hidden" name=UserForm::USER value=id.to_string()/>
            <button class="link-button link" name=MemberRoleForm::ROLE value=before.name() data-testid="member-role--undo">
                "Undo"<span class="sr-only">": "{before.title()}" again"</span>
            </button>
        </Form>
    }
}
